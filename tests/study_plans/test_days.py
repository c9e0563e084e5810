"""The candidate's own days: each exactly once, over both changes of the clocks, in any zone, and when they travel."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from study_plans import selectors, services, tasks
from study_plans.models import Block, StudyPlan
from tests.study_plans.people import NOW, adjust, make_plan, study_blocks

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
# A week before the clocks change in each of the zones, in spring and in autumn.
CHANGES = {
    "Europe/Berlin": [date(2027, 3, 28), date(2027, 10, 31)],
    "America/New_York": [date(2027, 3, 14), date(2027, 11, 7)],
    "Australia/Lord_Howe": [date(2027, 4, 4), date(2027, 10, 3)],
    "Asia/Kathmandu": [date(2027, 3, 28), date(2027, 10, 31)],
}


def at_local(zone: str, day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def live_in(candidate: User, zone: str) -> User:
    candidate.time_zone = zone
    candidate.save(update_fields=["time_zone"])
    return candidate


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("half", [0, 1])
def test_every_local_date_is_planned_exactly_once(bank, candidate, zone, half):
    change = CHANGES[zone][half]
    start, exam = change - timedelta(days=4), change + timedelta(days=17)
    live_in(candidate, zone)
    plan = make_plan(candidate, at_local(zone, start, 0, 1), exam_on=exam)
    days = sorted(set(plan.blocks.values_list("day", flat=True)))
    assert days == [start + timedelta(days=ahead) for ahead in range((exam - start).days)]
    shown = selectors.day_summaries(plan, start, exam, start)
    assert [day.day for day in shown] == [*days, exam]
    assert sum(len(day.blocks) for day in shown) == study_blocks(plan).count()


def test_a_leap_day_is_a_day_like_any_other(bank, candidate):
    live_in(candidate, "Asia/Kathmandu")
    plan = make_plan(candidate, at_local("Asia/Kathmandu", date(2028, 2, 26), 0, 1), exam_on=date(2028, 3, 20))
    days = sorted(set(plan.blocks.values_list("day", flat=True)))
    assert days == [date(2028, 2, 26) + timedelta(days=ahead) for ahead in range(23)]
    assert date(2028, 2, 29) in days


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("half", [0, 1])
def test_hourly_re_planning_begins_every_day_once(bank, candidate, zone, half, monkeypatch):
    """Every hour for five days around the change: the plan is always one from today on."""
    change = CHANGES[zone][half]
    live_in(candidate, zone)
    start = change - timedelta(days=2)
    plan = make_plan(candidate, at_local(zone, start, 12), exam_on=change + timedelta(days=20))
    moment, seen = at_local(zone, start, 12), []
    for _ in range(24 * 5):
        moment += timedelta(hours=1)
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        tasks.replan_missed_days_task()
        plan.refresh_from_db()
        assert plan.planned_on == selectors.local_day(candidate, moment)
        assert not study_blocks(plan).filter(day__lt=plan.planned_on).exists()
        if not seen or seen[-1] != plan.planned_on:
            seen.append(plan.planned_on)
    assert seen == [start + timedelta(days=ahead) for ahead in range(6)][: len(seen)]
    assert len(seen) in (5, 6)
    missed = [revision for revision in plan.revisions.all() if revision.reason == "missed_day"]
    assert len({revision.created_at.astimezone(ZoneInfo(zone)).date() for revision in missed}) == len(missed)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Europe/Berlin", "Pacific/Kiritimati"),
        ("Pacific/Kiritimati", "Pacific/Niue"),
        ("America/New_York", "Asia/Kathmandu"),
    ],
)
def test_a_candidate_who_travels_keeps_each_date_once(bank, candidate, before, after):
    live_in(candidate, before)
    plan = make_plan(candidate)
    first = selectors.local_day(candidate, NOW)
    live_in(candidate, after)
    for hours in range(0, 72, 6):
        moment = NOW + timedelta(hours=hours)
        services.replan_missed_days(candidate=candidate, now=moment)
        adjust(candidate, {"data-1": 40 + hours}, version=hours + 1, now=moment)
        today = selectors.local_day(candidate, moment)
        planned = study_blocks(plan).filter(day__gte=max(today, first))
        days = sorted(
            set(plan.blocks.filter(state="planned", day__gte=max(today, first)).values_list("day", flat=True))
        )
        assert days == [days[0] + timedelta(days=ahead) for ahead in range(len(days))]
        assert days[-1] == plan.exam_on - timedelta(days=1)
        for day in days:
            blocks = [block for block in planned if block.day == day]
            assert sum(block.minutes for block in blocks) <= max(
                StudyPlan().minutes_per_weekday + plan.minutes_per_weekday
            )


def test_a_zone_that_is_no_more_counts_as_utc():
    assert selectors.local_day(User(time_zone="Mars/Olympus"), datetime(2026, 11, 23, 23, 59, tzinfo=UTC)) == date(
        2026, 11, 23
    )


def test_only_those_whose_day_began_are_behind(bank, candidate, other_candidate):
    live_in(candidate, "Asia/Kathmandu")
    live_in(other_candidate, "America/New_York")
    for person in (candidate, other_candidate):
        make_plan(person, datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    assert selectors.plans_behind(datetime(2026, 11, 23, 18, 14, tzinfo=UTC)) == []
    assert selectors.plans_behind(datetime(2026, 11, 23, 18, 15, tzinfo=UTC)) == [candidate.pk]
    assert set(selectors.plans_behind(datetime(2026, 11, 24, 5, 0, tzinfo=UTC))) == {candidate.pk, other_candidate.pk}


def test_somebody_who_left_is_not_behind(plan, candidate):
    User.objects.filter(pk=candidate.pk).update(is_active=False)
    assert selectors.plans_behind(NOW + timedelta(days=3)) == []


def test_one_bad_plan_does_not_stop_the_others(bank, candidate, other_candidate, monkeypatch):
    bad, good = make_plan(candidate), make_plan(other_candidate)
    StudyPlan.objects.filter(pk=bad.pk).update(days_off=["no day"])
    later = NOW + timedelta(days=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert tasks.replan_missed_days_task() == 2
    good.refresh_from_db()
    bad.refresh_from_db()
    assert good.planned_on == date(2026, 11, 25)
    assert bad.planned_on == date(2026, 11, 23)
    assert not bad.blocks.filter(state="missed").exists()


def test_a_batch_is_bounded(bank, candidate, other_candidate, monkeypatch):
    for person in (candidate, other_candidate):
        make_plan(person)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=1))
    assert tasks.replan_missed_days_task(batch=1) == 1
    assert tasks.replan_missed_days_task(batch=1) == 1
    assert tasks.replan_missed_days_task(batch=1) == 0


def test_a_streak_counts_honestly(plan, candidate):
    today = date(2026, 11, 29)
    plan.blocks.all().delete()

    def lay(ago: int, state: str) -> None:
        day = today - timedelta(days=ago)
        Block.objects.create(
            plan=plan,
            day=day,
            minutes=30,
            kind="drill",
            reason="x",
            state=state,
            done_at=NOW if state == "done" else None,
        )

    lay(0, "planned")
    assert selectors.study_streak(plan, today) == 0
    lay(1, "done")
    lay(1, "missed")
    lay(3, "done")  # two days ago was free
    lay(4, "skipped")
    lay(5, "done")
    lay(6, "missed")
    lay(7, "done")
    assert selectors.study_streak(plan, today) == 3
    lay(0, "done")
    assert selectors.study_streak(plan, today) == 4
