"""The life of a question: draft → in review → published → retired, and the versions it goes through.

A published version never changes; `start_next_version` copies it into a draft, `publish_version` makes that the
current one. The one thing that may be put right afterwards is a wrong key (`correct_key`), and that is logged.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from engine.parameters import DEFAULTS
from engine.questions import guess_level
from questions.bankfiles import Problem
from questions.models import KeyCorrection, Option, Question, QuestionVersion, Reference, VersionIsPublished
from questions.rules import question_problems
from questions.selectors import written_question
from questions.signals import key_corrected

Row = TypeVar("Row", Option, Reference)


class QuestionIsUnfit(Exception):
    """The version breaks a rule of `questions.rules`; `problems` names each field."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{problem.field} {problem.text}" for problem in problems))


class VersionIsNotPublished(Exception):
    """Only published versions have keys that anybody was graded by."""


class KeyIsUnfit(Exception):
    """The new keys do not fit the version; the message says why."""


@transaction.atomic
def publish_version(*, version: QuestionVersion, now: datetime, by: User | None = None) -> QuestionVersion:
    """Makes a version what new attempts show, for good.

    Raises   VersionIsPublished if it already is; QuestionIsUnfit with every broken rule.
    """
    question = Question.objects.select_for_update().get(pk=version.question_id)
    version = QuestionVersion.objects.select_related("question").get(pk=version.pk)
    if version.is_published:
        raise VersionIsPublished(version)
    written = written_question(version)
    if problems := question_problems(written):
        raise QuestionIsUnfit(problems)
    before = question.current_version
    highest = question.versions.exclude(pk=version.pk).aggregate(highest=Max("number"))["highest"] or 0
    if version.number <= highest:  # the bank published a version while this one was in preparation
        version.number = highest + 1
    version.key_ids = key_ids_of(version)
    version.content_hash = written.content_hash
    version.published_at = now
    version.save()
    question.current_version = version
    question.status = Question.Status.PUBLISHED
    if before is None or before.content_hash != version.content_hash:
        set_start_parameters(question, version.author_level, len(written.options), version.select_count)
    save_as(question, by)
    return version


