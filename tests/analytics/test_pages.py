"""A candidate's pages, in every state they can be in."""

import re
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import grant_accommodation
from analytics import services, tasks
from analytics.models import MentorNote, MistakeNote, ReadinessForecast, Tally
from analytics.selectors import current_estimates
from analytics.selectors.record import CheckedForecast, counted_record, forecast_record
from analytics.templatetags.estimates import gain_words
from analytics.views import weakness
from exams import services as exams
from exams.models import Attempt, AttemptQuestion
from questions.models import Misconception, Option
from study_plans import services as plans
from study_plans.models import Block, PlanRevision, StudyPlan
from study_plans.selectors import local_day
from tests.analytics.conftest import days_ago
from tests.analytics.sittings import drill, mock, share

PAGES = ["today_show", "weakness_show", "practice_show", "mistake_list", "track_record_show", "freshness_show"]


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def opened(candidate, signed_in):
    client = signed_in(candidate)

    def get(name: str, *args, **query):
        return client.get(reverse(f"analytics:{name}", args=args), query)

    return get


@pytest.mark.parametrize("name", PAGES)
def test_pages_work_before_anything_happened(bank, opened, name):
    assert opened(name).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_pages_work_after_two_mocks(sat, opened, name):
    assert opened(name).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_pages_ask_for_sign_in(bank, client, name):
    assert client.get(reverse(f"analytics:{name}")).status_code == 302


def test_today_offers_a_first_map_and_a_plan_to_a_newcomer(bank, opened):
    shown = text(opened("today_show"))
    assert "Welcome, Amara" in shown
    assert "Start the first map" in shown
    assert "Set the day" in shown


def test_today_shows_the_day_and_the_chance_with_its_range(sat, opened):
    shown = text(opened("today_show"))
    assert "minutes today, Amara" in shown
    assert "Heroku Enterprise" in shown
    assert re.search(r"chance of passing likely (\d+–\d+%|2% or less)", shown)
    assert f"from {current_estimates(sat).answer_count} answers" in shown
    assert "Before your last sitting" in shown


def test_today_begins_the_day_without_a_worker(sat, opened):
    """Yesterday's plan is never shown: what went by has found its place before the page is drawn."""
    today = local_day(sat, timezone.now())
    plan = StudyPlan.objects.get(candidate=sat)
    assert plan.planned_on < today
    shown = text(opened("today_show"))
    assert "Nothing is overdue." in shown
    assert not plan.blocks.filter(state="planned", day__lt=today).exclude(kind="rest").exists()
    plan.refresh_from_db()
    assert plan.planned_on == today


def test_today_on_the_eve_sends_nobody_to_study(sat, opened):
    today = local_day(sat, timezone.now())
    StudyPlan.objects.filter(candidate=sat).update(exam_on=today + timedelta(days=1), exam_time="09:30")
    shown = text(opened("today_show"))
    assert "Your exam is tomorrow, Amara" in shown
    assert "At 09:30." in shown
    assert "Rest is worth more" in shown
    assert "0 min" not in shown


@pytest.mark.parametrize(("ahead", "heading"), [(0, "Your exam is today, Amara"), (-1, "How did your exam go, Amara?")])
def test_nobody_is_sent_to_a_first_map_when_the_exam_is_there(bank, candidate, opened, ahead, heading):
    now = timezone.now()
    plans.create_plan(candidate=candidate, now=now)
    assert "Start the first map" in text(opened("today_show"))
    StudyPlan.objects.filter(candidate=candidate).update(exam_on=local_day(candidate, now) + timedelta(days=ahead))
    shown = text(opened("today_show"))
    assert heading in shown
    assert "Start the first map" not in shown


def test_today_without_any_minutes_leads_to_the_set_up(bank, candidate, opened):
    plans.change_availability(
        candidate=candidate,
        now=timezone.now(),
        exam_on=None,
        exam_time=None,
        minutes_per_weekday=[0] * 7,
        days_off=[],
        block_minutes=30,
    )
    shown = text(opened("today_show"))
    assert "Your plan has no minutes, Amara" in shown
    assert "Give it some time" in shown


