"""The questions of a bank load: what is new, what became another version, what is upkeep, what is gone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Max

from engine.parameters import DEFAULTS
from questions.bankfiles import Bank, BankQuestion
from questions.models import (
    Misconception,
    Option,
    Question,
    QuestionTopic,
    QuestionVersion,
    Reference,
    Topic,
)
from questions.services.versions import set_start_parameters


@dataclass
class LoadCounts:
    """Counts while a load runs."""

    added: int = 0
    next_versions: int = 0
    upkept: int = 0
    retired: int = 0
    other_rows: int = 0


def keep_questions(
    bank: Bank,
    topics: dict[str, Topic],
    misconceptions: dict[str, Misconception],
    now: datetime,
    changes: LoadCounts,
) -> None:
    written = {question.slug: question for question in bank.questions}
    stored = {
        question.slug: question
        for question in Question.objects.filter(slug__in=written).select_related("current_version")
    }
    new = [
        Question(slug=slug, domain=topics[question.topics[0]].domain, from_bank=True)
        for slug, question in written.items()
        if slug not in stored
    ]
    changes.added = len(Question.objects.bulk_create(new, batch_size=500))
    due = [(question, written[question.slug]) for question in new]
    due += [(stored[slug], question) for slug, question in written.items()
            if slug in stored and stored[slug].bank_hash != question.hash]  # fmt: skip
    fresh = [(row, question) for row, question in due
             if row.current_version is None or row.current_version.content_hash != question.content_hash]  # fmt: skip
    fresh_slugs = {row.slug for row, _ in fresh}
    upkept = [(row, question) for row, question in due if row.slug not in fresh_slugs]
    changes.next_versions = len(fresh) - len(new)
    changes.upkept = len(upkept)
    _publish(fresh, misconceptions, now)
    _upkeep(upkept)
    _keep_topic_links(due, topics)
    for row, question in due:
        row.domain = topics[question.topics[0]].domain
        row.is_pilot, row.look_alikes = question.pilot, list(question.alike)
        row.status, row.from_bank, row.bank_hash = Question.Status.PUBLISHED, True, question.hash
    Question.objects.bulk_update(
        [row for row, _ in due],
        ["domain", "is_pilot", "look_alikes", "status", "from_bank", "bank_hash", "current_version",
         "difficulty", "difficulty_variance", "guess_level"],
        batch_size=200,
    )  # fmt: skip
    gone = Question.objects.filter(from_bank=True, domain__exam_code=bank.blueprint.code)
    # Without its digest a question that comes back to the files is published again.
    changes.retired = (
        gone.exclude(slug__in=written)
        .exclude(status=Question.Status.RETIRED)
        .update(status=Question.Status.RETIRED, bank_hash="")
    )


def _publish(
    pairs: list[tuple[Question, BankQuestion]], misconceptions: dict[str, Misconception], now: datetime
) -> None:
    """New published versions for these questions, in a handful of statements whatever their number."""
    versions = _new_versions(pairs, now)
    filled = [(version, question) for version, (_, question) in zip(versions, pairs, strict=True)]
    keys = _new_options(filled, misconceptions)
    Reference.objects.bulk_create(
        [
            Reference(version=version, order=order, **asdict(reference))
            for version, question in filled
            for order, reference in enumerate(question.references)
        ],
        batch_size=500,
    )
    for version, (row, question) in zip(versions, pairs, strict=True):
        version.key_ids = sorted(keys[version.pk])
        row.current_version = version
        set_start_parameters(row, question.level, len(question.options), question.select)
    QuestionVersion.objects.bulk_update(versions, ["key_ids"], batch_size=500)


def _new_versions(pairs: list[tuple[Question, BankQuestion]], now: datetime) -> list[QuestionVersion]:
    highest = dict(
        QuestionVersion.objects.filter(question__in=[row for row, _ in pairs])
        .values_list("question")
        .annotate(highest=Max("number"))
        .order_by()
    )
    return QuestionVersion.objects.bulk_create(
        [
            QuestionVersion(
                question=row,
                number=highest.get(row.pk, 0) + 1,
                scenario=question.scenario,
                stem=question.stem,
                select_count=question.select,
                author_level=question.level,
                verified_on=question.verified_on,
                published_at=now,
                content_hash=question.content_hash,
                created_at=now,
            )
            for row, question in pairs
        ],
        batch_size=500,
    )


def _new_options(
    filled: list[tuple[QuestionVersion, BankQuestion]], misconceptions: dict[str, Misconception]
) -> dict[int, list[int]]:
    """Creates the options; gives the ids of the keys by version."""
    options = Option.objects.bulk_create(
        [
            Option(
                version=version,
                order=order,
                text=option.text,
                is_key=option.key,
                rationale=option.rationale,
                misconception=misconceptions[option.misconception] if option.misconception else None,
            )
            for version, question in filled
            for order, option in enumerate(question.options)
        ],
        batch_size=500,
    )
    keys: dict[int, list[int]] = defaultdict(list)
    for option in options:
        if option.is_key:
            keys[option.version_id].append(option.pk)
    return keys


def _upkeep(pairs: list[tuple[Question, BankQuestion]]) -> None:
    """Days of checking and author level of versions whose content stays as it is."""
    versions, references = [], []
    stored: dict[int, list[Reference]] = defaultdict(list)
    for reference in Reference.objects.filter(version__in=[row.current_version_id for row, _ in pairs]):
        stored[reference.version_id].append(reference)
    for row, question in pairs:
        version = row.current_version
        if version is None:
            continue
        if version.author_level != question.level and not _is_fitted(row, version):
            set_start_parameters(row, question.level, len(question.options), question.select)
        version.verified_on, version.author_level = question.verified_on, question.level
        versions.append(version)
        for reference, written in zip(stored[version.pk], question.references, strict=True):
            reference.verified_on, reference.page_updated = written.verified_on, written.page_updated
            references.append(reference)
    QuestionVersion.objects.bulk_update(versions, ["verified_on", "author_level"], batch_size=500)
    Reference.objects.bulk_update(references, ["verified_on", "page_updated"], batch_size=500)


def _is_fitted(question: Question, version: QuestionVersion) -> bool:
    """Whether answers have moved the difficulty away from what the author's level gave it."""
    start = (DEFAULTS.author_level_difficulty[version.author_level - 1], DEFAULTS.author_level_variance)
    return (question.difficulty, question.difficulty_variance) != start


def _keep_topic_links(pairs: Iterable[tuple[Question, BankQuestion]], topics: dict[str, Topic]) -> None:
    pairs = list(pairs)
    stored: dict[int, list[str]] = defaultdict(list)
    links = QuestionTopic.objects.filter(question__in=[row for row, _ in pairs]).order_by("order")
    for question_id, code in links.values_list("question_id", "topic__code"):
        stored[question_id].append(code)
    moved = [(row, question) for row, question in pairs if stored[row.pk] != list(question.topics)]
    QuestionTopic.objects.filter(question__in=[row for row, _ in moved]).delete()
    QuestionTopic.objects.bulk_create(
        [
            QuestionTopic(question=row, topic=topics[code], order=order)
            for row, question in moved
            for order, code in enumerate(question.topics)
        ],
        batch_size=500,
    )
