"""The rehearsal's pages: the list and the hour are kept, with and without a plan; then a mock under its conditions."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.views.rehearsals import hour_words
from exams.models import Attempt, Rehearsal
from exams.services import settle_attempt
from study_plans import services as plans
from study_plans.models import Block, StudyPlan

PAGE, START = reverse("analytics:rehearsal_show"), reverse("analytics:rehearsal_start")


@pytest.fixture
def own(bank, candidate, signed_in):
    return signed_in(candidate)


@pytest.fixture
def plan(bank, candidate) -> StudyPlan:
    now = timezone.now()
    plans.change_availability(
        candidate=candidate,
        now=now,
        exam_on=now.date() + timedelta(days=30),
        exam_time=time(9, 0),
        minutes_per_weekday=[120] * 7,
        days_off=[],
        block_minutes=30,
    )
    return StudyPlan.objects.get(candidate=candidate)


def text_of(answer) -> str:
    return answer.content.decode()


def test_rehearsal_without_a_plan_works(own, candidate):
    assert "0 of 14</span> ticked" in text_of(own.get(PAGE))
    own.post(PAGE, {"exam_time": "09:00", "ticked": ["room", "id"]})
    page = text_of(own.get(PAGE))
    assert "2 of 14</span> ticked" in page
    assert 'value="room" checked' in page
    assert 'value="09:00"' in page
    answer = own.post(START, {"exam_time": "09:00", "ticked": ["room", "id", "desk"]})
    attempt = Attempt.objects.get()
    assert answer["Location"] == reverse("exams:room_show", args=[attempt.pk])
    assert attempt.rehearsal.ticked == ["room", "desk", "id"]
    room = text_of(own.get(answer["Location"]))
    assert "data-rehearsal" in room
    assert ", rehearsal</strong>" in room
    assert own.get(PAGE)["Location"] == answer["Location"]
    own.post(reverse("api_attempt_submit", args=[attempt.pk]), content_type="application/json", data="{}")
    result = text_of(own.get(reverse("exams:result_show", args=[attempt.pk])))
    assert "How the rehearsal went" in result
    assert "0 of 65 questions were dealt with" in result
    assert '<span class="soft">rehearsal</span>' in text_of(own.get(reverse("exams:attempt_list")))


def test_plan_and_rehearsal_keep_one_hour(own, plan):
    assert 'value="09:00"' in text_of(own.get(PAGE))
    own.post(PAGE, {"exam_time": "13:30"})
    plan.refresh_from_db()
    assert plan.exam_time == time(13, 30)


def test_block_leads_here_and_its_mock_completes_it(own, plan):
    block = Block.objects.filter(plan=plan, kind=Block.Kind.REHEARSAL).first()
    assert block is not None
    opened = own.get(reverse("study_plans:block_open", args=[block.pk]), follow=True)
    assert f'name="block" value="{block.pk}"' in text_of(opened)
    own.post(START, {"block": block.pk})
    assert Attempt.objects.get().block_id == block.pk


def test_saving_by_script_answers_with_the_page(own):
    answer = own.post(PAGE, {"ticked": ["room"]}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "1 of 14</span> ticked, kept at" in text_of(answer)


def test_wrong_hour_names_the_field_and_keeps_the_ticks(own):
    for address in (PAGE, START):
        answer = own.post(address, {"exam_time": "nine", "ticked": ["room"]})
        assert "Give the hour as 09:00." in text_of(answer)
        assert 'value="room" checked' in text_of(answer)
    assert not Attempt.objects.exists()
    assert not Rehearsal.objects.exists()


def test_invented_tick_is_refused(own):
    assert own.post(START, {"ticked": ["cat"]}).status_code == 200
    assert not Attempt.objects.exists()


def test_another_persons_block_is_not_taken(own, plan, other_candidate, signed_in):
    block = Block.objects.filter(plan=plan, kind=Block.Kind.REHEARSAL).first()
    page = text_of(signed_in(other_candidate).get(f"{PAGE}?block={block.pk}"))
    assert str(block.pk) not in page


def test_plain_mock_is_no_rehearsal(own):
    own.post(reverse("exams:mock_start"))
    attempt = Attempt.objects.get()
    assert "data-rehearsal" not in text_of(own.get(reverse("exams:room_show", args=[attempt.pk])))
    settle_attempt(attempt, attempt.deadline_at + timedelta(minutes=2))
    assert "How the rehearsal went" not in text_of(own.get(reverse("exams:result_show", args=[attempt.pk])))


def test_stranger_is_sent_to_sign_in(client, bank):
    assert client.get(PAGE).status_code == client.post(START).status_code == 302


@pytest.mark.pure
@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("08:50", "Your exam is at 09:00, and it is 08:50 now. This is the hour."),
        ("07:30", "Your exam is at 09:00, and it is 07:30 now. Come back at 09:00 today, or start anyway."),
        ("14:10", "Your exam is at 09:00, and it is 14:10 now. Come back at 09:00 tomorrow, or start anyway."),
    ],
)
def test_the_hour_in_words(clock, words):
    local = datetime.combine(datetime(2026, 11, 30, tzinfo=UTC), time.fromisoformat(clock))
    assert hour_words(time(9, 0), local)["words"] == words
