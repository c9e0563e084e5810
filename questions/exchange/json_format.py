"""Questions as JSON: what `export_questions --format json` prints and `import_questions` reads."""

import json
from collections.abc import Iterable
from typing import Any

from questions.bankfiles import BankQuestion
from questions.exchange.rows import ImportRow, UnreadableFile, decoded, few_enough, row_from

# Names in JSON → names in bank files.
NAMES = {"author_level": "level", "select_count": "select", "look_alikes": "alike"}
DERIVED = {"domain", "topic", "kind", "version"}


def exported(question: BankQuestion, domain: str) -> dict[str, Any]:
    """One question as JSON values; the public shape, kept stable."""
    return {
        "slug": question.slug,
        "domain": domain,
        "topic": question.topics[0] if question.topics else "",
        "topics": list(question.topics),
        "kind": "multiple" if question.select > 1 else "single",
        "author_level": question.level,
        "pilot": question.pilot,
        "scenario": question.scenario,
        "stem": question.stem,
        "select_count": question.select,
        "verified_on": question.verified_on.isoformat() if question.verified_on else None,
        "options": [
            {
                "text": option.text,
                "is_key": option.key,
                "rationale": option.rationale,
                "misconception": option.misconception or None,
            }
            for option in question.options
        ],
        "references": [
            {
                "url": reference.url,
                "title": reference.title,
                "verified_on": reference.verified_on.isoformat(),
                "page_updated": reference.page_updated or None,
            }
            for reference in question.references
        ],
        "look_alikes": list(question.alike),
    }


def write_json(questions: Iterable[tuple[BankQuestion, str]]) -> str:
    """Questions with their domain codes as a JSON list."""
    return json.dumps([exported(*pair) for pair in questions], indent=2, ensure_ascii=False)


def read_json(content: bytes) -> list[ImportRow]:
    """Rows of a JSON list of questions.

    Raises   UnreadableFile for what is no JSON list, or nested too deeply, or too long.
    """
    try:
        values = json.loads(decoded(content))
    except json.JSONDecodeError as error:
        raise UnreadableFile(f"The file is not JSON: {error.msg}, line {error.lineno}.") from error
    except RecursionError as error:
        raise UnreadableFile("The file is nested too deeply.") from error
    if not isinstance(values, list):
        raise UnreadableFile("The file must hold a list of questions.")
    few_enough(len(values))
    return [row_from(number, _bank_values(value)) for number, value in enumerate(values, start=1)]


def _bank_values(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    values = {NAMES.get(name, name): entry for name, entry in value.items() if name not in DERIVED}
    if "topics" not in values and value.get("topic"):
        values["topics"] = [value["topic"]]
    if isinstance(values.get("options"), list):
        values["options"] = [
            {("key" if name == "is_key" else name): entry for name, entry in option.items()}
            if isinstance(option, dict)
            else option
            for option in values["options"]
        ]
    return values
