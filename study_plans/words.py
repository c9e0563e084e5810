"""Plain sentences about a plan and its changes: what people read in revisions, pages and emails."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from study_plans.models import Block, PlanRevision

KIND_WORDS = {
    Block.Kind.DIAGNOSTIC: ("first map", "first maps"),
    Block.Kind.READ: ("reading", "readings"),
    Block.Kind.DRILL: ("drill", "drills"),
    Block.Kind.CONTRAST_DRILL: ("contrast drill", "contrast drills"),
    Block.Kind.REVIEW: ("recall block", "recall blocks"),
    Block.Kind.MISTAKES: ("look at your mistakes", "looks at your mistakes"),
    Block.Kind.LAB: ("lab", "labs"),
    Block.Kind.MOCK: ("mock exam", "mock exams"),
    Block.Kind.REHEARSAL: ("rehearsal", "rehearsals"),
    Block.Kind.REST: ("rest day", "rest days"),
}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
VERBS = {"added": "added", "moved": "moved", "longer": "made longer", "shorter": "made shorter", "dropped": "dropped"}
BECAUSE = {
    PlanRevision.Reason.ATTEMPT: "because of your latest answers",
    PlanRevision.Reason.NIGHTLY: "because what you know drifts a little every day",
    PlanRevision.Reason.AVAILABILITY: "to fit the time you have",
    PlanRevision.Reason.CANDIDATE: "to make room for your change",
    PlanRevision.Reason.EXAM: "because of what your exam said",
    PlanRevision.Reason.UNDO: "because you took the last change back",
}
LONGEST_SUMMARY = 300
LONGEST_LIST = 150
FROM_TODAY = "The plan starts from today."
NOTHING_OVERDUE = "Nothing is overdue."
NAMED_DROPS = 3
NEAR = timedelta(days=14)


def number_words(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def day_words(day: date) -> str:
    """'Tuesday 24 November'."""
    return f"{day:%A} {day.day} {day:%B}"


def minutes_words(minutes: int) -> str:
    """'45 min', '2 h', '7 h 45'."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def block_words(block: Block) -> str:
    """'Drill · 15 questions', 'Full length, 65 questions', 'Notes'."""
    kind = Block.Kind(block.kind)
    name = {Block.Kind.READ: "Notes", Block.Kind.MISTAKES: "Go through them once", Block.Kind.REST: ""}.get(
        kind, _capital(block.get_kind_display())
    )
    if kind in (Block.Kind.MOCK, Block.Kind.REHEARSAL):
        name = "Full length"
    if kind == Block.Kind.REVIEW:
        return f"{block.questions} due" if block.questions else "A look back"
    if not block.questions or kind in (Block.Kind.READ, Block.Kind.MISTAKES, Block.Kind.LAB):
        return name
    return f"{name} · {block.questions} question{'s' if block.questions > 1 else ''}"


def span_words(first: date, last: date) -> str:
    """'23 to 29 November', '30 November to 6 December'."""
    if first.month == last.month:
        return f"{first.day} to {last.day} {last:%B}"
    return f"{first.day} {first:%B} to {last.day} {last:%B}"