def test_today_says_what_the_plan_changed(sat, opened):
    opened("today_show")
    revision = PlanRevision.objects.filter(plan__candidate=sat).first()
    PlanRevision.objects.filter(pk=revision.pk).update(reason="attempt", created_at=days_ago(0.2))
    shown = text(opened("today_show"))
    assert "Your plan changed" in shown
    PlanRevision.objects.filter(pk=revision.pk).update(undone_at=timezone.now())
    assert "Your plan changed" not in text(opened("today_show"))


def test_today_counts_the_days_to_the_exam(sat, opened):
    StudyPlan.objects.filter(candidate=sat).update(exam_on=local_day(sat, timezone.now()) + timedelta(days=19))
    assert "19 days left" in text(opened("today_show"))


@pytest.mark.parametrize("has_plan", [True, False])
def test_who_just_sat_the_first_mock_is_not_offered_a_first_map(bank, candidate, opened, has_plan):
    if has_plan:
        plans.create_plan(candidate=candidate, now=days_ago(1))
    attempt = mock(candidate, share(60), now=timezone.now() - timedelta(minutes=90))
    for name in ("today_show", "weakness_show"):
        shown = text(opened(name))
        assert "Results are being worked out" in shown
        assert "Working out what your sitting says" in shown
        assert "Start the first map" not in shown
        assert "We do not know yet where you are" not in shown
    Attempt.objects.filter(pk=attempt.pk).update(finished_at=days_ago(0.1))
    for name in ("today_show", "weakness_show"):
        shown = text(opened(name))
        assert "the analysis is late Your results appear here by themselves. You can already" in shown
        assert "usually 5 seconds" not in shown


def test_today_leads_back_to_an_open_attempt(bank, candidate, opened):
    attempt = exams.start_mock(candidate=candidate, now=timezone.now(), rng=np.random.default_rng(1))
    answer = opened("today_show")
    assert "Mock exam 1 is still open" in text(answer)
    assert reverse("exams:room_show", args=[attempt.pk]) in answer.content.decode()


def test_today_shows_a_mentors_note_until_it_is_read(bank, candidate, membership, opened, signed_in):
    services.write_mentor_note(
        membership=membership, text="<script>alert(1)</script>Mind Shield.", now=days_ago(1), suggestion="drill",
        topic=bank.topics[0],
    )  # fmt: skip
    answer = opened("today_show")
    assert "Jordan Lee wrote to you" in text(answer)
    assert "Drill: Heroku Platform topic 1" in text(answer)
    assert "<script>alert" not in answer.content.decode()
    signed_in(candidate).post(reverse("analytics:note_read", args=[MentorNote.objects.get().pk]))
    assert "wrote to you" not in text(opened("today_show"))


def test_somebody_elses_note_cannot_be_read(bank, candidate, mentor, outsider, signed_in):
    note = MentorNote.objects.create(mentor=mentor, candidate=candidate, text="Hello")
    assert signed_in(outsider).post(reverse("analytics:note_read", args=[note.pk])).status_code == 404
    note.refresh_from_db()
    assert note.read_at is None


def test_weakness_draws_every_range_and_says_it_in_words(sat, opened):
    html = opened("weakness_show").content.decode()
    for row in current_estimates(sat).domains.all():
        spoken = (
            f"{row.domain.name}: expected {row.mastery:.0f}%, likely between {row.mastery_low:.0f} and "
            f"{row.mastery_high:.0f}%, from {row.answer_count} answers; the pass mark is 72%"
        )
        assert spoken in html
    assert html.count("The same as a table") == 2
    assert " style=" not in html


def test_weakness_waits_while_an_attempt_is_not_analysed(sat, opened):
    assert 'data-state="waiting"' not in opened("weakness_show").content.decode()
    mock(sat, share(50), now=timezone.now() - timedelta(minutes=90, seconds=2), seed=7)
    html = opened("weakness_show").content.decode()
    assert 'data-state="waiting"' in html
    assert 'hx-trigger="every 1s"' in html
    fresh = opened("freshness_show", number=current_estimates(sat).number)
    assert "estimates-changed" not in str(fresh.headers)


def test_weakness_says_when_the_analysis_is_late(sat, opened):
    mock(sat, share(50), now=timezone.now() - timedelta(minutes=95), seed=7)
    shown = text(opened("weakness_show"))
    assert "Your answers are safe; the analysis is late" in shown
    assert 'hx-trigger="every 5s"' in opened("weakness_show").content.decode()


