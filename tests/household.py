"""A household of rows that belong to a candidate and their mentor: what an outsider must never find."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from accounts import services as people
from accounts.models import Membership, User
from analytics.models import MentorNote
from analytics.services import analyse_candidate, report_exam
from exams import services as sittings
from exams.models import Attempt
from study_plans import services as plans
from study_plans.models import Block, PlanRevision
from study_plans.selectors import local_day


@dataclass
class Household:
    """The rows, and a value for every parameter that an address may take."""

    membership: Membership
    attempt: Attempt
    parameters: dict[str, Any]


def make_household(candidate: User, mentor: User) -> Household:
    """A finished mock, analysed, with a plan, a cohort, a token and a mentor's note."""
    now = timezone.now()
    cohort = people.create_cohort(mentor=mentor, name="Autumn")
    membership = people.accept_invitation(
        candidate=candidate,
        token=cohort.invitation_token,
        shares_mocks=True,
        shares_plan=True,
        now=now - timedelta(days=9),
    )
    _, token = people.issue_api_token(user=candidate, now=now)
    plan = plans.create_plan(candidate=candidate, now=now - timedelta(days=8))
    attempt = sittings.start_mock(candidate=candidate, now=now - timedelta(days=1), rng=np.random.default_rng(1))
    attempt = sittings.submit_attempt(
        attempt_id=attempt.pk, candidate=candidate, now=now - timedelta(days=1) + timedelta(hours=1)
    )
    analyse_candidate(candidate_id=candidate.pk, now=now)
    note = MentorNote.objects.create(mentor=mentor, candidate=candidate, text="Look at Private Spaces.")
    report = report_exam(candidate=candidate, now=now, sat_on=local_day(candidate, now), passed=False, percents={})
    question = attempt.questions.get(position=1)
    return Household(
        membership,
        attempt,
        {
            "cohort_id": cohort.pk,
            "candidate_id": candidate.pk,
            "membership_id": membership.pk,
            "token": cohort.invitation_token,
            "token_id": token.pk,
            "attempt_id": attempt.pk,
            "attempt_question_id": question.pk,
            "position": 1,
            "note_id": note.pk,
            "block_id": Block.objects.filter(plan=plan).exclude(kind=Block.Kind.REST)[0].pk,
            "report_id": report.pk,
            "revision_id": PlanRevision.objects.filter(plan=plan)[0].pk,
        },
    )
