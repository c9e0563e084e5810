"""manage.py replay_responses IN.csv OUT.csv: the model run over anybody's response log."""

import csv
import math
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from analytics.management.files import opened_table, replaced_whole, writable_target
from engine.replay import MalformedRow, Replay, ResponseLog, predicted_rows, read_log, replay

SEED = 0  # of the calibration floor alone: the predictions need no luck


class Command(BaseCommand):
    help = """Predicts every test row of a response log before its outcome is seen.

IN.csv has the header user,item,skill,correct,timestamp,split, with a user's rows in order of time.
  skill      empty, one, or several joined by ;
  correct    0 or 1
  timestamp  seconds, or empty: then the order of the rows counts
  split      train or test, the same for all rows of a user
Tabs or semicolons may stand for the commas; quote a skill that then holds ; itself. A row that stands after a
later moment of the same user keeps its place, and the number of such rows is said.
Items and head are fitted on the train rows only. OUT.csv gets row,p for the test rows in the order of
the input; row counts the data rows of IN.csv from 0. It is written whole, or not at all."""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument("source", metavar="IN.csv", type=Path)
        parser.add_argument("target", metavar="OUT.csv", type=Path)
        parser.add_argument(
            "--options-column", metavar="NAME", help="a column with the number of options, for the chance of a guess"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["source"]
        target = writable_target(options["target"], source=source)
        log = self._log(source, options["options_column"])
        try:
            found = replay(log, rng=np.random.default_rng(SEED))
        except ValueError as error:
            raise CommandError(f"{source}: {error}.") from error
        with replaced_whole(target) as lines:
            writer = csv.writer(lines, lineterminator="\n")
            writer.writerow(["row", "p"])
            writer.writerows(predicted_rows(found))
        self._tell(log, found)

    def _log(self, source: Path, options_column: str | None) -> ResponseLog:
        with opened_table(source) as lines:
            try:
                return read_log(lines, options_column=options_column)
            except MalformedRow as error:
                raise CommandError(f"{source}, {error}") from error

    def _tell(self, log: ResponseLog, found: Replay) -> None:
        score = found.score
        self.stdout.write(f"rows      {len(found.rows)} predicted, {len(log) - len(found.rows)} to fit on")
        self.stdout.write(f"AUC       {_figure(score.auc)}")
        self.stdout.write(f"log loss  {score.log_loss:.4f}")
        self.stdout.write(f"ECE       {score.calibration:.4f}  (perfect forecasts of so many rows: {score.floor:.4f})")
        self.stdout.write(f"speed     {found.microseconds:.1f} microseconds per response")
        if math.isnan(score.auc):
            self.stdout.write("All test rows have the same outcome, so there is no AUC.")
        if log.backwards:
            stand = "1 row stands" if log.backwards == 1 else f"{log.backwards} rows stand"
            self.stdout.write(
                f"{stand} after a later moment of the same user: the order of the file was kept. Sort the file by time "
                "if that is not the order of the answers."
            )
        if found.head is None:
            self.stdout.write("There were too few train rows for the regression on top; p is the filter's own.")


def _figure(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4f}"