def test_the_page_is_told_when_its_numbers_changed(sat, opened):
    number = current_estimates(sat).number
    mock(sat, share(50), now=days_ago(0.1), seed=7)
    services.analyse_candidate(candidate_id=sat.pk, now=timezone.now())
    answer = opened("freshness_show", number=number)
    assert "estimates-changed" in answer.headers["HX-Trigger-After-Swap"]
    assert 'hx-trigger="every 60s"' in answer.content.decode()


def test_without_a_mock_there_is_no_forecast(bank, candidate, opened):
    drill(candidate, [q.current_version_id for q in bank.questions[:12]], share(50), now=days_ago(1))
    services.analyse_candidate(candidate_id=candidate.pk, now=days_ago(0.9))
    for name in ("today_show", "weakness_show"):
        shown = text(opened(name))
        assert "A forecast of the exam needs one full mock as its baseline" in shown
        assert "chance of passing likely" not in shown


@pytest.mark.parametrize(
    ("days", "said"), [(20, "At your present pace the chance reaches 80% about"), (-3, "At the pace you had it should")]
)
def test_a_day_of_readiness_that_has_passed_is_told_as_past(sat, opened, days, said):
    ready_on = timezone.localdate() + timedelta(days=days)
    ReadinessForecast.objects.update(probability=0.6, ready_on=ready_on, ready_early=None, ready_late=None)
    for name in ("today_show", "weakness_show"):
        shown = text(opened(name))
        assert said in shown
        assert f"{ready_on.day} {ready_on:%B}" in shown


def test_result_insight_waits_and_then_tells_before_and_after(sat, opened):
    attempt = mock(sat, share(80), now=timezone.now() - timedelta(minutes=90, seconds=3), seed=11)
    waiting = opened("result_insight", attempt.pk).content.decode()
    assert "Working out what this changes" in waiting
    assert "load delay:1s" in waiting
    services.analyse_candidate(candidate_id=sat.pk, now=timezone.now())
    told = opened("result_insight", attempt.pk)
    assert "hx-get" not in told.content.decode()
    assert re.search(r"likely (\d+–\d+%|2% or less)\. Before this sitting: \d+%", text(told))


def test_result_insight_of_an_older_attempt_tells_its_own_moment(sat, opened):
    older, newer = Attempt.objects.filter(candidate=sat).order_by("started_at")
    assert "This is your baseline" in text(opened("result_insight", older.pk))
    assert "Before this sitting" in text(opened("result_insight", newer.pk))


def test_result_insight_is_nobody_elses(sat, outsider, signed_in):
    attempt = Attempt.objects.filter(candidate=sat).first()
    assert signed_in(outsider).get(reverse("analytics:result_insight", args=[attempt.pk])).status_code == 404


def test_a_running_attempt_has_no_insight(bank, candidate, opened):
    attempt = exams.start_mock(candidate=candidate, now=timezone.now(), rng=np.random.default_rng(1))
    assert opened("result_insight", attempt.pk).status_code == 404


def test_the_drill_builder_begins_a_drill(bank, candidate, signed_in):
    answer = signed_in(candidate).post(
        reverse("analytics:drill_start"), {"domain": ["data"], "count": "5", "mode": "timed"}
    )
    attempt = Attempt.objects.filter(kind="drill").get()
    assert answer.url == reverse("exams:room_show", args=[attempt.pk])
    assert (attempt.questions.count(), attempt.is_tutored, attempt.minutes_allowed) == (5, False, 9)


def test_a_block_begins_its_sitting_once(bank, candidate, signed_in):
    block = "0b9ff1d6-0f6c-4a9d-8b67-8b0a2f3a7c11"
    client = signed_in(candidate)
    for _ in range(2):
        client.post(reverse("analytics:drill_start"), {"topic": "data-1", "count": "5", "tutored": "1", "block": block})
    attempt = Attempt.objects.filter(kind="drill").get()
    assert (str(attempt.block_id), attempt.is_tutored) == (block, True)


@pytest.mark.parametrize("name", ["practice_show", "mistake_list"])
def test_a_block_is_carried_on_only_where_it_was_named(sat, opened, name):
    plan, today = StudyPlan.objects.get(candidate=sat), local_day(sat, timezone.now())
    block = Block.objects.create(plan=plan, day=today, minutes=20, kind="mistakes", reason="x")
    assert f'name="block" value="{block.pk}"' in opened(name, block=block.pk).content.decode()
    assert 'name="block"' not in opened(name).content.decode()


