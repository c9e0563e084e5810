"""Estimates in the words of planning."""

import zoneinfo
from collections.abc import Collection
from datetime import date

from accounts.models import User
from analytics.models import EstimateSet
from analytics.selectors.confusions import confusions_of
from analytics.selectors.mistakes import unresolved_mistakes
from analytics.selectors.reviews import review_cards, reviews_per_day
from exams.models import Attempt
from exams.selectors import EvidenceRow
from questions.models import Topic
from study_plans.needs import ConfusionStanding, DomainStanding, Outlook, PlanNeeds, TopicStanding

LEAST_CONFUSIONS = 2


def needs_of(
    candidate: User, estimates: EstimateSet, rows: Collection[EvidenceRow], *, today: date, exam_on: date | None
) -> PlanNeeds:
    """What planning is told after an analysis. `rows` are the same answers that the estimates rest on."""
    codes = dict(Topic.objects.filter(domain__exam_code=estimates.blueprint.code).values_list("pk", "code"))
    lately = _lately(rows)
    mocks = [row.happened_at for row in rows if row.attempt_kind == Attempt.Kind.MOCK]
    zone = zoneinfo.ZoneInfo(candidate.time_zone)
    cards = review_cards(rows, time_zone=candidate.time_zone, today=today, exam_on=exam_on)
    return PlanNeeds(
        domains={
            row.domain.code: DomainStanding(row.mastery, row.mastery_low, row.mastery_high, row.answer_count)
            for row in estimates.domains.select_related("domain")
        },
        topics={
            row.topic.code: TopicStanding(
                marks_to_win=row.priority,
                weakness=row.weakness,
                uncertainty=(row.mastery_high - row.mastery_low) / 100 / 3.29,
                answers=row.answer_count,
                wrong_lately=lately.get(row.topic_id, (0, 0))[0],
                answers_lately=lately.get(row.topic_id, (0, 0))[1],
            )
            for row in estimates.topics.select_related("topic")
        },
        confusions={
            row.misconception.code: ConfusionStanding(codes[row.topic_id], row.wrong, row.answers)
            for row in confusions_of(rows)
            if row.wrong >= LEAST_CONFUSIONS and row.topic_id in codes
        },
        reviews_due=reviews_per_day(cards.values()),
        open_mistakes=len(unresolved_mistakes(candidate, rows)),
        outlook=_outlook(estimates),
        last_mock_on=max(mocks).astimezone(zone).date().isoformat() if mocks else None,
    )


def _outlook(estimates: EstimateSet) -> Outlook | None:
    """From the stored forecast; its range holds 90 % of scores."""
    if not estimates.has_forecast:
        return None
    forecast = estimates.forecast
    sd = max((forecast.score_high - forecast.score_low) / 3.29, 0.5)
    return Outlook(round(forecast.score_mean, 2), round(sd, 2), forecast.pass_score, forecast.scored_count)


def _lately(rows: Collection[EvidenceRow]) -> dict[int, tuple[int, int]]:
    """Per topic id: wrong and all answers in the last sitting that touched it."""
    newest: dict[int, EvidenceRow] = {}
    for row in rows:
        for topic_id in row.topic_ids:
            if topic_id not in newest or row.happened_at > newest[topic_id].happened_at:
                newest[topic_id] = row
    counts: dict[int, tuple[int, int]] = {}
    for row in rows:
        for topic_id in row.topic_ids:
            if newest[topic_id].attempt_id == row.attempt_id:
                wrong, answers = counts.get(topic_id, (0, 0))
                counts[topic_id] = (wrong + (not row.is_correct), answers + 1)
    return counts
