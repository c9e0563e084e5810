"""Is the plan worth it? Simulated learners follow it, or study by weight alone or at random, for equal minutes.

Run: python -m benchmarks.plan_worth [--learners 2000] [--first-seed 10000] [--only PART]
In pieces: --keep FILE reads the trials that are there already and adds the missing ones, for as long as --seconds says.
Set OMP_NUM_THREADS=1: the matrices are small, and threads only get in each other's way.
"""

import argparse
import dataclasses
import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.planning.simulation import Nature, Policy, Setting, Trial, compare, simulate_study

SETTINGS = {
    "know little, 4 weeks": Setting(Nature(0.40), 4),
    "know little, 8 weeks": Setting(Nature(0.40), 8),
    "know half, 4 weeks": Setting(Nature(0.55), 4),
    "know half, 8 weeks": Setting(Nature(0.55), 8),
    "know much, 4 weeks": Setting(Nature(0.70), 4),
    "know much, 8 weeks": Setting(Nature(0.70), 8),
    "know half, 8 weeks, forget fast": Setting(Nature(0.55, stability_days=6.0), 8),
    "know half, 8 weeks, forget slowly": Setting(Nature(0.55, stability_days=30.0), 8),
    "know half, 8 weeks, know all topics alike": Setting(Nature(0.55, spread=0.5), 8),
}
PIECE = 10  # learners of one setting before the next has its turn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=2000)
    parser.add_argument("--first-seed", type=int, default=10_000)
    parser.add_argument("--only", default="", help="only settings whose name holds this")
    parser.add_argument("--keep", type=Path, help="file of trials: read first, then added to")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no further learners after so long")
    given = parser.parse_args()
    names = [name for name in SETTINGS if given.only in name]
    wanted = range(given.first_seed, given.first_seed + given.learners)
    trials = _kept(given.keep, names, wanted)
    until = time.perf_counter() + given.seconds
    for first in range(0, given.learners, PIECE):
        for name in names:
            known = {trial.seed for trial in trials[name]}
            seeds = [seed for seed in wanted[first : first + PIECE] if seed not in known]
            if seeds and time.perf_counter() < until:
                new = simulate_study(SETTINGS[name], seeds)
                trials[name] += new
                _keep(given.keep, name, new)
    for line in table(trials):
        print(line)


def table(trials: dict[str, list[Trial]]) -> Iterable[str]:
    """Lines of a Markdown table: the plan first, then the other; 95% intervals of paired differences."""
    yield "| learners | against | passes % | gain in passes, points | expected % | gain in expected %, points | n |"
    yield "|---|---|---|---|---|---|---|"
    for name, own in trials.items():
        for other in (Policy.WEIGHT, Policy.RANDOM, Policy.WEIGHT_KIT) if own else ():
            c = compare(own, other)
            gain, low, high = (100 * value for value in c.pass_gain)
            more, least, most = c.percent_gain
            yield (
                f"| {name} | {other} | {100 * c.pass_rate:.1f} : {100 * c.other_pass_rate:.1f} "
                f"| {gain:+.1f} ({low:+.1f} to {high:+.1f}) | {c.percent:.1f} : {c.other_percent:.1f} "
                f"| {more:+.2f} ({least:+.2f} to {most:+.2f}) | {c.n} |"
            )
    for name, own in trials.items():
        begun = sum(trial.start_percent for trial in own) / max(len(own), 1)
        hours = sum(trial.minutes for trial in own) / max(len(own), 1) / 60
        yield f"<!-- {name}: {begun:.1f}% at the start, {hours:.1f} h studied -->"


def _kept(file: Path | None, names: Sequence[str], wanted: range) -> dict[str, list[Trial]]:
    trials: dict[str, list[Trial]] = {name: [] for name in names}
    lines = file.read_text().splitlines() if file and file.exists() else []
    for name, values in map(json.loads, lines):
        if name in trials and values["seed"] in wanted:
            trials[name].append(Trial(**{**values, "policy": Policy(values["policy"])}))
    return trials


def _keep(file: Path | None, name: str, new: Sequence[Trial]) -> None:
    if file is not None:
        with file.open("a") as kept:
            kept.writelines(json.dumps([name, dataclasses.asdict(trial)]) + "\n" for trial in new)


if __name__ == "__main__":
    main()