def test_the_drill_builder_is_filled_in_by_its_address(bank, opened):
    html = opened("practice_show", domain="data", count="15").content.decode()
    assert re.search(r'value="data" checked', html)
    assert re.search(r'value="15" checked', html)


@pytest.mark.parametrize(
    "fields",
    [{"domain": "cooking"}, {"count": "0"}, {"count": "9999"}, {"kind": "mock"}, {"block": "x"}, {"only": "all"}],
)
def test_an_impossible_drill_is_refused_in_words(bank, candidate, signed_in, fields):
    answer = signed_in(candidate).post(reverse("analytics:drill_start"), fields, follow=True)
    assert not Attempt.objects.exists()
    assert "notice-critical" in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"domain": "cooking"}, "There is no domain “cooking”."),
        ({"topic": "soup"}, "There is no topic “soup”."),
        ({"count": "61"}, "A drill has 1 to 60 questions."),
        ({"mode": "asleep"}, "There is no way to practise “asleep”."),
        ({"only": "flagged"}, "No question fits these choices. Take a wider one."),
    ],
)
def test_what_the_builder_refuses_comes_back_as_it_was(bank, candidate, signed_in, fields, words):
    given = {"kind": "drill", "domain": ["data", "security"], "count": "20", "mode": "timed", **fields}
    answer = signed_in(candidate).post(reverse("analytics:drill_start"), given)
    assert words in text(answer)
    html = answer.content.decode()
    for name, value in given.items():
        for one in [value] if isinstance(value, str) else value:
            if name not in ("kind", "topic") and (name, one) not in {(k, v) for k, v in fields.items() if k != "only"}:
                assert re.search(f'name="{name}" value="{one}" checked', html), (name, one)


def test_the_builder_says_how_many_fit(bank, opened):
    assert "48 questions fit." in text(opened("practice_fit", domain=["data", "security"], count="30", mode="plain"))
    assert "8 questions fit, so the drill has at most 8" in text(opened("practice_fit", topic="data-1", count="20"))
    assert "9 minutes on the clock" in text(opened("practice_fit", domain="data", count="5", mode="timed"))
    assert "No question fits" in text(opened("practice_fit", only="flagged"))
    assert "cannot be practised" in text(opened("practice_fit", domain="cooking"))
    assert "48 questions fit." in text(opened("practice_show", domain=["data", "security"]))


def test_the_builder_promises_ones_own_minutes_and_the_start_keeps_them(bank, candidate, author, opened, signed_in):
    grant_accommodation(user=candidate, time_factor=Decimal("1.5"), reason="x", granted_by=author, now=timezone.now())
    wish = {"domain": "data", "count": "5", "mode": "timed"}
    assert "13 (from 9) minutes on the clock" in text(opened("practice_fit", **wish))
    signed_in(candidate).post(reverse("analytics:drill_start"), wish)
    assert Attempt.objects.get().minutes_allowed == 13


def test_a_blocks_own_count_can_be_kept(bank, opened):
    html = opened("practice_show", count="12").content.decode()
    assert re.search(r'value="12" checked', html)
    assert 'value="99"' not in opened("practice_show", count="99").content.decode()


def test_a_review_with_nothing_due_says_so(bank, candidate, signed_in):
    answer = signed_in(candidate).post(reverse("analytics:drill_start"), {"kind": "review"}, follow=True)
    assert "Nothing is due for recall today" in text(answer)


def test_drills_start_by_post_only(bank, opened):
    assert opened("drill_start").status_code == 405


