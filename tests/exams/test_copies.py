"""Copies of answers that never reached the server: sealed by the room, taken in by staff."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from exams import services
from exams.models import Attempt, AttemptChange
from exams.selectors import violations
from exams.selectors.copies import is_sealed, seal_key
from exams.serializers.copies import CopyUnreadable, read_copy
from tests.exams.conftest import keys_of, save

AGO = timedelta(minutes=5)


def entry(attempt: Attempt, position: int, changed_at: datetime, **more: Any) -> dict[str, Any]:
    answer = attempt.questions.select_related("question_version").get(position=position)
    return {
        "position": position,
        "changed_at": changed_at.isoformat(),
        "save_id": str(uuid4()),
        "base_revision": 0,
        "selected": keys_of(answer),
        **more,
    }


def copy_of(attempt: Attempt, *entries: dict[str, Any], sealed: bool = True) -> bytes:
    """As static/js/exams/room/copy.js writes it."""
    copy: dict[str, Any] = {"attempt": str(attempt.pk), "not_handed_in": list(entries)}
    text = json.dumps(copy, separators=(",", ":"), ensure_ascii=False).encode()
    if sealed:
        copy["seal"] = hmac.new(seal_key(attempt.pk).encode(), text, hashlib.sha256).hexdigest()
    return json.dumps(copy, indent=2).encode()


def take(attempt: Attempt, *entries: dict[str, Any], now: datetime) -> services.CopyOutcome:
    answers = read_copy(copy_of(attempt, *entries), attempt.pk).answers
    return services.take_in_copy(attempt_id=attempt.pk, answers=answers, reason="no network", by=None, now=now)


@pytest.fixture
def ended(mock, now) -> Attempt:
    """Its first answer arrived; the network broke; it was closed at its deadline."""
    save(mock, 1, keys_of(mock.questions.select_related("question_version").get(position=1)), now)
    return services.settle_attempt(mock, mock.deadline_at + timedelta(minutes=2))


def test_copy_is_taken_in_works(ended, author):
    before, late = ended.scored_right, ended.finished_at + timedelta(hours=1)
    outcome = services.take_in_copy(
        attempt_id=ended.pk,
        answers=read_copy(
            copy_of(ended, *(entry(ended, number, ended.finished_at - AGO) for number in range(2, 32))), ended.pk
        ).answers,
        reason="hotel network",
        by=author,
        now=late,
    )
    assert outcome.taken == list(range(2, 32))
    attempt = Attempt.objects.get(pk=ended.pk)
    assert attempt.status == Attempt.Status.SUBMITTED
    scored = attempt.questions.filter(position__range=(2, 31), is_pilot=False).count()
    assert attempt.scored_right == before + scored
    change = AttemptChange.objects.get(attempt=attempt, kind=AttemptChange.Kind.REOPENED)
    assert (change.reason, change.changed_by) == ("Copy taken in: hotel network", author)
    assert list(violations()) == []


def test_two_changes_of_one_question_follow_each_other(ended):
    first = entry(ended, 2, ended.finished_at - AGO, selected=[])
    second = entry(ended, 2, ended.finished_at - AGO + timedelta(seconds=5), flagged=True)
    take(ended, first, second, now=ended.finished_at + AGO)
    answer = ended.questions.get(position=2)
    assert (answer.revision, answer.flagged, answer.is_correct) == (2, True, True)


def test_what_was_changed_after_the_end_stays_out(ended):
    in_time, too_late = entry(ended, 2, ended.finished_at), entry(ended, 3, ended.finished_at + timedelta(seconds=30))
    outcome = take(ended, in_time, too_late, now=ended.finished_at + AGO)
    assert (outcome.taken, outcome.too_late) == ([2], [3])
    assert ended.questions.get(position=3).selected == []


def test_what_is_newer_here_stays(ended):
    outcome = take(
        ended,
        entry(ended, 1, ended.finished_at - AGO, selected=[]),
        entry(ended, 2, ended.finished_at - AGO),
        now=ended.finished_at + AGO,
    )
    assert (outcome.taken, outcome.newer) == ([2], [1])
    assert ended.questions.get(position=1).is_correct


def test_same_copy_again_finds_nothing_to_take(ended):
    again = entry(ended, 2, ended.finished_at - AGO)
    take(ended, again, now=ended.finished_at + AGO)
    with pytest.raises(services.NothingToTake):
        take(ended, again, now=ended.finished_at + 2 * AGO)


def test_running_attempt_takes_no_copy_from_staff(mock, now):
    with pytest.raises(services.AttemptOpen):
        take(mock, entry(mock, 1, now), now=now)


def test_misfit_leaves_the_attempt_as_it_was(ended):
    foreign = entry(ended, 2, ended.finished_at, selected=[999_999_999])
    with pytest.raises(services.AnswerInvalid):
        take(ended, entry(ended, 3, ended.finished_at), foreign, now=ended.finished_at + AGO)
    assert Attempt.objects.get(pk=ended.pk).status == Attempt.Status.EXPIRED
    assert not AttemptChange.objects.exists()


def test_seal_breaks_with_any_edit(ended):
    whole = json.loads(copy_of(ended, entry(ended, 2, ended.finished_at, note="ünï “q” \u2028\n")))
    assert is_sealed(ended.pk, whole)
    edited = json.loads(json.dumps(whole))
    edited["not_handed_in"][0]["selected"] = []
    assert not is_sealed(ended.pk, edited)
    assert not is_sealed(uuid4(), whole)
    assert not is_sealed(ended.pk, {key: value for key, value in whole.items() if key != "seal"})
    assert not is_sealed(ended.pk, {**whole, "note": "\ud800"})


def test_seal_survives_a_new_secret(ended, settings):
    whole = json.loads(copy_of(ended, entry(ended, 2, ended.finished_at)))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-0123456789-abcdefghijklmnopqrstuvwxyz"
    assert is_sealed(ended.pk, whole)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"\xff\x00", "not one that the exam room wrote"),
        (b"[]", "not one that the exam room wrote"),
        (b"{}", "not one that the exam room wrote"),
        (b'{"attempt": "x", "not_handed_in": []}', "another sitting"),
        (b"[" * 100_000, "not one that the exam room wrote"),
    ],
)
def test_other_files_are_refused(ended, raw, why):
    with pytest.raises(CopyUnreadable, match=why):
        read_copy(raw, ended.pk)


def test_unreadable_answer_is_refused(ended):
    with pytest.raises(CopyUnreadable, match="cannot be read"):
        read_copy(copy_of(ended, entry(ended, 2, ended.finished_at, selected="A")), ended.pk)


# --- The staff's page ------------------------------------------------------------------------------------------------


def send(client, attempt: Attempt, raw: bytes, **fields: str):
    page = reverse("admin:exams_attempt_copy", args=[attempt.pk])
    return client.post(page, {"file": SimpleUploadedFile("copy.json", raw), "reason": "x", **fields}, follow=True)


def test_staff_take_a_copy_in_works(ended, author, signed_in):
    staff = signed_in(author)
    address = reverse("admin:exams_attempt_copy", args=[ended.pk])
    assert address in staff.get(reverse("admin:exams_attempt_change", args=[ended.pk])).content.decode()
    assert staff.get(address).status_code == 200
    page = send(staff, ended, copy_of(ended, entry(ended, 2, ended.finished_at - AGO))).content.decode()
    assert "taken: 2" in page
    assert "Copy taken in: x" in page


def test_broken_seal_needs_a_decision(ended, author, signed_in):
    raw = copy_of(ended, entry(ended, 2, ended.finished_at - AGO), sealed=False)
    staff = signed_in(author)
    assert "seal is missing or broken" in send(staff, ended, raw).content.decode()
    assert "taken: 2" in send(staff, ended, raw, takes_unsealed="on").content.decode()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"position": 99}, "a question that this attempt does not have"),
        ({"selected": [999_999_999]}, "does not fit its question"),
        ({"changed_at": "2999-01-01T00:00:00Z"}, "Nothing to take in. changed after the end: 2"),
    ],
)
def test_refusals_name_the_file(ended, author, signed_in, fields, why):
    raw = copy_of(ended, {**entry(ended, 2, ended.finished_at - AGO), **fields})
    assert why in send(signed_in(author), ended, raw).content.decode()
    assert not AttemptChange.objects.exists()


def test_running_attempt_is_left_to_its_candidate(mock, author, signed_in, now):
    page = send(signed_in(author), mock, copy_of(mock, entry(mock, 2, now))).content.decode()
    assert "is still in progress" in page


def test_only_who_may_steer_takes_copies_in(ended, candidate, mentor, signed_in):
    mentor.is_staff = True
    mentor.save()
    for person in (candidate, mentor):
        assert send(signed_in(person), ended, b"{}").status_code in (302, 403, 200)
    assert not AttemptChange.objects.exists()
    assert signed_in(mentor).get(reverse("admin:exams_attempt_copy", args=[ended.pk])).status_code == 403
