"""What the model costs: microseconds per answer, milliseconds per candidate, megabytes of a worker.

Run: python -m benchmarks.model_cost [--quick] [--candidates 10000]

One core, one thread, processor time, so that a busy machine counts for little. Recomputing everybody
means: rebuild from all answers, carry on to now, draw the posterior, domains, topics and readiness.
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable

import numpy as np

from benchmarks.table import markdown
from engine.ability import rebuild
from engine.assessment import assess
from engine.mastery import posterior_sample
from engine.readiness import readiness
from engine.recalibration import recalibrate
from engine.responses import Response
from engine.simulation.world import DAY, World, WorldShape, simulated_world

SEED = 41
COLUMNS = ("what", "n", "measured", "unit", "goal")


def history(world: World, answers: int, rng: np.random.Generator) -> list[Response]:
    """A history of mocks of 60, one a week, with repeats once the bank is used up."""
    rows = np.concatenate([rng.permutation(len(world.bank)) for _ in range(-(-answers // len(world.bank)))])
    right = rng.random(answers) < 0.7
    return [Response(i, int(rows[i]), bool(right[i]), i // 60 * 7 * DAY, batch=i // 60) for i in range(answers)]


def seconds(call: Callable[[], object], repeats: int) -> float:
    """Median duration of a call, seconds, after one call to warm up."""
    call()
    spans = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        spans.append(time.process_time() - start)
    return statistics.median(spans)


def main(arguments: list[str] | None = None) -> list[dict[str, object]]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="100 candidates")
    parser.add_argument("--candidates", type=int, default=10_000)
    options = parser.parse_args(arguments)
    people = 100 if options.quick else options.candidates
    world = simulated_world(np.random.default_rng(SEED), WorldShape())
    rng = np.random.default_rng(SEED)
    long, fresh = history(world, 3_000, rng), history(world, 900, rng)
    state = rebuild(world.bank, fresh)
    sample = posterior_sample(world.bank, state, np.random.default_rng(0))
    repeats = 5 if options.quick else 30

    def forecast() -> None:
        readiness(world.bank, posterior_sample(world.bank, state, np.random.default_rng(0)))

    per_answer = 1e6 / 900 * seconds(lambda: rebuild(world.bank, fresh), repeats)
    rebuilt = 1e3 * seconds(lambda: rebuild(world.bank, long), repeats)
    forecasted = 1e3 * seconds(forecast, repeats)
    formula = 1e3 * seconds(lambda: readiness(world.bank, sample), repeats)
    everybody, recalibrated, answers = _everybody(world, people, rng)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found: list[dict[str, object]] = [
        _row("answer, first meeting, 55 abilities", 900, per_answer, "µs", "≤ 25"),
        _row("rebuild of a candidate", 3_000, rebuilt, "ms", "≤ 150"),
        _row("readiness from a state, draws included (900 questions)", 256, forecasted, "ms", "≤ 5"),
        _row("readiness from draws", 256, formula, "ms", ""),
        _row("recompute everybody, 300 answers each", people, everybody, "s", ""),
        _row("the same for a million candidates, one worker", 1_000_000, everybody / people * 1e6 / 3600, "h", ""),
        _row("recalibration per million answers", answers, recalibrated / answers * 1e6, "s", "≤ 60"),
        _row("largest memory of this process", 1, memory, "MB", "≤ 512"),
    ]
    print(markdown(COLUMNS, found))
    return found


def _everybody(world: World, people: int, rng: np.random.Generator) -> tuple[float, float, int]:
    """Seconds to assess everybody and to recalibrate on a sample of them, and the answers in it."""
    histories = [history(world, 300, rng) for _ in range(min(people, 200))]
    start = time.process_time()
    for number in range(people):
        assess(world.bank, histories[number % len(histories)], now=6 * 7 * DAY, seed=number)
    everybody = time.process_time() - start
    start = time.process_time()
    recalibrate(world.bank, histories)
    return everybody, time.process_time() - start, 300 * len(histories)


def _row(what: str, n: int, measured: float, unit: str, goal: str) -> dict[str, object]:
    return {"what": what, "n": n, "measured": f"{measured:.1f}", "unit": unit, "goal": goal}


if __name__ == "__main__":
    main()
