"""What a run showed, as tables for the documents."""

from benchmarks.full_house.crowd import Crowd
from benchmarks.full_house.ledger import percentile
from benchmarks.full_house.machine import PARTS, Watch
from benchmarks.table import markdown

SLICE_SECONDS = 10
GOALS = {"save": 0.25, "start": 1.0}


def print_latencies(crowd: Crowd) -> None:
    rows = []
    for kind, taken in sorted(crowd.ledger.seconds.items()):
        values = [seconds for _, seconds in taken]
        rows.append({"request": kind, "n": len(values), **_milliseconds(values)})
    print(markdown(["request", "n", "p50 ms", "p95 ms", "p99 ms", "slowest ms"], rows))
    for kind, goal in GOALS.items():
        p95 = percentile(crowd.ledger.between(kind, 0, float("inf")), 0.95)
        print(f"p95 of a {kind}: {1000 * p95:.0f} ms, goal {1000 * goal:.0f}: {'reached' if p95 < goal else 'MISSED'}")


def _milliseconds(values: list[float]) -> dict[str, str]:
    shares = {"p50 ms": 0.5, "p95 ms": 0.95, "p99 ms": 0.99, "slowest ms": 1.0}
    return {name: f"{1000 * percentile(values, share):.0f}" for name, share in shares.items()}


def print_parts(crowd: Crowd, watch: Watch) -> None:
    """By part of the run: saves per second and their p95, and who used the processors."""
    times, began = crowd.times, crowd.began_at
    bounds = {
        "starts": (0.0, times.starts),
        "steady": (times.starts, times.starts + times.steady),
        "submits": (times.starts + times.steady, times.seconds),
    }
    rows = []
    for name, (since, until) in bounds.items():
        rates = watch.rates(began + since, began + until)
        if not rates:
            continue
        everything = sum(
            len(crowd.ledger.between(kind, began + since, began + until))
            for kind in crowd.ledger.seconds
            if kind != "start until the room is open"
        )
        saves = crowd.ledger.between("save", began + since, began + until)
        row = {
            "part": name,
            "seconds": f"{until - since:.0f}",
            "requests/s": f"{everything / (until - since):.0f}",
            "saves/s": f"{len(saves) / (until - since):.0f}",
            "p95 of a save, ms": f"{1000 * percentile(saves, 0.95):.0f}",
        }
        rows.append(row | {f"{part}, cores": f"{rates[part]:.2f}" for part in (*PARTS, "busy")})
    if rows:
        print(markdown(list(rows[0]), rows))
    print_machine(crowd, watch)


def print_course(crowd: Crowd, watch: Watch) -> None:
    """The same every ten seconds: where a run went wrong shows here first."""
    rows = []
    for since in range(0, round(crowd.times.seconds) + 30, SLICE_SECONDS):
        begin, end = crowd.began_at + since, crowd.began_at + since + SLICE_SECONDS
        rates = watch.rates(begin, end)
        row = {"from s": str(since)}
        for kind in ("start", "save", "submit"):
            taken = crowd.ledger.between(kind, begin, end)
            row |= {f"{kind}s": str(len(taken)), f"p95 of a {kind}, ms": f"{1000 * percentile(taken, 0.95):.0f}"}
        rows.append(row | {f"{part}, cores": f"{rates.get(part, 0):.2f}" for part in (*PARTS, "busy")})
    print(markdown(list(rows[0]), rows))


def print_machine(crowd: Crowd, watch: Watch) -> None:
    memory = ", ".join(f"{part} {size:.0f} MB" for part, size in sorted(watch.most_memory.items()))
    connections = max((moment.connections for moment in watch.moments), default=0)
    routers = crowd.routers
    print(
        f"most memory (proportional): {memory}; most database connections: {connections}; "
        f"connections opened: {sum(router.opened for router in routers)}, "
        f"replaced because the server had closed them: {sum(router.replaced for router in routers)}; "
        f"most requests waiting for one: {max(router.most_waiting for router in routers)}; "
        f"generator at most {1000 * crowd.longest_lag:.0f} ms late"
    )


def print_troubles(crowd: Crowd) -> None:
    ledger = crowd.ledger
    print(f"acknowledged saves: {len(ledger.acknowledged)}; submitted: {len(ledger.submitted)} of {len(crowd.people)}")
    print(f"errors: {sum(ledger.errors.values())}; requests tried again: {sum(ledger.retried.values())}")
    for what, count in (*ledger.errors.most_common(12), *ledger.retried.most_common(12)):
        print(f"  {count} × {what} {ledger.samples.get(what, '')}")


def print_followed(waits: list[float], seconds: float | None) -> None:
    if seconds is None:
        print("the worker had not analysed everything in the time given")
    if waits:
        print(
            f"submit until the worker came to it, n = {len(waits)}: median {percentile(waits, 0.5):.1f} s, "
            f"p95 {percentile(waits, 0.95):.1f} s, longest {max(waits):.1f} s"
        )
