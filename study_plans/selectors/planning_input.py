"""What the planner is told about one candidate: needs, time, what was done, what is pinned."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.selectors import time_factor_of
from engine import planning
from questions.models import DomainWeight, ExamBlueprint, Lab, Misconception, Topic
from questions.selectors import domain_weights, topics_of
from study_plans.models import Block, StudyPlan
from study_plans.needs import PlanNeeds

# Before any answer: mastery between 35 and 80%, most likely near 55; a target of 80 leaves 25 points to win.
PRIOR_SHORTFALL = 0.25
PRIOR_WEAKNESS = 57.0
PRIOR_UNCERTAINTY = 0.2
DONE_DAYS_BACK = 9
LONGEST_DAY = 1440


@dataclass(frozen=True, slots=True)
class PlanningInput:
    """The engine's input, and the rows its codes stand for."""

    asked: planning.PlanInput
    weights: Mapping[str, DomainWeight]
    topics: Mapping[str, Topic]
    labs: Mapping[str, Lab]
    misconceptions: Mapping[str, Misconception]


def planning_input(
    plan: StudyPlan, *, today: date, planned: Sequence[Block], needs: PlanNeeds, past: Sequence[Block]
) -> PlanningInput:
    """Everything the engine asks for.

    planned: planned blocks from `today` on, in order. past: blocks that are done or skipped, on any day.
    """
    blueprint = plan.blueprint
    weights = {weight.domain.code: weight for weight in domain_weights(blueprint)}
    topics = {topic.code: topic for topic in topics_of(blueprint)}
    done = [block for block in past if block.state == Block.State.DONE]
    labs = _open_labs(blueprint, past)
    pairs = _misconceptions(blueprint, needs)
    unheard = [block for block in done if plan.needs_at is None or (block.done_at and block.done_at > plan.needs_at)]
    asked = planning.PlanInput(
        today=today,
        domains=[_domain_need(weight, needs, done) for weight in weights.values()],
        topics=_topic_needs(topics.values(), weights, needs, done, unheard),
        minutes_per_weekday=[int(minutes) for minutes in plan.minutes_per_weekday],
        exam_on=plan.exam_on,
        minutes_on={
            date.fromisoformat(day): max(0, min(int(minutes), LONGEST_DAY)) for day, minutes in plan.minutes_on.items()
        },
        days_off=frozenset(date.fromisoformat(day) for day in plan.days_off),
        block_minutes=plan.block_minutes,
        mock_minutes=round(blueprint.minutes * float(time_factor_of(plan.candidate))),
        mock_questions=blueprint.scored_count + blueprint.pilot_count,
        labs=[planning.LabOffer(lab.slug, lab.title, lab.topic.code, lab.minutes) for lab in labs.values()],
        pairs=[
            planning.ConfusionPair(code, pairs[code].name, standing.topic, standing.wrong, standing.answers)
            for code, standing in needs.confusions.items()
            if code in pairs
        ],
        reviews_due={date.fromisoformat(day): count for day, count in needs.reviews_due.items()},
        open_mistakes=0 if any(b.kind == Block.Kind.MISTAKES for b in unheard) else needs.open_mistakes,
        last_mock_on=_last_mock(needs, done),
        done=_done_days(done, today),
        previous=[engine_block(block) for block in planned if not block.is_pinned],
        pinned=[engine_block(block) for block in planned if block.is_pinned],
    )
    return PlanningInput(asked, weights, topics, labs, pairs)


def engine_block(block: Block) -> planning.Block:
    """A row in the engine's words. Its reason is kept on the row; the engine only reads what it asks for."""
    return planning.Block(
        day=block.day,
        kind=planning.Kind(block.kind),
        minutes=block.minutes,
        reason=planning.Reason(planning.Why.PINNED),
        domain=block.domain.code if block.domain else None,
        topic=block.topic.code if block.topic else None,
        lab=block.lab.slug if block.lab else None,
        misconception=block.misconception.code if block.misconception else None,
        questions=block.questions,
        pinned=block.is_pinned,
    )


