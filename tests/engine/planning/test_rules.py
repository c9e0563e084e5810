"""The rules of a plan, as properties over random situations."""

import os
from collections import defaultdict
from dataclasses import replace
from datetime import date
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given, settings

from engine.planning import Block, Kind, Plan, PlanInput, make_plan
from engine.planning.days import round_up
from engine.planning.left_out import FEWEST_REVIEWS
from tests.engine.planning.inputs import TODAY, days, inputs, roomy_inputs

pytestmark = pytest.mark.pure
many = settings(max_examples=int(os.environ.get("PREP_EXAMPLES", "200")), deadline=None)

FULL = {Kind.MOCK, Kind.REHEARSAL}
NEW_KINDS = {Kind.READ, Kind.LAB}


def by_day(plan: Plan) -> dict[date, list[Block]]:
    found = defaultdict(list)
    for block in plan.blocks:
        found[block.day].append(block)
    return dict(found)


def study_days(plan: Plan, asked: PlanInput) -> list[tuple[date, list[Block]]]:
    """Days with study, in order; what was done before today first, as blocks without a kind that matters."""
    return [(on, blocks) for on, blocks in sorted(by_day(plan).items()) if sum(b.minutes for b in blocks) > 0]


def minutes_given(asked: PlanInput, on: date) -> int:
    if on in asked.days_off or (asked.exam_on is not None and on >= asked.exam_on - days(1)):
        return 0
    given = asked.minutes_on.get(on, asked.minutes_per_weekday[on.weekday()])
    return given - sum(done.minutes for done in asked.done if done.day == on)


@many
@given(inputs())
def test_every_day_is_there_once_and_in_order(asked):
    plan = make_plan(asked)
    ahead = 28 if asked.exam_on is None else (asked.exam_on - asked.today).days
    expected = {asked.today + days(n) for n in range(ahead)} | {b.day for b in asked.pinned}
    assert set(by_day(plan)) == expected
    assert [block.day for block in plan.blocks] == sorted(block.day for block in plan.blocks)


@many
@given(inputs())
def test_never_more_minutes_than_the_day_has(asked):
    for on, blocks in by_day(make_plan(asked)).items():
        pinned = sum(block.minutes for block in blocks if block.pinned)
        planned = sum(block.minutes for block in blocks if not block.pinned)
        assert planned == 0 or planned + pinned <= minutes_given(asked, on)


@many
@given(inputs())
def test_pinned_blocks_stay(asked):
    assert sorted(map(repr, asked.pinned)) == sorted(repr(b) for b in make_plan(asked).blocks if b.pinned)


@many
@given(inputs())
def test_the_same_input_gives_the_same_plan(asked):
    assert make_plan(asked) == make_plan(asked)


@many
@given(inputs())
def test_foundations_come_before_specifics(asked):
    plan = make_plan(asked)
    topics = {topic.code: topic for topic in asked.topics}
    met = {code for code, topic in topics.items() if topic.is_grounded}
    for block in plan.blocks:
        if block.topic is None:
            continue
        if not block.pinned and block.topic not in met:
            missing = set(topics[block.topic].foundations) - met
            assert not missing, f"{block.topic} on {block.day} before {missing}"
        met.add(block.topic)


@many
@given(inputs())
def test_no_domain_more_than_two_study_days_running(asked):
    plan = make_plan(asked)
    if len({topic.domain for topic in asked.topics}) < 2:
        return
    done = sorted((d for d in asked.done if d.minutes > 0), key=lambda d: d.day)
    history = [(d.day, set(d.by_domain), set()) for d in done if d.day < TODAY]
    today = {code for d in done if d.day == TODAY for code in d.by_domain}
    ahead = []
    for on, blocks in by_day(plan).items():
        named = {b.domain for b in blocks if b.domain} | (today if on == TODAY else set())
        pinned = {b.domain for b in blocks if b.domain and b.pinned} | (today if on == TODAY else set())
        if sum(b.minutes for b in blocks) or (on == TODAY and any(d.day == TODAY for d in done)):
            ahead.append((on, named, pinned))
    run = [*history, *sorted(ahead)]
    for first, second, third in zip(run, run[1:], run[2:], strict=False):
        for domain in first[1] & second[1] & third[1]:
            chosen_by_person = any(domain in day[2] for day in (first, second, third))
            assert chosen_by_person or third[0] < TODAY, f"{domain} on {first[0]}, {second[0]}, {third[0]}"


