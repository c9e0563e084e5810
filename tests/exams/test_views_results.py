"""Result, review, exports: what a candidate reads after the end."""

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import grant_accommodation
from exams import services
from exams.models import Attempt
from exams.selectors.reviews import review_of
from questions.models import Misconception, Option, QuestionReport
from tests.bank import TestBank
from tests.exams.conftest import keys_of, save, wrong_of

SignIn = Callable[[User], Client]


@pytest.fixture
def own(signed_in: SignIn, candidate: User) -> Client:
    return signed_in(candidate)


def answer(attempt: Attempt, right: int, now: datetime) -> None:
    """Answers that many scored questions right and the rest wrong; trial questions stay blank."""
    for place in attempt.questions.filter(is_pilot=False).select_related("question_version"):
        save(attempt, place.position, keys_of(place) if right > 0 else wrong_of(place), now, seconds_spent=60)
        right -= 1


def finished(attempt: Attempt, right: int, now: datetime) -> Attempt:
    answer(attempt, right, now)
    return services.submit_attempt(attempt_id=attempt.pk, candidate=attempt.candidate, now=now)


def page_of(own: Client, name: str, attempt: Attempt, query: str = "") -> str:
    return own.get(reverse(f"exams:{name}", args=[attempt.pk]) + query).content.decode()


@pytest.mark.parametrize(
    ("right", "words"),
    [
        (39, "Not passed this time, by five questions"),
        (43, "Not passed this time, by one question"),
        (44, "Passed, exactly at the mark"),
        (45, "Passed, with one question in hand"),
        (47, "Passed, with three questions in hand"),
        (60, "Passed, with 16 questions in hand"),
    ],
)
def test_result_says_the_outcome_first(own: Client, mock: Attempt, now: datetime, right: int, words: str) -> None:
    html = page_of(own, "result_show", finished(mock, right, now))
    assert f"<h1>{words}</h1>" in html
    assert f"You had {right} of 60; a pass is 44." in html


def test_result_shows_six_percentages_in_blueprint_order(own: Client, mock: Attempt, now: datetime) -> None:
    html = page_of(own, "result_show", finished(mock, 60, now))
    names = ["Heroku Platform", "Data", "Security", "Heroku Enterprise", "Architect Applications", "Integrations"]
    places = [html.index(f"<b>{name}</b>") for name in names]
    assert places == sorted(places)
    assert html.count("<strong>100%</strong>") == 6
    assert "Overall, about 100%" in html
    assert "5 trial questions are not counted" in html


def test_result_compares_with_the_mock_before(
    own: Client, mock: Attempt, now: datetime, rng: object, candidate: User
) -> None:
    finished(mock, 32, now)
    second = services.start_mock(candidate=candidate, now=now, rng=rng)  # type: ignore[arg-type]
    html = page_of(own, "result_show", finished(second, 39, now + timedelta(minutes=9)))
    assert "That is seven more than in mock exam 1." in html


def test_printed_result_says_whose_it_is(own: Client, mock: Attempt, now: datetime) -> None:
    html = page_of(own, "result_show", finished(mock, 39, now))
    assert re.search(
        r'<p class="print-only">Amara Okafor · Salesforce Certified Heroku Architect · \d+ \w+ \d{4}', html
    )
    assert 'id="print-report"' in html


def test_result_waits_for_the_analysis(own: Client, mock: Attempt, now: datetime) -> None:
    html = page_of(own, "result_show", finished(mock, 39, now))
    assert f'hx-get="/exams/{mock.pk}/insight/"' in html


def test_result_before_the_end_leads_to_the_room(own: Client, mock: Attempt) -> None:
    for name in ("result_show", "review_show"):
        reply = own.get(reverse(f"exams:{name}", args=[mock.pk]))
        assert reply["Location"] == reverse("exams:room_show", args=[mock.pk])
    assert own.get(reverse("exams:answers_export", args=[mock.pk])).status_code == 404


def test_voided_sitting_says_that_it_does_not_count(own: Client, mock: Attempt, now: datetime, author: User) -> None:
    finished(mock, 39, now)
    services.void_attempt(attempt_id=mock.pk, reason="fire alarm", by=author, now=now)
    assert "This sitting does not count" in page_of(own, "result_show", mock)


def test_drill_has_no_pass_mark_words(own: Client, start_drill: Callable[..., Attempt], now: datetime) -> None:
    html = page_of(own, "result_show", finished(start_drill(4), 3, now))
    assert "<h1>3 of 4 right</h1>" in html
    assert "pass mark" not in html
    assert "c-pass" not in html


