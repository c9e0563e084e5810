"""Moodle XML: multiple-choice questions with one or several answers, as Moodle's question bank exports them.

The answers' feedback becomes the rationales; a tag or the last part of the category names the topic. Files are read
with DTDs forbidden and a limit on depth, so that entity bombs, outside entities and towers of tags end in a message.
"""

import hashlib
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.text import slugify

from questions.exchange.rows import ImportRow, UnreadableFile, decoded, few_enough, row_from

DEEPEST = 30
_ENCODING = re.compile(r"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([^\"']+)", re.IGNORECASE)


class _ShallowBuilder(TreeBuilder):
    """Builds the tree as long as it is no deeper than any Moodle file."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0

    def start(self, tag: Any, attrs: Any, /) -> Any:
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnreadableFile("The file is nested too deeply.")
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Any:
        self.depth -= 1
        return super().end(tag)


def read_moodle(content: bytes, topics: frozenset[str], default_topic: str = "") -> list[ImportRow]:
    """Rows of a Moodle XML file. `topics` are the codes that tags and categories are compared with.

    Raises   UnreadableFile for what is no Moodle XML or could harm the reader.
    """
    root = _parsed(decoded(content))
    if root.tag != "quiz":
        raise UnreadableFile("The file is not Moodle XML: it does not begin with <quiz>.")
    questions = root.findall("question")
    few_enough(len(questions))
    rows: list[ImportRow] = []
    category_topic = default_topic
    for question in questions:
        if question.get("type") == "category":
            last = _text(question, "category/text").rpartition("/")[2]
            category_topic = _known(last, topics) or default_topic
            continue
        rows.append(_row(len(rows) + 1, question, topics, category_topic))
    return rows


def _parsed(text: str) -> Element:
    declared = _ENCODING.match(text)
    if declared and declared.group(1).lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnreadableFile(f"The file says that it is {declared.group(1)}. Save it as UTF-8 and try again.")
    parser = DefusedXMLParser(target=_ShallowBuilder(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(text)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise UnreadableFile("The file brings a document type or entities of its own, which are not read.") from error
    except ParseError as error:
        raise UnreadableFile(f"The file is not XML: {error}.") from error
    return root


def _row(number: int, question: Element, topics: frozenset[str], category_topic: str) -> ImportRow:
    kind = question.get("type", "")
    name = _text(question, "name/text")
    if kind != "multichoice":
        problem = ("type", f"is {kind or 'missing'}; only multichoice questions can be taken over")
        return row_from(number, {"slug": slugify(name) or f"no-{number}"}, [problem])
    tags = [_text(tag, "text") for tag in question.findall("tags/tag")]
    topic = next((code for tag in tags if (code := _known(tag, topics))), category_topic)
    stem, problems = _prose(question.find("questiontext"), "stem")
    single = _text(question, "single").lower() in ("true", "1")
    options: list[dict[str, Any]] = []
    for place, answer in enumerate(question.findall("answer"), start=1):
        text, more = _prose(answer, f"options[{place}].text")
        rationale, most = _prose(answer.find("feedback"), f"options[{place}].rationale")
        problems += [*more, *most]
        options.append({"text": text, "key": _is_key(answer, single), "rationale": rationale})
    scenario, _, last = stem.rpartition("\n\n")
    values = {
        "slug": _slug(topic, name, stem),
        "topics": [topic] if topic else [],
        "level": 3,
        "scenario": scenario,
        "stem": " ".join(last.split()),
        "select": sum(1 for option in options if option["key"]) or 1,
        "options": options,
    }
    if not topic:
        problems.append(("topics", "no tag or category names a topic; give one with --topic"))
    return row_from(number, values, problems)


def _is_key(answer: Element, single: bool) -> bool:
    try:
        fraction = float(answer.get("fraction", "0"))
    except ValueError:
        return False
    return fraction >= 100 if single else fraction > 0


def _known(word: str, topics: frozenset[str]) -> str:
    code = slugify(word)
    return code if code in topics else ""


def _slug(topic: str, name: str, stem: str) -> str:
    """The same question gets the same slug on every import."""
    digest = hashlib.sha256(f"{name}\n{stem}".encode()).hexdigest()[:8]
    return f"{topic or 'moodle'}-{slugify(name)[:60] or 'question'}-{digest}"


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _prose(element: Element | None, field: str) -> tuple[str, list[tuple[str, str]]]:
    """An element's text as Markdown, and what of it cannot come along."""
    if element is None:
        return "", []
    text = _text(element, "text")
    problems = []
    if "@@PLUGINFILE@@" in text or element.find("file") is not None or re.search(r"<img\b", text, re.IGNORECASE):
        problems.append((field, "holds a picture or file, which cannot be taken over"))
    if element.get("format", "html") in ("html", "moodle_auto_format"):
        reader = _ToMarkdown()
        reader.feed(text)
        reader.close()
        text = reader.markdown()
    return text, problems


class _ToMarkdown(HTMLParser):
    """Moodle's HTML as Markdown: paragraphs, lists, emphasis and code; every other tag gives its text only."""

    MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
    BREAKS = {"p": "\n\n", "div": "\n\n", "ul": "\n\n", "ol": "\n\n", "br": "\n", "li": "\n- "}
    SILENT = {"script", "style", "head", "title"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silenced = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.silenced += tag in self.SILENT
        self.parts.append(self.MARKS.get(tag) or self.BREAKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self.silenced -= tag in self.SILENT and self.silenced > 0
        self.parts.append(self.MARKS.get(tag) or ("\n\n" if tag in ("p", "div", "ul", "ol") else ""))

    def handle_data(self, data: str) -> None:
        if not self.silenced:
            self.parts.append(re.sub(r"\s+", " ", data))

    def markdown(self) -> str:
        lines = [line.strip() for line in "".join(self.parts).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
