"""Pages of the plan, as its candidate and as somebody else."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from questions.models import Lab
from study_plans import selectors, services
from study_plans.models import Block, StudyPlan
from study_plans.needs import Outlook
from tests.study_plans.people import adjust, make_plan, study_blocks

SETUP = {
    "is_booked": "yes",
    "days_off": "",
    "block_minutes": "30",
    **{f"minutes_{at}": str(minutes) for at, minutes in enumerate([60, 60, 0, 60, 60, 150, 45])},
}


@pytest.fixture
def current(bank, candidate) -> StudyPlan:
    """A plan made just now, so that pages find it fresh."""
    now = timezone.now()
    return make_plan(candidate, now, exam_on=selectors.local_day(candidate, now) + timedelta(days=54))


@pytest.fixture
def own(candidate, signed_in):
    return signed_in(candidate)


def exam_day(candidate):
    return selectors.local_day(candidate, timezone.now()) + timedelta(days=40)


def test_set_up_works(bank, candidate, own):
    assert b"When is your exam?" in own.get(reverse("study_plans:plan_show")).content
    answer = own.post(
        reverse("study_plans:plan_setup"), SETUP | {"exam_on": exam_day(candidate).isoformat()}, follow=True
    )
    text = answer.content.decode()
    assert "40 days to the exam" in text
    assert "First map of all domains" in text
    assert StudyPlan.objects.get().exam_on == exam_day(candidate)


def test_set_up_without_an_exam_day_works(bank, own):
    answer = own.post(
        reverse("study_plans:plan_setup"), SETUP | {"is_booked": "no", "exam_on": "2020-01-01"}, follow=True
    )
    assert "no exam day yet" in answer.content.decode()
    assert StudyPlan.objects.get().exam_on is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"exam_on": ""}, "exam_on"),
        ({"exam_on": "2020-01-01"}, "exam_on"),
        ({"exam_on": "soon"}, "exam_on"),
        ({"exam_on": "2999-01-01"}, "exam_on"),
        ({"is_booked": ""}, "is_booked"),
        ({"minutes_2": "900"}, "minutes_2"),
        ({"minutes_2": "-1"}, "minutes_2"),
        ({"minutes_2": ""}, "minutes_2"),
        ({"days_off": "Christmas"}, "days_off"),
        ({"days_off": "2026-12-24 to 2026-12-20"}, "days_off"),
        ({"days_off": "2026-12-24 to 2029-12-24"}, "days_off"),
        ({"block_minutes": "7"}, "block_minutes"),
        ({"exam_time": "late"}, "exam_time"),
    ],
)
def test_set_up_names_the_wrong_field(bank, candidate, own, given, field):
    answer = own.post(reverse("study_plans:plan_setup"), SETUP | {"exam_on": exam_day(candidate).isoformat()} | given)
    assert set(answer.context["form"].errors) == {field}
    assert not StudyPlan.objects.exists()


def test_days_off_may_be_spans(bank, candidate, own):
    first = exam_day(candidate) - timedelta(days=20)
    span = f"{first.isoformat()} to {(first + timedelta(days=2)).isoformat()}\n\n2020-01-01"
    own.post(reverse("study_plans:plan_setup"), SETUP | {"exam_on": exam_day(candidate).isoformat(), "days_off": span})
    plan = StudyPlan.objects.get()
    assert plan.days_off == [(first + timedelta(days=ahead)).isoformat() for ahead in range(3)]
    assert not study_blocks(plan).filter(day__range=(first, first + timedelta(days=2))).exists()


def test_set_up_takes_the_time_zone_and_its_day(bank, candidate, own):
    """An exam day is judged in the zone chosen beside it."""
    data = SETUP | {"exam_on": str(exam_day(candidate)), "time_zone": "Pacific/Kiritimati"}
    own.post(reverse("study_plans:plan_setup"), data)
    candidate.refresh_from_db()
    assert candidate.time_zone == "Pacific/Kiritimati"
    plan = StudyPlan.objects.get(candidate=candidate)
    assert plan.planned_on == selectors.local_day(candidate, timezone.now())
    own.post(reverse("study_plans:plan_setup"), data | {"time_zone": "Mars/Olympus"})
    candidate.refresh_from_db()
    assert candidate.time_zone == "Pacific/Kiritimati"


def test_a_refused_set_up_changes_no_time_zone(bank, candidate, own):
    before = candidate.time_zone
    data = SETUP | {"exam_on": str(exam_day(candidate) + timedelta(days=3000)), "time_zone": "Asia/Kathmandu"}
    assert own.post(reverse("study_plans:plan_setup"), data).status_code == 422
    candidate.refresh_from_db()
    assert candidate.time_zone == before


def test_days_off_may_be_chosen_by_their_first_and_last(current, candidate, own):
    first = exam_day(candidate) - timedelta(days=20)
    data = SETUP | {"exam_on": str(exam_day(candidate)), "days_off": str(first - timedelta(days=7))}
    own.post(
        reverse("study_plans:plan_setup"), data | {"off_from": str(first), "off_to": str(first + timedelta(days=2))}
    )
    current.refresh_from_db()
    assert current.days_off == [str(first + timedelta(days=n)) for n in (-7, 0, 1, 2)]
    shown = own.get(reverse("study_plans:plan_setup")).content.decode()
    assert f"{first} to {first + timedelta(days=2)}" in shown
    own.post(reverse("study_plans:plan_setup"), data | {"off_from": str(first)})
    current.refresh_from_db()
    assert current.days_off == [str(first + timedelta(days=n)) for n in (-7, 0)]


@pytest.mark.parametrize(
    ("off_from", "off_to", "field"),
    [(None, 9, "off_from"), (9, 8, "off_to"), (9, 200, "off_to"), (-9, -8, "off_to"), ("soon", 9, "off_from")],
)
def test_days_off_that_cannot_be_are_named(current, candidate, own, off_from, off_to, field):
    today = selectors.local_day(candidate, timezone.now())
    chosen = {"off_from": off_from, "off_to": off_to}
    given = {
        name: str(today + timedelta(days=value)) if isinstance(value, int) else value or ""
        for name, value in chosen.items()
    }
    answer = own.post(reverse("study_plans:plan_setup"), SETUP | {"exam_on": str(exam_day(candidate))} | given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_the_week_shows_what_changed_and_why(current, candidate, own):
    adjust(candidate, {"security-2": 90}, now=timezone.now())
    text = own.get(reverse("study_plans:plan_show")).content.decode()
    assert "because of your latest answers" in text
    assert "data-change=" in text
    assert "Undo all" in text


@pytest.mark.parametrize("week", ["", "nonsense", "9999-99-99", "0001-01-01", "2031-01-01"])
def test_any_week_can_be_asked_for(current, own, week):
    assert own.get(reverse("study_plans:plan_show"), {"week": week}).status_code == 200
    assert own.get(reverse("study_plans:plan_month"), {"month": week[:7]}).status_code == 200


@pytest.mark.parametrize("name", ["plan_show", "plan_month", "plan_setup", "revision_list", "calendar_show"])
def test_every_page_works(current, own, name):
    assert own.get(reverse(f"study_plans:{name}")).status_code == 200


@pytest.mark.parametrize("name", ["plan_show", "plan_month", "revision_list"])
def test_pages_without_a_plan_lead_to_set_up(bank, own, name):
    answer = own.get(reverse(f"study_plans:{name}"), follow=True)
    assert b"Set the day" in answer.content


def test_a_new_day_begins_when_its_owner_looks(bank, candidate, own):
    now = timezone.now()
    plan = make_plan(
        candidate, now - timedelta(days=3), exam_on=selectors.local_day(candidate, now) + timedelta(days=30)
    )
    text = own.get(reverse("study_plans:plan_show")).content.decode()
    assert "Welcome back. The plan starts from today" in text
    assert "Nothing is overdue." in text
    assert "overdue" not in text.replace("Nothing is overdue.", "")
    assert not study_blocks(plan).filter(day__lt=selectors.local_day(candidate, now)).exists()


def test_undo_and_keep_work(current, candidate, own):
    revision = adjust(candidate, {"security-2": 90}, now=timezone.now())
    own.post(reverse("study_plans:revision_accept", args=[revision.pk]))
    revision.refresh_from_db()
    assert revision.accepted_at is not None
    own.post(reverse("study_plans:revision_undo", args=[revision.pk]))
    revision.refresh_from_db()
    assert revision.undone_at is not None
    again = own.post(reverse("study_plans:revision_undo", args=[revision.pk]), follow=True)
    assert "Only the latest change can be undone" in again.content.decode()


@pytest.mark.parametrize(
    ("name", "state"), [("block_complete", "done"), ("block_skip", "skipped"), ("block_postpone", "planned")]
)
def test_block_actions_work(current, own, name, state):
    block = study_blocks(current).first()
    assert own.get(reverse("study_plans:block_show", args=[block.pk])).status_code == 200
    assert own.get(reverse(f"study_plans:{name}", args=[block.pk])).status_code == 405
    assert own.post(reverse(f"study_plans:{name}", args=[block.pk]), {"to_next": "on"}, follow=True).status_code == 200
    after = Block.objects.get(pk=block.pk)
    assert after.state == state
    assert (after.day > block.day) == (name == "block_postpone")
    assert own.get(reverse("study_plans:block_show", args=[block.pk])).status_code == 200


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (None, "Choose a day to move it to."),
        (0, "Choose a day after today."),
        (54, "Choose a day before it."),
        ("soon", "This is no day."),
    ],
)
def test_a_day_that_cannot_be_moved_to_is_named(current, candidate, own, ahead, words):
    block = study_blocks(current).first()
    today = selectors.local_day(candidate, timezone.now())
    given = {None: "", "soon": "soon"}.get(ahead) if ahead in (None, "soon") else today + timedelta(days=ahead)
    answer = own.post(reverse("study_plans:block_postpone", args=[block.pk]), {"to_day": given})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert Block.objects.get(pk=block.pk).day == block.day


def test_a_day_of_rest_offers_nothing_to_do(current, own):
    rest = Block.objects.create(plan=current, day=current.exam_on, minutes=0, kind="rest", reason="The eve.")
    text = own.get(reverse("study_plans:block_show", args=[rest.pk])).content.decode()
    assert "The eve." in text
    assert "I did this" not in text
    assert "Not today, or not at all" not in text
    assert "went by" not in text


def test_pinning_and_reopening_work(current, own):
    block = study_blocks(current).first()
    pin = reverse("study_plans:block_pin", args=[block.pk])
    own.post(pin, {"pinned": "yes"})
    assert Block.objects.get(pk=block.pk).is_pinned
    own.post(pin, {"pinned": "no"})
    assert not Block.objects.get(pk=block.pk).is_pinned
    own.post(reverse("study_plans:block_complete", args=[block.pk]))
    own.post(reverse("study_plans:block_reopen", args=[block.pk]))
    assert Block.objects.get(pk=block.pk).state == "planned"


def test_a_closed_block_says_so(current, own):
    block = study_blocks(current).first()
    own.post(reverse("study_plans:block_complete", args=[block.pk]))
    answer = own.post(reverse("study_plans:block_skip", args=[block.pk]), follow=True)
    assert "Nothing to do" in answer.content.decode()


@pytest.mark.parametrize("next_page", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_nothing_leads_away_from_here(current, own, next_page):
    block = study_blocks(current).first()
    answer = own.post(reverse("study_plans:block_complete", args=[block.pk]), {"next": next_page})
    assert answer["Location"] == reverse("study_plans:plan_show")


@pytest.mark.parametrize(
    ("kind", "leads_to"),
    [("mock", "exams:mock_start"), ("rehearsal", "analytics:rehearsal_show"), ("mistakes", "analytics:mistake_list")],
)
def test_a_block_leads_to_what_it_asks_for(current, own, kind, leads_to):
    block = study_blocks(current).first()
    Block.objects.filter(pk=block.pk).update(kind=kind, topic=None, lab=None)
    answer = own.get(reverse("study_plans:block_open", args=[block.pk]))
    assert answer["Location"] == f"{reverse(leads_to)}?block={block.pk}"


def test_a_drill_block_offers_its_drill(current, own):
    block = study_blocks(current).filter(kind="drill", topic__isnull=False).first()
    answer = own.get(reverse("study_plans:block_open", args=[block.pk]), follow=True)
    text = answer.content.decode()
    assert f'action="{reverse("analytics:drill_start")}"' in text
    assert f'name="topic" value="{block.topic.code}"' in text
    assert f'name="block" value="{block.pk}"' in text


def test_a_reading_block_opens_the_notes_and_completes(current, own):
    block = study_blocks(current).filter(kind="read").first()
    block.topic.notes = "## What matters\n\n- Dynos restart daily."
    block.topic.save()
    answer = own.get(reverse("study_plans:block_open", args=[block.pk]), follow=True)
    assert "Dynos restart daily." in answer.content.decode()
    assert "I have read this" in answer.content.decode()
    own.post(reverse("study_plans:block_complete", args=[block.pk]))
    assert Block.objects.get(pk=block.pk).state == "done"


def test_a_topic_without_notes_offers_a_drill(bank, own):
    answer = own.get(reverse("study_plans:topic_show", args=[bank.topics[0].code]))
    assert "No notes here yet" in answer.content.decode()
    assert own.get(reverse("study_plans:topic_show", args=["nothing"])).status_code == 404


def test_a_lab_block_keeps_its_evidence(current, bank, own):
    lab = Lab.objects.create(
        topic=bank.topics[0],
        slug="first-deploy",
        title="First deploy",
        minutes=25,
        body="1. Push.",
        self_checks=["It runs."],
    )
    block = study_blocks(current).filter(kind="drill").first()
    Block.objects.filter(pk=block.pk).update(kind="lab", lab=lab)
    answer = own.get(reverse("study_plans:block_open", args=[block.pk]), follow=True)
    assert "It runs." in answer.content.decode()
    own.post(reverse("study_plans:block_complete", args=[block.pk]), {"evidence": "<b>web.1</b>: up"})
    assert "&lt;b&gt;web.1&lt;/b&gt;: up" in own.get(reverse("study_plans:lab_show", args=[lab.slug])).content.decode()


def test_somebody_elses_block_opens_no_form(current, bank, outsider, signed_in):
    block = study_blocks(current).filter(kind="read").first()
    answer = signed_in(outsider).get(
        reverse("study_plans:topic_show", args=[block.topic.code]), {"block": str(block.pk)}
    )
    assert answer.status_code == 200
    assert "I have read this" not in answer.content.decode()


BLOCK_PAGES = [
    "block_show",
    "block_open",
    "block_complete",
    "block_reopen",
    "block_skip",
    "block_postpone",
    "block_pin",
]


@pytest.mark.parametrize("name", BLOCK_PAGES)
@pytest.mark.parametrize("who", ["outsider", "mentor"])
def test_nobody_else_finds_a_block(current, request, signed_in, name, who):
    block = study_blocks(current).first()
    other = signed_in(request.getfixturevalue(who))
    for block_id in (block.pk, uuid.UUID(int=1)):
        address = reverse(f"study_plans:{name}", args=[block_id])
        answer = other.get(address) if name == "block_show" else other.post(address)
        assert answer.status_code == 404
    assert Block.objects.get(pk=block.pk).state == "planned"


@pytest.mark.parametrize("name", ["revision_undo", "revision_accept"])
def test_nobody_else_finds_a_revision(current, candidate, outsider, signed_in, name):
    revision = adjust(candidate, {"security-2": 90}, now=timezone.now())
    make_plan(outsider, timezone.now(), exam_on=None)
    assert signed_in(outsider).post(reverse(f"study_plans:{name}", args=[revision.pk])).status_code == 404
    revision.refresh_from_db()
    assert revision.undone_at is revision.accepted_at is None


@pytest.mark.parametrize(
    "name", ["calendar_show", "calendar_download", "calendar_renew", "calendar_forget", "messages_change"]
)
def test_without_a_plan_there_is_no_calendar(bank, outsider, signed_in, name):
    own = signed_in(outsider)
    address = reverse(f"study_plans:{name}")
    answer = own.get(address) if name in ("calendar_show", "calendar_download") else own.post(address)
    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["plan_show", "plan_month", "plan_setup", "revision_list", "calendar_show"])
def test_pages_ask_for_sign_in(bank, client, name):
    answer = client.get(reverse(f"study_plans:{name}"))
    assert (answer.status_code, answer["Location"].startswith(reverse("account_login"))) == (302, True)


def test_a_wrong_hour_of_emails_is_named(current, own):
    answer = own.post(reverse("study_plans:messages_change"), {"sends_reminders": "on", "reminder_hour": "25"})
    assert answer.status_code == 422
    assert "25 is not one of the available choices" in answer.content.decode()
    current.refresh_from_db()
    assert not current.sends_reminders


def test_messages_can_be_asked_for(current, own):
    own.post(
        reverse("study_plans:messages_change"),
        {"sends_reminders": "on", "reminder_hour": "6", "shows_streak": "on"},
    )
    current.refresh_from_db()
    assert (current.sends_reminders, current.sends_summary, current.reminder_hour) == (True, False, 6)


def test_a_streak_shows_only_when_asked_for(current, candidate, own):
    today = selectors.local_day(candidate, timezone.now())
    for ago in (1, 2, 3):
        Block.objects.create(
            plan=current,
            day=today - timedelta(days=ago),
            minutes=30,
            kind="drill",
            reason="x",
            state="done",
            done_at=timezone.now(),
        )
    assert "days in a row" not in own.get(reverse("study_plans:plan_show")).content.decode()
    services.change_messages(
        plan=current, sends_reminders=False, sends_summary=False, reminder_hour=7, shows_streak=True
    )
    assert "3 study days in a row." in own.get(reverse("study_plans:plan_show")).content.decode()


def test_a_page_is_drawn_with_few_queries(current, candidate, own, django_assert_max_num_queries):
    services.replan_missed_days(candidate=candidate, now=timezone.now())
    with django_assert_max_num_queries(20):
        own.get(reverse("study_plans:plan_show"))


def test_a_domain_without_practice_is_said_so(current, candidate, own, bank):
    labs = [
        Lab.objects.create(topic=topic, slug=f"lab-{n}", title=f"Lab {n}", minutes=25, body="1. Do.", self_checks=[])
        for n, topic in enumerate(bank.topics[:4])
    ]
    today = selectors.local_day(candidate, timezone.now())
    for lab in labs[:2]:
        Block.objects.create(
            plan=current, day=today, minutes=25, kind="lab", lab=lab, state="done", done_at=timezone.now(), reason="x"
        )
    first, second, third, *_ = selectors.hands_on(current)
    assert (first.offered, first.done, first.next_lab) == (3, 2, labs[2])
    assert (second.offered, second.done, second.next_lab) == (1, 0, labs[3])
    assert (third.offered, third.next_lab) == (0, None)
    text = own.get(reverse("study_plans:plan_show")).content.decode()
    assert "2 of 3 labs" in text
    assert "without practice yet" in text
    assert "no lab for this domain" in text


def test_what_does_not_fit_says_what_it_costs(bank, candidate, own):
    now = timezone.now()
    plan = make_plan(candidate, now, exam_on=selectors.local_day(candidate, now) + timedelta(days=6))
    adjust(candidate, {"security-2": 95, "data-1": 90, "platform-1": 90}, now=now)
    plan.refresh_from_db()
    assert plan.marks_left_out > 0.05
    assert "we can say after your first mock" in own.get(reverse("study_plans:plan_show")).content.decode()
    outlook = Outlook(score_mean=42.0, score_sd=4.0, pass_score=44, scored_count=60)
    adjust(candidate, {"security-2": 95, "data-1": 90, "platform-1": 90}, version=2, now=now, outlook=outlook)
    plan.refresh_from_db()
    cost = selectors.chance_left_out(plan)
    assert cost == round(100 * (outlook.chance(plan.marks_left_out) - outlook.chance()))
    assert cost >= 1
    text = own.get(reverse("study_plans:plan_show")).content.decode()
    assert f"about {cost} point" in text
    assert plan.left_out[0]["name"] in text


def test_an_outlook_passes_half_the_time_at_the_mark():
    outlook = Outlook(score_mean=43.5, score_sd=4.0, pass_score=44, scored_count=60)
    assert outlook.chance() == pytest.approx(0.5)
    assert outlook.chance(100 * 4.0 / 60) == pytest.approx(0.841, abs=0.001)
    assert outlook.chance(-50) < 0.001


def test_what_does_not_fit_says_its_name_once(current, own):
    StudyPlan.objects.filter(pk=current.pk).update(
        left_out=[
            {
                "what": "lab",
                "code": "a",
                "name": "Kafka",
                "cost_marks": 0,
                "why": "Kafka comes after these four weeks.",
            },
            {
                "what": "topic",
                "code": "b",
                "name": "Shield",
                "cost_marks": 1,
                "why": "No time for Shield before the exam.",
            },
        ]
    )
    text = own.get(reverse("study_plans:plan_show")).content.decode()
    assert '<strong>Kafka</strong><p class="small soft flush">Comes after these four weeks.</p>' in text
    assert '<strong>Shield</strong><p class="small soft flush">No time before the exam.</p>' in text


def test_a_plan_without_minutes_says_so(current, own):
    StudyPlan.objects.filter(pk=current.pk).update(minutes_per_weekday=[0] * 7)
    text = own.get(reverse("study_plans:plan_show")).content.decode()
    assert "There are no minutes to plan with" in text


def test_nothing_is_undone_after_the_exam(current, candidate, own):
    adjust(candidate, {"security-2": 90}, now=timezone.now())
    for name in ("plan_show", "revision_list"):
        assert "Undo all" in own.get(reverse(f"study_plans:{name}")).content.decode()
    yesterday = selectors.local_day(candidate, timezone.now()) - timedelta(days=1)
    StudyPlan.objects.filter(pk=current.pk).update(exam_on=yesterday)
    for name in ("plan_show", "revision_list"):
        assert "Undo all" not in own.get(reverse(f"study_plans:{name}")).content.decode()
