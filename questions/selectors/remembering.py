"""What a process remembers of the bank, for as long as the bank stays as it was.

Papers and results are put together from the same few hundred questions thousands of times. On PostgreSQL every change
of the bank leaves a trace (`BankChange`), so one small query tells whether what was read is still true. Elsewhere
nothing is remembered.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

# Texts of some ten kilobytes: a bank far larger than this is read again now and then, and fits a small dyno.
MOST_KEPT = 3000

_kept: tuple[Any, dict[Hashable, Any]] = (None, {})
_held: ContextVar[dict[Hashable, Any] | None] = ContextVar("held", default=None)


def bank_stamp() -> tuple[int | None, ...] | None:
    """Equal stamps, equal bank; None where changes leave no trace.

    The newest number tells almost every change. The count and the oldest tell one that took its number earlier and
    was committed later; rows stay for a day, longer than any transaction.
    """
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id), count(*), min(id) FROM questions_bankchange")
        return tuple(cursor.fetchone())


def remembered(kind: str, keys: Iterable[Key], read: Callable[[list[Key]], dict[Key, Value]]) -> dict[Key, Value]:
    """The values of the keys; `read` is asked for those that are not known at the present state of the bank.

    Values are shared between requests: nobody may change them. Keys that `read` does not give are absent.
    """
    wanted = list(dict.fromkeys(keys))
    kept = _kept_now()
    found = {key: value for key in wanted if (value := kept.get((kind, key))) is not None}
    if len(found) < len(wanted):
        new = read([key for key in wanted if key not in found])
        if len(kept) + len(new) > MOST_KEPT:
            kept.clear()
        kept.update({(kind, key): value for key, value in new.items()})
        found |= new
    return found


@contextmanager
def bank_as_of_now() -> Iterator[None]:
    """Ask once, here, whether the bank changed; what is remembered inside the block is at least as new as this moment.

    For one short piece of work that asks for several things, such as composing a paper and showing it.
    """
    token = _held.set(_kept_now())
    try:
        yield
    finally:
        _held.reset(token)


def _kept_now() -> dict[Hashable, Any]:
    """What was read since the last change. The stamp comes first: what is read after it is at least as new."""
    global _kept
    held = _held.get()
    if held is not None:
        return held
    stamp = bank_stamp()
    if stamp is None:
        return {}
    known, kept = _kept
    if known != stamp:
        kept = {}
        _kept = (stamp, kept)
    return kept
