"""Sentences about changes: whole, short enough to read, and kind."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_plans import words
from study_plans.models import Block, PlanRevision

pytestmark = pytest.mark.pure
TODAY = date(2026, 11, 23)
KINDS = [kind.value for kind in Block.Kind if kind not in (Block.Kind.REST, Block.Kind.REVIEW)]
Reason = PlanRevision.Reason


def row(change: str, kind: str, title: str, ahead: int) -> dict:
    day = (TODAY + timedelta(days=ahead)).isoformat()
    return {
        "change": change,
        "kind": kind,
        "title": title,
        "day_from": None if change == "added" else day,
        "day_to": None if change == "dropped" else day,
    }


rows = st.lists(
    st.builds(
        row,
        st.sampled_from(list(words.VERBS)),
        st.sampled_from(KINDS),
        st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=80),
        st.integers(-20, 60),
    ),
    min_size=1,
    max_size=80,
)
reasons = st.sampled_from([reason for reason in Reason if reason not in (Reason.CREATED,)])


@given(reasons, rows)
def test_no_summary_is_cut_off(reason, diff):
    said = words.summary_words(reason, diff, TODAY)
    assert len(said) <= words.LONGEST_SUMMARY
    assert said.endswith(".")
    assert "…" not in said
    assert said.startswith(said[0].upper())


@given(rows)
def test_a_return_always_says_that_nothing_is_overdue(diff):
    said = words.summary_words(Reason.MISSED_DAY, diff, TODAY)
    assert said.startswith("The plan starts from today.")
    assert said.endswith("Nothing is overdue.")
    assert said.count("overdue") == 1


@given(st.text(min_size=1, max_size=200).map(lambda text: f"You moved {text}."), rows)
def test_the_own_change_is_told_whole(said, diff):
    told = words.own_change_words(said, diff, TODAY)
    assert told.startswith(said)
    assert len(told) <= words.LONGEST_SUMMARY
    assert told.endswith(".")


def test_what_was_dropped_is_named():
    diff = [row("dropped", "read", name, 1) for name in ("Kafka", "Shield")]
    said = words.summary_words(Reason.MISSED_DAY, diff, TODAY)
    assert said == "The plan starts from today. Dropped: Kafka and Shield. Nothing is overdue."


def test_long_names_give_way_to_a_number():
    diff = [row("dropped", "read", letter * 80, 1) for letter in "abcde"]
    said = words.summary_words(Reason.MISSED_DAY, diff, TODAY)
    assert f"Dropped: {'a' * 80}, {'b' * 80} and three more." in said


def test_many_kinds_are_counted_as_blocks():
    changes = [("added", 4), ("moved", 13), ("longer", 1), ("dropped", 2)]
    diff = [row(change, KINDS[n % 5], "x", n % 10) for change, count in changes for n in range(count)]
    assert words.summary_words(Reason.ATTEMPT, diff, TODAY) == (
        "Four blocks were added, 13 moved, one made longer and two dropped, because of your latest answers."
    )


def test_few_kinds_are_named():
    diff = [row("added", "drill", "x", 1), row("moved", "read", "x", 2), row("moved", "read", "x", 3)]
    assert words.summary_words(Reason.ATTEMPT, diff, TODAY) == (
        "One drill was added, two readings were moved, because of your latest answers."
    )
