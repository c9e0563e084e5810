"""Question versions as people read them: in the exam without any key, in review with everything explained."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.utils.safestring import SafeString

from questions.markdown import render_inline_markdown, render_markdown
from questions.models import Misconception, Option, QuestionVersion, Reference
from questions.selectors.remembering import remembered

_PUBLISHERS = {
    "devcenter.heroku.com": "Heroku Dev Center",
    "help.heroku.com": "Heroku Help",
    "developer.salesforce.com": "Salesforce Developers",
    "help.salesforce.com": "Salesforce Help",
    "trailhead.salesforce.com": "Trailhead",
}


@dataclass(frozen=True, slots=True)
class ShownOption:
    id: int
    html: SafeString


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """What a candidate may see before an attempt is final: nothing here tells a key."""

    version_id: int
    scenario_html: SafeString
    stem_html: SafeString
    select_count: int
    options: tuple[ShownOption, ...]


@dataclass(frozen=True, slots=True)
class ExplainedMisconception:
    """A contrast pair; each side is {name, choose_when, points}."""

    id: int
    code: str
    name: str
    left: dict[str, Any]
    right: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExplainedOption:
    id: int
    html: SafeString
    is_key: bool
    rationale_html: SafeString
    misconception: ExplainedMisconception | None


@dataclass(frozen=True, slots=True)
class ExplainedReference:
    url: str
    title: str
    publisher: str
    verified_on: date
    page_updated: str


@dataclass(frozen=True, slots=True)
class ExplainedQuestion:
    """A version with its keys and reasons, for final attempts and for authors. Options in the author's order."""

    version_id: int
    question_id: int
    number: int
    slug: str
    domain_id: int
    domain_code: str
    domain_name: str
    domain_order: int
    domain_letters: str
    topic_names: tuple[str, ...]
    topic_ids: tuple[int, ...]
    is_pilot: bool
    author_level: int
    scenario_html: SafeString
    stem_html: SafeString
    select_count: int
    key_ids: tuple[int, ...]
    options: tuple[ExplainedOption, ...]
    references: tuple[ExplainedReference, ...]

    @property
    def misconceptions(self) -> tuple[ExplainedMisconception, ...]:
        """The pairs that its wrong options stand for, each once."""
        found = {o.misconception.id: o.misconception for o in self.options if o.misconception}
        return tuple(found.values())


def shown_question(version_ids: Iterable[int]) -> dict[int, ShownQuestion]:
    """Versions by id as the exam shows them. The keys are not even read. Ids that do not exist are absent."""
    return remembered("shown", version_ids, _read_shown)


def _read_shown(version_ids: list[int]) -> dict[int, ShownQuestion]:
    versions = QuestionVersion.objects.filter(pk__in=version_ids)
    options: dict[int, list[ShownOption]] = {}
    for option in Option.objects.filter(version__in=versions).only("pk", "version_id", "text", "order"):
        options.setdefault(option.version_id, []).append(ShownOption(option.pk, render_inline_markdown(option.text)))
    return {
        version.pk: ShownQuestion(
            version_id=version.pk,
            scenario_html=render_markdown(version.scenario),
            stem_html=render_inline_markdown(version.stem),
            select_count=version.select_count,
            options=tuple(options.get(version.pk, ())),
        )
        for version in versions.only("pk", "scenario", "stem", "select_count")
    }


def explained_question(version_ids: Iterable[int]) -> dict[int, ExplainedQuestion]:
    """Versions by id with keys, rationales, references and contrast pairs. Never before the attempt is final."""
    return remembered("explained", version_ids, _read_explained)


def _read_explained(version_ids: list[int]) -> dict[int, ExplainedQuestion]:
    versions = (
        QuestionVersion.objects.filter(pk__in=version_ids)
        .select_related("question__domain")
        .prefetch_related("options__misconception", "references", "question__topic_links__topic")
    )
    return {version.pk: _explained(version) for version in versions}


def explained_misconception(misconception: Misconception) -> ExplainedMisconception:
    return ExplainedMisconception(
        misconception.pk, misconception.code, misconception.name, misconception.left, misconception.right
    )


def _explained(version: QuestionVersion) -> ExplainedQuestion:
    question, domain = version.question, version.question.domain
    topics = [link.topic for link in question.topic_links.all()]
    options = list(version.options.all())
    return ExplainedQuestion(
        version_id=version.pk,
        question_id=question.pk,
        number=version.number,
        slug=question.slug,
        domain_id=domain.pk,
        domain_code=domain.code,
        domain_name=domain.name,
        domain_order=domain.order,
        domain_letters=domain.letters,
        topic_names=tuple(topic.name for topic in topics),
        topic_ids=tuple(topic.pk for topic in topics),
        is_pilot=question.is_pilot,
        author_level=version.author_level,
        scenario_html=render_markdown(version.scenario),
        stem_html=render_inline_markdown(version.stem),
        select_count=version.select_count,
        key_ids=tuple(option.pk for option in options if option.is_key),
        options=tuple(
            ExplainedOption(
                id=option.pk,
                html=render_inline_markdown(option.text),
                is_key=option.is_key,
                rationale_html=render_inline_markdown(option.rationale),
                misconception=explained_misconception(option.misconception) if option.misconception else None,
            )
            for option in options
        ),
        references=tuple(_reference(reference) for reference in version.references.all()),
    )


def _reference(reference: Reference) -> ExplainedReference:
    host = urlsplit(reference.url).hostname or ""
    return ExplainedReference(
        url=reference.url,
        title=reference.title,
        publisher=_PUBLISHERS.get(host, host),
        verified_on=reference.verified_on,
        page_updated=reference.page_updated,
    )