def test_practice_of_all_domains_has_no_overall_figure(
    own: Client, bank: TestBank, start_drill: Callable[..., Attempt], now: datetime
) -> None:
    of_all = [question.current_version_id for question in bank.questions[::24][:6]]
    first_map = start_drill(6, version_ids=of_all, kind="diagnostic", is_adaptive=True)
    html = page_of(own, "result_show", finished(first_map, 3, now))
    assert html.count('class="domain-row') == 6
    assert "First map" in html
    assert "Overall, about" not in html


@pytest.mark.parametrize(
    ("kind", "number", "title"),
    [
        ("mock", 3, "Mock exam 3"),
        ("drill", 2, "Drill 2"),
        ("review", 2, "Recall 2"),
        ("diagnostic", 1, "First map"),
        ("diagnostic", 2, "Map 2"),
    ],
)
def test_sittings_are_called_what_the_pages_call_them(kind: str, number: int, title: str) -> None:
    assert Attempt(kind=kind, number=number).title == title


def test_review_explains_every_option(own: Client, mock: Attempt, now: datetime) -> None:
    place = mock.questions.filter(is_pilot=False, select_count=1).select_related("question_version").first()
    assert place is not None
    save(mock, place.position, wrong_of(place), now, confidence="sure", note="<b>hm</b>")
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    html = page_of(own, "review_show", mock, f"?show=all&question={place.position}")
    for option in place.question_version.options.all():
        assert option.rationale in html
    assert html.count("Your answer</span>") == 1
    assert html.count("Right answer</span>") == 1
    assert "you said “sure”" in html
    assert "&lt;b&gt;hm&lt;/b&gt;" in html
    assert "checked 5 January 2026" in html


def test_review_filters(own: Client, mock: Attempt, now: datetime) -> None:
    places = list(mock.questions.filter(is_pilot=False, select_count=1).select_related("question_version")[:4])
    wrong, unsure, flagged, changed = places
    save(mock, wrong.position, wrong_of(wrong), now, seconds_spent=600)
    save(mock, unsure.position, keys_of(unsure), now, confidence="guess")
    save(mock, flagged.position, keys_of(flagged), now, flagged=True)
    save(mock, changed.position, wrong_of(changed), now)
    save(mock, changed.position, keys_of(changed), now, base_revision=1)
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    for name, place in (("right-but-unsure", unsure), ("flagged", flagged), ("changed", changed), ("slow", wrong)):
        html = page_of(own, "review_show", mock, f"?show={name}")
        assert "Review, 1 of 1" in html, name
        assert f"Question {place.position} ·" in html, name
    assert "Changed, wrong to right" in page_of(own, "review_show", mock, "?show=changed")
    assert "1 of 62 misses" in page_of(own, "review_show", mock, "?show=wrong")
    assert "1 of 65 questions" in page_of(own, "review_show", mock, "?show=all")
    assert "1 of 62 misses" in page_of(own, "review_show", mock, "?show=nonsense&question=x")


def test_right_answers_come_with_the_unsure_first_then_the_changed_then_the_slow(
    own: Client, mock: Attempt, now: datetime
) -> None:
    places = list(mock.questions.filter(is_pilot=False, select_count=1).select_related("question_version")[:4])
    plain, slow, changed, unsure = places
    save(mock, plain.position, keys_of(plain), now)
    save(mock, slow.position, keys_of(slow), now, seconds_spent=600)
    save(mock, changed.position, wrong_of(changed), now)
    save(mock, changed.position, keys_of(changed), now, base_revision=1)
    save(mock, unsure.position, keys_of(unsure), now, confidence="unsure")
    review = review_of(services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now))
    assert [one.position for one in review.filtered("right")] == [
        one.position for one in (unsure, changed, slow, plain)
    ]
    assert "Review, 1 of 4 right" in page_of(own, "review_show", mock, "?show=right")


def test_where_nothing_was_missed_the_promised_order_is_the_one_that_opens(
    own: Client, start_drill: Callable[..., Attempt], now: datetime
) -> None:
    drill = start_drill(3)
    for place in drill.questions.select_related("question_version").order_by("position"):
        save(drill, place.position, keys_of(place), now, confidence="guess" if place.position == 3 else "")
    services.submit_attempt(attempt_id=drill.pk, candidate=drill.candidate, now=now)
    assert "The ones you were unsure of come first" in page_of(own, "result_show", drill)
    for query in ("", "?show=right"):
        assert "Question 3 ·" in page_of(own, "review_show", drill, query)
    assert "See the right ones" in page_of(own, "review_show", drill, "?show=wrong")


