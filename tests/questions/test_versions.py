"""Versions: published ones stay as they are, the next one takes their place, wrong keys are put right in the open."""

from datetime import UTC, date, datetime

import pytest

from questions.models import (
    KeyCorrection,
    Option,
    Question,
    QuestionVersion,
    Reference,
    VersionIsPublished,
)
from questions.services import (
    FittedQuestion,
    KeyIsUnfit,
    QuestionIsUnfit,
    VersionIsNotPublished,
    correct_key,
    publish_version,
    record_check,
    restore_question,
    retire_question,
    return_version,
    start_next_version,
    store_question_parameters,
    submit_version,
)
from questions.signals import key_corrected

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def question(bank) -> Question:
    return bank.questions[0]


@pytest.fixture
def draft(question) -> QuestionVersion:
    return start_next_version(question=question, now=NOW)


def test_a_next_version_works(question, draft, author):
    draft.stem = "What is right now?"
    draft.save()
    published = publish_version(version=draft, now=NOW, by=author)
    question.refresh_from_db()
    assert question.current_version == published
    assert (published.number, published.published_at) == (2, NOW)
    assert published.key_ids == [published.options.get(is_key=True).pk]
    assert question.versions.get(number=1).stem.startswith("What is right in")
    assert question.history.first().history_user == author


def test_the_draft_is_a_full_copy_and_there_is_one(question, draft):
    first = question.current_version
    assert [o.text for o in draft.options.all()] == [o.text for o in first.options.all()]
    assert [r.url for r in draft.references.all()] == [r.url for r in first.references.all()]
    assert start_next_version(question=question, now=NOW) == draft
    assert set(draft.options.values_list("pk")) & set(first.options.values_list("pk")) == set()


def _change_stem(version):
    version.stem = "Another?"
    version.save()


def _move_key(version):
    option = version.options.first()
    option.is_key = not option.is_key
    option.save()


def _change_reference(version):
    reference = version.references.first()
    reference.url = "https://example.com/"
    reference.save()


@pytest.mark.parametrize(
    "change",
    [
        _change_stem,
        _move_key,
        _change_reference,
        lambda version: Option.objects.create(version=version, order=9, text="One more", rationale="No."),
        lambda version: version.delete(),
        lambda version: version.options.first().delete(),
        lambda version: version.references.first().delete(),
    ],
)
def test_a_published_version_refuses_change(question, change):
    with pytest.raises(VersionIsPublished):
        change(question.current_version)


def test_upkeep_of_a_published_version_is_allowed(question):
    version = question.current_version
    record_check(version=version, checked_on=date(2026, 11, 23))
    version.refresh_from_db()
    assert version.verified_on == date(2026, 11, 23)
    assert list(version.references.values_list("verified_on", flat=True)) == [date(2026, 11, 23)]


def test_publishing_twice_is_refused(draft):
    publish_version(version=draft, now=NOW)
    with pytest.raises(VersionIsPublished):
        publish_version(version=draft, now=NOW)


def test_an_unfit_version_is_not_published_and_each_field_is_named(draft):
    Option.objects.filter(version=draft).update(rationale="", is_key=True)
    Reference.objects.filter(version=draft).delete()
    with pytest.raises(QuestionIsUnfit) as caught:
        publish_version(version=draft, now=NOW)
    fields = {problem.field for problem in caught.value.problems}
    assert {"select", "options", "options[1].rationale", "references"} <= fields
    draft.refresh_from_db()
    assert not draft.is_published


def test_changed_content_starts_from_the_authors_level_again(question, draft):
    Question.objects.filter(pk=question.pk).update(difficulty=2.0, difficulty_variance=0.05)
    draft.stem, draft.author_level = "Now quite another?", 1
    draft.save()
    publish_version(version=draft, now=NOW)
    question.refresh_from_db()
    assert (question.difficulty, question.difficulty_variance) == (-1.4, 0.55)


