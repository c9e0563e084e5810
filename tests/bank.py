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
            bank.questions.append(
                make_question(
                    domain,
                    topics[n % len(topics)],
                    f"{code}-q{n}",
                    select_count=2 if n % 4 == 3 else 1,
                )
            )
    for n in range(pilots):
        topic = bank.topics[n]
        bank.questions.append(make_question(topic.domain, topic, f"pilot-q{n}", is_pilot=True))
    return bank


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
    question = Question.objects.create(
        slug=slug,
        domain=domain,
        is_pilot=is_pilot,
        difficulty=(-1.4, -0.7, -0.3, 0.1, 0.8)[author_level - 1],
        guess_level=0.25 if select_count == 1 else 0.1,
    )
    QuestionTopic.objects.create(question=question, topic=topic)
    version = QuestionVersion.objects.create(
        question=question,
        number=1,
        scenario=f"Scenario of {slug}.",
        stem=f"What is right in {slug}?" + (" Choose two." if select_count == 2 else ""),
        select_count=select_count,
        author_level=author_level,
        verified_on=date(2026, 1, 5),
        published_at=PUBLISHED_AT,
    )
    options = [
        Option.objects.create(
            version=version,
            order=n,
            text=f"Option {n} of {slug}",
            is_key=n < select_count,
            rationale=f"RATIONALE of option {n} of {slug}",
        )
        for n in range(4 if select_count == 1 else 5)
    ]
    Reference.objects.create(
        version=version,
        url="https://devcenter.heroku.com/articles/dynos",
        title="Dynos",
        verified_on=date(2026, 1, 5),
    )
    QuestionVersion.objects.filter(pk=version.pk).update(key_ids=[o.pk for o in options[:select_count]])
    Question.objects.filter(pk=question.pk).update(status=Question.Status.PUBLISHED, current_version=version)
    question.refresh_from_db()
    return question