@many
@given(inputs())
def test_every_wait_over_seven_days_is_named(asked):
    plan = make_plan(asked)
    named = {item.code for item in plan.left_out if item.what == "domain"}
    if not plan.blocks:
        return
    last = max(block.day for block in plan.blocks)
    for domain in {topic.domain for topic in asked.topics}:
        before = next(d.last_studied_on for d in asked.domains if d.code == domain)
        since = before if before is not None and (TODAY - before).days <= 7 else TODAY
        touches = [b.day for b in plan.blocks if b.domain == domain or b.kind in FULL]
        marks = [since, *sorted(touches), last]
        longest = max((b - a).days for a, b in pairwise(marks))
        assert (longest > 7) == (domain in named)


@many
@given(roomy_inputs())
def test_no_domain_is_untouched_for_more_than_seven_days_where_there_is_time(asked):
    plan = make_plan(asked)
    end = max(block.day for block in plan.blocks)
    for domain in {topic.domain for topic in asked.topics}:
        marks = [TODAY, *sorted(b.day for b in plan.blocks if b.domain == domain or b.kind in FULL), end]
        for since, until in pairwise(marks):
            assert (until - since).days <= 7, f"{domain} waits from {since} to {until}"


@many
@given(inputs())
def test_a_review_at_least_every_third_study_day(asked):
    plan = make_plan(asked)
    pinned = defaultdict(int)
    for block in asked.pinned:
        pinned[block.day] += block.minutes
    answered = bool(asked.last_mock_on or any(t.answers for t in asked.topics) or asked.reviews_due)
    answered = answered or any(d.minutes > 0 for d in asked.done)
    done = sorted((d for d in asked.done if d.minutes > 0), key=lambda d: d.day)
    flags = [(d.day, d.reviewed, False) for d in done if d.day < TODAY]
    reviewed_today = any(d.reviewed for d in done if d.day == TODAY)
    for on, blocks in by_day(plan).items():
        if not sum(b.minutes for b in blocks) and not any(d.day == on for d in done):
            continue
        reviewed = any(b.kind == Kind.REVIEW for b in blocks) or (on == TODAY and reviewed_today)
        # Pins or a full sitting may fill a day. In the taper pins may use up the lighter load,
        # and the mock that opens it stands alone.
        in_taper = plan.taper_from is not None and on >= plan.taper_from
        sitting = sum(b.minutes for b in blocks if b.kind in FULL and not b.pinned)
        room = minutes_given(asked, on) // 5 * 5 - pinned[on] - sitting
        able = answered and room >= 5 and not (in_taper and (sitting or pinned[on]))
        flags.append((on, reviewed, able))
        answered = answered or any(b.kind != Kind.REST for b in blocks)
    for trio in zip(flags, flags[1:], flags[2:], strict=False):
        if trio[-1][0] >= TODAY and any(able for _, _, able in trio):
            assert any(reviewed for _, reviewed, _ in trio), f"no review on {[str(f[0]) for f in trio]}"


@many
@given(inputs(pins=False))
def test_mocks_are_spaced_and_the_last_is_three_to_five_days_before_the_exam(asked):
    plan = make_plan(asked)
    mocks = sorted(block.day for block in plan.blocks if block.kind in FULL)
    if asked.last_mock_on is not None:
        mocks = [asked.last_mock_on, *mocks]
    assert all((b - a).days >= 5 for a, b in pairwise(mocks))
    assert all(b.minutes == asked.mock_minutes for b in plan.blocks if b.kind in FULL)
    if asked.exam_on is None:
        return
    window = [asked.exam_on - days(n) for n in (3, 4, 5)]
    planned = [b.day for b in plan.blocks if b.kind in FULL]
    assert all(on <= window[0] for on in planned)
    enough_in_all = sum(minutes_given(asked, TODAY + days(n)) for n in range((asked.exam_on - TODAY).days))
    could = [
        on
        for on in window
        if on >= TODAY
        and minutes_given(asked, on) // 5 * 5 >= asked.mock_minutes
        and (asked.last_mock_on is None or (on - asked.last_mock_on).days >= 5)
    ]
    if could and 0.35 * enough_in_all > asked.mock_minutes:
        assert set(planned) & set(window)


@many
@given(inputs(pins=False))
def test_the_load_falls_before_the_exam_with_nothing_new_and_the_eve_is_rest(asked):
    plan = make_plan(asked)
    if asked.exam_on is None or asked.exam_on == TODAY:
        return
    assert plan.taper_from is not None
    assert 3 <= (asked.exam_on - plan.taper_from).days <= 5
    assert [b.kind for b in plan.on(asked.exam_on - days(1))] == [Kind.REST]
    load = [plan.minutes_on(on) for on in sorted(by_day(plan)) if on >= plan.taper_from]
    load = [minutes for minutes in load if minutes]
    assert load == sorted(load, reverse=True)
    met = {topic.code for topic in asked.topics if topic.is_familiar}
    for block in plan.blocks:
        if block.day >= plan.taper_from:
            assert block.kind not in NEW_KINDS | {Kind.DIAGNOSTIC}
            assert block.topic is None or block.topic in met
        elif block.topic is not None:
            met.add(block.topic)


