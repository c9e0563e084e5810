"""Predicting the next answer of people the fit has not seen, beside Best-LR, PFA, Elo and BKT.

Run: python -m benchmarks.next_answer [--quick] [--logs NAME ...] [--peers NAME ...] [LOG.csv ...]

Without files, ten synthetic logs are used (`benchmarks.synthetic`, `benchmarks.worlds`): they come from processes
that the model does not assume. A file has the format of `manage.py replay_responses`.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.peers import PEERS
from benchmarks.synthetic import LogShape, synthetic_log
from benchmarks.table import markdown
from benchmarks.worlds import WORLDS, world_log
from engine.metrics import score
from engine.replay import ResponseLog, read_log, replay

SEED = 11
SHAPES = {
    "practice": LogShape(),
    "many skills": LogShape(users=600, answers=250, items=1_200, skills=80, two_skills=0.25),
    "guessing, repeats": LogShape(users=800, guess=0.25, repeat_share=0.35, learning=0.02),
}
QUICK = {"practice": LogShape(users=400, answers=80, items=200, skills=12)}
COLUMNS = ("log", "model", "n", "AUC", "log loss", "ECE", "ECE floor", "µs per answer")


def synthetic_logs(quick: bool, wanted: list[str] | None) -> Iterator[tuple[str, ResponseLog]]:
    for number, (name, shape) in enumerate((QUICK if quick else SHAPES).items()):
        if not wanted or name in wanted:
            yield name, read_log(synthetic_log(shape, np.random.default_rng(SEED + number)).splitlines())
    for number, (name, (world, people)) in enumerate(() if quick else WORLDS.items()):
        if not wanted or name in wanted:
            yield name, read_log(world_log(world, people, np.random.default_rng(SEED + 100 + number)))


def compare(name: str, log: ResponseLog, peers: list[str]) -> list[dict[str, object]]:
    """One row per model: ours first, then the peers."""
    happened = log.correct[log.test]
    ours = replay(log, rng=np.random.default_rng(SEED))
    forecasts = {"ours": (ours.probability, ours.microseconds)}
    for peer in peers:
        started = time.process_time()
        chances = PEERS[peer](log)
        forecasts[peer] = (chances, 1e6 * (time.process_time() - started) / len(log))
    rows = []
    for model, (chances, microseconds) in forecasts.items():
        found = score(chances, happened, np.random.default_rng(SEED))
        rows.append(
            {
                "log": name,
                "model": model,
                "n": found.count,
                "AUC": found.auc,
                "log loss": found.log_loss,
                "ECE": found.calibration,
                "ECE floor": found.floor,
                "µs per answer": f"{microseconds:.1f}",
            }
        )
    return rows


def main(arguments: list[str] | None = None) -> list[dict[str, object]]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--quick", action="store_true", help="one small synthetic log")
    parser.add_argument("--logs", nargs="*", choices=[*SHAPES, *WORLDS], help="only these synthetic logs")
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS))
    options = parser.parse_args(arguments)
    if options.files:
        logs: Iterator[tuple[str, ResponseLog]] = (
            (path.stem, read_log(path.read_text(encoding="utf-8").splitlines())) for path in options.files
        )
    else:
        logs = synthetic_logs(options.quick, options.logs)
    rows = [row for name, log in logs for row in compare(name, log, options.peers)]
    print(markdown(COLUMNS, rows))
    return rows


if __name__ == "__main__":
    main()
