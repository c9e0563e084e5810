"""What a file from elsewhere comes to: one row per question, with its problems."""

from dataclasses import dataclass
from typing import Any

from questions.bankfiles import BankQuestion, Problem, Record, question_from

LARGEST_FILE_BYTES = 5 * 1024 * 1024
MOST_QUESTIONS = 2000
# A draft may lack these; publishing asks for them.
MAY_COME_LATER = ("verified_on", "references", "rationale")


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One question of a file, numbered from 1 as the file has them. Without problems there is a question."""

    number: int
    slug: str
    question: BankQuestion | None
    problems: tuple[Problem, ...]


def row_from(number: int, values: Any, extra: list[tuple[str, str]] | None = None) -> ImportRow:
    """A row from fields named as in bank files. `extra` are (field, text) problems found on the way here."""
    slug = values.get("slug") if isinstance(values, dict) else None
    problems: list[Problem] = []
    record = Record(values, file="", slug=str(slug or ""), problems=problems)
    record.text("slug")
    question = question_from(record)
    kept = [problem for problem in problems if not _may_come_later(problem)]
    kept += [Problem("", record.slug, field, text) for field, text in extra or []]
    return ImportRow(number, record.slug, None if kept else question, tuple(kept))


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, with or without a byte order mark.

    Raises   UnreadableFile for another encoding, a NUL or too many bytes.
    """
    if len(content) > LARGEST_FILE_BYTES:
        raise UnreadableFile(f"The file has more than {LARGEST_FILE_BYTES // 1024 // 1024} MB. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile("The file is not UTF-8. Save it as UTF-8 and try again.") from error
    if "\x00" in text:
        raise UnreadableFile("The file holds NUL characters. Save it as UTF-8 text and try again.")
    return text


def few_enough(count: int) -> None:
    """Raises UnreadableFile when a file holds more questions than one import takes."""
    if count > MOST_QUESTIONS:
        raise UnreadableFile(f"The file holds {count} questions; one import takes {MOST_QUESTIONS}. Split it.")


def _may_come_later(problem: Problem) -> bool:
    name = problem.field.rpartition(".")[2] or problem.field
    of_reference = problem.field.startswith("references[")
    return problem.text in ("is missing", "is empty") and name in MAY_COME_LATER and not of_reference
