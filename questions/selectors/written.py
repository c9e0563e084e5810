"""Rows of the database back as what an author wrote: for export, checks and comparing with bank files."""

from collections.abc import Iterable

from questions.bankfiles import (
    Bank,
    BankBlueprint,
    BankDomain,
    BankLab,
    BankMisconception,
    BankOption,
    BankQuestion,
    BankReference,
    BankSide,
    BankTopic,
)
from questions.models import ExamBlueprint, Lab, Misconception, Question, QuestionVersion, Topic
from questions.selectors.blueprint import domain_weights


def written_question(version: QuestionVersion) -> BankQuestion:
    """A version and its question as plain values. Uses prefetched options, references and topic links."""
    question = version.question
    return BankQuestion(
        slug=question.slug,
        topics=tuple(link.topic.code for link in question.topic_links.all()),
        level=version.author_level,
        pilot=question.is_pilot,
        scenario=version.scenario,
        stem=version.stem,
        select=version.select_count,
        verified_on=version.verified_on,
        options=tuple(
            BankOption(
                text=option.text,
                key=option.is_key,
                rationale=option.rationale,
                misconception=option.misconception.code if option.misconception else "",
            )
            for option in version.options.all()
        ),
        references=tuple(
            BankReference(reference.url, reference.title, reference.verified_on, reference.page_updated)
            for reference in version.references.all()
        ),
        alike=tuple(question.look_alikes),
    )


def written_questions(version_ids: Iterable[int]) -> dict[int, BankQuestion]:
    """Versions by id as plain values, in five queries."""
    versions = (
        QuestionVersion.objects.filter(pk__in=list(version_ids))
        .select_related("question")
        .prefetch_related("options__misconception", "references", "question__topic_links__topic")
        .order_by("question__slug")
    )
    return {version.pk: written_question(version) for version in versions}


def published_questions(blueprint: ExamBlueprint) -> list[BankQuestion]:
    """The current versions of every published question of a blueprint, by slug."""
    current = Question.objects.filter(
        status=Question.Status.PUBLISHED, domain__weights__blueprint=blueprint
    ).values_list("current_version_id", flat=True)
    return list(written_questions(version_id for version_id in current if version_id).values())


def written_bank(blueprint: ExamBlueprint) -> Bank:
    """The whole published bank of a blueprint as plain values."""
    domains = [weight.domain for weight in domain_weights(blueprint)]
    topics = list(Topic.objects.filter(domain__in=domains).prefetch_related("foundations"))
    pairs = Misconception.objects.filter(exam_code=blueprint.code).select_related("domain").order_by("code")
    labs = Lab.objects.filter(topic__in=topics, is_retired=False).select_related("topic").order_by("slug")
    return Bank(
        blueprint=written_blueprint(blueprint),
        questions=tuple(published_questions(blueprint)),
        misconceptions=tuple(_misconception(pair, domains[0].code) for pair in pairs),
        labs=tuple(
            BankLab(lab.slug, lab.topic.code, lab.title, lab.minutes, lab.body, tuple(lab.self_checks)) for lab in labs
        ),
        notes={topic.code: topic.notes for topic in topics if topic.notes},
    )


def written_blueprint(blueprint: ExamBlueprint) -> BankBlueprint:
    return BankBlueprint(
        code=blueprint.code,
        name=blueprint.name,
        version=blueprint.version,
        effective_on=blueprint.effective_on,
        minutes=blueprint.minutes,
        scored_count=blueprint.scored_count,
        pilot_count=blueprint.pilot_count,
        pass_percent=blueprint.pass_percent,
        scoring_rule=blueprint.scoring_rule,
        retake_after_days=tuple(blueprint.retake_after_days),
        domains=tuple(
            BankDomain(
                code=weight.domain.code,
                letters=weight.domain.letters,
                name=weight.domain.name,
                weight_percent=weight.weight_percent,
                topics=tuple(_topic(topic) for topic in weight.domain.topics.all()),
            )
            for weight in blueprint.weights.select_related("domain")
            .prefetch_related("domain__topics__foundations")
            .order_by("domain__order")
        ),
    )


def _topic(topic: Topic) -> BankTopic:
    foundations = tuple(foundation.code for foundation in topic.foundations.all())
    return BankTopic(topic.code, topic.name, topic.summary, foundations)


def _misconception(pair: Misconception, fallback_domain: str) -> BankMisconception:
    def side(values: dict[str, object]) -> BankSide:
        points = values.get("points")
        return BankSide(
            str(values.get("name", "")),
            str(values.get("choose_when", "")),
            tuple(str(point) for point in points) if isinstance(points, list) else (),
        )

    domain = pair.domain.code if pair.domain else fallback_domain
    return BankMisconception(pair.code, pair.name, side(pair.left), side(pair.right), domain)
