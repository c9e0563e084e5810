"""A plan as pages show it: what became of missed blocks, free days, the way to the exam."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from study_plans import selectors, services
from study_plans.models import Block, StudyPlan
from tests.study_plans.people import EXAM, NOW, TODAY, make_plan, study_blocks

DAY = timedelta(days=1)


def lay(plan, day, state, topic=None, kind="read", minutes=30):
    return Block.objects.create(
        plan=plan,
        day=day,
        minutes=minutes,
        kind=kind,
        reason="x",
        state=state,
        topic=topic,
        domain=topic.domain if topic else None,
        done_at=NOW if state == "done" else None,
    )


@pytest.fixture
def bare(plan):
    plan.blocks.all().delete()
    return plan


def test_a_missed_block_leads_to_what_took_its_place(bare, bank):
    one, two, three, four = bank.topics[:4]
    missed = [lay(bare, TODAY - DAY, "missed", topic) for topic in (one, two, three, four)]
    done = lay(bare, TODAY, "done", one)
    lay(bare, TODAY + 5 * DAY, "planned", two)
    first = lay(bare, TODAY + DAY, "planned", two)
    lay(bare, TODAY + DAY, "planned", three, kind="drill")
    lay(bare, TODAY - 2 * DAY, "done", four)
    lay(bare, TODAY + DAY, "skipped", four)
    assert selectors.blocks_again(bare, missed) == {missed[0].pk: done, missed[1].pk: first}


def test_days_without_missed_blocks_ask_nothing_more(plan, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert selectors.blocks_again(plan, list(study_blocks(plan)[:0])) == {}


def test_a_day_is_not_all_done_when_something_went_by(bare):
    lay(bare, TODAY, "done")
    assert selectors.day_summary(bare, TODAY).is_all_done
    lay(bare, TODAY, "missed", kind="review")
    assert not selectors.day_summary(bare, TODAY).is_all_done


def test_the_way_to_the_exam_begins_now(plan):
    whole = selectors.way_to_exam(plan, TODAY)
    assert [stretch.kind for stretch in whole[-3:]] == ["taper", "eve", "exam"]
    assert {stretch.kind for stretch in whole[:-3]} == {"week"}
    for ahead in range((EXAM - TODAY).days + 1):
        way = selectors.way_to_exam(plan, TODAY + ahead * DAY)
        assert way[0].is_now, f"{ahead} days on"
        assert [stretch.is_now for stretch in way[1:]] == [False] * (len(way) - 1)
        assert way[-1].kind == "exam"
    assert selectors.way_to_exam(plan, EXAM + DAY) == []


def week_of(client, **asked) -> str:
    return client.get(reverse("study_plans:plan_show"), asked).content.decode()


def test_missed_blocks_are_folded_away_and_say_what_became_of_them(bank, candidate, signed_in):
    now = timezone.now()
    today = selectors.local_day(candidate, now)
    plan = make_plan(candidate, now, exam_on=today + 40 * DAY)
    plan.blocks.all().delete()
    yesterday = today - DAY
    lay(plan, yesterday, "missed", bank.topics[0])
    lay(plan, yesterday, "missed", bank.topics[1])
    lay(plan, today + 3 * DAY, "planned", bank.topics[0])
    shown = week_of(signed_in(candidate), week=yesterday.isoformat())
    assert '2<span class="sr-only"> blocks</span> went by' in shown
    assert f"now {(today + 3 * DAY).day} " in shown
    assert "let go" in shown
    assert "planned anew" not in shown


def test_days_that_went_by_and_days_before_the_plan_are_not_free(bank, candidate, signed_in):
    now = timezone.now()
    today = selectors.local_day(candidate, now)
    plan = make_plan(candidate, now, exam_on=today + 40 * DAY)
    plan.blocks.all().delete()
    monday = selectors.monday_of(today)
    for ahead in range(7):
        lay(plan, monday + ahead * DAY, "missed" if monday + ahead * DAY < today else "planned", minutes=60)
    shown = week_of(signed_in(candidate))
    assert "free day" not in shown
    plan.blocks.filter(day=monday + 6 * DAY).delete()
    assert ("one free day" in week_of(signed_in(candidate))) == (monday + 6 * DAY != today)


def test_a_week_whose_blocks_all_went_by_plans_nothing_more(bank, candidate, signed_in):
    now = timezone.now()
    today = selectors.local_day(candidate, now)
    plan = make_plan(candidate, now, exam_on=today + 40 * DAY)
    plan.blocks.all().delete()
    assert "Nothing is planned in this week." in week_of(signed_in(candidate))
    lay(plan, today, "missed")
    assert "Nothing more is planned in this week." in week_of(signed_in(candidate))


def test_a_missed_blocks_page_leads_on(plan, candidate, signed_in, bank):
    block = lay(plan, TODAY - DAY, "missed", bank.topics[0])
    client = signed_in(candidate)
    address = reverse("study_plans:block_show", args=[block.pk])
    StudyPlan.objects.update(planned_on=date(2999, 1, 1))  # the page plans nothing anew
    plan.blocks.filter(topic=bank.topics[0], kind="read").exclude(pk=block.pk).delete()
    assert "The plan let it go" in client.get(address).content.decode()
    again = lay(plan, TODAY + 400 * DAY, "planned", bank.topics[0])
    assert reverse("study_plans:block_show", args=[again.pk]) in client.get(address).content.decode()
    services.complete_block(plan_owner=candidate, block_id=again.pk, now=NOW)
    assert "You did it on" in client.get(address).content.decode()
