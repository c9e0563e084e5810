"""What changed between two plans, in the product's voice."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from engine.planning import Because, Block, ChangeKind, ConfusionPair, Kind, Reason, Why, changes, make_plan, summary
from tests.engine.planning.inputs import TODAY, days, inputs, plain_input

pytestmark = pytest.mark.pure


def drill(code: str, ahead: int, minutes: int = 30, kind: Kind = Kind.DRILL) -> Block:
    return Block(TODAY + days(ahead), kind, minutes, Reason(Why.MIXED), domain=code[:2].upper(), topic=code)


def needing(asked, code: str, **more):
    return replace(asked, topics=[replace(t, **more) if t.code == code else t for t in asked.topics])


def test_changes_works():
    asked = plain_input()
    worse = needing(asked, "se-1", marks_to_win=3.0, wrong_lately=3, answers_lately=4)
    found = changes([drill("se-1", 9)], [drill("se-1", 1)], asked=worse, asked_before=asked)
    assert [change.words for change in found] == [
        "Domain SE drill moved to Tuesday: 3 of 4 wrong on SE 1; Domain SE is 15% of the exam."
    ]
    assert summary(found) == "1 block moved."


def test_the_same_plan_has_no_changes():
    plan = make_plan(plain_input())
    assert changes(plan.blocks, plan.blocks, asked=plain_input(), asked_before=plain_input()) == ()
    assert summary(()) == "Nothing changed."


def test_each_kind_of_change_is_told():
    before = [drill("pl-0", 1), drill("pl-1", 2), drill("da-0", 3), drill("da-1", 4)]
    after = [drill("pl-0", 1, 45), drill("pl-1", 2, 15), drill("da-0", 5), drill("da-2", 4)]
    found = {change.name: change for change in changes(before, after, asked=plain_input())}
    assert {name: change.kind for name, change in found.items()} == {
        "PL 0 drill": ChangeKind.LONGER,
        "PL 1 drill": ChangeKind.SHORTER,
        "DA 0 drill": ChangeKind.MOVED,
        "DA 1 drill": ChangeKind.DROPPED,
        "DA 2 drill": ChangeKind.ADDED,
    }
    assert found["DA 1 drill"].words == "DA 1 drill dropped: makes room for DA 2."
    assert found["DA 2 drill"].words == "DA 2 drill added on Friday, 30 min: takes the time of DA 1."
    assert found["PL 0 drill"].words.startswith("PL 0 drill longer on Tuesday, 45 min instead of 30: ")


def test_what_was_missed_says_so_without_reproach():
    found = changes([drill("pl-0", -1)], [drill("pl-0", 1)], asked=plain_input())
    assert found[0].words == "PL 0 drill moved to Tuesday: it was planned for Sunday 22 November and not done."


def test_a_strong_domain_explains_what_was_dropped():
    asked = plain_input()
    domains = [
        replace(d, expected_percent=80.0, low_percent=68.0, high_percent=89.0) if d.code == "PL" else d
        for d in asked.domains
    ]
    strong = replace(needing(asked, "pl-0", marks_to_win=0.0, weakness=8.0), domains=domains)
    found = changes([drill("pl-0", 2)], [], asked=strong, asked_before=asked)
    assert found[0].words == "PL 0 drill dropped: Domain PL is strong: 80%, likely 68 to 89%."


def test_a_wide_range_is_not_called_strong():
    asked = plain_input()
    domains = [replace(d, expected_percent=80.0, low_percent=40.0, high_percent=95.0) for d in asked.domains]
    less = replace(needing(asked, "pl-0", marks_to_win=0.0, weakness=8.0), domains=domains)
    found = changes([drill("pl-0", 2)], [], asked=less, asked_before=asked)
    assert found[0].because == Because.NEED_FELL


def test_less_time_names_the_day():
    asked = plain_input()
    shorter = replace(asked, minutes_on={TODAY + days(1): 30})
    off = replace(asked, days_off=frozenset({TODAY + days(1)}))
    for now, words in (
        (shorter, "Tuesday 24 November has 30 minutes now, 60 before."),
        (off, "there is no study time on Tuesday 24 November now."),
    ):
        found = changes([drill("pl-0", 1)], [drill("pl-0", 3)], asked=now, asked_before=asked)
        assert found[0].words == f"PL 0 drill moved to Thursday: {words}"


def test_a_pin_and_a_moved_exam_are_named():
    asked = plain_input()
    pinned = replace(drill("pl-0", 3), pinned=True)
    assert changes([drill("pl-0", 1)], [pinned], asked=asked)[0].because == Because.PINNED
    sooner = replace(asked, exam_on=TODAY + days(5))
    assert changes([drill("pl-0", 9)], [], asked=sooner, asked_before=asked)[0].because == Because.EXAM_MOVED


def test_rotation_is_named():
    before = [drill("da-0", 3), drill("da-1", 1), drill("da-2", 2)]
    after = [drill("da-0", 5), drill("da-1", 1), drill("da-2", 2), drill("pl-0", 4)]
    found = changes(before, after, asked=plain_input())
    moved = next(change for change in found if change.name == "DA 0 drill")
    assert moved.words.endswith("keeps Domain DA from filling three study days in a row.")


def test_a_confusion_is_named():
    asked = plain_input(pairs=[ConfusionPair("pair", "Follower and fork", "da-0", 5, 7)])
    block = replace(drill("da-0", 1, kind=Kind.CONTRAST_DRILL), misconception="pair")
    words = changes([], [block], asked=asked)[0].words
    assert words == (
        "Follower and fork contrast drill added on Tuesday, 30 min: "
        "5 of 7 wrong where Follower and fork are taken for one another."
    )


def test_reading_done_is_not_called_dropped_for_want_of_time():
    asked = needing(plain_input(), "pl-0", notes_read=True)
    assert changes([drill("pl-0", 1, kind=Kind.READ)], [], asked=asked)[0].because == Because.DONE


def test_a_window_that_moves_on_is_no_news():
    asked = plain_input(exam_on=None)
    plan = make_plan(asked)
    tomorrow = replace(asked, today=TODAY + days(1), previous=plan.blocks)
    found = changes(plan.blocks, make_plan(tomorrow).blocks, asked=tomorrow, asked_before=asked)
    assert all(change.after is None or change.after.day <= plan.last_day for change in found)


def test_dropped_blocks_are_named_in_the_summary():
    found = changes([drill("pl-0", 1), drill("da-0", 2)], [drill("da-0", 3)], asked=plain_input())
    assert summary(found) == "1 block moved and 1 dropped: PL 0 drill."


@settings(max_examples=150, deadline=None)
@given(inputs(pins=False), inputs())
def test_applying_the_changes_to_one_plan_gives_the_other(one, other):
    before = [b for b in make_plan(one).blocks if b.kind not in (Kind.REST, Kind.REVIEW)]
    asked = replace(other, exam_on=one.exam_on)
    after = [b for b in make_plan(asked).blocks if b.kind not in (Kind.REST, Kind.REVIEW)]
    if asked.exam_on is None and before:
        before_last = max(b.day for b in before)
        after = [b for b in after if b.day <= before_last]
    kept = {(b.day, b.identity, b.minutes): 0 for b in before}
    for b in before:
        kept[(b.day, b.identity, b.minutes)] += 1
    for change in changes(before, after, asked=asked, asked_before=one):
        assert change.words.endswith(".")
        for block, step in ((change.before, -1), (change.after, 1)):
            if block is not None:
                key = (block.day, block.identity, block.minutes)
                kept[key] = kept.get(key, 0) + step
    wanted = {}
    for b in after:
        wanted[(b.day, b.identity, b.minutes)] = wanted.get((b.day, b.identity, b.minutes), 0) + 1
    assert {key: count for key, count in kept.items() if count} == wanted
