"""Which questions a sitting takes: what is to be recalled, both sides of a pair, or as the engine leads."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass

import numpy as np
from django.db.models import Count

from analytics.models import EstimateSet
from analytics.selectors.contrasts import contrast_sides
from analytics.selectors.evidence import running_responses
from analytics.selectors.mistakes import unresolved_mistakes
from analytics.selectors.practice import PracticeGround, PracticeWish, allowed_questions, due_cards
from analytics.selectors.reviews import unsure_questions
from analytics.selectors.siblings import siblings_of
from engine.ability import outlook, rebuild
from engine.selection import NothingToAsk, Purpose, Sitting, StoppingRule, contrast_order, next_question
from engine.state import CandidateState
from exams.models import Attempt, AttemptQuestion
from questions.models import Misconception
from questions.selectors import DrawableQuestion

Kind = Attempt.Kind
LEAST_SITTINGS_FOR_EXPOSURE = 20
# Wear is what happened lately; the whole history would be counted anew for every question of a diagnostic.
MOST_SITTINGS_FOR_EXPOSURE = 500
FEWEST_OF_A_MAP = StoppingRule().fewest


@dataclass(frozen=True, slots=True)
class ChosenQuestion:
    """A question for a sitting; stands_for: the question whose memory it asks for in other words."""

    question: DrawableQuestion
    stands_for: int | None = None


def chosen_questions(ground: PracticeGround, wish: PracticeWish, rng: np.random.Generator) -> list[ChosenQuestion]:
    """At most `wish.count` questions in the order to be served; none where nothing fits the wish."""
    if wish.kind == Kind.REVIEW:
        recalled = _to_recall(ground, wish, rng)
        return [ChosenQuestion(ground.drawable[pk], stands_for) for pk, stands_for in recalled]
    chosen = _contrasted(ground, wish, rng) if wish.misconception else _led(ground, wish, rng)
    return [ChosenQuestion(ground.drawable[pk]) for pk in chosen]


def next_in_map(ground: PracticeGround, attempt: Attempt, rng: np.random.Generator) -> DrawableQuestion | None:
    """The question that tells most after the answers given so far; None where enough was asked, or nothing is left."""
    bank = ground.bank.bank
    on_paper = attempt.questions.order_by("position").values_list("question_version__question_id", flat=True)
    line = _Line([0] * bank.subject.domain_count, [])
    allowed = allowed_questions(ground, PracticeWish(kind=attempt.kind))
    for question_id in on_paper:
        row = bank.index.get(question_id)
        line.took(question_id, None if row is None else int(bank.domain[row]))
        allowed = _apart(ground, allowed, question_id)
    state = rebuild(bank, [*ground.evidence.responses, *running_responses(attempt, ground.bank)])
    rule = StoppingRule(fewest=min(FEWEST_OF_A_MAP, attempt.question_target), most=attempt.question_target)
    if rule.is_met(bank, state, len(line.asked)):
        return None
    chosen = _next(ground, state, line, allowed, attempt.kind, rng)
    return None if chosen is None else ground.drawable[chosen]


def _to_recall(ground: PracticeGround, wish: PracticeWish, rng: np.random.Generator) -> list[tuple[int, int | None]]:
    """Due ones, then open mistakes, then right but unsure; domains mixed. `only="missed"` leaves just mistakes.

    For a due one that is right by heart a sibling of its topic is asked, where there is one.
    """
    rows = ground.evidence.rows
    missed = [mistake.question_id for mistake in unresolved_mistakes(ground.candidate, rows)]
    due = {} if wish.only == "missed" else {card.question_id: card for card in due_cards(ground)}
    lines = [missed] if wish.only == "missed" else [list(due), missed, unsure_questions(rows)]
    allowed = allowed_questions(ground, PracticeWish(topics=wish.topics, domains=wish.domains))
    wanted = [pk for pk in dict.fromkeys(pk for line in lines for pk in line) if pk in allowed][: wish.count]
    by_heart = [pk for pk in wanted if pk in due and due[pk].is_memorised and pk not in missed]
    instead = siblings_of(ground, by_heart, asked=wanted, rng=rng)
    served = [(instead[pk], pk) if pk in instead else (pk, None) for pk in wanted]
    return [served[i] for i in rng.permutation(len(served))]


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
    """One after the other as the engine chooses, look-alikes apart; a drill is served from easy to hard.

    The first question alone of a diagnostic: the others follow its answers.
    """
    bank = ground.bank.bank
    state = rebuild(bank, ground.evidence.responses)
    allowed = allowed_questions(ground, wish)
    line = _Line([0] * bank.subject.domain_count, [])
    exposure = exposure_of(wish.kind)
    count = 1 if wish.kind == Kind.DIAGNOSTIC else wish.count
    while len(line.asked) < count:
        chosen = _next(ground, state, line, allowed, wish.kind, rng, exposure)
        if chosen is None:
            break
        line.took(chosen, int(bank.domain[bank.index[chosen]]))
        allowed = _apart(ground, allowed, chosen)
    if wish.kind == Kind.DRILL:
        chance = outlook(bank, state).probability
        line.asked.sort(key=lambda pk: -chance[bank.index[pk]])
    return line.asked


@dataclass(frozen=True, slots=True)
class _Line:
    """What a sitting has asked so far: how many per domain, and which."""

    served: list[int]
    asked: list[int]

    def took(self, question_id: int, domain: int | None) -> None:
        self.asked.append(question_id)
        if domain is not None and domain >= 0:
            self.served[domain] += 1


def _next(
    ground: PracticeGround,
    state: CandidateState,
    line: _Line,
    allowed: set[int],
    kind: str,
    rng: np.random.Generator,
    exposure: dict[Hashable, float] | None = None,
) -> int | None:
    if not allowed:
        return None
    bank = ground.bank.bank
    try:
        choice = next_question(
            bank,
            state,
            Sitting(
                tuple(line.served),
                frozenset(line.asked),
                exposure_of(kind) if exposure is None else exposure,
                allowed,
            ),
            purpose=Purpose.DIAGNOSTIC if kind == Kind.DIAGNOSTIC else Purpose.DRILL,
            now=ground.now.timestamp(),
            rng=rng,
            priorities=_priorities(ground.estimates, bank.subject.domain_codes),
        )
    except NothingToAsk:
        return None
    return int(str(choice.question))


def _apart(ground: PracticeGround, allowed: set[int], chosen: int) -> set[int]:
    """What may still be asked: neither the same again nor what looks like it."""
    question = ground.drawable.get(chosen)
    alike = set(question.look_alikes) if question else set()
    return {other for other in allowed - {chosen} if not alike & set(ground.drawable[other].look_alikes)}


def _priorities(estimates: EstimateSet | None, codes: Collection[str]) -> list[float] | None:
    if estimates is None:
        return None
    priority = {row.domain.code: row.priority for row in estimates.domains.all()}
    return [priority.get(code, 0.0) for code in codes]


def exposure_of(kind: str) -> dict[Hashable, float]:
    """Share of the last 500 sittings of a kind in which a question was served; nothing while there are few sittings."""
    sittings = Attempt.objects.filter(kind=kind).order_by("-started_at").values_list("pk", flat=True)
    newest = list(sittings[:MOST_SITTINGS_FOR_EXPOSURE])
    if len(newest) < LEAST_SITTINGS_FOR_EXPOSURE:
        return {}
    question = "question_version__question_id"
    served = AttemptQuestion.objects.filter(attempt__in=newest)
    return {pk: count / len(newest) for pk, count in served.values_list(question).annotate(Count("pk")).order_by()}
