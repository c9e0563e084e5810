"""What a candidate does with the blocks of a plan."""

import uuid
from datetime import timedelta

import pytest

from questions.models import Lab
from study_plans import selectors, services
from study_plans.models import Block, StudyPlan
from tests.study_plans.people import EXAM, NOW, TODAY, study_blocks


@pytest.fixture
def block(plan) -> Block:
    return study_blocks(plan).filter(day__gt=TODAY, kind="drill").first()


def test_completing_works(plan, candidate, block):
    done = services.complete_block(plan_owner=candidate, block_id=block.pk, now=NOW, evidence="heroku ps: web.1 up")
    assert (done.state, done.done_at, done.day) == ("done", NOW, TODAY)
    assert Block.objects.get(pk=block.pk).evidence == "heroku ps: web.1 up"


def test_completing_twice_keeps_the_first_moment(plan, candidate, block):
    services.complete_block(plan_owner=candidate, block_id=block.pk, now=NOW)
    services.complete_block(plan_owner=candidate, block_id=block.pk, now=NOW + timedelta(days=2))
    assert Block.objects.get(pk=block.pk).done_at == NOW


def test_done_can_be_taken_back_the_same_day(plan, candidate, block):
    services.complete_block(plan_owner=candidate, block_id=block.pk, now=NOW)
    assert services.reopen_block(plan_owner=candidate, block_id=block.pk, now=NOW).state == "planned"


def test_done_stays_done_on_other_days(plan, candidate, block):
    services.complete_block(plan_owner=candidate, block_id=block.pk, now=NOW)
    with pytest.raises(services.BlockNotOpen):
        services.reopen_block(plan_owner=candidate, block_id=block.pk, now=NOW + timedelta(days=1))


def test_rest_cannot_be_done(plan, candidate):
    rest = plan.blocks.filter(kind="rest").first()
    for service in (services.complete_block, services.skip_block, services.postpone_block):
        with pytest.raises(services.BlockNotOpen):
            service(plan_owner=candidate, block_id=rest.pk, now=NOW)


def test_skipping_leaves_the_minutes_free(plan, candidate):
    first = study_blocks(plan).filter(day=TODAY).last()
    others = sum(block.minutes for block in study_blocks(plan).filter(day=TODAY).exclude(pk=first.pk))
    services.skip_block(plan_owner=candidate, block_id=first.pk, now=NOW)
    assert Block.objects.get(pk=first.pk).state == "skipped"
    assert sum(block.minutes for block in study_blocks(plan).filter(day=TODAY)) <= others


def test_a_block_that_is_planned_after_all_has_its_minutes_again(plan, candidate):
    first = study_blocks(plan).filter(day=TODAY).last()
    before = selectors.minutes_of_day(plan, TODAY)
    services.skip_block(plan_owner=candidate, block_id=first.pk, now=NOW)
    services.reopen_block(plan_owner=candidate, block_id=first.pk, now=NOW)
    plan.refresh_from_db()
    assert selectors.minutes_of_day(plan, TODAY) == before
    services.skip_block(plan_owner=candidate, block_id=first.pk, now=NOW)
    services.reopen_block(plan_owner=candidate, block_id=first.pk, now=NOW)
    plan.refresh_from_db()
    assert selectors.minutes_of_day(plan, TODAY) == before


def test_a_skipped_lab_does_not_come_back(plan, candidate, bank):
    lab = Lab.objects.create(
        topic=bank.topics[10], slug="first-deploy", title="First deploy", minutes=25, body="Steps.", self_checks=[]
    )
    services.replan_missed_days(candidate=candidate, now=NOW + timedelta(days=1))
    block = study_blocks(plan).get(lab=lab)
    services.skip_block(plan_owner=candidate, block_id=block.pk, now=NOW + timedelta(days=1))
    assert not study_blocks(plan).filter(lab=lab).exists()


def test_postponing_pins_the_next_study_day(plan, candidate):
    first = study_blocks(plan).filter(day=TODAY).last()
    others = sum(block.minutes for block in study_blocks(plan).filter(day=TODAY).exclude(pk=first.pk))
    revision = services.postpone_block(plan_owner=candidate, block_id=first.pk, now=NOW)
    moved = Block.objects.get(pk=first.pk)
    assert (moved.day, moved.is_pinned) == (TODAY + timedelta(days=1), True)
    assert sum(block.minutes for block in study_blocks(plan).filter(day=TODAY)) <= others
    assert revision.reason == "candidate"
    row = next(row for row in revision.diff if row["block"] == str(first.pk))
    assert (row["change"], row["day_from"], row["day_to"]) == ("moved", "2026-11-23", "2026-11-24")


def test_postponing_can_be_undone(plan, candidate):
    first = study_blocks(plan).filter(day=TODAY).last()
    revision = services.postpone_block(plan_owner=candidate, block_id=first.pk, now=NOW)
    services.undo_revision(plan_owner=candidate, revision_id=revision.pk, now=NOW)
    back = Block.objects.get(pk=first.pk)
    assert (back.day, back.is_pinned) == (TODAY, False)
    assert StudyPlan.objects.get().minutes_on == {}


def test_skipping_can_be_undone(plan, candidate):
    first = study_blocks(plan).filter(day=TODAY).last()
    services.skip_block(plan_owner=candidate, block_id=first.pk, now=NOW)
    services.undo_revision(
        plan_owner=candidate, revision_id=selectors.latest_revision(plan).pk, now=NOW + timedelta(minutes=1)
    )
    assert Block.objects.get(pk=first.pk).state == "planned"


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=1), EXAM, EXAM + timedelta(days=3)])
def test_no_block_moves_to_such_a_day(plan, candidate, block, day):
    with pytest.raises(services.NoDayLeft):
        services.postpone_block(plan_owner=candidate, block_id=block.pk, now=NOW, to_day=day)


def test_a_pinned_block_can_move_again(plan, candidate, block):
    services.pin_block(plan_owner=candidate, block_id=block.pk, is_pinned=True)
    services.pin_block(plan_owner=candidate, block_id=block.pk, is_pinned=False)
    assert not Block.objects.get(pk=block.pk).is_pinned


def test_a_done_block_cannot_be_skipped(plan, candidate, block):
    services.complete_block(plan_owner=candidate, block_id=block.pk, now=NOW)
    with pytest.raises(services.BlockNotOpen):
        services.skip_block(plan_owner=candidate, block_id=block.pk, now=NOW)


@pytest.mark.parametrize("block_id", [None, uuid.UUID(int=7)])
def test_nobody_reaches_somebody_elses_block(plan, block, outsider, block_id):
    asked = block_id or block.pk
    for service in (services.complete_block, services.skip_block, services.postpone_block, services.reopen_block):
        with pytest.raises(services.BlockNotFound):
            service(plan_owner=outsider, block_id=asked, now=NOW)
    with pytest.raises(services.BlockNotFound):
        services.pin_block(plan_owner=outsider, block_id=asked, is_pinned=True)
    assert Block.objects.get(pk=block.pk).state == "planned"
