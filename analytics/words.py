"""Plain sentences about estimates: what pages, exports and screen readers say."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from analytics.models import DomainEstimate, EstimateSet, Label, MistakeNote
from engine.parameters import DEFAULTS

FEWEST_ANSWERS = DEFAULTS.label_answers  # below, no label says weak or strong
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number_words(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def listed(parts: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def ago_words(moment: datetime, now: datetime) -> str:
    """'4 s ago', '12 min ago', '3 h ago', then the day and time where the reader is."""
    span = max(now - moment, timedelta(0))
    if span < timedelta(minutes=1):
        return f"{span.seconds} s ago"
    if span < timedelta(hours=1):
        return f"{span.seconds // 60} min ago"
    if span < timedelta(hours=12):
        return f"{span.seconds // 3600} h ago"
    local = timezone.localtime(moment)
    return f"on {local.day} {local:%B}, {local:%H:%M}"


def standing_words(name: str, mean: float, low: float, high: float, answers: int, pass_percent: int) -> str:
    """What a range chart says to somebody who cannot see it."""
    return (
        f"{name}: expected {mean:.0f}%, likely between {low:.0f} and {high:.0f}%, "
        f"from {answers} answer{'' if answers == 1 else 's'}; the pass mark is {pass_percent}%"
    )


def few_words(answers: int, low: float, high: float) -> str:
    """'Four answers here tell little: it could be anywhere from 30 to 84%.'; empty from `FEWEST_ANSWERS` on."""
    if answers >= FEWEST_ANSWERS:
        return ""
    if not answers:
        return "No answer here yet: this is the range most people start in."
    verb = "answer here tells" if answers == 1 else "answers here tell"
    return f"{number_words(answers).capitalize()} {verb} little: it could be anywhere from {low:.0f} to {high:.0f}%."


def weakness_lede(estimates: EstimateSet) -> str:
    """Which domains are clear, and for how many we cannot say."""
    rows = list(estimates.domains.all())
    weak = [row.domain.name for row in sorted(rows, key=lambda row: -row.priority) if row.label == Label.WEAK]
    unclear = sum(row.label == Label.UNCLEAR for row in rows)
    sentences = []
    if weak:
        are = "is" if len(weak) == 1 else "are"
        sentences.append(f"{listed(weak)} {are} below the pass mark beyond reasonable doubt.")
    elif unclear < len(rows):
        sentences.append("No domain is below the pass mark beyond doubt.")
    if unclear == len(rows):
        sentences.append(
            "For no domain can we say yet on which side of the pass mark you are; more answers would tell."
        )
    elif unclear:
        plural = "" if unclear == 1 else "s"
        sentences.append(f"For {number_words(unclear)} domain{plural} we cannot say yet; more answers would tell.")
    return " ".join(sentences)


REASONS = {
    MistakeNote.Reason.KNOWLEDGE: "not known",
    MistakeNote.Reason.MISREAD: "misread",
    MistakeNote.Reason.REASONING: "reasoned wrongly",
    MistakeNote.Reason.TIME: "out of time",
    "": "not sorted yet",
}


def reason_words(reasons: Iterable[str]) -> str:
    """'12 not known, 3 misread and 2 not sorted yet'; empty where none has been sorted."""
    counts = Counter(reasons)
    if set(counts) <= {""}:
        return ""
    return listed([f"{counts[reason]} {said}" for reason, said in REASONS.items() if counts[reason]])


def largest_gain(estimates: EstimateSet) -> DomainEstimate | None:
    """The domain with the most marks to win."""
    return max(estimates.domains.all(), key=lambda row: row.priority, default=None)


def evidence_words(estimates: EstimateSet, drills: int, exams: int = 0) -> str:
    """'from 311 answers in 3 mocks and 9 other sittings, and the report of your real exam'."""
    parts = []
    if estimates.mock_count:
        parts.append(f"{estimates.mock_count} mock{'' if estimates.mock_count == 1 else 's'}")
    if drills:
        parts.append(f"{drills} other sitting{'' if drills == 1 else 's'}")
    inside = f" in {listed(parts)}" if parts else ""
    real = f", and the report{'s' if exams > 1 else ''} of your real exam{'s' if exams > 1 else ''}" if exams else ""
    return f"from {estimates.answer_count} answers{inside}{real}"


def forecast_words(probability: float, low: float, high: float, *, goal: float, before: float | None) -> str:
    """What the readiness chart says to somebody who cannot see it."""
    text = (
        f"Chance of passing today: {probability * 100:.0f}%, likely between {low * 100:.0f} and {high * 100:.0f}%; "
        f"goal {goal * 100:.0f}%"
    )
    return text if before is None else f"{text}; before that {before * 100:.0f}%"


def heat_edges(pass_percent: int) -> tuple[int, int, int, int]:
    """Where the second to fifth step of a heat map begin: five steps around the pass mark, which the third holds."""
    return pass_percent - 17, pass_percent - 4, pass_percent + 4, pass_percent + 12


def chance_words(low: float, high: float) -> str:
    """'36–82%'; at the caps, beyond which nothing is claimed, '98% or more' and '2% or less'."""
    if round(100 * low) >= 98:
        return "98% or more"
    if round(100 * high) <= 2:
        return "2% or less"
    return f"{100 * low:.0f}–{100 * high:.0f}%"
