"""Reading and writing the tables that people hand to the commands."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from django.core.management.base import CommandError


@contextmanager
def opened_table(path: Path) -> Iterator[TextIO]:
    """A text file to read, UTF-8 with or without a mark in front. Raises CommandError where it cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield lines
    except UnicodeDecodeError as error:
        # The place in the error counts from the start of a buffer, not of the file.
        raise CommandError(f"{path}, line {_first_unreadable(path)}: not UTF-8 text. Save it as UTF-8.") from error
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error


def _first_unreadable(path: Path) -> int:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def writable_target(path: Path, *, source: Path) -> Path:
    """Where the result will lie, checked before hours are spent on it.

    Raises CommandError where there is no folder, where something other than a file stands, or where it is the source.
    """
    target = path.resolve()
    if target == source.resolve():
        raise CommandError(f"{path}: the result would overwrite the input.")
    if target.exists() and not target.is_file():
        raise CommandError(f"{path}: not a file.")
    if not target.parent.is_dir():
        raise CommandError(f"{path}: there is no folder {target.parent}.")
    return target


@contextmanager
def replaced_whole(target: Path) -> Iterator[TextIO]:
    """A file that appears under its name complete or not at all. Raises CommandError where it cannot be written."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as lines:
            yield lines
            lines.flush()
            os.fsync(lines.fileno())
        part.replace(target)
    except OSError as error:
        raise CommandError(f"{target}: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
