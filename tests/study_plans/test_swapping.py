"""Two blocks trade places: by service, page and API."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from study_plans import selectors, services
from study_plans.models import Block, StudyPlan
from study_plans.services.differences import diff_rows
from study_plans.services.snapshots import planned_blocks, snapshot_of
from study_plans.templatetags import plan as plan_tags
from tests.study_plans.people import EXAM, NOW, TODAY, adjust, make_plan, study_blocks


@pytest.fixture
def two(plan) -> list[Block]:
    """Two drills or readings of different topics on study days of the same length."""
    days = sorted(set(study_blocks(plan).filter(day__gt=TODAY).values_list("day", flat=True)))
    blocks = list(study_blocks(plan).filter(day__in=days[:6], topic__isnull=False, minutes=30).order_by("day", "order"))
    one = blocks[0]
    other = next(b for b in blocks if b.day != one.day and b.topic_id != one.topic_id)
    return [one, other]


def swap(candidate, one, other, **more):
    more = {"now": NOW, "accepts_broken_rules": True} | more
    return services.swap_blocks(plan_owner=candidate, block_id=one.pk, with_id=other.pk, **more)


def test_swapping_works(plan, candidate, two):
    one, other = two
    revision = swap(candidate, one, other)
    moved = {block.pk: block for block in Block.objects.filter(pk__in=[one.pk, other.pk])}
    assert (moved[one.pk].day, moved[other.pk].day) == (other.day, one.day)
    assert all(block.is_pinned for block in moved.values())
    assert revision.reason == "candidate"
    assert revision.summary.startswith(f"You swapped {one.title} and {other.title}: now on ")
    whys = {row["block"]: (row["change"], row["why"]) for row in revision.diff}
    assert whys[str(one.pk)] == ("moved", f"You swapped it with {other.title}.")
    assert whys[str(other.pk)] == ("moved", f"You swapped it with {one.title}.")


def test_no_day_gets_more_minutes_than_it_has_where_blocks_are_alike_long(plan, candidate, two):
    swap(candidate, *two)
    for day in {block.day for block in two}:
        planned = sum(block.minutes for block in study_blocks(plan).filter(day=day))
        assert planned <= selectors.minutes_of_day(plan, day)


def test_swapping_can_be_undone(plan, candidate, two):
    before = list(plan.blocks.order_by("pk").values_list("pk", "day", "minutes", "is_pinned"))
    revision = swap(candidate, *two)
    services.undo_revision(plan_owner=candidate, revision_id=revision.pk, now=NOW)
    assert list(plan.blocks.order_by("pk").values_list("pk", "day", "minutes", "is_pinned")) == before


def test_a_swap_stays_when_needs_change(plan, candidate, two):
    one, other = two
    swap(candidate, one, other)
    adjust(candidate, {"security-2": 95})
    assert Block.objects.get(pk=one.pk).day == other.day
    assert Block.objects.get(pk=other.pk).day == one.day


def test_too_many_minutes_are_named_and_nothing_changes(plan, candidate):
    mock = study_blocks(plan).filter(kind="mock").first()
    short = next(b for b in study_blocks(plan).filter(day__gt=TODAY, topic__isnull=False) if b.day.weekday() < 5)
    with pytest.raises(services.SwapBreaksRules) as refused:
        swap(candidate, mock, short, accepts_broken_rules=False)
    assert any("has 1 h, and would hold 1 h 45" in sentence for sentence in refused.value.broken)
    assert Block.objects.get(pk=mock.pk).day == mock.day
    assert plan.revisions.count() == 1
    assert swap(candidate, mock, short).reason == "candidate"
    assert Block.objects.get(pk=mock.pk).day == short.day


def test_a_late_mock_and_new_things_in_the_last_days_are_named(plan, candidate):
    last = study_blocks(plan).filter(kind="mock").order_by("-day").first()
    late = study_blocks(plan).filter(day=EXAM - timedelta(days=2)).first()
    with pytest.raises(services.SwapBreaksRules) as refused:
        swap(candidate, last, late, accepts_broken_rules=False)
    assert any("only two days before the real one" in sentence for sentence in refused.value.broken)
    reading = study_blocks(plan).filter(kind="read").first()
    with pytest.raises(services.SwapBreaksRules) as refused:
        swap(candidate, reading, late, accepts_broken_rules=False)
    assert any("hold nothing new" in sentence for sentence in refused.value.broken)


def test_a_foundation_after_what_builds_on_it_is_named(plan, candidate, bank):
    reading = study_blocks(plan).filter(kind="read").order_by("day", "order").first()
    later = (
        study_blocks(plan).filter(kind="read", day__gt=reading.day).exclude(topic=reading.topic).order_by("day").last()
    )
    later.topic.foundations.set([reading.topic])
    with pytest.raises(services.SwapBreaksRules) as refused:
        swap(candidate, reading, later, accepts_broken_rules=False)
    assert f"{later.topic.name} builds on {reading.topic.name}, which would come after it." in refused.value.broken


def test_a_domain_on_three_days_running_is_named(plan, candidate):
    days = sorted(set(study_blocks(plan).filter(day__gt=TODAY).values_list("day", flat=True)))[:3]
    domain = study_blocks(plan).filter(day__gt=days[2], topic__isnull=False).first().domain
    for day in days[:2]:
        block = study_blocks(plan).filter(day=day).first()
        Block.objects.filter(pk=block.pk).update(
            domain=domain, topic=domain.topics.first(), kind="drill", is_pinned=True, misconception=None, lab=None
        )
    own = study_blocks(plan).filter(day__gt=days[2], domain=domain).first()
    there = study_blocks(plan).filter(day=days[2]).exclude(domain=domain).first()
    with pytest.raises(services.SwapBreaksRules) as refused:
        swap(candidate, own, there, accepts_broken_rules=False)
    assert any(f"{domain.name} would come on three study days running" in words for words in refused.value.broken)


def test_blocks_of_one_day_have_nothing_to_swap(plan, candidate):
    day = next(b.day for b in study_blocks(plan) if study_blocks(plan).filter(day=b.day).count() > 1)
    one, other = study_blocks(plan).filter(day=day)[:2]
    with pytest.raises(services.SwapPointless):
        swap(candidate, one, other)


def test_a_block_cannot_be_swapped_with_itself(plan, candidate, two):
    with pytest.raises(services.SwapPointless):
        swap(candidate, two[0], two[0])


def test_what_is_done_cannot_be_swapped(plan, candidate, two):
    services.complete_block(plan_owner=candidate, block_id=two[1].pk, now=NOW)
    with pytest.raises(services.BlockNotOpen):
        swap(candidate, *two)


def test_what_went_by_cannot_be_swapped(plan, candidate, two):
    with pytest.raises(services.BlockNotOpen):
        swap(candidate, *two, now=NOW + timedelta(days=20))


def test_nobody_swaps_with_somebody_elses_block(plan, candidate, outsider, two):
    theirs = study_blocks(make_plan(outsider)).filter(day__gt=TODAY).first()
    with pytest.raises(services.BlockNotFound):
        swap(candidate, two[0], theirs)
    with pytest.raises(services.BlockNotFound):
        swap(outsider, two[0], two[1])


# Pages and API.


@pytest.fixture
def current(bank, candidate) -> StudyPlan:
    now = timezone.now()
    return make_plan(candidate, now, exam_on=selectors.local_day(candidate, now) + timedelta(days=54))


@pytest.fixture
def choices(current, candidate) -> tuple[Block, Block]:
    """A mock and a short day's block: their swap breaks the rule of minutes."""
    today = selectors.local_day(candidate, timezone.now())
    short = next(
        b for b in study_blocks(current).filter(day__gt=today, topic__isnull=False) if b.day.weekday() in (0, 1, 3, 4)
    )
    mock = study_blocks(current).filter(kind="mock").first()
    return mock, short


