"""What a plan costs: milliseconds for a plan to an exam in 120 days, and for its changes.

Run: python -m benchmarks.plan_cost [--repeats 30]
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from statistics import median, quantiles

from engine.planning import DomainNeed, PlanInput, TopicNeed, changes, make_plan

WEIGHTS = {"platform": 10, "data": 17, "security": 15, "enterprise": 28, "applications": 15, "integrations": 15}
TOPICS_PER_DOMAIN = 8
TODAY = date(2026, 11, 23)


def situation(seed: int, minutes: int, ahead: int = 120) -> PlanInput:
    """48 topics in chains of foundations, an exam in `ahead` days, so many minutes every day."""
    rng = Random(seed)
    topics = [
        TopicNeed(
            f"{code}-{number}",
            f"Topic {number} of {code}",
            code,
            marks_to_win=weight / TOPICS_PER_DOMAIN * rng.uniform(0.05, 0.5),
            weakness=rng.uniform(10, 90),
            answers=rng.randint(0, 9),
            foundations=(f"{code}-{number - 1}",) if number % 3 else (),
        )
        for code, weight in WEIGHTS.items()
        for number in range(TOPICS_PER_DOMAIN)
    ]
    return PlanInput(
        today=TODAY,
        domains=[DomainNeed(code, code, weight) for code, weight in WEIGHTS.items()],
        topics=topics,
        minutes_per_weekday=(minutes,) * 7,
        exam_on=TODAY + timedelta(days=ahead),
    )


def timed(what: Callable[[], object]) -> float:
    start = time.perf_counter()
    what()
    return (time.perf_counter() - start) * 1000


def row(name: str, times: list[float]) -> str:
    return f"{name:42} {median(times):8.1f} {quantiles(times, n=20)[-1]:8.1f} {max(times):8.1f}  n={len(times)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=30)
    repeats = parser.parse_args().repeats
    print(f"{'':42} {'median':>8} {'p95':>8} {'max':>8}  ms")
    for minutes in (30, 60, 120, 240, 480):
        cases = [situation(seed, minutes) for seed in range(repeats)]
        plans = [make_plan(case) for case in cases]
        times = [timed(lambda case=case: make_plan(case)) for case in cases]  # type: ignore[misc]
        print(row(f"120 days, {minutes} minutes a day", times))
        again = [
            replace(case, previous=plan.blocks, today=TODAY + timedelta(days=1))
            for case, plan in zip(cases, plans, strict=True)
        ]
        times = [timed(lambda case=case: make_plan(case)) for case in again]  # type: ignore[misc]
        print(row("  planned again the next day", times))
        diffs = [(plan.blocks, make_plan(case).blocks, case) for plan, case in zip(plans, again, strict=True)]
        times = [timed(lambda d=d: changes(d[0], d[1], asked=d[2])) for d in diffs]  # type: ignore[misc]
        print(row("  the changes between the two", times))


if __name__ == "__main__":
    main()