def _open_labs(blueprint: ExamBlueprint, past: Iterable[Block]) -> dict[str, Lab]:
    """Labs that were neither done nor skipped."""
    gone = {block.lab_id for block in past if block.lab_id is not None}
    labs = Lab.objects.filter(is_retired=False, topic__domain__weights__blueprint=blueprint)
    return {lab.slug: lab for lab in labs.select_related("topic") if lab.pk not in gone}


def _misconceptions(blueprint: ExamBlueprint, needs: PlanNeeds) -> dict[str, Misconception]:
    named = Misconception.objects.filter(exam_code=blueprint.code, code__in=list(needs.confusions))
    return {misconception.code: misconception for misconception in named}


def _domain_need(weight: DomainWeight, needs: PlanNeeds, done: Iterable[Block]) -> planning.DomainNeed:
    standing = needs.domains.get(weight.domain.code)
    return planning.DomainNeed(
        code=weight.domain.code,
        name=weight.domain.name,
        weight_percent=weight.weight_percent,
        expected_percent=standing.expected_percent if standing else None,
        low_percent=standing.low_percent if standing else None,
        high_percent=standing.high_percent if standing else None,
        answers=standing.answers if standing else 0,
        last_studied_on=max((b.day for b in done if b.domain_id == weight.domain_id), default=None),
    )


def _topic_needs(
    topics: Iterable[Topic],
    weights: Mapping[str, DomainWeight],
    needs: PlanNeeds,
    done: Sequence[Block],
    unheard: Sequence[Block],
) -> list[planning.TopicNeed]:
    found = list(topics)
    size: dict[str, int] = defaultdict(int)
    for topic in found:
        size[topic.domain.code] += 1
    return [
        _topic_need(topic, weights[topic.domain.code].weight_percent / size[topic.domain.code], needs, done, unheard)
        for topic in found
    ]


def _topic_need(
    topic: Topic, marks: float, needs: PlanNeeds, done: Sequence[Block], unheard: Sequence[Block]
) -> planning.TopicNeed:
    """marks: exam marks of 100 that the topic carries, if its domain is shared out evenly."""
    standing = needs.topics.get(topic.code)
    own = [block for block in done if block.topic_id == topic.pk]
    return planning.TopicNeed(
        code=topic.code,
        name=topic.name,
        domain=topic.domain.code,
        marks_to_win=max(standing.marks_to_win, 0.0) if standing else marks * PRIOR_SHORTFALL,
        weakness=standing.weakness if standing else PRIOR_WEAKNESS,
        uncertainty=standing.uncertainty if standing else PRIOR_UNCERTAINTY,
        answers=standing.answers if standing else 0,
        wrong_lately=standing.wrong_lately if standing else 0,
        answers_lately=standing.answers_lately if standing else 0,
        foundations=tuple(foundation.code for foundation in topic.foundations.all()),
        notes_read=any(block.kind == Block.Kind.READ for block in own),
        studied_on=max((block.day for block in own), default=None),
        unmeasured_minutes=float(sum(block.minutes for block in unheard if block.topic_id == topic.pk)),
    )


def _last_mock(needs: PlanNeeds, done: Iterable[Block]) -> date | None:
    days = [block.day for block in done if block.is_sitting]
    if needs.last_mock_on:
        days.append(date.fromisoformat(needs.last_mock_on))
    return max(days, default=None)


def _done_days(done: Iterable[Block], today: date) -> list[planning.DoneDay]:
    by_day: dict[date, list[Block]] = defaultdict(list)
    for block in done:
        if today - timedelta(days=DONE_DAYS_BACK) < block.day <= today:
            by_day[block.day].append(block)
    days = []
    for day, blocks in sorted(by_day.items()):
        by_domain: dict[str, float] = defaultdict(float)
        for block in blocks:
            if block.domain is not None:
                by_domain[block.domain.code] += block.minutes
        days.append(
            planning.DoneDay(
                day,
                float(sum(block.minutes for block in blocks)),
                dict(by_domain),
                reviewed=any(block.kind == Block.Kind.REVIEW for block in blocks),
            )
        )
    return days