def test_the_page_asks_before_it_breaks_a_rule(current, candidate, signed_in, choices):
    mock, short = choices
    page, address = signed_in(candidate), reverse("study_plans:block_swap", args=[mock.pk])
    shown = page.get(reverse("study_plans:block_show", args=[mock.pk])).content.decode()
    assert str(short.pk) in shown or short.day < mock.day - timedelta(days=21)
    asked = page.post(address, {"with_block": str(short.pk)})
    assert "Swap anyway?" in asked.content.decode()
    assert Block.objects.get(pk=mock.pk).day == mock.day
    done = page.post(address, {"with_block": str(short.pk), "anyway": "yes"}, follow=True)
    assert f"You swapped {mock.title} and {short.title}" in done.content.decode()
    assert Block.objects.get(pk=mock.pk).day == short.day


@pytest.mark.parametrize("given", ["", "nonsense", str(uuid.UUID(int=5))])
def test_the_page_names_what_cannot_be_chosen(current, candidate, signed_in, choices, given):
    answer = signed_in(candidate).post(reverse("study_plans:block_swap", args=[choices[0].pk]), {"with_block": given})
    assert answer.status_code == 400
    assert list(answer.context["swap_form"].errors) == ["with_block"]


def test_the_api_swaps(current, candidate, api, choices):
    mock, short = choices
    address = f"/api/v1/plan/blocks/{mock.pk}/swap/"
    refused = api(candidate).post(address, {"with_block": str(short.pk)}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "rules_broken")
    assert refused.json()["rules"]
    wish = {"with_block": str(short.pk), "accepts_broken_rules": True}
    done = api(candidate).post(address, wish, format="json")
    assert done.status_code == 200
    assert done.json()["summary"].startswith("You swapped ")
    assert api(candidate).post(address, {}, format="json").json()["fields"].keys() == {"with_block"}


