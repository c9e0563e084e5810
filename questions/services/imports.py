"""Questions from other systems become drafts, all of them or none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts.models import User
from questions.bankfiles import BankQuestion, Problem
from questions.exchange import ImportRow
from questions.models import Misconception, Option, Question, QuestionTopic, QuestionVersion, Reference, Topic
from questions.rules import OPTIONS_LEAST, OPTIONS_MOST, question_problems, unknown_names
from questions.selectors import written_questions
from questions.services.versions import start_next_version

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row keeps the whole import out."""

    row: int
    slug: str
    field: str
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in (f"row {self.row}", self.slug, self.field, self.text) if part)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or on a dry run would do. With errors nothing was stored."""

    created: int = 0
    next_versions: int = 0
    unchanged: int = 0
    errors: tuple[RowError, ...] = ()
    to_mend: tuple[RowError, ...] = field(default=())


class _DryRun(Exception):
    """Rolls a rehearsal back."""


def import_questions(
    *, rows: Sequence[ImportRow], exam_code: str, by: User | None, now: datetime, dry_run: bool = False
) -> ImportResult:
    """Stores rows as drafts: new questions, or the next version of questions that read otherwise here.

    What is here already with the same content is left alone, so a second run changes nothing. Every row is
    looked at before anything is stored; one error keeps everything out. `to_mend` lists what publishing will ask for.
    """
    topics = {topic.code: topic for topic in Topic.objects.filter(domain__exam_code=exam_code).select_related("domain")}
    pairs = {pair.code: pair for pair in Misconception.objects.filter(exam_code=exam_code)}
    errors = [error for row in rows for error in _row_errors(row, topics, pairs)]
    errors += _repeated(rows)
    if errors:
        return ImportResult(errors=tuple(sorted(errors, key=lambda error: error.row)))
    counts = {"created": 0, "next_versions": 0, "unchanged": 0}
    try:
        with transaction.atomic():
            stored = _stored_here(rows)
            for row in rows:
                assert row.question is not None, "rows without a question are errors"
                done = _store(row.question, stored.get(row.slug), topics, pairs, by, now)
                if done == "taken":
                    errors.append(_taken(row))
                else:
                    counts[done] += 1
            if errors or dry_run:
                raise _DryRun
    except _DryRun:
        pass
    if errors:
        return ImportResult(errors=tuple(errors))
    to_mend = [
        RowError(row.number, row.slug, problem.field, problem.text)
        for row in rows
        if row.question is not None
        for problem in question_problems(row.question)
    ]
    return ImportResult(
        created=counts["created"],
        next_versions=counts["next_versions"],
        unchanged=counts["unchanged"],
        to_mend=tuple(to_mend),
    )


def _row_errors(row: ImportRow, topics: dict[str, Topic], pairs: dict[str, Misconception]) -> list[RowError]:
    problems: list[Problem] = list(row.problems)
    question = row.question
    if question is not None:
        problems += unknown_names(question, topics, pairs)
        if not _SLUG.fullmatch(question.slug) or len(question.slug) > 100:
            problems.append(_problem(question, "slug", "must be small letters, figures and hyphens, at most 100"))
        if not question.topics:
            problems.append(_problem(question, "topics", "needs at least one topic"))
        if not OPTIONS_LEAST <= len(question.options) <= OPTIONS_MOST:
            problems.append(_problem(question, "options", f"needs {OPTIONS_LEAST} to {OPTIONS_MOST} options"))
        if len(question.keys) != question.select:
            text = f"says {question.select}, but {len(question.keys)} options are marked right"
            problems.append(_problem(question, "select", text))
        for number, reference in enumerate(question.references, start=1):
            if not reference.url.startswith("https://") or len(reference.url) > 400:
                problems.append(_problem(question, f"references[{number}].url", "must begin with https://"))
    return [RowError(row.number, row.slug, problem.field, problem.text) for problem in problems]


def _problem(question: BankQuestion, field_name: str, text: str) -> Problem:
    return Problem("", question.slug, field_name, text)


def _repeated(rows: Sequence[ImportRow]) -> list[RowError]:
    first: dict[str, int] = {}
    errors = []
    for row in rows:
        if row.slug and row.slug in first:
            errors.append(RowError(row.number, row.slug, "slug", f"stands in row {first[row.slug]} already"))
        first.setdefault(row.slug, row.number)
    return errors


def _taken(row: ImportRow) -> RowError:
    text = "has a version in preparation that reads otherwise; publish or discard it first"
    return RowError(row.number, row.slug, "slug", text)


@dataclass(frozen=True, slots=True)
class _Stored:
    """A question of the file that is here already: its newest version, if any, and the digest of its content."""

    question: Question
    newest: QuestionVersion | None
    content_hash: str


def _stored_here(rows: Sequence[ImportRow]) -> dict[str, _Stored]:
    newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
    questions: Any = Question.objects.filter(slug__in=[row.slug for row in rows]).annotate(
        newest_id=Subquery(newest.values("pk")[:1])
    )
    ids = [question.newest_id for question in questions if question.newest_id]
    written = written_questions(ids)
    versions = QuestionVersion.objects.in_bulk(ids)
    return {
        question.slug: _Stored(
            question,
            versions.get(question.newest_id),
            written[question.newest_id].content_hash if question.newest_id else "",
        )
        for question in questions
    }


def _store(
    written: BankQuestion,
    stored: _Stored | None,
    topics: dict[str, Topic],
    pairs: dict[str, Misconception],
    by: User | None,
    now: datetime,
) -> str:
    """“created”, “next_versions”, “unchanged”, or “taken” when another draft stands in the way."""
    if stored is not None:
        if stored.content_hash == written.content_hash:
            return "unchanged"
        if stored.newest is not None and not stored.newest.is_published:
            return "taken"
        version = start_next_version(question=stored.question, now=now)
        version.options.all().delete()
        version.references.all().delete()
        _fill(version, written, pairs)
        return "next_versions"
    first = topics[written.topics[0]]
    question = Question.objects.create(
        slug=written.slug, domain=first.domain, is_pilot=written.pilot, look_alikes=list(written.alike), owner=by
    )
    QuestionTopic.objects.bulk_create(
        QuestionTopic(question=question, topic=topics[code], order=order) for order, code in enumerate(written.topics)
    )
    _fill(QuestionVersion(question=question, number=1, created_at=now), written, pairs)
    return "created"


def _fill(version: QuestionVersion, written: BankQuestion, pairs: dict[str, Misconception]) -> None:
    version.scenario, version.stem, version.select_count = written.scenario, written.stem, written.select
    version.author_level, version.verified_on = written.level, written.verified_on
    version.save()
    Option.objects.bulk_create(
        Option(
            version=version,
            order=order,
            text=option.text,
            is_key=option.key,
            rationale=option.rationale,
            misconception=pairs[option.misconception] if option.misconception else None,
        )
        for order, option in enumerate(written.options)
    )
    Reference.objects.bulk_create(
        Reference(
            version=version,
            order=order,
            url=reference.url,
            title=reference.title,
            verified_on=reference.verified_on,
            page_updated=reference.page_updated,
        )
        for order, reference in enumerate(written.references)
    )