def test_mistakes_are_listed_with_answer_key_and_reason(sat, opened, signed_in):
    html = opened("mistake_list").content.decode()
    assert "Your answer" in html
    assert "Right answer" in html
    pk = re.search(r"/mistakes/(\d+)/note/", html).group(1)
    client = signed_in(sat)
    back = reverse("analytics:mistake_list") + "?reason="
    answer = client.post(
        reverse("analytics:mistake_note", args=[pk]), {"reason": "misread", "rule": "A, not B", "next": back}
    )
    assert answer.url == back
    assert MistakeNote.objects.get().rule == "A, not B"
    assert "A, not B" in opened("mistake_list", reason="misread").content.decode()
    client.post(reverse("analytics:mistake_resolve", args=[pk]))
    assert f"/mistakes/{pk}/note/" not in opened("mistake_list").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": "bad luck"}, "Not saved. There is no reason “bad luck”."),
        ({"rule": "x" * 301}, "Not saved. Your rule may have 300 characters; this one has 301."),
    ],
)
def test_a_note_that_cannot_be_kept_says_why(sat, opened, signed_in, fields, words):
    miss = AttemptQuestion.objects.filter(attempt__candidate=sat, is_correct=False)[0]
    answer = signed_in(sat).post(reverse("analytics:mistake_note", args=[miss.pk]), fields, follow=True)
    assert words in text(answer)
    assert not MistakeNote.objects.exists()


def test_a_note_never_leads_elsewhere(sat, opened, signed_in):
    pk = re.search(r"/mistakes/(\d+)/note/", opened("mistake_list").content.decode()).group(1)
    answer = signed_in(sat).post(
        reverse("analytics:mistake_note", args=[pk]), {"reason": "time", "next": "https://evil.example/"}
    )
    assert answer.url == reverse("analytics:mistake_list")


def test_the_note_of_a_place_is_read_and_kept_by_scripts(sat, outsider, signed_in):
    miss = AttemptQuestion.objects.filter(attempt__candidate=sat, is_correct=False, attempt__number=1)[0]
    right = AttemptQuestion.objects.filter(attempt__candidate=sat, is_correct=True)[0]
    at, client = reverse("analytics:mistake_at", args=[miss.attempt_id, miss.position]), signed_in(sat)
    assert client.get(at).json() == {"reason": "", "rule": "", "written_on": None}
    kept = client.post(at, {"reason": "misread", "rule": "A, not B."})
    assert kept.json() == {"reason": "misread", "rule": "A, not B.", "written_on": None} == client.get(at).json()
    refused = client.post(at, {"reason": "bad luck"})
    assert (refused.status_code, refused.json()["detail"]) == (400, "Not saved. There is no reason “bad luck”.")
    for stranger, place, method in ((outsider, miss, "get"), (outsider, miss, "post"), (sat, right, "post")):
        address = reverse("analytics:mistake_at", args=[place.attempt_id, place.position])
        assert getattr(signed_in(stranger), method)(address).status_code == 404
    assert client.get(reverse("analytics:mistake_at", args=[miss.attempt_id, 99])).status_code == 404


def test_a_rule_comes_back_with_its_question_also_when_it_is_right_now(sat, signed_in):
    miss = AttemptQuestion.objects.filter(attempt__candidate=sat, is_correct=False)[0]
    services.note_mistake(candidate=sat, attempt_question_id=miss.pk, now=days_ago(2), rule="A, not B.")
    place = drill(sat, [miss.question_version_id], lambda row: True, now=days_ago(1)).questions.get()
    read = signed_in(sat).get(reverse("analytics:mistake_at", args=[place.attempt_id, place.position])).json()
    assert (read["rule"], read["written_on"]) == ("A, not B.", days_ago(2).date().isoformat())


def test_an_open_answer_has_no_note(bank, candidate, signed_in):
    attempt = exams.start_mock(candidate=candidate, now=timezone.now(), rng=np.random.default_rng(1))
    at = reverse("analytics:mistake_at", args=[attempt.pk, 1])
    assert {signed_in(candidate).get(at).status_code, signed_in(candidate).post(at).status_code} == {404}


def test_somebody_elses_mistake_is_not_there(sat, opened, outsider, signed_in):
    pk = re.search(r"/mistakes/(\d+)/note/", opened("mistake_list").content.decode()).group(1)
    for name in ("mistake_note", "mistake_resolve"):
        assert signed_in(outsider).post(reverse(f"analytics:{name}", args=[pk]), {"reason": "time"}).status_code == 404


