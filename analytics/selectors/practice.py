"""What a candidate may practise: what they wish, the ground it is chosen from, and what of it fits."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from analytics.models import EstimateSet
from analytics.selectors.confusions import confusions_of
from analytics.selectors.estimates import current_estimates
from analytics.selectors.evidence import Evidence, candidate_bank, model_evidence
from analytics.selectors.mistakes import unresolved_mistakes
from analytics.selectors.model_bank import ModelBank
from analytics.selectors.reviews import ReviewCard, review_cards
from exams.models import Attempt, AttemptQuestion
from exams.selectors import questions_met_by
from questions.models import ExamBlueprint
from questions.selectors import DrawableQuestion, drawable_questions, topics_of
from study_plans.selectors import local_day, plan_of

Kind = Attempt.Kind
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
        return set(due_questions(ground))
    mixed_up = {confusion.misconception.pk for confusion in confusions_of(rows)}
    return {pk for pk, question in ground.drawable.items() if mixed_up & set(question.misconception_ids)}


def due_questions(ground: PracticeGround) -> list[int]:
    """Questions to recall today, the most forgotten first."""
    return [card.question_id for card in due_cards(ground)]


def due_cards(ground: PracticeGround) -> list[ReviewCard]:
    """The same with what is known of each memory."""
    cards = review_cards(
        ground.evidence.rows, time_zone=ground.candidate.time_zone, today=ground.today, exam_on=ground.exam_on
    )
    due = [card for card in cards.values() if card.is_due(ground.today)]
    return sorted(due, key=lambda card: card.recall_chance(ground.today))