def test_every_change_of_mind_is_reported_with_its_letters(own: Client, mock: Attempt, now: datetime) -> None:
    place = mock.questions.filter(is_pilot=False, select_count=1).select_related("question_version").first()
    other = mock.questions.filter(is_pilot=False, select_count=2).select_related("question_version").first()
    assert place is not None
    assert other is not None
    save(mock, place.position, wrong_of(place), now)
    save(mock, place.position, keys_of(place), now, base_revision=1)
    first = sorted(other.option_order[:2])
    save(mock, other.position, first, now)
    save(mock, other.position, sorted(other.option_order[1:3]), now, base_revision=1)
    save(mock, other.position, first, now, base_revision=2)
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    letters = [chr(65 + place.option_order.index(pk)) for (pk,) in (wrong_of(place), keys_of(place))]
    result = page_of(own, "result_show", mock)
    assert f"<td>{letters[0]}, then {letters[1]}</td><td><strong>wrong to right</strong></td>" in result
    assert "1 of 65 questions" in result
    back = page_of(own, "review_show", mock, f"?show=all&question={other.position}")
    assert "Changed, and changed back" in back
    assert "A and B, then B and C, then A and B" in back
    rows = {int(row["position"]): row for row in csv.DictReader(io.StringIO(page_of(own, "answers_export", mock)))}
    assert rows[place.position]["answers_in_order"] == " > ".join(letters)
    assert rows[other.position]["answers_in_order"] == "A B > B C > A B"


def test_result_says_how_well_each_mark_of_certainty_fits(own: Client, mock: Attempt, now: datetime) -> None:
    places = list(mock.questions.filter(is_pilot=False, select_count=1).select_related("question_version")[:4])
    marks = [("guess", True), ("guess", False), ("unsure", True), ("sure", False)]
    for place, (mark, is_right) in zip(places, marks, strict=True):
        save(mock, place.position, keys_of(place) if is_right else wrong_of(place), now, confidence=mark)
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    html = page_of(own, "result_show", mock)
    assert '<strong class="num">1 of 1</strong> answers marked “sure” were wrong.' in html
    assert "Guess: 1 of 2 right." in html
    assert "Unsure: 1 of 1 right." in html


def test_extra_minutes_are_shown_with_what_they_came_from(
    own: Client, candidate: User, author: User, bank: object, now: datetime, rng: object
) -> None:
    grant_accommodation(user=candidate, time_factor=Decimal("1.5"), reason="x", granted_by=author, now=now)
    sitting = services.start_mock(candidate=candidate, now=now, rng=rng)  # type: ignore[arg-type]
    assert "of 157 (from 105) min" in own.get(reverse("exams:room_show", args=[sitting.pk])).content.decode()
    services.submit_attempt(attempt_id=sitting.pk, candidate=candidate, now=now + timedelta(minutes=70))
    assert "70 of 157 (from 105) minutes" in page_of(own, "result_show", sitting)


@pytest.mark.parametrize(
    ("minutes", "factor", "allowed", "standard"),
    [(7, "1.5", 10, 7), (13, "1.25", 16, 13), (20, "2", 40, 20), (20, "1", 20, None)],
)
def test_extra_minutes_of_a_drill_are_shown_too(
    own: Client,
    candidate: User,
    author: User,
    start_drill: Any,
    now: datetime,
    minutes: int,
    factor: str,
    allowed: int,
    standard: int | None,
) -> None:
    grant_accommodation(user=candidate, time_factor=Decimal(factor), reason="x", granted_by=author, now=now)
    drill = start_drill(deadline_minutes=minutes)
    assert (drill.minutes_allowed, drill.standard_minutes) == (allowed, standard)
    room = own.get(reverse("exams:room_show", args=[drill.pk])).content.decode()
    assert f"of {allowed}{f' (from {standard})' if standard else ''} min" in room


def test_empty_filter_says_why(own: Client, mock: Attempt, now: datetime) -> None:
    finished(mock, 60, now)
    assert "You flagged nothing in this sitting." in page_of(own, "review_show", mock, "?show=flagged")


def test_review_shows_the_pair_that_was_mixed_up(own: Client, mock: Attempt, now: datetime) -> None:
    place = mock.questions.filter(select_count=1).select_related("question_version").first()
    assert place is not None
    pair = Misconception.objects.create(
        exam_code="heroku-architect",
        code="connect-external",
        name="Heroku Connect ↔ External Objects",
        left={"name": "Heroku Connect", "choose_when": "copies are wanted", "points": ["copies rows"]},
        right={"name": "External Objects", "choose_when": "looking is enough", "points": ["leaves rows"]},
    )
    Option.objects.filter(pk__in=wrong_of(place)).update(misconception=pair)
    save(mock, place.position, wrong_of(place), now)
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    html = page_of(own, "review_show", mock, f"?show=all&question={place.position}")
    assert "Heroku Connect or External Objects?" in html
    assert "leaves rows" in html


