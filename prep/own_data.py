"""Everything kept about one person, gathered from every app for them to take along."""

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from accounts.models import Membership, ReportView, User
from analytics.models import DomainEstimate, MentorNote, MistakeNote, ReadinessForecast
from exams.models import AnswerEvent, Attempt, AttemptQuestion, Rehearsal
from study_plans.models import Block, ExamReport, PlanRevision, StudyPlan

ABOUT = """What is in here

profile.json         your account
sharing.json         who may see your results, and when they looked
attempts.json        every sitting
answers.json         every question of every sitting with your last answer
answer-events.json   every change of an answer, as it was saved
rehearsals.json      the hour and the checklist of every rehearsal
estimates.json       what was believed about each domain, and your chance of passing
notes.json           your own notes on mistakes, and notes from mentors
plan.json            your study plan, its blocks and its changes, and what you told of real exams
"""


def own_data_archive(user: User, *, now: datetime) -> bytes:
    """A zip of JSON files. Question texts are left out; option ids stay, so that the log is complete."""
    attempts = Attempt.objects.filter(candidate=user)
    finished = attempts.exclude(status=Attempt.Status.IN_PROGRESS)
    files: dict[str, Any] = {
        "profile.json": _rows(User.objects.filter(pk=user.pk), "id email display_name time_zone created_at last_login"),
        "sharing.json": {
            "memberships": _rows(
                Membership.objects.filter(candidate=user),
                "cohort__name consented_at left_at shares_mocks shares_plan shares_outcome",
            ),
            "looked": _rows(
                ReportView.objects.filter(membership__candidate=user), "membership__cohort__name viewed_at"
            ),
        },
        "attempts.json": _rows(
            attempts,
            "id kind number status started_at deadline_at finished_at minutes_allowed scored_right scored_total "
            "passed domain_scores",
        ),
        "answers.json": _rows(
            AttemptQuestion.objects.filter(attempt__in=finished),
            "attempt_id position question_version__question__slug question_version__number selected eliminated "
            "flagged confidence note seconds_spent answered_at is_correct",
        ),
        "answer-events.json": _rows(
            AnswerEvent.objects.filter(attempt_question__attempt__candidate=user),
            "attempt_question__attempt_id attempt_question__position revision selected arrived_at",
        ),
        "rehearsals.json": _rows(
            Rehearsal.objects.filter(candidate=user), "attempt_id exam_time ticked minutes_off updated_at"
        ),
        "estimates.json": {
            "domains": _rows(
                DomainEstimate.objects.filter(estimate_set__candidate=user),
                "estimate_set__computed_at domain__code mastery mastery_low mastery_high weakness weakness_low "
                "weakness_high label answer_count",
            ),
            "forecasts": _rows(
                ReadinessForecast.objects.filter(estimate_set__candidate=user),
                "estimate_set__computed_at probability probability_low probability_high score_mean",
            ),
        },
        "notes.json": {
            "mistakes": _rows(
                MistakeNote.objects.filter(attempt_question__attempt__candidate=user), "reason rule updated_at"
            ),
            "mentors": _rows(MentorNote.objects.filter(candidate=user), "text created_at read_at"),
        },
        "plan.json": {
            "plan": _rows(StudyPlan.objects.filter(candidate=user), "exam_on minutes_per_weekday days_off"),
            "blocks": _rows(
                Block.objects.filter(plan__candidate=user),
                "day minutes kind topic__code reason state done_at evidence",
            ),
            "changes": _rows(
                PlanRevision.objects.filter(plan__candidate=user), "number reason summary diff created_at"
            ),
            "exams": _rows(ExamReport.objects.filter(candidate=user), "sat_on passed percents reported_at"),
        },
    }
    return _zipped({"README.txt": ABOUT, **files}, now)


def _rows(queryset: QuerySet[Any], fields: str) -> list[dict[str, Any]]:
    return list(queryset.order_by("pk").values(*fields.split()))


def _zipped(files: dict[str, Any], now: datetime) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content, cls=DjangoJSONEncoder, indent=1)
            archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
