"""The rehearsal: what its checklist holds, the one in preparation, and how one went."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from django.db.models import Min

from accounts.models import User
from exams.models import AnswerEvent, Attempt, Rehearsal
from exams.selectors.reviews import Review, ReviewedQuestion

# So close to the hour counts as at the hour.
AT_THE_HOUR_MINUTES = 15
STRETCHES = 3
# One part of the paper is called uneven with another from here on.
UNEVEN = 1.5
MINUTES_OF_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of the checklist; `code` is what is kept."""

    code: str
    words: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class CheckGroup:
    title: str
    items: tuple[CheckItem, ...]


# Whose exam it is decides the rules; these hold for proctored ones in general (docs/exam.md, “The day”).
CHECKLIST = (
    CheckGroup(
        "The room",
        (
            CheckItem("room", "A quiet room to yourself, door shut", "Whoever lives with you knows until when."),
            CheckItem("desk", "Desk clear: no paper, no books, one screen"),
            CheckItem("phone", "Phone and watch out of reach, headphones off"),
        ),
    ),
    CheckGroup(
        "Your ID",
        (
            CheckItem("id", "ID within reach, still valid", "Its name is the name of your booking, letter by letter."),
            CheckItem("booking", "Booking at hand: the hour, its time zone, and the way in"),
        ),
    ),
    CheckGroup(
        "Device and network",
        (
            CheckItem("device", "The computer of the day, charger plugged in"),
            CheckItem(
                "software",
                "The exam provider's software installed and its check passed on this computer",
                "Company computers often block it. In a test centre this is theirs to do.",
            ),
            CheckItem("camera", "Camera and microphone work; light on your face"),
            CheckItem("programs", "Every other program closed, updates and messages off"),
            CheckItem(
                "network",
                "Connection tested here, at this hour; a cable if you have one",
                "You know whom to call if it drops.",
            ),
        ),
    ),
    CheckGroup(
        "Water and breaks",
        (
            CheckItem(
                "water",
                "Eaten and drunk before",
                "Some providers allow nothing on the desk, not even a glass: your booking says.",
            ),
            CheckItem("breaks", "Toilet just before: no breaks, one go", "Leaving the camera can end an online exam."),
        ),
    ),
    CheckGroup(
        "What is allowed",
        (
            CheckItem("materials", "No notes, no documentation, no search", "Closed book, as in the exam."),
            CheckItem(
                "proctor",
                "You know what the proctor will ask",
                "Usually: ID to the camera, a look round the room and under the desk, face and hands in view.",
            ),
        ),
    ),
)
ITEMS = {item.code: item for group in CHECKLIST for item in group.items}


def rehearsal_in_preparation(candidate: User) -> Rehearsal | None:
    return Rehearsal.objects.filter(candidate=candidate, attempt=None).first()


def rehearsal_of(attempt: Attempt) -> Rehearsal | None:
    """What was prepared for this mock; None: it is no rehearsal."""
    return Rehearsal.objects.filter(attempt=attempt).first()


def minutes_after(exam_time: time, local: datetime) -> int:
    """Whole minutes by which a local moment is after the nearest such hour; negative: before. −720 to 719."""
    off = 60 * (local.hour - exam_time.hour) + local.minute - exam_time.minute
    return (off + MINUTES_OF_A_DAY // 2) % MINUTES_OF_A_DAY - MINUTES_OF_A_DAY // 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """A third of the paper: how long a question took there on average, first pass and later, and what was right."""

    first: int
    last: int
    seconds: int
    right: int
    count: int


@dataclass(frozen=True, slots=True)
class RehearsalReport:
    """How a rehearsal went. first_pass_minutes: from the start until every question was met; None: not all were."""

    rehearsal: Rehearsal
    left_open: tuple[CheckItem, ...]
    share_seconds: int
    first_pass_minutes: int | None
    met_count: int
    question_count: int
    minutes_allowed: int
    minutes_left: int
    stretches: tuple[Stretch, ...]

    @property
    def ticked_count(self) -> int:
        return len(ITEMS) - len(self.left_open)

    @property
    def item_count(self) -> int:
        return len(ITEMS)

    @property
    def minutes_after_first_pass(self) -> int | None:
        return None if self.first_pass_minutes is None else max(0, self.minutes_allowed - self.first_pass_minutes)

    @property
    def minutes_off_words(self) -> str:
        """“25 min” or “5 h 10”, without the direction."""
        hours, minutes = divmod(abs(self.rehearsal.minutes_off or 0), 60)
        return f"{hours} h {minutes:02}" if hours else f"{minutes} min"

    @property
    def pace_words(self) -> str:
        """Whether the end of the paper had the time that the beginning had."""
        first, last = self.stretches[0].seconds, self.stretches[-1].seconds
        if last * UNEVEN < first:
            return "The last third got much less time than the first: begin brisker, and leave the long ones flagged."
        if first * UNEVEN < last:
            return "You sped through the beginning and took your time at the end."
        return "Beginning, middle and end got about the same time."

    @property
    def is_at_the_hour(self) -> bool:
        return self.rehearsal.minutes_off is not None and abs(self.rehearsal.minutes_off) <= AT_THE_HOUR_MINUTES


def rehearsal_report(rehearsal: Rehearsal, review: Review) -> RehearsalReport:
    """One query: when each question was first met is read from the log of answers."""
    attempt = review.result.attempt
    assert attempt.finished_at is not None
    assert attempt.deadline_at is not None, "a mock has a deadline"
    met = AnswerEvent.objects.filter(attempt_question__attempt=attempt).values_list("attempt_question__position")
    first_met = [first for _, first in met.annotate(Min("arrived_at")).order_by()]
    return RehearsalReport(
        rehearsal=rehearsal,
        left_open=tuple(item for code, item in ITEMS.items() if code not in rehearsal.ticked),
        share_seconds=60 * (attempt.minutes_allowed or 0) // len(review.questions),
        first_pass_minutes=_first_pass(attempt, first_met, len(review.questions)),
        met_count=len(first_met),
        question_count=len(review.questions),
        minutes_allowed=attempt.minutes_allowed or 0,
        minutes_left=max(0, (attempt.deadline_at - attempt.finished_at) // timedelta(minutes=1)),
        stretches=tuple(_stretches(review.questions)),
    )


def _first_pass(attempt: Attempt, first_met: Sequence[datetime], count: int) -> int | None:
    if len(first_met) < count:
        return None
    return max(0, (max(first_met) - attempt.started_at) // timedelta(minutes=1))


def _stretches(questions: Sequence[ReviewedQuestion]) -> Iterable[Stretch]:
    edges = [round(part * len(questions) / STRETCHES) for part in range(STRETCHES + 1)]
    for start, end in pairwise(edges):
        part = questions[start:end]
        if part:
            seconds = sum(one.question.seconds_spent for one in part) // len(part)
            yield Stretch(part[0].position, part[-1].position, seconds, sum(one.is_right for one in part), len(part))
