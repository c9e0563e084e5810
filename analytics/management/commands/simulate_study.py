"""manage.py simulate_study: is the plan worth it, against weight alone and random topics, for equal minutes?"""

import json
import math
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from engine.planning.simulation import Nature, Policy, Setting, compare, simulate_study

MOST_WEEKS = 52


class Command(BaseCommand):
    help = (
        "The same simulated learners follow the plan, or study by domain weight alone or at random, for the same "
        "minutes on the same days. How they learn and forget is a process of its own, which the planner does not know."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        nature = Nature(0.55)
        parser.add_argument(
            "--learners",
            type=int,
            default=100,
            help="how many; half a second each for eight weeks (default: %(default)s)",
        )
        parser.add_argument("--weeks", type=int, default=8, help="until the exam, 1 to 52 (default: %(default)s)")
        parser.add_argument(
            "--know",
            type=float,
            default=nature.start_share,
            help="share known at the start, 0–1 (default: %(default)s)",
        )
        parser.add_argument(
            "--stability",
            type=float,
            default=nature.stability_days,
            help="days a new fact holds (default: %(default)s)",
        )
        parser.add_argument(
            "--spread", type=float, default=nature.spread, help="unevenness: 1 much, 0.5 little (default: %(default)s)"
        )
        parser.add_argument(
            "--first-seed",
            type=int,
            default=10_000,
            help="one seed a learner, counted from here (default: %(default)s)",
        )
        parser.add_argument("--json", action="store_true", help="print JSON instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["learners"] < 2 or not 1 <= options["weeks"] <= MOST_WEEKS:
            raise CommandError(f"It takes 2 --learners or more, and 1 to {MOST_WEEKS} --weeks.")
        if (
            not 0 < options["know"] < 1
            or not 0 < options["stability"] < math.inf
            or not 0 <= options["spread"] < math.inf
        ):
            raise CommandError("--know lies between 0 and 1, --stability above 0, --spread at 0 or above.")
        if options["first_seed"] < 0:
            raise CommandError("--first-seed must not be negative.")
        nature = Nature(options["know"], stability_days=options["stability"], spread=options["spread"])
        first = options["first_seed"]
        trials = simulate_study(Setting(nature, options["weeks"]), range(first, first + options["learners"]))
        found = [compare(trials, policy) for policy in Policy if policy != Policy.PLAN]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in found], indent=2))
            return
        for one in found:
            gain, low, high = (100 * value for value in one.pass_gain)
            more, least, most = one.percent_gain
            self.stdout.write(
                f"plan against {one.other} (n {one.n}): passes {one.pass_rate:.1%} and {one.other_pass_rate:.1%}, "
                f"{gain:+.1f} points ({low:+.1f} to {high:+.1f}); expected score {one.percent:.1f} % and "
                f"{one.other_percent:.1f} %, {more:+.2f} points ({least:+.2f} to {most:+.2f})"
            )
