"""Statistics of questions: counted from first answers in mocks, shown to staff only."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from analytics import services
from analytics.models import QuestionStatistic
from analytics.selectors.question_answers import first_mock_answers, mock_percentages
from exams import services as exams
from exams.models import AttemptQuestion
from questions.models import Question
from tests.analytics.sittings import START, drill, mock, share
from tests.bank import make_bank

MANY = 24


@pytest.fixture
def crowd(db):
    """Twenty-four candidates sat the same small exam; the better they are, the more is right."""
    bank = make_bank(per_domain=4, pilots=1)
    bank.blueprint.scored_count, bank.blueprint.pilot_count = 12, 1
    bank.blueprint.save()
    for number in range(MANY):
        person = User.objects.create_user(f"c{number}@example.com", "x", display_name=f"C{number}")
        mock(person, share(20 + 3 * number), seed=number, now=START + timedelta(days=number))
    return bank


def test_statistics_work(crowd):
    assert services.count_question_statistics(now=timezone.now()) > 0
    counted = {row.question_id: row.answer_count for row in QuestionStatistic.objects.all()}
    assert sum(counted.values()) == AttemptQuestion.objects.count() == MANY * 13
    known = [row for row in QuestionStatistic.objects.all() if row.answer_count >= 20]
    assert known
    for row in known:
        assert 0 <= row.figures["facility"] <= 100
        right = AttemptQuestion.objects.filter(question_version__question=row.question_id, is_correct=True).count()
        assert row.figures["facility"] == pytest.approx(100 * right / row.answer_count)
        assert row.figures["shown_percent"] == pytest.approx(100 * row.answer_count / MANY, abs=0.05)


def test_few_answers_tell_nothing(crowd):
    services.count_question_statistics(now=timezone.now())
    for row in QuestionStatistic.objects.filter(answer_count__lt=20):
        assert set(row.figures) == {"shown_percent"}
        assert row.flags == []


def test_counting_twice_is_counting_once(crowd):
    now = timezone.now()
    services.count_question_statistics(now=now)
    before = list(QuestionStatistic.objects.order_by("pk").values())
    services.count_question_statistics(now=now)
    assert list(QuestionStatistic.objects.order_by("pk").values()) == before


def test_only_the_first_meeting_in_a_mock_counts(crowd):
    person = User.objects.get(email="c0@example.com")
    version = person.attempts.first().questions.first().question_version
    before = {pk: len(rows) for pk, rows in first_mock_answers().items()}
    drill(person, [version.pk], lambda row: True, now=START + timedelta(days=40))
    again = mock(person, share(50), now=START + timedelta(days=41), seed=99)
    after = {pk: len(rows) for pk, rows in first_mock_answers().items()}
    met = set(
        person.attempts.order_by("started_at").first().questions.values_list("question_version__question", flat=True)
    )
    for pk in again.questions.values_list("question_version__question", flat=True):
        assert after[pk] == before.get(pk, 0) + (pk not in met)
    assert len(mock_percentages()) == MANY


def test_voided_attempts_do_not_count(crowd):
    attempt = User.objects.get(email="c0@example.com").attempts.get()
    before = sum(len(rows) for rows in first_mock_answers().values())
    exams.void_attempt(attempt_id=attempt.pk, reason="a test", by=None, now=timezone.now())
    assert sum(len(rows) for rows in first_mock_answers().values()) == before - 13


def test_a_wrong_key_is_flagged(crowd):
    """Everybody strong chooses the same wrong option: the statistics say which, and to check the key."""
    question = max(first_mock_answers().items(), key=lambda pair: len(pair[1]))[0]
    rows = AttemptQuestion.objects.filter(question_version__question=question, attempt__status="submitted")
    assert rows.count() >= 20
    version = Question.objects.get(pk=question).current_version
    wrong = version.options.filter(is_key=False).order_by("order").first()
    middle = sorted(mock_percentages())[MANY // 2]
    for row in rows.select_related("attempt"):
        strong = row.attempt.percent > middle
        row.selected, row.is_correct = ([wrong.pk], False) if strong else (sorted(version.key_ids), True)
        row.save()
    services.count_question_statistics(now=timezone.now())
    found = QuestionStatistic.objects.get(question=question)
    letter = chr(65 + wrong.order)
    assert f"strong people choose {letter}: check the key" in found.flags
    assert any("weak people do better" in flag for flag in found.flags)


@pytest.mark.parametrize("order", ["flags", "facility", "discrimination", "shown", "nonsense"])
def test_the_page_works_for_staff(crowd, author, signed_in, order):
    services.count_question_statistics(now=timezone.now())
    answer = signed_in(author).get(reverse("analytics:question_statistic_list"), {"order": order})
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "First mocks of 24 candidates" in html
    assert "not enough answers yet" in html or QuestionStatistic.objects.filter(answer_count__lt=20).count() == 0
    assert " style=" not in html


def test_the_page_works_before_anything_was_counted(bank, author, signed_in):
    answer = signed_in(author).get(reverse("analytics:question_statistic_list"))
    assert "Nothing counted yet" in answer.content.decode()


@pytest.mark.parametrize("who", ["candidate", "mentor", "outsider"])
def test_the_page_is_for_staff_only(bank, request, signed_in, who):
    page = signed_in(request.getfixturevalue(who))
    assert page.get(reverse("analytics:question_statistic_list")).status_code == 404


def test_staff_see_failed_analyses_and_edit_nothing(bank, candidate, author, signed_in):
    services.note_failed_analysis(candidate_id=candidate.pk, error=ValueError("a bad row"), now=timezone.now())
    page = signed_in(author)
    assert "a bad row" in page.get(reverse("admin:analytics_candidatemodel_changelist")).content.decode()
    where = reverse("admin:analytics_candidatemodel_change", args=[candidate.pk])
    assert page.get(where).status_code == 200
    assert page.post(where, {"failure_count": 0}).status_code == 403