def test_mistake_form_shows_what_was_noted(own: Client, mock: Attempt, now: datetime) -> None:
    finished(mock, 0, now)
    place = mock.questions.filter(is_pilot=False).first()
    assert place is not None
    own.post(f"/mistakes/{place.pk}/note/", {"reason": "misread", "rule": "A, not B."})
    html = page_of(own, "review_show", mock, f"?show=wrong&question={place.position}")
    assert 'value="misread" checked' in html
    assert "A, not B.</textarea>" in html


def test_printed_review_holds_every_question(own: Client, mock: Attempt, now: datetime) -> None:
    html = page_of(own, "review_show", finished(mock, 30, now), "?show=all&layout=print")
    assert html.count('class="printed"') == 65


def test_report_reaches_the_authors(own: Client, mock: Attempt) -> None:
    address = reverse("exams:question_report", args=[mock.pk, 2])
    assert own.post(address, {"text": "Two keys?"}, headers={"accept": "application/json"}).status_code == 201
    report = QuestionReport.objects.get()
    assert report.version_id == mock.questions.get(position=2).question_version_id
    back = own.post(address, {"text": "Two keys indeed", "show": "wrong"})
    assert back["Location"] == reverse("exams:review_show", args=[mock.pk]) + "?show=wrong&question=2"


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_report_without_fitting_words_is_refused(own: Client, mock: Attempt, text: str) -> None:
    address = reverse("exams:question_report", args=[mock.pk, 2])
    reply = own.post(address, {"text": text}, headers={"accept": "application/json"})
    assert reply.status_code == 400
    assert reply.json()["detail"]
    assert not QuestionReport.objects.exists()


def test_report_on_what_is_not_there_is_404(own: Client, mock: Attempt, signed_in: SignIn, outsider: User) -> None:
    assert own.post(reverse("exams:question_report", args=[mock.pk, 99]), {"text": "x"}).status_code == 404
    address = reverse("exams:question_report", args=[mock.pk, 1])
    assert signed_in(outsider).post(address, {"text": "x"}).status_code == 404


def test_exports_hold_every_row(own: Client, mock: Attempt, now: datetime) -> None:
    finished(mock, 40, now)
    answers = list(csv.DictReader(io.StringIO(page_of(own, "answers_export", mock))))
    assert len(answers) == 65
    assert sum(row["right"] == "True" for row in answers if row["scored"] == "True") == 40
    assert len(own.get(reverse("exams:answers_export_json", args=[mock.pk])).json()) == 65
    (result,) = own.get(reverse("exams:results_export_json")).json()
    assert (result["right"], result["scored"], result["passed"]) == (40, 60, False)
    (row,) = csv.DictReader(io.StringIO(own.get(reverse("exams:results_export")).content.decode()))
    assert row["kind"] == "mock"


@pytest.mark.parametrize("note", ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "＝1"])
def test_export_defuses_formulas(own: Client, mock: Attempt, now: datetime, note: str) -> None:
    save(mock, 1, [], now, note=note)
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    (row, *_) = csv.DictReader(io.StringIO(page_of(own, "answers_export", mock)))
    assert row["note"] == f"'{note}"


def test_export_without_sittings_is_empty(own: Client, bank: object) -> None:
    assert own.get(reverse("exams:results_export_json")).json() == []
    assert own.get(reverse("exams:results_export")).content == b""


def test_time_on_each_question_and_pass_is_drawn_and_told(own: Client, mock: Attempt, now: datetime) -> None:
    places = mock.questions.select_related("question_version").order_by("position")
    for place in places[:3]:
        save(mock, place.position, keys_of(place), now, seconds_spent=30 * place.position)
    first = places[0]
    save(mock, first.position, wrong_of(first), now + timedelta(minutes=9), base_revision=1, seconds_spent=50)
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now + timedelta(minutes=10))
    html = page_of(own, "result_show", mock)
    assert "3:00 on the first pass, 0:20 on coming back, over 65 questions." in html
    assert "an even share is 1:36" in html
    assert "You came back to 1 question; 0 of 1 were right in the end." in html
    assert html.count('class="c-later"') == 2  # one bar, and its sample in the legend
    assert '<td class="num">0:30</td><td class="num">0:20</td><td>wrong</td>' in html
    assert '<td class="num">–</td><td class="num">–</td><td>blank</td>' in html


def test_no_chart_where_no_time_was_spent(own: Client, mock: Attempt, now: datetime) -> None:
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    assert "Time on each question" not in page_of(own, "result_show", mock)
