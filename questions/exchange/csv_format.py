"""Questions as CSV, one a line: `option_1_text`, `option_1_is_key`, … `reference_1_url`, …

Spreadsheets run cells that begin like a formula. Such cells are written with an apostrophe in front, which the
reader takes away again.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from questions.bankfiles import BankQuestion
from questions.exchange.rows import ImportRow, UnreadableFile, decoded, few_enough, row_from

OPTIONS, REFERENCES = 8, 3
OPTION_PARTS = ("text", "is_key", "rationale", "misconception")
REFERENCE_PARTS = ("url", "title", "verified_on", "page_updated")
COLUMNS = [
    "slug", "topics", "level", "pilot", "scenario", "stem", "select_count", "verified_on", "look_alikes",
    *(f"option_{n}_{part}" for n in range(1, OPTIONS + 1) for part in OPTION_PARTS),
    *(f"reference_{n}_{part}" for n in range(1, REFERENCES + 1) for part in REFERENCE_PARTS),
]  # fmt: skip
REQUIRED = ["slug", "topics", "level", "stem", "select_count", "option_1_text"]
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def neutralised(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.lstrip("'").startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def plain(value: str) -> str:
    """The text that `neutralised` was given."""
    if value.startswith("'") and value.lstrip("'").startswith(_FORMULA_STARTS):
        return value[1:]
    return value


def write_csv(questions: Iterable[BankQuestion]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for question in questions:
        writer.writerow({name: neutralised(value) for name, value in _line(question).items()})
    return out.getvalue()


def read_csv(content: bytes) -> list[ImportRow]:
    """Rows of a CSV file with a header line.

    Raises   UnreadableFile without the needed columns or with cells that are too long.
    """
    reader = csv.DictReader(io.StringIO(decoded(content), newline=""), strict=True)
    try:
        lines = list(reader)
    except csv.Error as error:
        raise UnreadableFile(f"The file is not CSV: {error}, line {reader.line_num}.") from error
    missing = [name for name in REQUIRED if name not in (reader.fieldnames or [])]
    if missing:
        raise UnreadableFile(f"The first line must name the columns; missing: {', '.join(missing)}.")
    unknown = sorted(set(reader.fieldnames or []) - set(COLUMNS))
    if unknown:
        raise UnreadableFile(f"Unknown columns: {', '.join(unknown)}.")
    few_enough(len(lines))
    return [_row(number, line) for number, line in enumerate(lines, start=1)]


def _line(question: BankQuestion) -> dict[str, Any]:
    line: dict[str, Any] = {
        "slug": question.slug,
        "topics": "; ".join(question.topics),
        "level": question.level,
        "pilot": "yes" if question.pilot else "",
        "scenario": question.scenario,
        "stem": question.stem,
        "select_count": question.select,
        "verified_on": question.verified_on or "",
        "look_alikes": "; ".join(question.alike),
    }
    for n, option in enumerate(question.options[:OPTIONS], start=1):
        line[f"option_{n}_text"] = option.text
        line[f"option_{n}_is_key"] = "yes" if option.key else ""
        line[f"option_{n}_rationale"] = option.rationale
        line[f"option_{n}_misconception"] = option.misconception
    for n, reference in enumerate(question.references[:REFERENCES], start=1):
        line[f"reference_{n}_url"] = reference.url
        line[f"reference_{n}_title"] = reference.title
        line[f"reference_{n}_verified_on"] = reference.verified_on
        line[f"reference_{n}_page_updated"] = reference.page_updated
    return line


def _row(number: int, line: dict[str, Any]) -> ImportRow:
    problems: list[tuple[str, str]] = []
    if None in line:
        problems.append(("", "has more cells than the first line has names"))

    def cell(name: str) -> str:
        return plain(line.get(name) or "").strip()

    def whole(name: str) -> Any:
        return int(cell(name)) if cell(name).isdigit() else (cell(name) or None)

    def yes(name: str) -> bool:
        word = cell(name).lower()
        if word not in ("", "yes", "no", "true", "false", "1", "0"):
            problems.append((name, f"must be yes or empty, not “{word}”"))
        return word in ("yes", "true", "1")

    values = {
        "slug": cell("slug"),
        "topics": _split(cell("topics")),
        "level": whole("level"),
        "pilot": yes("pilot"),
        "scenario": cell("scenario"),
        "stem": cell("stem"),
        "select": whole("select_count"),
        "verified_on": _day(cell("verified_on")),
        "alike": _split(cell("look_alikes")),
        "options": [
            {
                "text": cell(f"option_{n}_text"),
                "key": yes(f"option_{n}_is_key"),
                "rationale": cell(f"option_{n}_rationale"),
                "misconception": cell(f"option_{n}_misconception"),
            }
            for n in range(1, OPTIONS + 1)
            if cell(f"option_{n}_text")
        ],
        "references": [
            {
                "url": cell(f"reference_{n}_url"),
                "title": cell(f"reference_{n}_title"),
                "verified_on": _day(cell(f"reference_{n}_verified_on")),
                "page_updated": cell(f"reference_{n}_page_updated"),
            }
            for n in range(1, REFERENCES + 1)
            if cell(f"reference_{n}_url")
        ],
    }
    return row_from(number, values, problems)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _day(text: str) -> date | str | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text or None
