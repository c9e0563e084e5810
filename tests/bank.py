"""A small generated bank for tests: the shape of the real blueprint, with questions nobody could mistake for real."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from questions.models import (
    Domain,
    DomainWeight,
    ExamBlueprint,
    Option,
    Question,
    QuestionTopic,
    QuestionVersion,
    Reference,
    Topic,
)

DOMAINS = [
    ("platform", "PL", "Heroku Platform", 10),
    ("data", "DA", "Data", 17),
    ("security", "SE", "Security", 15),
    ("enterprise", "EN", "Heroku Enterprise", 28),
    ("applications", "AA", "Architect Applications", 15),
    ("integrations", "IN", "Integrations", 15),
]
PUBLISHED_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass
class TestBank:
    __test__ = False

    blueprint: ExamBlueprint
    domains: list[Domain]
    topics: list[Topic]
    questions: list[Question] = field(default_factory=list)


def make_bank(*, per_domain: int = 24, pilots: int = 5, topics_per_domain: int = 3) -> TestBank:
    """Blueprint 60 scored + 5 pilots, 105 minutes, 72 %; every fourth question asks for two of five options."""
    blueprint = ExamBlueprint.objects.create(
        code="heroku-architect",
        version=1,
        name="Salesforce Certified Heroku Architect",
        effective_on=date(2019, 5, 21),
        minutes=105,
        scored_count=60,
        pilot_count=5,
        pass_percent=72,
        is_current=True,
    )
    bank = TestBank(blueprint, [], [])
    wanted: list[_Wanted] = []
    for order, (code, letters, name, weight) in enumerate(DOMAINS, start=1):
        domain = Domain.objects.create(exam_code=blueprint.code, code=code, letters=letters, name=name, order=order)
        DomainWeight.objects.create(blueprint=blueprint, domain=domain, weight_percent=weight)
        bank.domains.append(domain)
        topics = [
            Topic.objects.create(domain=domain, code=f"{code}-{n}", name=f"{name} topic {n}", order=n)
            for n in range(1, topics_per_domain + 1)
        ]
        bank.topics.extend(topics)
        for n in range(per_domain):
            wanted.append(_Wanted(f"{code}-q{n}", topics[n % len(topics)], select_count=2 if n % 4 == 3 else 1))
    wanted += [_Wanted(f"pilot-q{n}", bank.topics[n], is_pilot=True) for n in range(pilots)]
    bank.questions = _make_questions(wanted)
    return bank


@dataclass
class _Wanted:
    slug: str
    topic: Topic
    select_count: int = 1
    is_pilot: bool = False
    author_level: int = 3


def make_question(
    domain: Domain,
    topic: Topic,
    slug: str,
    *,
    select_count: int = 1,
    is_pilot: bool = False,
    author_level: int = 3,
) -> Question:
    """A published question; the first `select_count` options are its keys."""
    wanted = _Wanted(slug, topic, select_count=select_count, is_pilot=is_pilot, author_level=author_level)
    wanted.topic.domain = domain
    return _make_questions([wanted])[0]


def _make_questions(wanted: list[_Wanted]) -> list[Question]:
    """In bulk: a bank of 150 questions is made for very many tests."""
    questions = Question.objects.bulk_create(
        Question(
            slug=one.slug,
            domain=one.topic.domain,
            is_pilot=one.is_pilot,
            difficulty=(-1.4, -0.7, -0.3, 0.1, 0.8)[one.author_level - 1],
            guess_level=0.25 if one.select_count == 1 else 0.1,
        )
        for one in wanted
    )
    QuestionTopic.objects.bulk_create(
        QuestionTopic(question=question, topic=one.topic) for question, one in zip(questions, wanted, strict=True)
    )
    versions = QuestionVersion.objects.bulk_create(
        QuestionVersion(
            question=question,
            number=1,
            scenario=f"Scenario of {one.slug}.",
            stem=f"What is right in {one.slug}?" + (" Choose two." if one.select_count == 2 else ""),
            select_count=one.select_count,
            author_level=one.author_level,
            verified_on=date(2026, 1, 5),
            published_at=PUBLISHED_AT,
        )
        for question, one in zip(questions, wanted, strict=True)
    )
    options = Option.objects.bulk_create(
        Option(
            version=version,
            order=n,
            text=f"Option {n} of {one.slug}",
            is_key=n < one.select_count,
            rationale=f"RATIONALE of option {n} of {one.slug}",
        )
        for version, one in zip(versions, wanted, strict=True)
        for n in range(4 if one.select_count == 1 else 5)
    )
    Reference.objects.bulk_create(
        Reference(
            version=version,
            url="https://devcenter.heroku.com/articles/dynos",
            title="Dynos",
            verified_on=date(2026, 1, 5),
        )
        for version in versions
    )
    for question, version in zip(questions, versions, strict=True):
        version.key_ids = [o.pk for o in options if o.version_id == version.pk and o.is_key]
        question.status, question.current_version = Question.Status.PUBLISHED, version
    QuestionVersion.objects.bulk_update(versions, ["key_ids"])
    Question.objects.bulk_update(questions, ["status", "current_version"])
    return questions
