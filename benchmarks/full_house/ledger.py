"""What was asked, how long it took, what went wrong, and which answers the server acknowledged."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One save that was answered with 200."""

    attempt_id: str
    position: int
    revision: int
    save_id: str
    selected: tuple[int, ...]


@dataclass
class Ledger:
    """seconds: by kind of request, (moment of the end, seconds from when it was due until the answer was there)."""

    seconds: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)
    retried: Counter[str] = field(default_factory=Counter)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)

    def took(self, kind: str, due_at: float) -> None:
        now = time.monotonic()
        self.seconds[kind].append((now, now - due_at))

    def wrong(self, kind: str, what: str, sample: str = "") -> None:
        """Something that a candidate would notice, or that must never be."""
        self.errors[f"{kind}: {what}"] += 1
        self.samples.setdefault(f"{kind}: {what}", sample[:300])

    def between(self, kind: str, since: float, until: float) -> list[float]:
        return [seconds for at, seconds in self.seconds[kind] if since <= at < until]


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share does not exceed; not a number without values."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[max(0, -(-len(ordered) * round(1000 * share) // 1000) - 1)]
