"""What a screen reader is given: Chromium's accessibility tree as lines to read, and what live regions announce."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from playwright.sync_api import Page

# Containers that say nothing by themselves.
SILENT = {
    *("generic", "none", "RootWebArea", "InlineTextBox", "LineBreak", "ListMarker", "Section", "sectionheader"),
    *("paragraph", "strong", "listitem", "list", "LabelText", "DisclosureTriangle", "article", "DescriptionList"),
}
# Read with everything in them as their name.
WHOLE = {"heading", "link", "button", "radio", "checkbox", "Legend", "image", "textbox", "term"}
BREAK = "\f"
STATES = {"checked", "pressed", "disabled", "expanded", "current", "required", "invalid"}
HEARD = """
    globalThis.heard = [];
    document.addEventListener("DOMContentLoaded", () => {
        const live = '[role="status"], [role="alert"], [aria-live="polite"], [aria-live="assertive"]';
        const hear = (records) => {
            for (const { target } of records) {
                const region = (target.nodeType === 1 ? target : target.parentElement)?.closest(live);
                const words = region && !region.hidden && region.innerText.trim().replace(/\\s+/g, " ");
                if (words && words !== heard.at(-1)) heard.push(words);
            }
        };
        new MutationObserver(hear).observe(document.body, { childList: true, characterData: true, subtree: true });
    });
"""


def spoken_lines(page: Page) -> list[str]:
    """One line for everything that is read: role, name, state; indented below landmarks and groups."""
    session = page.context.new_cdp_session(page)
    nodes = {node["nodeId"]: node for node in session.send("Accessibility.getFullAXTree")["nodes"]}
    session.detach()
    root = next(node for node in nodes.values() if "parentId" not in node)
    return list(_joined(_lines(root, nodes, 0)))


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Neighbouring bits of text on one line; of a long list of questions only its ends."""
    kept: list[str] = [""]
    for line in lines:
        before = kept[-1]
        if line == BREAK or re.fullmatch(r"\s*“\W*”", line):
            kept.append("")
        elif line.lstrip().startswith("“") and before.lstrip().startswith("“") and _depth(line) == _depth(before):
            kept[-1] = f"{before[:-1]} {line.strip()[1:]}"
        else:
            kept.append(line)
    kept = [line for line in kept if line]
    places = [index for index, line in enumerate(kept) if re.match(r"\s*link “Question \d+,", line)]
    left_out = set(places[2:-1])
    for index, line in enumerate(kept):
        if index not in left_out:
            yield line
        elif index == places[2]:
            yield " " * _depth(line) + "…"


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def announced(page: Page) -> list[str]:
    """What live regions said since the last time, in order."""
    heard: list[str] = page.evaluate("heard.splice(0)")
    return [masked(words) for words in heard]


def masked(text: str) -> str:
    """Times of day and of the clock are never the same twice, nor are minutes used and left on a slow machine."""
    text = re.sub(r"\b\d+ of 105 minutes", "0 of 105 minutes", text)
    text = re.sub(r"\b10[0-4] minutes", "104 minutes", text)
    text = re.sub(r"\b\d{1,2}:\d{2}:\d{2}\b", "14:03:22", text)
    return re.sub(r"\b\d{1,3}:\d{2}\b", "14:03", text)


def _lines(node: dict[str, Any], nodes: dict[str, Any], depth: int) -> Iterator[str]:
    role, name = _value(node, "role"), _value(node, "name").replace("\u200b", "")
    if not node.get("ignored"):
        if role == "StaticText":
            if name.strip():
                yield "  " * depth + masked(f"“{name.strip()}”")
            return
        if role not in SILENT:
            yield "  " * depth + masked(" ".join(_parts(node, role, name)))
            if role in WHOLE:
                return
            depth += 1
    is_block = role in ("paragraph", "listitem", "article")
    if is_block:
        yield BREAK
    children = [nodes[child] for child in node.get("childIds", []) if child in nodes]
    for child in children:
        # The words of a label are the name of its control.
        if role != "LabelText" or _value(child, "role") not in ("StaticText", "generic", "none"):
            yield from _lines(child, nodes, depth)
    if is_block:
        yield BREAK


def _parts(node: dict[str, Any], role: str, name: str) -> Iterator[str]:
    states = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
    yield f"{role} {states['level']}" if role == "heading" and "level" in states else role
    if name:
        yield f"“{name}”"
    for state in sorted(STATES & set(states)):
        value = states[state]
        if value in (True, "true"):
            yield state
        elif value in (False, "false"):
            if state in ("checked", "pressed"):
                yield f"not {state}"
        elif value:
            yield f"{state}: {value}"
    if description := _value(node, "description"):
        yield f"({description})"


def _value(node: dict[str, Any], key: str) -> str:
    return str(node.get(key, {}).get("value", "")).replace("\n", " ").strip()