def test_a_pair_is_shown_side_by_side(bank, candidate, opened):
    pair = Misconception.objects.create(
        exam_code="heroku-architect",
        domain=bank.domains[1],
        code="follower-fork",
        name="Follower ↔ fork",
        left={"name": "Follower", "choose_when": "Reads must scale.", "points": ["Stays in step."]},
        right={"name": "Fork", "choose_when": "A copy to try things on.", "points": ["A snapshot."]},
    )
    version = bank.questions[0].current_version
    Option.objects.filter(version=version, is_key=False).update(misconception=pair)
    drill(candidate, [version.pk], lambda row: False, now=days_ago(1))
    shown = text(opened("confusion_show", "follower-fork"))
    assert "Follower or Fork?" in shown
    assert "mixed up 1 of 1 time" in shown
    assert "Contrast drill · 1 question" in shown
    assert "Follower ↔ fork" in text(opened("practice_show"))
    assert opened("confusion_show", "cats-dogs").status_code == 404


def test_the_track_record_says_when_it_was_counted(sat, opened):
    assert "the first count is still to come" in text(opened("track_record_show"))
    tasks.count_forecast_record_task()
    shown = text(opened("track_record_show"))
    assert re.search(r"Counted \d+ s ago , again every hour", shown)
    assert "still to come" not in shown


def test_no_page_reads_everybodys_sittings(sat, opened, monkeypatch):
    tasks.count_forecast_record_task()

    def refuse(candidate: User | None = None) -> list[CheckedForecast]:
        assert candidate is not None, "counted by the worker alone"
        return []

    monkeypatch.setattr(weakness, "checked_forecasts", refuse)
    for page in ("track_record_show", "weakness_show"):
        assert opened(page).status_code == 200


def test_the_counted_record_is_the_record(sat):
    record = services.count_forecast_record(now=timezone.now())
    assert record.count == 1
    assert counted_record()[0] == record
    assert services.count_forecast_record(now=timezone.now()) == record
    assert Tally.objects.count() == 1


def test_the_track_record_is_honest_about_small_numbers(sat, opened):
    tasks.count_forecast_record_task()
    shown = text(opened("track_record_show"))
    assert "too few to draw a curve" in shown
    assert "Mock exam 2" in shown
    assert "Mock exam 1" not in shown


def test_weakness_shows_the_arithmetic_in_parts_that_add_up(sat, opened):
    shown = text(opened("weakness_show"))
    sums = re.findall(r"\( gap to 80% ([\d.]+) \+ uncertainty ([\d.]+) \) × (\d+)% of the exam = ([\d.]+) marks", shown)
    assert len(sums) == 6
    for gap, uncertainty, weight, marks in sums:
        assert (float(gap) + float(uncertainty)) * float(weight) / 100 == pytest.approx(float(marks), abs=0.09)
    marks = [float(one) for _, _, _, one in sums]
    assert marks == sorted(marks, reverse=True)
    assert re.search(r"Heroku Enterprise.* (is|are) below the pass mark beyond reasonable doubt\.", shown)


def test_weakness_says_what_a_handful_of_answers_is_worth(bank, candidate, opened):
    version = next(one for one in bank.questions if one.domain.code == "platform").current_version_id
    drill(candidate, [version], lambda row: True, now=days_ago(1))
    services.analyse_candidate(candidate_id=candidate.pk, now=days_ago(0.9))
    rows = {row.domain.code: row for row in current_estimates(candidate).domains.all()}
    one = rows["platform"]
    shown = text(opened("weakness_show"))
    assert (
        f"One answer here tells little: it could be anywhere from {one.mastery_low:.0f} to {one.mastery_high:.0f}%."
        in shown
    )
    assert shown.count("No answer here yet: this is the range most people start in.") == 5


def test_weakness_tells_nothing_of_few_answers_where_there_are_enough(sat, opened):
    shown = text(opened("weakness_show"))
    assert "tell little" not in shown
    assert "No answer here yet" not in shown


def test_weakness_lists_every_topic_in_a_table(sat, opened):
    html = opened("weakness_show").content.decode()
    table = html[html.index("<summary>Topics as a table") :]
    for row in current_estimates(sat).topics.all():
        assert f'<th scope="row">{row.topic.name}</th>' in table
        low, high = f"{row.weakness_low:.0f}", f"{row.weakness_high:.0f}"
        assert f'<td class="r nowrap">{row.weakness:.0f} <span class="muted tiny">{low}–{high}</span>' in table


def test_two_hours_that_change_no_whole_percent_say_so():
    forecast = ReadinessForecast(probability=0.02)
    assert gain_words(forecast, {"gain": 0.001}) == "still 2%"
    assert gain_words(forecast, {"gain": 0.011}) == "2 → 3%"
    assert gain_words(ReadinessForecast(probability=0.97), {"gain": 0.2}) == "97 → 98%"


