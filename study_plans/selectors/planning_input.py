"""What the planner is told about one candidate: needs, time, what was done, what is pinned."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from django.db.models import Q

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
class PlanningGround:
    """The rows that planning rests on, read once; keys are the codes that the engine uses."""

    blueprint: ExamBlueprint
    mock_minutes: int
    weights: Mapping[str, DomainWeight]
    topics: Mapping[str, Topic]
    labs: Mapping[str, Lab]
    misconceptions: Mapping[str, Misconception]
    done: Sequence[Block]


def planning_ground(plan: StudyPlan) -> PlanningGround:
    """Blueprint, topics, labs neither done nor skipped, contrast pairs, and what was done on any day."""
    blueprint = plan.blueprint
    own = Q(domain__isnull=True) | Q(domain__exam_code=blueprint.code)
    past = plan.blocks.filter(own, state__in=[Block.State.DONE, Block.State.SKIPPED]).select_related("domain")
    done = [block for block in past if block.state == Block.State.DONE]
    closed = {block.lab_id for block in past if block.lab_id is not None}
    labs = Lab.objects.filter(is_retired=False, topic__domain__weights__blueprint=blueprint).exclude(pk__in=closed)
    misconceptions = Misconception.objects.filter(exam_code=blueprint.code)
    return PlanningGround(
        blueprint=blueprint,
        mock_minutes=round(blueprint.minutes * float(time_factor_of(plan.candidate))),
        weights={weight.domain.code: weight for weight in domain_weights(blueprint)},
        topics={topic.code: topic for topic in topics_of(blueprint)},
        labs={lab.slug: lab for lab in labs.select_related("topic")},
        misconceptions={misconception.code: misconception for misconception in misconceptions},
        done=done,
    )


def planning_input(
    ground: PlanningGround, plan: StudyPlan, *, today: date, planned: Sequence[Block]
) -> planning.PlanInput:
    """Everything the engine asks for. The plan's wishes and needs count as they are in memory.

    planned: planned blocks from `today` on, in order.
    """
    needs = PlanNeeds.from_dict(plan.needs)
    unheard = [b for b in ground.done if plan.needs_at is None or (b.done_at and b.done_at > plan.needs_at)]
    return planning.PlanInput(
        today=today,
        domains=[_domain_need(weight, needs, ground.done) for weight in ground.weights.values()],
        topics=_topic_needs(ground, needs, unheard),
        minutes_per_weekday=[int(minutes) for minutes in plan.minutes_per_weekday],
        exam_on=plan.exam_on,
        minutes_on={
            date.fromisoformat(day): max(0, min(int(minutes), LONGEST_DAY)) for day, minutes in plan.minutes_on.items()
        },
        days_off=frozenset(date.fromisoformat(day) for day in plan.days_off),
        block_minutes=plan.block_minutes,
        mock_minutes=ground.mock_minutes,
        mock_questions=ground.blueprint.scored_count + ground.blueprint.pilot_count,
        labs=[planning.LabOffer(lab.slug, lab.title, lab.topic.code, lab.minutes) for lab in ground.labs.values()],
        pairs=[
            planning.ConfusionPair(
                code, ground.misconceptions[code].name, standing.topic, standing.wrong, standing.answers
            )
            for code, standing in needs.confusions.items()
            if code in ground.misconceptions
        ],
        reviews_due={date.fromisoformat(day): count for day, count in needs.reviews_due.items()},
        open_mistakes=0 if any(b.kind == Block.Kind.MISTAKES for b in unheard) else needs.open_mistakes,
        last_mock_on=_last_mock(needs, ground.done),
        done=_done_days(ground.done, today),
        previous=[engine_block(block) for block in planned if not block.is_pinned],
        pinned=[engine_block(block) for block in planned if block.is_pinned],
    )


def asked_digest(asked: planning.PlanInput) -> str:
    """SHA-256 of everything a plan follows from but the plan before it: the same digest asks for the same plan."""
    values = asdict(replace(asked, previous=())) | {"days_off": sorted(asked.days_off)}
    values |= {name: sorted(values[name].items()) for name in ("minutes_on", "reviews_due")}
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()


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


def _topic_needs(ground: PlanningGround, needs: PlanNeeds, unheard: Sequence[Block]) -> list[planning.TopicNeed]:
    size = Counter(topic.domain.code for topic in ground.topics.values())
    weight = {code: row.weight_percent / size[code] for code, row in ground.weights.items() if size[code]}
    return [
        _topic_need(topic, weight[topic.domain.code], needs, ground.done, unheard) for topic in ground.topics.values()
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
        studied_minutes=float(sum(block.minutes for block in own)),
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
