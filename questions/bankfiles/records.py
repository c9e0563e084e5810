"""Reads one mapping of a bank file field by field. What does not fit is noted with its place, never raised."""

from datetime import date, datetime
from typing import Any

from questions.bankfiles.format import Problem


class Record:
    """A mapping with the place it came from; every reading notes its problem and gives a usable value back."""

    def __init__(self, values: Any, *, file: str, problems: list[Problem], slug: str = "", place: str = "") -> None:
        self.file, self.slug, self.place, self.problems = file, slug, place, problems
        self.read: set[str] = set()
        self.values: dict[str, Any] = values if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            self.note("", "must be a mapping of fields")

    def note(self, field: str, text: str) -> None:
        place = ".".join(part for part in (self.place, field) if part)
        self.problems.append(Problem(self.file, self.slug, place, text))

    def _take(self, name: str, *, required: bool) -> Any:
        self.read.add(name)
        value = self.values.get(name)
        if value is None and required and self.values:
            self.note(name, "is missing")
        return value

    def text(self, name: str, *, required: bool = True) -> str:
        value = self._take(name, required=required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.note(name, f"must be text; put it in quotes: “{value}”")
            return str(value)
        if required and not value.strip():
            self.note(name, "is empty")
        return value.strip()

    def month(self, name: str) -> str:
        """YYYY or YYYY-MM; YAML reads a bare year as a number and a whole day as a date."""
        value = self._take(name, required=False)
        text = "" if value is None else str(value)
        year, _, month = text.partition("-")
        fits = len(year) == 4 and year.isdigit() and (not month or (month.isdigit() and 1 <= int(month) <= 12))
        if text and not (fits and len(text) in (4, 7)):
            self.note(name, f"must be a year or a year and month such as 2025-04, not “{text}”")
            return ""
        return text

    def whole(self, name: str, low: int, high: int, *, default: int | None = None) -> int:
        value = self._take(name, required=default is None)
        if value is None:
            return low if default is None else default
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.note(name, f"must be a whole number from {low} to {high}, not “{value}”")
            return low
        return value

    def wholes(self, name: str, low: int, high: int) -> tuple[int, ...]:
        value = self._take(name, required=False)
        if value is None:
            return ()
        entries = value if isinstance(value, list) else [value]
        if not all(isinstance(one, int) and not isinstance(one, bool) and low <= one <= high for one in entries):
            self.note(name, f"must be a list of whole numbers from {low} to {high}, not “{value}”")
            return ()
        return tuple(entries)

    def flag(self, name: str) -> bool:
        value = self._take(name, required=False)
        if value is not None and not isinstance(value, bool):
            self.note(name, f"must be true or false, not “{value}”")
        return value is True

    def day(self, name: str) -> date | None:
        value = self._take(name, required=True)
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.note(name, f"must be a day such as 2026-11-23, not “{value}”")
        return None

    def texts(self, name: str, *, required: bool = False) -> tuple[str, ...]:
        value = self._take(name, required=required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(entry, str) and entry.strip() for entry in value):
            self.note(name, "must be a list of texts; quote what YAML reads as a number, a date or yes and no")
            return ()
        return tuple(entry.strip() for entry in value)

    def records(self, name: str, *, required: bool = True) -> list["Record"]:
        value = self._take(name, required=required)
        if value is None:
            return []
        if not isinstance(value, list):
            self.note(name, "must be a list")
            return []
        return [self.inner(f"{name}[{number}]", entry) for number, entry in enumerate(value, start=1)]

    def record(self, name: str) -> "Record":
        return self.inner(name, self._take(name, required=True) or {})

    def inner(self, place: str, values: Any) -> "Record":
        whole = ".".join(part for part in (self.place, place) if part)
        return Record(values, file=self.file, slug=self.slug, place=whole, problems=self.problems)

    def refuse_others(self) -> None:
        for name in sorted(str(key) for key in self.values if key not in self.read):
            self.note(name, "is not a field of this file's format")
