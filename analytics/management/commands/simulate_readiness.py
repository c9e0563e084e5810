"""manage.py simulate_readiness: does the chance of passing keep its word, on people of whom the truth is known?"""

import json
import math
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from engine.simulation.readiness import ReadinessReport, readiness_report, simulate_readiness
from engine.simulation.world import World, WorldShape, simulated_world

HEADINGS = {
    "pass_rate": "pass rate", "brier": "Brier", "calibration": "ECE", "floor": "ECE floor",
    "covered": "90 % covers", "kept": "range keeps", "domain_rmse": "domain RMSE", "domain_auc": "domain AUC",
    "domain_calibration": "domain ECE", "domain_floor": "domain floor",
}  # fmt: skip

LARGEST = 20.0  # logits, or squared logits: nobody is that good, and nothing that hard


class Command(BaseCommand):
    help = (
        "Simulated people sit one mock a week; each forecast is held against their next mock, of unseen questions. "
        "The questions differ in slope, which the model does not know, and the bank's difficulties are estimates."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        shape = WorldShape()
        parser.add_argument("--people", type=int, default=1000, help="how many (default: %(default)s)")
        parser.add_argument(
            "--mocks",
            type=int,
            nargs="+",
            default=[1, 2, 4],
            help="forecast after so many mocks (default: %(default)s)",
        )
        parser.add_argument(
            "--seed", type=int, default=5, help="same seed, same world and people (default: %(default)s)"
        )
        parser.add_argument("--questions", type=int, default=shape.questions, help="in the bank (default: %(default)s)")
        parser.add_argument(
            "--slope-sd", type=float, default=shape.slope_sd, help="spread of slopes around 1 (default: %(default)s)"
        )
        parser.add_argument("--difficulty-mean", type=float, default=-0.65, help="logits (default: %(default)s)")
        parser.add_argument(
            "--difficulty-error",
            type=float,
            default=shape.difficulty_error,
            help="of the bank, squared logits (default: %(default)s)",
        )
        parser.add_argument(
            "--learning", type=float, default=0.0, help="logits gained after each mock (default: %(default)s)"
        )
        parser.add_argument(
            "--learning-sd", type=float, default=0.0, help="how much that differs between people (default: %(default)s)"
        )
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("people", "questions"):
            if options[name] < 1:
                raise CommandError(f"--{name} must be at least 1, not {options[name]}.")
        for name in ("slope_sd", "difficulty_error", "learning_sd", "difficulty_mean", "learning"):
            if not abs(options[name]) <= LARGEST:
                raise CommandError(f"--{name.replace('_', '-')} must be a number of at most {LARGEST:g} either way.")
        if options["seed"] < 0:
            raise CommandError("--seed must not be negative.")
        for name in ("slope_sd", "difficulty_error", "learning_sd"):
            if options[name] < 0:
                raise CommandError(f"--{name.replace('_', '-')} must not be negative.")
        if min(options["mocks"]) < 1:
            raise CommandError("--mocks must be 1 or more.")
        rng = np.random.default_rng(options["seed"])
        world = _world(options, rng)
        trials = simulate_readiness(world, people=options["people"], mocks=options["mocks"], rng=rng)
        reports = readiness_report(trials, pass_fraction=world.bank.subject.pass_fraction, rng=rng)
        if options["json"]:
            self.stdout.write(json.dumps([_plain(report) for report in reports], indent=2))
        else:
            self._tell(reports)

    def _tell(self, reports: list[ReadinessReport]) -> None:
        self.stdout.write("| " + " | ".join(["mocks", "people", *HEADINGS.values()]) + " |")
        self.stdout.write("|" + " --- |" * (2 + len(HEADINGS)))
        for report in reports:
            figures = [getattr(report, name) for name in HEADINGS]
            cells = ["–" if math.isnan(value) else f"{value:.4f}" for value in figures]
            self.stdout.write("| " + " | ".join([str(report.mocks), str(report.people), *cells]) + " |")


def _world(options: dict[str, Any], rng: np.random.Generator) -> World:
    """Raises CommandError where the bank is too small for papers of unseen questions."""
    names = ("questions", "slope_sd", "difficulty_mean", "difficulty_error", "learning", "learning_sd")
    world = simulated_world(rng, WorldShape(**{name: options[name] for name in names}))
    papers = max(options["mocks"]) + 1
    for code, rows, count in zip(
        world.bank.subject.domain_codes, world.domain_rows, world.bank.subject.scored_counts, strict=True
    ):
        if len(rows) < papers * count:
            raise CommandError(
                f"{papers} papers need {papers * count} questions on {code}, and the bank has {len(rows)}: "
                "ask for more --questions or fewer --mocks."
            )
    return world


def _plain(report: ReadinessReport) -> dict[str, float | int | None]:
    """A figure that does not exist (one class only) is null: JSON has no NaN."""
    return {name: None if value != value else value for name, value in asdict(report).items()}