def listed(parts: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def counted(rows: Iterable[Mapping[str, Any]], verb: str) -> str:
    """'two drills and one reading were added'; empty for no rows."""
    kinds = Counter(Block.Kind(row["kind"]) for row in rows)
    if not kinds:
        return ""
    named = [f"{number_words(count)} {KIND_WORDS[kind][count > 1]}" for kind, count in kinds.most_common()]
    if len(named) > 3:
        rest = sum(count for _, count in kinds.most_common()[2:])
        named = [*named[:2], f"{number_words(rest)} other blocks"]
    return f"{listed(named)} {'was' if kinds.total() == 1 else 'were'} {verb}"


def counted_briefly(groups: Iterable[tuple[str, int]]) -> str:
    """'Eleven blocks were added, 13 moved and one dropped'; empty for no rows."""
    named = [f"{number_words(count)} {verb}" for verb, count in groups if count]
    if not named:
        return ""
    first = next(count for _, count in groups if count)
    named[0] = named[0].replace(" ", f" block{'s were' if first > 1 else ' was'} ", 1)
    return listed(named)


def summary_words(reason: PlanRevision.Reason, diff: Iterable[Mapping[str, Any]], today: date) -> str:
    """What changed, in one or two sentences: the next two weeks by kind, what lies beyond as one number.

    Where the kinds would make a list too long to read, blocks are counted without them; no sentence is cut off.
    """
    rows = list(diff)
    edge = (today + NEAR).isoformat()
    near = [row for row in rows if min(row["day_from"] or edge, row["day_to"] or edge) < edge]
    if not near:
        near, later = rows, 0
    else:
        later = len(rows) - len(near)
    is_missed = reason == PlanRevision.Reason.MISSED_DAY
    told = {
        verb: [row for row in near if row["change"] == change]
        for change, verb in VERBS.items()
        if not (is_missed and change == "dropped")
    }
    changed = ", ".join(part for verb, of in told.items() if (part := counted(of, verb)))
    if len(changed) > LONGEST_LIST:
        changed = counted_briefly([(verb, len(of)) for verb, of in told.items()])
    if is_missed:
        return _missed_words(changed, [row["title"] for row in near if row["change"] == "dropped"], later)
    because = BECAUSE.get(reason)
    sentence = ", ".join(part for part in (changed, because) if part)
    return f"{_capital(sentence)}.{_later_words(later)}"


def own_change_words(said: str, follows: Iterable[Mapping[str, Any]], today: date) -> str:
    """What the candidate did, then what followed from it, if there is room to say both."""
    rows = list(follows)
    both = f"{said} {summary_words(PlanRevision.Reason.CANDIDATE, rows, today)}" if rows else said
    return both if len(both) <= LONGEST_SUMMARY else _fitting(said)


def too_early_words(earliest: date) -> str:
    return f"After the exam you failed, the next one may be sat from {day_words(earliest)} {earliest.year} on."


def ended_words(count: int) -> str:
    went = "One block that was still ahead is" if count == 1 else f"{_capital(number_words(count))} blocks ahead are"
    return f"Your exam is behind you, so nothing more is planned. {went} gone."


def swap_words(one: Block, other: Block) -> str:
    """'You swapped Followers and Kafka on Heroku: now on Tuesday 24 November and Monday 23 November.'"""
    return f"You swapped {one.title} and {other.title}: now on {day_words(one.day)} and {day_words(other.day)}."


def _missed_words(changed: str, dropped: list[str], later: int) -> str:
    """A welcome, not a bill: what moved, what was dropped by name, and that nothing is overdue.

    As many names as there is room for; the last sentence always stands.
    """
    names = list(dict.fromkeys(dropped))
    moved = f" {_capital(changed)}." if changed else ""
    for shown in range(min(NAMED_DROPS, len(names)), -1, -1):
        text = f"{FROM_TODAY}{moved}{_dropped_words(names, shown)}{_later_words(later)} {NOTHING_OVERDUE}"
        if len(text) <= LONGEST_SUMMARY:
            return text
    return f"{FROM_TODAY} {NOTHING_OVERDUE}"


def _dropped_words(names: list[str], shown: int) -> str:
    """' Dropped: Kafka on Heroku and two more.'"""
    if not names:
        return ""
    rest = len(names) - shown
    if not shown:
        return f" {_capital(number_words(rest))} {'was' if rest == 1 else 'were'} dropped."
    return f" Dropped: {listed([*names[:shown], *([f'{number_words(rest)} more'] if rest else [])])}."


def _later_words(count: int) -> str:
    if not count:
        return ""
    return f" {_capital(number_words(count))} later {'change follows' if count == 1 else 'changes follow'} from that."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def created_words(blocks: Iterable[Block], exam_on: date | None) -> str:
    study = [block for block in blocks if block.kind != Block.Kind.REST]
    until = f"until your exam on {day_words(exam_on)}" if exam_on else "for the next four weeks"
    if not study:
        return f"Your plan {until} has no study blocks: there are no minutes to put them in."
    total = minutes_words(sum(block.minutes for block in study))
    return f"Your plan {until}: {number_words(len(study))} blocks, {total} in all."


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_SUMMARY else text[: LONGEST_SUMMARY - 1].rsplit(" ", 1)[0] + "…"