def test_review_and_return(question, draft):
    submit_version(version=draft, now=NOW)
    draft.refresh_from_db()
    assert draft.submitted_at == NOW
    question.refresh_from_db()
    assert question.status == Question.Status.PUBLISHED
    return_version(version=draft)
    draft.refresh_from_db()
    assert draft.submitted_at is None


def test_a_new_question_goes_from_draft_through_review(bank):
    question = Question.objects.create(slug="new-one", domain=bank.domains[0])
    question.topic_links.create(topic=bank.topics[0])
    draft = start_next_version(question=question, now=NOW)
    with pytest.raises(QuestionIsUnfit):
        submit_version(version=draft, now=NOW)
    draft.stem, draft.verified_on = "Which?", date(2026, 11, 23)
    draft.save()
    for order in range(4):
        Option.objects.create(version=draft, order=order, text=f"No. {order}", rationale="Because.", is_key=order == 0)
    Reference.objects.create(version=draft, url="https://example.com/", title="E", verified_on=date(2026, 11, 23))
    submit_version(version=draft, now=NOW)
    question.refresh_from_db()
    assert question.status == Question.Status.IN_REVIEW
    publish_version(version=draft, now=NOW)
    question.refresh_from_db()
    assert question.status == Question.Status.PUBLISHED
    assert [row.status for row in question.history.all()] == ["published", "in_review", "draft"]


def test_retiring_and_restoring(question):
    assert retire_question(question=question) is True
    assert retire_question(question=question) is False
    assert restore_question(question=question) is True
    question.refresh_from_db()
    assert question.status == Question.Status.PUBLISHED


def test_correcting_a_key_works(question, draft, author):
    heard = []

    def listen(**words):
        heard.append((words["version"].pk, words["by"], words["reason"]))

    key_corrected.connect(listen)
    version = question.current_version
    old, new = version.key_ids, version.options.get(order=2).pk
    try:
        correct_key(version=version, keys=[new], by=author, reason="The page says so.", now=NOW)
    finally:
        key_corrected.disconnect(listen)
    version.refresh_from_db()
    assert version.key_ids == [new]
    assert [o.pk for o in version.options.filter(is_key=True)] == [new]
    logged = KeyCorrection.objects.get()
    assert (logged.before, logged.after, logged.corrected_by) == (old, [new], author)
    assert heard == [(version.pk, author, "The page says so.")]
    assert draft.options.get(is_key=True).order == 2


@pytest.mark.parametrize(
    ("orders", "reason", "expected"),
    [
        ([0], "why", "keys already"),
        ([1, 2], "why", "Choose 1, not 2"),
        ([], "why", "Choose 1, not 0"),
        ([1], "  ", "Say why"),
    ],
)
def test_an_unfit_key_is_refused(question, author, orders, reason, expected):
    version = question.current_version
    keys = list(version.options.filter(order__in=orders).values_list("pk", flat=True))
    with pytest.raises(KeyIsUnfit, match=expected):
        correct_key(version=version, keys=keys, by=author, reason=reason, now=NOW)
    assert not KeyCorrection.objects.exists()


def test_keys_of_other_versions_and_of_drafts_are_refused(bank, question, draft, author):
    other = bank.questions[1].current_version.key_ids
    with pytest.raises(KeyIsUnfit, match="options of this version"):
        correct_key(version=question.current_version, keys=other, by=author, reason="why", now=NOW)
    with pytest.raises(VersionIsNotPublished):
        correct_key(version=draft, keys=other, by=author, reason="why", now=NOW)


def test_refitted_parameters_are_stored_and_counted(bank):
    fits = [FittedQuestion(q.pk, 0.4, 0.2) for q in bank.questions[:3]] + [FittedQuestion(0, 1.0, 1.0)]
    assert store_question_parameters(fits=fits) == 3
    assert store_question_parameters(fits=fits) == 0
    bank.questions[0].refresh_from_db()
    assert (bank.questions[0].difficulty, bank.questions[0].guess_level) == (0.4, 0.25)
