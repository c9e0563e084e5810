"""Plans adjust themselves: after attempts, missed days and the candidate's own changes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from questions.models import Misconception
from study_plans import selectors, services
from study_plans.models import Block, PlanRevision, StudyPlan
from study_plans.needs import ConfusionStanding
from tests.study_plans.people import EXAM, NOW, TODAY, WEEK, adjust, study_blocks


def test_a_first_plan_works(bank, candidate):
    plan = services.create_plan(candidate=candidate, now=NOW)
    assert study_blocks(plan).filter(kind="diagnostic").count() == 1
    minutes = dict.fromkeys(["enterprise", "platform"], 0)
    for block in study_blocks(plan).select_related("domain"):
        if block.domain and block.domain.code in minutes:
            minutes[block.domain.code] += block.minutes
    assert minutes["enterprise"] > minutes["platform"] > 0
    revision = plan.revisions.get()
    assert revision.reason == "created"
    assert revision.summary.startswith("Your plan for the next four weeks")


def test_creating_twice_changes_nothing(plan, candidate):
    ids = set(plan.blocks.values_list("pk", flat=True))
    assert services.create_plan(candidate=candidate, now=NOW) == plan
    assert set(plan.blocks.values_list("pk", flat=True)) == ids


def test_adjusting_works(plan, candidate):
    adjust(candidate)
    revision = adjust(candidate, {"security-2": 90}, version=2)
    assert revision.number == 3
    assert revision.reason == PlanRevision.Reason.ATTEMPT
    added = [row for row in revision.diff if row["topic"] == "security-2"]
    assert added
    assert all(row["why"].endswith(".") for row in revision.diff)
    assert "because of your latest answers" in revision.summary
    assert selectors.latest_revision(plan) == revision


def test_adjusting_makes_a_plan_where_there_is_none(bank, candidate):
    revision = adjust(candidate)
    assert (revision.number, revision.reason) == (1, "created")
    assert StudyPlan.objects.get().needs_version == 1


@pytest.mark.parametrize("version", [1, 2])
def test_old_needs_change_nothing(plan, candidate, version):
    adjust(candidate, {"security-2": 90}, version=2)
    before = list(plan.blocks.values())
    assert adjust(candidate, {"data-1": 90}, version=version) is None
    assert list(plan.blocks.values()) == before


def test_same_needs_again_make_no_revision(plan, candidate):
    adjust(candidate, {"security-2": 90}, version=1)
    assert adjust(candidate, {"security-2": 90}, version=2) is None
    assert plan.revisions.count() == 2


def test_blocks_keep_their_ids_where_they_stay(plan, candidate):
    adjust(candidate)
    before = {block.pk: block for block in study_blocks(plan)}
    adjust(candidate, {"security-2": 60}, version=2)
    after = {block.pk: block for block in study_blocks(plan)}
    kept = set(before) & set(after)
    assert len(kept) > len(before) / 2
    assert all((before[pk].kind, before[pk].topic_id) == (after[pk].kind, after[pk].topic_id) for pk in kept)


def test_no_day_is_fuller_than_its_minutes(plan, candidate):
    adjust(candidate, {"data-1": 80})
    minutes: dict[date, int] = {}
    for block in plan.blocks.filter(state="planned"):
        minutes[block.day] = minutes.get(block.day, 0) + block.minutes
    assert all(total <= WEEK[day.weekday()] for day, total in minutes.items())


def test_done_and_pinned_blocks_stay(plan, candidate):
    first = study_blocks(plan)[0]
    later = study_blocks(plan).filter(day__gt=TODAY, kind="drill")[0]
    services.complete_block(plan_owner=candidate, block_id=first.pk, now=NOW)
    services.pin_block(plan_owner=candidate, block_id=later.pk, is_pinned=True)
    adjust(candidate, {"applications-1": 95})
    assert Block.objects.get(pk=first.pk).state == "done"
    kept = Block.objects.get(pk=later.pk)
    assert (kept.day, kept.minutes, kept.is_pinned) == (later.day, later.minutes, True)


def test_missed_days_begin_from_today(plan, candidate):
    adjust(candidate)
    missed = list(study_blocks(plan).filter(day__lt=TODAY + timedelta(days=3)))
    later = NOW + timedelta(days=3)
    revision = services.replan_missed_days(candidate=candidate, now=later)
    assert revision.reason == "missed_day"
    assert revision.summary.startswith("The plan starts from today.")
    assert revision.summary.endswith("Nothing is overdue.")
    assert not study_blocks(plan).filter(day__lt=TODAY + timedelta(days=3)).exists()
    assert {block.state for block in Block.objects.filter(pk__in=[b.pk for b in missed])} == {"missed"}
    assert services.replan_missed_days(candidate=candidate, now=later) is None


def test_a_dropped_block_is_named(plan, candidate):
    revision = services.replan_missed_days(candidate=candidate, now=datetime(2027, 1, 13, 9, tzinfo=UTC))
    dropped = [row for row in revision.diff if row["change"] == "dropped"]
    assert dropped
    assert all(row["title"] and row["why"] for row in dropped)
    assert dropped[0]["title"] in revision.summary or "Dropped:" in revision.summary


def test_a_day_without_missed_blocks_changes_nothing(plan, candidate):
    for block in study_blocks(plan).filter(day=TODAY):
        services.complete_block(plan_owner=candidate, block_id=block.pk, now=NOW)
    assert services.replan_missed_days(candidate=candidate, now=NOW + timedelta(days=1)) is None
    assert StudyPlan.objects.get().planned_on == TODAY + timedelta(days=1)


def test_a_rolling_plan_grows_without_a_revision(bank, candidate):
    plan = services.create_plan(candidate=candidate, now=NOW)
    for block in study_blocks(plan).filter(day=TODAY):
        services.complete_block(plan_owner=candidate, block_id=block.pk, now=NOW)
    last = plan.blocks.order_by("day").last().day
    services.replan_missed_days(candidate=candidate, now=NOW + timedelta(days=1))
    assert plan.blocks.order_by("day").last().day == last + timedelta(days=1)
    assert all(
        row["day_to"] is None or row["day_to"] <= last.isoformat() for r in plan.revisions.all() for row in r.diff
    )


def test_after_the_exam_nothing_is_planned(plan, candidate):
    assert adjust(candidate, now=datetime(2027, 1, 20, 9, tzinfo=UTC)) is None
    assert not study_blocks(plan).exists()
    assert StudyPlan.objects.get().needs_version == 1


def test_changed_availability_makes_a_revision(plan, candidate):
    revision = services.change_availability(
        candidate=candidate,
        now=NOW,
        exam_on=EXAM,
        exam_time=None,
        minutes_per_weekday=[30, 30, 0, 0, 30, 120, 0],
        days_off=[TODAY + timedelta(days=5)],
        block_minutes=30,
    )
    assert revision.reason == "availability"
    assert not study_blocks(plan).filter(day=TODAY + timedelta(days=5)).exists()
    assert "to fit the time you have" in revision.summary


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"exam_on": TODAY - timedelta(days=1)}, "exam_on"),
        ({"minutes_per_weekday": [60] * 6}, "minutes_per_weekday"),
        ({"minutes_per_weekday": [60] * 6 + [2000]}, "minutes_per_weekday"),
        ({"minutes_per_weekday": [60] * 6 + [-5]}, "minutes_per_weekday"),
        ({"block_minutes": 5}, "block_minutes"),
    ],
)
def test_a_wrong_wish_is_named(plan, candidate, wishes, field):
    given = {
        "exam_on": EXAM,
        "exam_time": None,
        "minutes_per_weekday": [60] * 7,
        "days_off": [],
        "block_minutes": 30,
    }
    with pytest.raises(services.AvailabilityInvalid) as refused:
        services.change_availability(candidate=candidate, now=NOW, **(given | wishes))
    assert refused.value.field == field


def test_undoing_works(plan, candidate):
    adjust(candidate)
    before = list(plan.blocks.order_by("pk").values("pk", "day", "minutes", "kind", "reason", "order"))
    revision = adjust(candidate, {"security-2": 90}, version=2)
    undone = services.undo_revision(plan_owner=candidate, revision_id=revision.pk, now=NOW)
    assert list(plan.blocks.order_by("pk").values("pk", "day", "minutes", "kind", "reason", "order")) == before
    assert undone.reason == "undo"
    assert PlanRevision.objects.get(pk=revision.pk).undone_at == NOW


def test_undoing_brings_wishes_back(plan, candidate):
    revision = services.change_availability(
        candidate=candidate,
        now=NOW,
        exam_on=None,
        exam_time=None,
        minutes_per_weekday=[30] * 7,
        days_off=[],
        block_minutes=20,
    )
    services.undo_revision(plan_owner=candidate, revision_id=revision.pk, now=NOW)
    plan.refresh_from_db()
    assert (plan.exam_on, plan.block_minutes) == (EXAM, 30)
    assert plan.minutes_per_weekday == WEEK


def test_the_first_plan_cannot_be_undone(plan, candidate):
    with pytest.raises(services.RevisionNotUndoable):
        services.undo_revision(plan_owner=candidate, revision_id=plan.revisions.get().pk, now=NOW)


def test_only_the_latest_change_can_be_undone(plan, candidate):
    first = adjust(candidate, {"security-2": 90})
    adjust(candidate, {"data-2": 90}, version=2)
    with pytest.raises(services.RevisionNotUndoable):
        services.undo_revision(plan_owner=candidate, revision_id=first.pk, now=NOW)


def test_a_change_cannot_be_undone_twice(plan, candidate):
    revision = adjust(candidate, {"security-2": 90})
    services.undo_revision(plan_owner=candidate, revision_id=revision.pk, now=NOW)
    with pytest.raises(services.RevisionNotUndoable):
        services.undo_revision(plan_owner=candidate, revision_id=revision.pk, now=NOW)


def test_an_undone_change_stays_undone_overnight(plan, candidate):
    revision = adjust(candidate, {"security-2": 90})
    services.undo_revision(plan_owner=candidate, revision_id=revision.pk, now=NOW)
    before = list(plan.blocks.values())
    assert adjust(candidate, {"security-2": 89}, version=2, reason="nightly") is None
    assert list(plan.blocks.values()) == before


def test_accepting_twice_is_the_same_as_once(plan, candidate):
    revision = adjust(candidate, {"security-2": 90})
    services.accept_revision(plan_owner=candidate, revision_id=revision.pk, now=NOW)
    services.accept_revision(plan_owner=candidate, revision_id=revision.pk, now=NOW + timedelta(hours=1))
    assert PlanRevision.objects.get(pk=revision.pk).accepted_at == NOW


def test_confusions_become_contrast_drills(plan, candidate, bank):
    Misconception.objects.create(
        exam_code="heroku-architect", domain=bank.domains[1], code="copy-or-look", name="Copy or look?"
    )
    adjust(candidate, {"data-1": 80}, confusions={"copy-or-look": ConfusionStanding("data-1", 5, 7)})
    block = study_blocks(plan).filter(kind="contrast_drill").first()
    assert block.title == "Copy or look?"
    assert "5 of 7 wrong" in block.reason


def test_nobody_reaches_somebody_elses_revision(plan, candidate, outsider):
    revision = adjust(candidate, {"security-2": 90})
    for service in (services.undo_revision, services.accept_revision):
        with pytest.raises(services.RevisionNotFound):
            service(plan_owner=outsider, revision_id=revision.pk, now=NOW)
