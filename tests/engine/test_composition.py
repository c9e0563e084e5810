from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.composition import (
    NotEnoughQuestions,
    PaperCandidate,
    compose,
    largest_remainder,
    passing_ability,
    right_chance,
)

COUNTS = {"platform": 6, "data": 10, "security": 9, "enterprise": 17, "applications": 9, "integrations": 9}


def bank(per_domain=80, seed=1):
    rng = np.random.default_rng(seed)
    return [
        PaperCandidate(
            id=f"{domain}-{n}",
            domain=domain,
            topics=(f"{domain}-topic-{n % 8}",),
            difficulty=float(rng.normal(-0.3, 0.9)),
            guess=0.25 if n % 4 else 0.1,
            alike=frozenset({f"{domain}-pair-{n // 2}"}) if n < 20 else frozenset(),
            pilot=n % 20 == 19,
        )
        for domain in COUNTS
        for n in range(per_domain)
    ]


BANK = bank()
ABILITY = passing_ability(BANK, COUNTS, 0.72)
TARGET = 0.72 * 60


def paper(candidates=BANK, seed=0, **more):
    more = {"ability": ABILITY, "target": TARGET, "pilot_count": 5, **more}
    return compose(candidates, COUNTS, rng=np.random.default_rng(seed), **more)


def by_id(candidates=BANK):
    return {candidate.id: candidate for candidate in candidates}


def test_compose_works():
    found = paper()
    known = by_id()
    assert len(found.ids) == len(set(found.ids)) == 65
    assert len(found.pilots) == 5
    assert Counter(known[i].domain for i in found.ids if i not in found.pilots) == COUNTS
    assert all(known[i].pilot for i in found.pilots)
    assert found.repeats == 0


def test_200_mocks_ask_the_same_of_somebody_who_just_passes():
    expected = [paper(seed=seed).expected_score for seed in range(200)]
    assert max(expected) - min(expected) <= 1.0
    assert np.mean(expected) == pytest.approx(TARGET, abs=0.25)


def test_a_series_of_mocks_stays_parallel_while_fresh_questions_run_out():
    known, papers = by_id(), []
    for number in range(4):
        found = paper(list(known.values()), seed=number)
        papers.append(found)
        for i in found.ids:
            known[i] = replace(known[i], seen=known[i].seen + 1, last_seen=float(number))
    assert [p.repeats for p in papers] == [0, 0, 0, 0]
    assert not set(papers[0].ids) & set(papers[1].ids) - papers[0].pilots
    scores = [p.expected_score for p in papers]
    assert max(scores) - min(scores) <= 1.0


def test_look_alikes_never_meet():
    known = by_id()
    for seed in range(30):
        groups = Counter(group for i in paper(seed=seed).ids for group in known[i].alike)
        assert max(groups.values(), default=0) <= 1


def test_topics_are_covered():
    known = by_id()
    for seed in range(10):
        found = paper(seed=seed)
        topics = Counter(known[i].topics[0] for i in found.ids if i not in found.pilots)
        enterprise = [topics[f"enterprise-topic-{n}"] for n in range(8)]
        assert min(enterprise) >= 1
        assert max(enterprise) <= 4


def test_unseen_questions_come_first_then_those_met_longest_ago():
    seen = [replace(c, seen=1, last_seen=float(n)) for n, c in enumerate(BANK)]
    fresh = {c.id for c in seen if c.domain == "data"}
    mixed = [replace(c, seen=0, last_seen=None) if c.id in fresh else c for c in seen]
    found = paper(mixed)
    assert sum(i in fresh for i in found.ids if i not in found.pilots) == 10
    assert found.repeats == 50


def test_pilots_are_mixed_in():
    places = [place for seed in range(60) for place, i in enumerate(paper(seed=seed).ids) if "-19" in str(i)]
    assert min(places) < 15
    assert max(places) > 50


def test_the_order_of_the_bank_makes_no_difference():
    assert paper(BANK[::-1], seed=3) == paper(BANK, seed=3)


def test_fewer_pilots_than_wanted_is_no_error():
    assert paper([c for c in BANK if not c.pilot]).pilots == frozenset()


def test_a_short_domain_is_named():
    with pytest.raises(NotEnoughQuestions, match="'security' needs 9"):
        paper([c for c in BANK if c.domain != "security"])


def test_passing_ability_is_where_the_bank_gives_the_pass_mark():
    shares = [
        count * np.mean([right_chance(c, ABILITY) for c in BANK if c.domain == domain and not c.pilot])
        for domain, count in COUNTS.items()
    ]
    assert sum(shares) == pytest.approx(TARGET, abs=1e-6)


def test_a_pass_mark_that_guessing_reaches_is_refused():
    with pytest.raises(ValueError, match="guessing"):
        passing_ability(BANK, COUNTS, 0.15)


def test_passing_ability_needs_every_domain():
    with pytest.raises(NotEnoughQuestions, match="'data'"):
        passing_ability([c for c in BANK if c.domain != "data"], COUNTS, 0.72)


def test_largest_remainder_works():
    assert largest_remainder([10, 17, 15, 28, 15, 15], 60) == [6, 10, 9, 17, 9, 9]
    assert largest_remainder([1, 1, 1], 2) == [1, 1, 0]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12).filter(lambda w: sum(w) > 0.01), st.integers(0, 300))
def test_largest_remainder_adds_up_and_stays_near_the_exact_share(weights, total):
    counts = largest_remainder(weights, total)
    assert sum(counts) == total
    for weight, count in zip(weights, counts, strict=True):
        assert abs(count - weight * total / sum(weights)) < 1 + 1e-6


@pytest.mark.parametrize(("weights", "total"), [([0, 0], 5), ([-1, 2], 5), ([1], -1)])
def test_impossible_shares_are_refused(weights, total):
    with pytest.raises(ValueError, match=r"negative|positive"):
        largest_remainder(weights, total)