@transaction.atomic
def start_next_version(*, question: Question, now: datetime) -> QuestionVersion:
    """The version in preparation: the one there is, or a copy of the current one, or an empty first one."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    if existing := question.versions.filter(published_at__isnull=True).first():
        return existing
    current = question.current_version
    highest = question.versions.aggregate(highest=Max("number"))["highest"] or 0
    draft = QuestionVersion(question=question, number=highest + 1, created_at=now)
    if current is not None:
        for field in ("scenario", "stem", "select_count", "author_level", "verified_on"):
            setattr(draft, field, getattr(current, field))
    draft.save()
    if current is not None:
        Option.objects.bulk_create(_copy(option, draft) for option in current.options.all())
        Reference.objects.bulk_create(_copy(reference, draft) for reference in current.references.all())
    return draft


@transaction.atomic
def submit_version(*, version: QuestionVersion, now: datetime) -> None:
    """Hands a draft to review. A question never published shows it as its state.

    Raises   VersionIsPublished; QuestionIsUnfit, so that reviewers get only what could be published.
    """
    if version.is_published:
        raise VersionIsPublished(version)
    if problems := question_problems(written_question(version)):
        raise QuestionIsUnfit(problems)
    version.submitted_at = now
    version.save()
    _set_status(version.question, {Question.Status.DRAFT}, Question.Status.IN_REVIEW)


@transaction.atomic
def return_version(*, version: QuestionVersion) -> None:
    """Gives a version back from review to its author.

    Raises   VersionIsPublished.
    """
    if version.is_published:
        raise VersionIsPublished(version)
    version.submitted_at = None
    version.save()
    _set_status(version.question, {Question.Status.IN_REVIEW}, Question.Status.DRAFT)


@transaction.atomic
def retire_question(*, question: Question) -> bool:
    """Takes a question out of every future draw; attempts keep what they showed. False if it already was out."""
    return _set_status(question, set(Question.Status) - {Question.Status.RETIRED}, Question.Status.RETIRED)


@transaction.atomic
def restore_question(*, question: Question) -> bool:
    """Brings a retired question back: published if it ever was, else a draft. False if it was not retired."""
    status = Question.Status.PUBLISHED if question.current_version_id else Question.Status.DRAFT
    return _set_status(question, {Question.Status.RETIRED}, status)


@transaction.atomic
def record_check(*, version: QuestionVersion, checked_on: date) -> None:
    """Notes that the facts and pages of a version were checked on a day. Upkeep: no new version."""
    version.references.update(verified_on=checked_on)
    version.verified_on = checked_on
    version.save(update_fields=["verified_on"])


@transaction.atomic
def correct_key(
    *,
    version: QuestionVersion,
    keys: Iterable[int],
    by: User | None,
    reason: str,
    now: datetime,
) -> KeyCorrection:
    """Puts the keys of a published version right, logs it and says so (`signals.key_corrected`).

    `keys` are option ids. The text stays what candidates saw. A version in preparation with the same options
    gets the same keys, so that publishing it does not bring the mistake back.
    Raises   VersionIsNotPublished; KeyIsUnfit if the keys are no change, too few, too many or not its options,
             or the reason is empty.
    """
    version = QuestionVersion.objects.select_for_update().get(pk=version.pk)
    if not version.is_published:
        raise VersionIsNotPublished(f"{version} is not published; edit it instead.")
    after = sorted(set(keys))
    own = set(version.options.values_list("pk", flat=True))
    if not set(after) <= own:
        raise KeyIsUnfit("Choose among the options of this version.")
    if len(after) != version.select_count:
        raise KeyIsUnfit(f"Choose {version.select_count}, not {len(after)}: the question asks for so many.")
    if after == version.key_ids:
        raise KeyIsUnfit("These are the keys already.")
    if not reason.strip():
        raise KeyIsUnfit("Say why; candidates' results may change.")
    correction = KeyCorrection.objects.create(
        version=version, before=version.key_ids, after=after, reason=reason.strip(), corrected_by=by, corrected_at=now
    )
    _mark_keys(version, after)
    # Around the guard of save(): this is the one logged exception.
    fresh = QuestionVersion.objects.select_related("question").get(pk=version.pk)
    QuestionVersion.objects.filter(pk=version.pk).update(
        key_ids=after, content_hash=written_question(fresh).content_hash
    )
    _correct_draft(version)
    version.refresh_from_db()
    key_corrected.send(sender=QuestionVersion, version=version, by=by, reason=reason, now=now)
    return correction


def set_start_parameters(question: Question, author_level: int, option_count: int, select_count: int) -> None:
    """Difficulty from the author's level and guess level from the form, until answers refit them. Does not save."""
    question.difficulty = DEFAULTS.author_level_difficulty[author_level - 1]
    question.difficulty_variance = DEFAULTS.author_level_variance
    question.guess_level = guess_level(option_count, select_count)


def save_as(question: Question, by: User | None) -> None:
    """Saves with a row of history that names the person; None leaves that to the request."""
    if by is not None:
        question._history_user = by  # type: ignore[attr-defined]
    question.save()


def key_ids_of(version: QuestionVersion) -> list[int]:
    return sorted(version.options.filter(is_key=True).values_list("pk", flat=True))


def _mark_keys(version: QuestionVersion, keys: Iterable[int]) -> None:
    version.options.exclude(pk__in=keys).update(is_key=False)
    version.options.filter(pk__in=keys).update(is_key=True, misconception=None)


def _correct_draft(version: QuestionVersion) -> None:
    draft = version.question.versions.filter(published_at__isnull=True).first()
    if draft is None:
        return
    key_of = dict(version.options.values_list("text", "is_key"))
    options = list(draft.options.all())
    if {option.text for option in options} == set(key_of):
        _mark_keys(draft, [option.pk for option in options if key_of[option.text]])


def _set_status(question: Question, allowed: set[Question.Status], status: Question.Status) -> bool:
    """Compare-and-set, with a row of history."""
    locked = Question.objects.select_for_update().get(pk=question.pk)
    if locked.status not in allowed:
        return False
    locked.status = status
    locked.save()
    question.status = status
    return True


def _copy(row: Row, version: QuestionVersion) -> Row:
    row.pk = None
    row.version = version
    row._state.adding = True
    return row
