"""What a candidate may practise, and which questions a sitting takes: the adaptive choice."""

import uuid
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.db.models import Count

from accounts.models import User
from analytics.models import EstimateSet
from analytics.selectors.confusions import confusions_of
from analytics.selectors.contrasts import contrast_sides
from analytics.selectors.estimates import current_estimates
from analytics.selectors.evidence import Evidence, candidate_bank, model_evidence
from analytics.selectors.mistakes import unresolved_mistakes
from analytics.selectors.model_bank import ModelBank
from analytics.selectors.reviews import review_cards, unsure_questions
from engine.ability import outlook, rebuild
from engine.selection import NothingToAsk, Purpose, Sitting, contrast_order, next_question
from exams.models import Attempt, AttemptQuestion
from exams.selectors import questions_met_by
from questions.models import ExamBlueprint, Misconception
from questions.selectors import DrawableQuestion, drawable_questions, topics_of
from study_plans.selectors import local_day, plan_of

Kind = Attempt.Kind
LEAST_SITTINGS_FOR_EXPOSURE = 20
ONLY = {
    "unseen": "Not seen before",
    "missed": "Missed and not yet put right",
    "flagged": "Flagged",
    "due": "Due for recall",
    "confusion": "What I mix up",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeWish:
    """What somebody asks to practise. Empty filters mean everything; `only` is a key of ONLY."""

    kind: str = Kind.DRILL
    topics: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    misconception: str = ""
    only: str = ""
    count: int = 10
    is_tutored: bool = True
    is_timed: bool = False
    block_id: uuid.UUID | None = None


@dataclass(frozen=True)
class PracticeGround:
    """Everything that choosing looks at, read once."""

    candidate: User
    blueprint: ExamBlueprint
    bank: ModelBank
    evidence: Evidence
    estimates: EstimateSet | None
    drawable: Mapping[int, DrawableQuestion]
    now: datetime
    today: date

    @property
    def exam_on(self) -> date | None:
        plan = plan_of(self.candidate)
        return plan.exam_on if plan else None


def practice_ground(candidate: User, blueprint: ExamBlueprint, now: datetime) -> PracticeGround:
    """Questions that may be practised: published, scored, and not on a mock that is still being sat."""
    bank = candidate_bank(candidate, blueprint)
    in_the_room = set(
        AttemptQuestion.objects.filter(
            attempt__candidate=candidate, attempt__kind=Kind.MOCK, attempt__status=Attempt.Status.IN_PROGRESS
        ).values_list("question_version__question_id", flat=True)
    )
    today = local_day(candidate, now)
    drawable = {
        question.question_id: question
        for question in drawable_questions(blueprint, today, include_stale=True)
        if not question.is_pilot and question.question_id in bank.bank.index and question.question_id not in in_the_room
    }
    evidence = model_evidence(candidate, bank)
    return PracticeGround(candidate, blueprint, bank, evidence, current_estimates(candidate), drawable, now, today)


def chosen_questions(ground: PracticeGround, wish: PracticeWish, rng: np.random.Generator) -> list[DrawableQuestion]:
    """At most `wish.count` questions in the order to be served; none where nothing fits the wish."""
    if wish.kind == Kind.REVIEW:
        chosen = _to_recall(ground, wish, rng)
    elif wish.misconception:
        chosen = _contrasted(ground, wish, rng)
    else:
        chosen = _led(ground, wish, rng)
    return [ground.drawable[pk] for pk in chosen]


def allowed_questions(ground: PracticeGround, wish: PracticeWish) -> set[int]:
    """Ids that fit the wish's filters."""
    topics = {topic.pk for topic in topics_of(ground.blueprint) if topic.code in wish.topics} if wish.topics else set()
    allowed = {
        pk
        for pk, question in ground.drawable.items()
        if (not wish.domains or question.domain_code in wish.domains)
        and (not wish.topics or topics & set(question.topic_ids))
    }
    return allowed & _only(ground, wish.only) if wish.only else allowed


def _only(ground: PracticeGround, only: str) -> set[int]:
    rows = ground.evidence.rows
    if only == "unseen":
        return set(ground.drawable) - set(questions_met_by(ground.candidate))
    if only == "missed":
        return {mistake.question_id for mistake in unresolved_mistakes(ground.candidate, rows)}
    if only == "flagged":
        return {row.question_id for row in rows if row.flagged}
    if only == "due":
        return set(_due(ground))
    mixed_up = {confusion.misconception.pk for confusion in confusions_of(rows)}
    return {pk for pk, question in ground.drawable.items() if mixed_up & set(question.misconception_ids)}


def _due(ground: PracticeGround) -> list[int]:
    """Questions to recall today, the most forgotten first."""
    cards = review_cards(
        ground.evidence.rows, time_zone=ground.candidate.time_zone, today=ground.today, exam_on=ground.exam_on
    )
    due = [card for card in cards.values() if card.is_due(ground.today)]
    return [card.question_id for card in sorted(due, key=lambda card: card.recall_chance(ground.today))]


def _to_recall(ground: PracticeGround, wish: PracticeWish, rng: np.random.Generator) -> list[int]:
    """Due ones, then open mistakes, then right but unsure; domains mixed. `only="missed"` leaves just mistakes."""
    rows = ground.evidence.rows
    missed = [mistake.question_id for mistake in unresolved_mistakes(ground.candidate, rows)]
    lines = [missed] if wish.only == "missed" else [_due(ground), missed, unsure_questions(rows)]
    allowed = allowed_questions(ground, PracticeWish(topics=wish.topics, domains=wish.domains))
    wanted = [pk for pk in dict.fromkeys(pk for line in lines for pk in line) if pk in allowed][: wish.count]
    return [wanted[i] for i in rng.permutation(len(wanted))]


def _contrasted(ground: PracticeGround, wish: PracticeWish, rng: np.random.Generator) -> list[int]:
    """Both sides of a pair in every two, as far as the bank has them; then whatever else names the pair."""
    pair = Misconception.objects.filter(exam_code=ground.blueprint.code, code=wish.misconception).first()
    if pair is None:
        return []
    offered = [q for q in ground.drawable.values() if pair.pk in q.misconception_ids]
    sides = contrast_sides(pair, [question.version_id for question in offered])
    left = [q.question_id for q in offered if sides[q.version_id] == "left"]
    right = [q.question_id for q in offered if sides[q.version_id] == "right"]
    order: list[int] = []
    if left and right:
        order = [int(str(pk)) for pk in contrast_order(left, right, wish.count, rng)]
    rest = [q.question_id for q in offered if q.question_id not in order]
    return [*order, *(rest[i] for i in rng.permutation(len(rest)))][: wish.count]


def _led(ground: PracticeGround, wish: PracticeWish, rng: np.random.Generator) -> list[int]:
    """One after the other as the engine chooses, look-alikes apart; a drill is served from easy to hard."""
    bank = ground.bank.bank
    state = rebuild(bank, ground.evidence.responses)
    purpose = Purpose.DIAGNOSTIC if wish.kind == Kind.DIAGNOSTIC else Purpose.DRILL
    allowed = allowed_questions(ground, wish)
    exposure = exposure_of(wish.kind)
    served = [0] * bank.subject.domain_count
    chosen: list[int] = []
    while len(chosen) < wish.count and allowed:
        sitting = Sitting(tuple(served), frozenset(chosen), exposure, allowed)
        try:
            choice = next_question(
                bank,
                state,
                sitting,
                purpose=purpose,
                now=ground.now.timestamp(),
                rng=rng,
                priorities=_priorities(ground.estimates, bank.subject.domain_codes),
            )
        except NothingToAsk:
            break
        pk = int(str(choice.question))
        chosen.append(pk)
        served[choice.domain] += 1
        alike = set(ground.drawable[pk].look_alikes)
        allowed = {other for other in allowed - {pk} if not alike & set(ground.drawable[other].look_alikes)}
    if purpose is Purpose.DRILL:
        chance = outlook(bank, state).probability
        chosen.sort(key=lambda pk: -chance[bank.index[pk]])
    return chosen


def _priorities(estimates: EstimateSet | None, codes: Collection[str]) -> list[float] | None:
    if estimates is None:
        return None
    priority = {row.domain.code: row.priority for row in estimates.domains.all()}
    return [priority.get(code, 0.0) for code in codes]


def exposure_of(kind: str) -> dict[Hashable, float]:
    """Share of all sittings of a kind in which a question was served; nothing while there are few sittings."""
    sittings = Attempt.objects.filter(kind=kind).count()
    if sittings < LEAST_SITTINGS_FOR_EXPOSURE:
        return {}
    question = "question_version__question_id"
    counts = AttemptQuestion.objects.filter(attempt__kind=kind).values_list(question).annotate(Count("pk")).order_by()
    return {pk: count / sittings for pk, count in counts}
