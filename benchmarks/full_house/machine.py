"""What the processes cost while the crowd sits: processor seconds, memory, database connections, from /proc."""

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PARTS = ("web", "worker", "database", "generator")


@dataclass(frozen=True, slots=True)
class Moment:
    """Processor seconds used so far by part, and by everything on the machine (`busy`)."""

    at: float
    used: dict[str, float]
    busy: float
    connections: int


@dataclass
class Watch:
    """Looks once a second from a thread of its own. `groups`: process group ids by part; `database`: its name."""

    groups: dict[str, int]
    database: str
    moments: list[Moment] = field(default_factory=list)
    most_memory: dict[str, float] = field(default_factory=dict)
    _gone: dict[str, float] = field(default_factory=dict)
    _last: dict[int, tuple[str, float]] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        number = 0
        while True:
            self.look(with_memory=number % 5 == 0)
            number += 1
            if self._stop.wait(1.0):
                return

    def look(self, *, with_memory: bool = False) -> None:
        found: dict[int, tuple[str, float]] = {}
        memory: dict[str, float] = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                part, seconds = self._part_of(folder)
                if part:
                    found[int(folder.name)] = (part, seconds)
                    if with_memory:
                        memory[part] = memory.get(part, 0.0) + _megabytes(folder)
            except (OSError, ValueError, IndexError):
                continue
        for pid, (part, seconds) in self._last.items():
            if pid not in found:
                self._gone[part] = self._gone.get(part, 0.0) + seconds
        self._last = found
        used = {part: self._gone.get(part, 0.0) for part in PARTS}
        for part, seconds in found.values():
            used[part] += seconds
        for part, size in memory.items():
            self.most_memory[part] = max(self.most_memory.get(part, 0.0), size)
        connections = sum(part == "database" for part, _ in found.values())
        self.moments.append(Moment(time.monotonic(), used, _busy_seconds(), connections))

    def _part_of(self, folder: Path) -> tuple[str, float]:
        # The name, in brackets, may hold spaces.
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        group, seconds = int(fields[2]), (int(fields[11]) + int(fields[12])) / TICKS
        if int(folder.name) == os.getpid():
            return "generator", seconds
        for part, leader in self.groups.items():
            if group == leader:
                return part, seconds
        command = (folder / "cmdline").read_bytes()
        return ("database" if command.startswith(b"postgres:") and self.database.encode() in command else ""), seconds

    def rates(self, since: float, until: float) -> dict[str, float]:
        """Processor seconds per second by part between two moments, `busy`: of the whole machine."""
        inside = [moment for moment in self.moments if since <= moment.at < until]
        if len(inside) < 2:
            return {}
        first, last = inside[0], inside[-1]
        span = last.at - first.at
        rates = {part: (last.used[part] - first.used[part]) / span for part in PARTS}
        return rates | {"busy": (last.busy - first.busy) / span}


def _megabytes(folder: Path) -> float:
    """What the process has for itself and its part of what it shares."""
    for line in (folder / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _busy_seconds() -> float:
    fields = [int(value) for value in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / TICKS
