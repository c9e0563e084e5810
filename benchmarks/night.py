"""A night of one worker: `python -m benchmarks.night [--candidates 1000]`.

On PostgreSQL: candidates with two mocks and three drills in the last four weeks, each analysed and planned the evening
before. Then what a night does, task by task as the worker calls them: estimates drift (a rebuild from all answers) and
plans follow; then the local day begins and every plan is made for the new day. Prints minutes of one process and SQL
statements per candidate.
"""

import argparse
import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.table import markdown
from tests.processes import House, heroku_like, own_database

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
MOCKS_DAYS_AGO, DRILLS_DAYS_AGO = (24, 9), (17, 6, 2)
DRILL_QUESTIONS = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--candidates", type=int, default=1000)
    parser.add_argument("--database-server", default=SERVER)
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(own_database(asked.database_server))
        env = heroku_like(url, "redis://127.0.0.1:1/0", folder / "var")
        house = House(env, folder)
        house.manage("migrate", "--no-input")
        house.manage("load_bank")
        os.environ.update(env, DJANGO_SETTINGS_MODULE="prep.settings", PREP_LOG_LEVEL="ERROR")
        import django

        django.setup()
        from django.db import connection

        try:
            nights(asked.candidates)
        finally:
            connection.close()


def nights(count: int) -> None:
    from django.utils import timezone

    from analytics.models import EstimateSet
    from analytics.services import analyse_candidate
    from analytics.tasks import refresh_estimates_task
    from study_plans.models import PlanRevision, StudyPlan
    from study_plans.tasks import replan_missed_days_task

    now = timezone.now()
    yesterday = now - timedelta(days=1)
    people = crowd(count, now)

    def first_analysis() -> int:
        for candidate_id in people:
            analyse_candidate(candidate_id=candidate_id, now=yesterday)
        return 0

    rows = [measured("all histories analysed, first plans", count, first_analysis)]
    sets, revisions = EstimateSet.objects.count(), PlanRevision.objects.count()
    rows.append(measured("estimates drift, plans follow", count, refresh_estimates_task))
    refreshed = EstimateSet.objects.filter(computed_at__gte=now).count()
    changed = PlanRevision.objects.count() - revisions
    StudyPlan.objects.update(planned_on=yesterday.date())
    rows.append(measured("a day begins, plans are made for it", count, replan_missed_days_task))
    print(markdown(list(rows[0]), rows))
    print(f"n = {count} candidates; {sets} sets before, {refreshed} refreshed, {changed} plans changed by the drift")


def crowd(count: int, now: datetime) -> list[Any]:
    """Ids of candidates whose sittings lie in the database as the exam room would have left them."""
    from django.db import transaction

    from accounts.models import User
    from exams.models import Attempt, AttemptQuestion
    from questions.selectors import current_blueprint, drawable_questions

    rng = np.random.default_rng(11)
    blueprint = current_blueprint()
    bank = [question for question in drawable_questions(blueprint, now.date()) if not question.is_pilot]
    keys = keys_of([question.version_id for question in bank])
    people = [User(email=f"candidate{number}@example.com", password="!") for number in range(count)]
    User.objects.bulk_create(people, batch_size=500)
    with transaction.atomic():
        for person in people:
            skill = rng.normal(0.62, 0.12)
            sittings: list[Attempt] = []
            answers: list[AttemptQuestion] = []
            for kind, size, days in (
                *((Attempt.Kind.MOCK, blueprint.scored_count, days) for days in MOCKS_DAYS_AGO),
                *((Attempt.Kind.DRILL, DRILL_QUESTIONS, days) for days in DRILLS_DAYS_AGO),
            ):
                number = 1 + sum(sitting.kind == kind for sitting in sittings)
                sitting = _sitting(person, blueprint, kind, number, size, now - timedelta(days=days))
                places = rng.permutation(len(bank))[:size]
                rights = rng.random(len(places)) < skill
                sittings.append(sitting)
                answers += [
                    _answer(AttemptQuestion, sitting, position, bank[place], keys, bool(right))
                    for position, (place, right) in enumerate(zip(places, rights, strict=True), start=1)
                ]
            Attempt.objects.bulk_create(sittings)
            AttemptQuestion.objects.bulk_create(answers, batch_size=1000)
    return [person.pk for person in people]


def keys_of(version_ids: list[int]) -> dict[int, list[int]]:
    from questions.models import QuestionVersion

    versions = QuestionVersion.objects.filter(pk__in=version_ids).prefetch_related("options")
    return {version.pk: list(version.key_ids) for version in versions}


def _sitting(person: Any, blueprint: Any, kind: Any, number: int, size: int, began: datetime) -> Any:
    from exams.models import Attempt

    is_mock = kind == Attempt.Kind.MOCK
    return Attempt(
        candidate=person,
        blueprint=blueprint,
        kind=kind,
        number=number,
        status=Attempt.Status.SUBMITTED,
        score_status=Attempt.ScoreStatus.DONE,
        score_version=1,
        started_at=began,
        finished_at=began + timedelta(minutes=80),
        deadline_at=began + timedelta(minutes=105) if is_mock else None,
        minutes_allowed=105 if is_mock else None,
        question_target=size,
        scoring_rule=blueprint.scoring_rule,
        pass_percent=blueprint.pass_percent,
    )


def _answer(
    row: Callable[..., Any], sitting: Any, position: int, question: Any, keys: dict[int, list[int]], is_right: bool
) -> Any:
    key_ids = keys[question.version_id]
    wrong = [pk for pk in question.option_ids if pk not in key_ids][: len(key_ids)]
    return row(
        attempt=sitting,
        position=position,
        question_version_id=question.version_id,
        select_count=question.select_count,
        option_order=list(question.option_ids),
        selected=sorted(key_ids if is_right else wrong),
        revision=1,
        seconds_spent=75,
        answered_at=sitting.finished_at,
        is_correct=is_right,
    )


@dataclass
class Statements:
    """Counts what is sent to the database, but for transaction marks."""

    count: int = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        return execute(sql, params, many, context)


@contextlib.contextmanager
def counted() -> Iterator[Statements]:
    from django.db import connection

    statements = Statements()
    with connection.execute_wrapper(statements):
        yield statements


def measured(name: str, count: int, slice_of_work: Callable[[], int]) -> dict[str, object]:
    """Slice after slice until one has nothing left to do."""
    began, used, slices = time.perf_counter(), time.process_time(), 1
    with counted() as statements:
        while slice_of_work():
            slices += 1
    seconds = time.perf_counter() - began
    return {
        "task": name,
        "minutes": f"{seconds / 60:.1f}",
        "slices": slices,
        "ms a candidate": f"{1000 * seconds / count:.0f}",
        "of it Python": f"{1000 * (time.process_time() - used) / count:.0f}",
        "statements a candidate": f"{statements.count / count:.1f}",
    }


if __name__ == "__main__":
    main()