@pytest.mark.parametrize(
    ("missed", "said"), [(1, "Try it again"), (3, "Try all 3 again"), (12, "Try 10 of them again")]
)
def test_mistakes_are_tried_again_as_many_as_there_are(bank, candidate, opened, missed, said):
    versions = [one.current_version_id for one in bank.questions[:14]]
    drill(candidate, versions, lambda row: row.position > missed, now=days_ago(1))
    html = opened("mistake_list").content.decode()
    assert said in html
    assert f'name="count" value="{min(missed, 10)}"' in html


def test_the_record_tells_mocks_and_real_exams_apart(sat, opened):
    record = forecast_record([])
    assert record.mock_count == 0
    services.report_exam(candidate=sat, now=timezone.now(), sat_on=timezone.localdate(), passed=False, percents={})
    services.count_forecast_record(now=timezone.now())
    shown = text(opened("track_record_show"))
    assert "2 forecasts: 1 held against the next mock, 1 against the real exam" in shown


def test_weakness_counts_mistakes_by_reason(sat, opened):
    assert "not sorted yet" not in text(opened("weakness_show"))
    missed = AttemptQuestion.objects.filter(attempt__candidate=sat, is_correct=False).order_by("-attempt__finished_at")
    note = MistakeNote(attempt_question=missed[0], reason="misread", updated_at=timezone.now())
    note.save()
    assert re.search(r"two different days: 1 misread and \d+ not sorted yet\.", text(opened("weakness_show")))


def test_every_pair_is_reached_from_weakness(sat, bank, opened):
    wrong = Option.objects.filter(is_key=False).order_by("pk")
    for number in range(12):
        pair = Misconception.objects.create(
            exam_code="heroku-architect",
            domain=bank.domains[0],
            code=f"pair-{number}",
            name=f"Pair {number}",
            left={"name": "L", "choose_when": "", "points": []},
            right={"name": "R", "choose_when": "", "points": []},
        )
        Option.objects.filter(pk__in=[one.pk for one in wrong if one.pk % 12 == number]).update(misconception=pair)
    shown = text(opened("weakness_show"))
    more = int(re.search(r"(\d+) more pairs, each with a contrast drill", shown)[1])
    practice = opened("practice_show").content.decode()
    assert practice.count('name="misconception"') == 3 + more


def test_weakness_shows_how_well_ones_certainty_fits(sat, opened):
    assert "Mark answers as guess, unsure or sure" in text(opened("weakness_show"))
    AttemptQuestion.objects.filter(attempt__candidate=sat).update(confidence="sure")
    shown = text(opened("weakness_show"))
    assert "You are surer than you are right" in shown
    assert "too few yet" in shown


def test_going_through_mistakes_completes_the_block_that_asked_for_it(sat, opened, signed_in):
    plan = StudyPlan.objects.get(candidate=sat)
    today = local_day(sat, timezone.now())
    block = Block.objects.create(plan=plan, day=today, minutes=20, kind="mistakes", reason="x")
    assert "I went through them" not in text(opened("mistake_list"))
    html = opened("mistake_list", block=block.pk).content.decode()
    assert "I went through them" in html
    assert f"?reason=none&amp;block={block.pk}" in html
    done = reverse("study_plans:block_complete", args=[block.pk])
    assert f'action="{done}"' in html
    signed_in(sat).post(done)
    block.refresh_from_db()
    assert block.state == "done"
    assert "I went through them" not in text(opened("mistake_list", block=block.pk))


@pytest.mark.parametrize("whose", ["nobody", "somebody else", "another kind"])
def test_mistakes_complete_no_other_block(sat, other_candidate, opened, whose):
    plan = StudyPlan.objects.get(candidate=sat)
    if whose == "somebody else":
        plan = plans.create_plan(candidate=other_candidate, now=timezone.now())
    kind = "read" if whose == "another kind" else "mistakes"
    block = Block.objects.create(plan=plan, day=local_day(sat, timezone.now()), minutes=20, kind=kind, reason="x")
    asked = "nonsense" if whose == "nobody" else block.pk
    html = opened("mistake_list", block=asked).content.decode()
    assert "I went through them" not in html
    assert f'name="block" value="{asked}"' not in html
