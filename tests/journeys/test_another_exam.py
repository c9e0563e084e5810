"""Preparing for another exam: another blueprint and another bank, named by PREP_EXAM_CODE, and nothing else."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from analytics import services
from exams.models import Attempt, AttemptQuestion
from questions.models import ExamBlueprint
from study_plans import selectors
from study_plans.models import Block, ExamReport, StudyPlan
from tests.analytics.sittings import answer, mock, share
from tests.questions.small_bank import small_bank
from tests.study_plans.people import make_plan

OLD = {"platform", "data", "security", "enterprise", "applications", "integrations"}
PAGES = ["/today/", "/plan/", "/plan/month/", "/plan/setup/", "/weakness/", "/practise/", "/exams/", "/mistakes/"]
PAGES += ["/exams/start/", "/journey/", "/exam-day/", "/forecasts/", "/plan/revisions/"]


def put_right(attempt: Attempt) -> None:
    """Every first question right, every second wrong."""
    answer(attempt, lambda row: row.position % 2 == 1, now=timezone.now())


@pytest.fixture
def moved(bank, candidate, settings, tmp_path: Path) -> ExamBlueprint:
    """Somebody who prepared for the first exam, on a server that turns to a tiny second one."""
    now = timezone.now()
    mock(candidate, share(60), now=now - timedelta(days=3))
    services.analyse_candidate(candidate_id=candidate.pk, now=now)
    make_plan(candidate, now, exam_on=selectors.local_day(candidate, now) + timedelta(days=40))
    folder = small_bank(tmp_path / "tiny")
    blueprint = yaml.safe_load((folder / "blueprint.yaml").read_text())
    (folder / "blueprint.yaml").write_text(yaml.safe_dump(blueprint | {"retake_after_days": [7]}))
    call_command("load_bank", str(folder))
    settings.EXAM_CODE = "tiny"
    return ExamBlueprint.objects.get(code="tiny", is_current=True)


def test_another_exam_works(moved, candidate, signed_in, api):
    own, page, today = api(candidate), signed_in(candidate), selectors.local_day(candidate, timezone.now())
    assert own.get("/api/v1/weakness/").json().get("domains", []) == []
    exam_on = today + timedelta(days=12)
    plan = own.patch("/api/v1/plan/", {"exam_on": exam_on.isoformat()}, format="json").json()
    assert plan["blueprint"] == "tiny"
    assert {block["domain"] for block in plan["blocks"] if block["domain"]} == {"platform", "data"}
    assert "Run two dynos" in {block["title"] for block in plan["blocks"]}
    attempt = Attempt.objects.get(pk=own.post("/api/v1/attempts/", {"kind": "mock"}, format="json").json()["id"])
    assert (attempt.blueprint, attempt.questions.count()) == (moved, 2)
    put_right(attempt)
    assert own.post(f"/api/v1/attempts/{attempt.pk}/submit/").status_code == 200
    services.analyse_candidate(candidate_id=candidate.pk, now=timezone.now())
    weakness = own.get("/api/v1/weakness/").json()
    assert [row["code"] for row in weakness["domains"]] == ["platform", "data"]
    assert StudyPlan.objects.get().needs["domains"].keys() == {"platform", "data"}
    for address in PAGES:
        shown = page.get(address)
        assert shown.status_code == 200, address
        if address == "/plan/revisions/":
            continue  # its history goes back to the other exam
        assert "Heroku Enterprise" not in shown.content.decode().replace("Salesforce Certified", ""), address


def test_what_was_done_for_the_other_exam_stays_its_own(moved, candidate, api):
    api(candidate).get("/api/v1/plan/")
    plan = StudyPlan.objects.get()
    assert (plan.blueprint, plan.exam_on, plan.needs) == (moved, None, {})
    codes = plan.blocks.filter(state=Block.State.PLANNED, domain__isnull=False).values_list("domain__exam_code")
    assert set(codes) == {("tiny",)}
    assert Attempt.objects.filter(candidate=candidate, blueprint__code="heroku-architect").count() == 1


def test_the_real_exam_of_another_code_counts_there_only(moved, candidate, signed_in, settings):
    page, today = signed_in(candidate), selectors.local_day(candidate, timezone.now())
    given: dict[str, Any] = {"outcome": "failed", "sat_on": today.isoformat()}
    page.post(reverse("analytics:outcome_report"), given | {"percent_platform": "50", "percent_data": "0"})
    report = ExamReport.objects.get()
    assert report.percents == {"platform": 50, "data": 0}
    assert selectors.earliest_retake(candidate, moved) == today + timedelta(days=7)
    first = ExamBlueprint.objects.get(code="heroku-architect")
    assert selectors.earliest_retake(candidate, first) is None
    settings.EXAM_CODE = "heroku-architect"
    estimates = services.recompute_candidate(candidate_id=candidate.pk, now=timezone.now())
    assert {row.domain.code for row in estimates.domains.all()} == OLD
    assert sum(row.answer_count for row in estimates.domains.all()) == 60


def test_going_back_finds_everything_as_it_was(moved, candidate, api, settings):
    api(candidate).get("/api/v1/plan/")
    settings.EXAM_CODE = "heroku-architect"
    weakness = api(candidate).get("/api/v1/weakness/").json()
    assert {row["code"] for row in weakness["domains"]} == OLD
    assert api(candidate).get("/api/v1/plan/").json()["blueprint"] == "heroku-architect"


def test_no_question_of_one_exam_is_asked_in_the_other(moved, candidate, api):
    attempt = api(candidate).post("/api/v1/attempts/", {"kind": "mock"}, format="json").json()["id"]
    codes = AttemptQuestion.objects.filter(attempt=attempt).values_list(
        "question_version__question__domain__exam_code", flat=True
    )
    assert set(codes) == {"tiny"}