def test_strangers_find_no_block_to_swap(current, outsider, api, signed_in, choices):
    mock, short = choices
    wish = {"with_block": str(short.pk)}
    assert api(outsider).post(f"/api/v1/plan/blocks/{mock.pk}/swap/", wish, format="json").status_code == 404
    assert signed_in(outsider).post(reverse("study_plans:block_swap", args=[mock.pk]), wish).status_code == 404


def test_every_choice_of_the_page_is_in_the_api(current, candidate, api, choices):
    own, base = api(candidate), "/api/v1/plan/blocks/"
    _, block = choices
    assert own.post(f"{base}{block.pk}/pin/", {"is_pinned": True}, format="json").json()["is_pinned"] is True
    assert own.post(f"{base}{block.pk}/pin/", {}, format="json").json()["fields"].keys() == {"is_pinned"}
    moved = own.post(f"{base}{block.pk}/postpone/", {}, format="json").json()
    assert moved["day"] > block.day.isoformat()
    past = own.post(f"{base}{block.pk}/postpone/", {"to_day": "2020-01-01"}, format="json")
    assert (past.status_code, past.json()["code"]) == (409, "no_day_left")
    latest = own.get("/api/v1/plan/revisions/").json()[0]
    kept = own.post(f"/api/v1/plan/revisions/{latest['id']}/accept/").json()
    assert kept["accepted_at"]
    assert own.post(f"/api/v1/plan/revisions/{latest['id']}/undo/").json()["reason"] == "undo"
    assert Block.objects.get(pk=block.pk).day == block.day
    again = own.post(f"/api/v1/plan/revisions/{latest['id']}/undo/")
    assert (again.status_code, again.json()["code"]) == (409, "not_undoable")
    assert own.post(f"{base}{block.pk}/skip/").json()["state"] == "skipped"
    assert own.post(f"{base}{block.pk}/reopen/").json()["state"] == "planned"
    assert own.post(f"{base}{block.pk}/complete/").json()["state"] == "done"
    assert own.post(f"{base}{block.pk}/skip/").json()["code"] == "block_closed"


@pytest.mark.parametrize("what", ["skip", "reopen", "postpone", "complete"])
def test_strangers_change_no_block_over_the_api(current, outsider, api, choices, what):
    assert api(outsider).post(f"/api/v1/plan/blocks/{choices[1].pk}/{what}/").status_code == 404
    assert Block.objects.get(pk=choices[1].pk).state == "planned"


@pytest.mark.parametrize("what", ["accept", "undo"])
def test_strangers_find_no_revision_over_the_api(current, outsider, api, what):
    revision = selectors.latest_revision(current)
    assert api(outsider).post(f"/api/v1/plan/revisions/{revision.pk}/{what}/").status_code == 404


def test_a_moved_block_is_told_from_where_it_was(plan, candidate):
    """Also where the planner puts another one like it on the day it left, and so nearer by."""
    one = study_blocks(plan).filter(topic__isnull=False).first()
    left, others = one.day, list(study_blocks(plan).exclude(day=one.day).values_list("day", flat=True))
    twin = Block.objects.create(
        plan=plan, day=others[20], kind=one.kind, topic=one.topic, domain=one.domain, reason="x", minutes=30
    )
    came_to, twin_was = twin.day + timedelta(days=1), twin.day
    before = snapshot_of(plan)
    rows = {row.pk: row for row in planned_blocks(plan)}
    rows[one.pk].day, rows[one.pk].is_pinned = came_to, True
    rows[twin.pk].day, rows[twin.pk].minutes = left, 10
    asked = selectors.planning_input(selectors.planning_ground(plan), plan, today=TODAY, planned=list(rows.values()))
    written = [(row, selectors.engine_block(row)) for row in rows.values()]
    diff = diff_rows(before, written, asked=asked, asked_before=asked, own={str(one.pk): "You moved it there."})
    told = {row["block"]: (row["change"], row["day_from"], row["day_to"]) for row in diff}
    assert told[str(one.pk)] == ("moved", left.isoformat(), came_to.isoformat())
    assert told[str(twin.pk)] == ("moved", twin_was.isoformat(), left.isoformat())
    assert diff[0]["why"] == "You moved it there."


def test_a_kind_is_not_said_twice(plan, candidate):
    short = study_blocks(plan).filter(topic__isnull=False, kind="drill").first()
    row = {"title": "Mock exam", "kind": "mock"}
    assert plan_tags.kind_beside_title(row) == ""
    assert plan_tags.kind_beside_title({"title": short.title, "kind": "drill"}) == ", drill"
