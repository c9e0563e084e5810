"""Are mocks parallel? Composes many from the real bank: `python -m benchmarks.parallel_mocks [--mocks 200]`.

Half are first mocks of new candidates; the others come in series of five by one candidate, who has met more and more
of the bank. The bank is that of the database in the settings in force (`manage.py load_bank` first); what is stored on
the way is rolled back.
"""

import argparse
import os
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

SERIES = 5


@dataclass(frozen=True, slots=True)
class MockFacts:
    """One composed mock. Topics and expected score are of its scored questions.

    number: which mock of its candidate, from 1. expected: right answers of somebody at the pass mark.
    """

    number: int
    expected: float
    domain_counts: Mapping[Hashable, int]
    topics: int
    most_alike: int
    pilots: int
    repeats: int


def compose_mocks(count: int, seed: int = 1) -> list[MockFacts]:
    """So many mocks, composed, sat and handed in; nothing of it is kept."""
    from django.db import transaction

    alone = count // 2
    lengths = [1] * alone + [min(SERIES, count - done) for done in range(alone, count, SERIES)]
    with transaction.atomic():
        facts = [
            fact
            for number, length in enumerate(lengths)
            for fact in _sat_by_one(number, length, np.random.default_rng([seed, number]))
        ]
        transaction.set_rollback(True)
    return facts


def _sat_by_one(candidate_number: int, length: int, rng: np.random.Generator) -> list[MockFacts]:
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import User
    from exams.services import start_mock, submit_attempt

    candidate = User.objects.create_user(f"parallel-{candidate_number}@example.com", None)
    facts, met = [], set[int]()
    for number in range(1, length + 1):
        now = timezone.now() + timedelta(seconds=number)
        attempt = start_mock(candidate=candidate, now=now, rng=rng)
        paper = list(attempt.questions.values_list("question_version__question_id", flat=True))
        facts.append(_facts(number, paper, met))
        met.update(paper)
        submit_attempt(attempt_id=attempt.pk, candidate=candidate, now=now)
    return facts


def _facts(number: int, paper: Sequence[int], met: set[int]) -> MockFacts:
    """Counted from the stored paper and the bank, not from what the composition says of itself."""
    from django.utils import timezone

    from engine.composition import PaperCandidate, passing_ability, right_chance
    from questions.selectors import current_blueprint, drawable_questions

    blueprint = current_blueprint()
    drawable = {q.question_id: q for q in drawable_questions(blueprint, timezone.now().date())}
    scored = [drawable[question] for question in paper if not drawable[question].is_pilot]
    counts: Counter[Hashable] = Counter(question.domain_code for question in scored)
    bank = {
        q.question_id: PaperCandidate(q.question_id, q.domain_code, difficulty=q.difficulty, guess=q.guess_level)
        for q in drawable.values()
        if not q.is_pilot
    }
    ability = passing_ability(bank.values(), counts, blueprint.pass_percent / 100)
    alike = Counter(group for question in paper for group in drawable[question].look_alikes)
    return MockFacts(
        number=number,
        expected=sum(right_chance(bank[question.question_id], ability) for question in scored),
        domain_counts=counts,
        topics=len({topic for question in scored for topic in question.topic_ids}),
        most_alike=max(alike.values(), default=0),
        pilots=len(paper) - len(scored),
        repeats=sum(question.question_id in met for question in scored),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--mocks", type=int, default=200)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prep.settings")
    import django

    django.setup()
    facts = compose_mocks(asked.mocks)
    expected = [fact.expected for fact in facts]
    print(f"n = {len(facts)} mocks from the bank, half of them alone, half in series of {SERIES} by one candidate")
    print(
        f"  expected score at the pass mark: {min(expected):.2f} to {max(expected):.2f}, mean {np.mean(expected):.2f}"
    )
    for counts, times in Counter(tuple(sorted(fact.domain_counts.items(), key=str)) for fact in facts).items():
        print(f"  {times} × " + ", ".join(f"{domain} {count}" for domain, count in counts))
    print(f"  topics on a paper: {min(f.topics for f in facts)} to {max(f.topics for f in facts)}")
    print(f"  questions of one look-alike group on a paper: at most {max(f.most_alike for f in facts)}")
    print(f"  pilots on a paper: {sorted({f.pilots for f in facts})}")
    for number in range(1, SERIES + 1):
        repeats = [fact.repeats for fact in facts if fact.number == number]
        if repeats:
            print(f"  mock {number}: {np.mean(repeats):.1f} of its scored questions met before (n = {len(repeats)})")


if __name__ == "__main__":
    main()