@many
@given(inputs(pins=False))
def test_each_taper_day_is_lighter_than_a_usual_day(asked):
    plan = make_plan(asked)
    if plan.taper_from is None:
        return
    ahead = (plan.taper_from - TODAY).days
    # What is done today counts in whole steps, so a rest of a few minutes is no study day.
    stepped = replace(asked, done=[replace(done, minutes=round_up(done.minutes)) for done in asked.done])
    usual = [minutes_given(stepped, TODAY + days(n)) // 5 * 5 for n in range(ahead)]
    usual = [minutes for minutes in usual if minutes > 0][-14:]
    share = {5: 0.8, 4: 0.65, 3: 0.5, 2: 0.35}
    for on, blocks in by_day(plan).items():
        light = on >= plan.taper_from and not any(block.kind in FULL for block in blocks)
        if light and usual and on < asked.exam_on - days(1):
            most = share[(asked.exam_on - on).days] * median(usual)
            assert sum(block.minutes for block in blocks) <= most


@many
@given(inputs())
def test_everything_worth_studying_is_planned_or_left_out_by_name(asked):
    plan = make_plan(asked)
    planned = {block.topic for block in plan.blocks}
    named = {item.code for item in plan.left_out if item.what == "topic"}
    for topic in asked.topics:
        if topic.marks_to_win > 0.25 and topic.unmeasured_minutes == 0:
            assert topic.code in planned | named
    assert all(item.cost_marks >= 0 and item.name for item in plan.left_out)
    total = sum(topic.marks_to_win for topic in asked.topics)
    assert 0 <= plan.marks_left_out <= total + 1e-9


@many
@given(inputs())
def test_every_reason_has_words(asked):
    plan = make_plan(asked)
    for thing in (*plan.blocks, *plan.left_out):
        words = thing.reason.words
        assert words.endswith(".")
        assert "None" not in words
        assert "  " not in words


@many
@given(roomy_inputs())
def test_minutes_follow_weight_and_need_with_a_floor(asked):
    plan = make_plan(asked)
    given_minutes = dict.fromkeys((d.code for d in asked.domains), 0)
    for block in plan.blocks:
        if block.domain is not None:
            given_minutes[block.domain] += block.minutes
    total = sum(given_minutes.values())
    if total < 900:
        return
    weights = sum(d.weight_percent for d in asked.domains)
    for domain in asked.domains:
        floor = 0.4 * domain.weight_percent / weights * total
        assert given_minutes[domain.code] >= floor - 3 * asked.block_minutes
    for one in plan.target_minutes:
        for other in plan.target_minutes:
            if plan.target_minutes[one] >= 2 * plan.target_minutes[other] + 60:
                assert given_minutes[one] >= given_minutes[other] - 2 * asked.block_minutes


@many
@given(inputs())
def test_blocks_are_never_too_short_and_labs_come_once(asked):
    plan = make_plan(asked)
    for block in plan.blocks:
        if not block.pinned and block.kind not in (Kind.REST, Kind.REVIEW):
            assert block.minutes >= 10
        assert (block.minutes == 0) == (block.kind == Kind.REST)
    labs = [block.lab for block in plan.blocks if block.lab]
    assert len(labs) == len(set(labs))


@many
@given(roomy_inputs())
def test_planning_again_for_nothing_new_moves_little(asked):
    """Once a plan has been planned from, the same needs move no more than one block in four, mostly none."""
    plan = make_plan(replace(asked, previous=make_plan(asked).blocks))
    again = make_plan(replace(asked, previous=plan.blocks))
    before = {(block.day, block.identity) for block in plan.blocks if block.minutes}
    after = {(block.day, block.identity) for block in again.blocks if block.minutes}
    assert len(before - after) <= max(2, 0.25 * len(before))


@many
@given(inputs(pins=False))
def test_due_questions_are_planned_or_left_out_by_number(asked):
    """What recall on the exam day asks for has its minutes, or the plan says how many questions go without."""
    plan = make_plan(asked)
    if asked.exam_on is None or not plan.blocks or asked.exam_on <= TODAY + days(1):
        return
    in_time = sum(count for on, count in asked.reviews_due.items() if on < asked.exam_on)
    planned = sum(block.questions or 0 for block in plan.blocks if block.kind == Kind.REVIEW)
    named = sum(int(item.reason.values["count"]) for item in plan.left_out if item.what == "reviews")
    assert planned + named > in_time - FEWEST_REVIEWS  # two or three are not worth a line
