"""Inputs of the head: what is known of a candidate and a question just before an answer."""

import math
from typing import Final

from engine.parameters import SECONDS_PER_DAY
from engine.tracker import Tracker

FEATURES: Final = (
    "logit", "ability", "topics", "easiness", "log answers", "log wins", "log topic answers",
    "log topic wins", "log question answers", "log question wins", "last outcome on question",
    "seen before", "slow average", "fast average", "topic average", "log hours since topic",
    "log hours since question", "has topic", "logit × log answers",
    "log question answers × last outcome", "log wins − log attempts on question",
    "log wins − log attempts on topic",
)  # fmt: skip


def head_features(tracker: Tracker, row: int) -> tuple[float, ...]:
    """The inputs of the head for one question, in the order of `FEATURES`, unscaled.

    row: of the question in the tracker's bank. Times enter as ln(1 + hours), counts as ln(1 + n);
    outcomes as −1 (wrong), 0 (never met), 1 (right).
    Source   docs/model.md; counts and lags after Gervet et al. (2020) and Abdi et al. (2021).
    """
    bank = tracker.bank
    difficulty = bank.constants[row][0]
    memory = tracker.memories.get(bank.ids[row])
    logit, shrink = tracker.logit(row, memory)
    topics = bank.topics[row]
    share = 1.0 / len(topics) if topics else 0.0
    offsets = [tracker.topic_offset + topic for topic in topics]
    topic_logit = share * sum(tracker.mean.item(offset) for offset in offsets)
    topic_tries = share * sum(tracker.topic_attempts[topic] for topic in topics)
    topic_wins = share * sum(tracker.topic_wins[topic] for topic in topics)
    topic_average = share * sum(tracker.topic_average[topic] for topic in topics) if topics else 0.5
    moments = [moment for topic in topics if (moment := tracker.topic_at[topic]) is not None]
    tries, wins = (memory[2], memory[3]) if memory else (0, 0)
    last = 0.0 if memory is None else (1.0 if memory[4] else -1.0)
    log_answers = math.log1p(tracker.answers)
    log_tries, log_wins = math.log1p(tries), math.log1p(wins)
    log_topic_tries, log_topic_wins = math.log1p(topic_tries), math.log1p(topic_wins)
    return (
        shrink * logit,
        shrink * tracker.mean.item(0),
        shrink * topic_logit,
        -difficulty,
        log_answers,
        math.log1p(tracker.wins),
        log_topic_tries,
        log_topic_wins,
        log_tries,
        log_wins,
        last,
        1.0 if memory else 0.0,
        tracker.averages[0],
        tracker.averages[1],
        topic_average,
        _log_hours(tracker.moment - max(moments)) if moments else 0.0,
        _log_hours(tracker.moment - memory[5]) if memory else 0.0,
        1.0 if topics else 0.0,
        shrink * logit * log_answers / 5.0,
        log_tries * last,
        log_wins - log_tries,
        log_topic_wins - log_topic_tries,
    )


def _log_hours(seconds: float) -> float:
    return math.log1p(max(0.0, seconds) * 24.0 / SECONDS_PER_DAY)
