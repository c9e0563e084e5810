"""The calendar feed: read back by icalendar, which writes it, by vobject, and by a strict reader of RFC 5545 here."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from icalendar import Calendar

from accounts.models import User
from questions.models import Lab, Topic
from study_plans import selectors, services
from study_plans.models import Block, StudyPlan
from tests.study_plans.people import NOW, TODAY, study_blocks

SITE = "https://prep.example/"
NASTY = "A;B,C\\D\r\nATTENDEE:mailto:x@example.com\r\nX:\u2028\x07" + "🧪🛰️" * 20


def parsed(body: bytes) -> list[dict[str, str]]:
    """Events as property to text. Unfolds octets, splits names from values, unescapes text. Strict about the form."""
    assert body.endswith(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    folded = body.split(b"\r\n")
    assert all(len(line) <= 75 for line in folded)
    lines = body.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    events: list[dict[str, str]] = []
    for line in lines[1:-1]:
        name, value = line.split(":", 1)
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and line != "END:VEVENT":
            name = name.split(";")[0]
            assert name not in events[-1], f"{name} twice"
            events[-1][name] = _unescaped(value) if name in ("SUMMARY", "DESCRIPTION") else value
    return events


def _unescaped(value: str) -> str:
    text, at = "", 0
    while at < len(value):
        if value[at] == "\\":
            at += 1
            text += "\n" if value[at] in "nN" else value[at]
        else:
            assert value[at] not in ";,", "an unescaped separator"
            text += value[at]
        at += 1
    return text


def feed(plan: StudyPlan) -> bytes:
    return selectors.plan_calendar(plan, now=NOW, site=SITE)


def by_vobject(body: bytes) -> dict[str, Any]:
    """Events by their id, as vobject reads them. Needs what requirements-dev.txt installs."""
    vobject = pytest.importorskip("vobject")
    calendar = vobject.readOne(body.decode())
    return {event.uid.value: event for event in calendar.vevent_list}


def test_vobject_finds_every_block(plan):
    plan.exam_time = time(9, 0)
    body = feed(plan)
    found = by_vobject(body)
    ours = {event["UID"]: event for event in parsed(body)}
    exam = f"exam-{plan.pk}@prep"
    assert set(found) == {*(f"{block.pk}@prep" for block in study_blocks(plan)), exam}
    for block in study_blocks(plan):
        event = found[f"{block.pk}@prep"]
        if block.kind == "rehearsal":
            start = datetime.combine(block.day, time(8, 0), UTC)
            assert (event.dtstart.value, event.dtend.value) == (start, start + timedelta(minutes=block.minutes))
        else:
            assert (event.dtstart.value, event.dtend.value) == (block.day, block.day + timedelta(days=1))
        assert event.summary.value == ours[f"{block.pk}@prep"]["SUMMARY"]
        assert event.description.value == f"{block.reason}\n{SITE}plan/blocks/{block.pk}/open/"
        assert event.url.value == f"{SITE}plan/blocks/{block.pk}/open/"
    assert found[exam].dtstart.value == datetime(2027, 1, 16, 8, 0, tzinfo=UTC)


def test_all_readers_agree_on_strange_titles(plan, bank):
    Topic.objects.update(name=NASTY[:80])
    Block.objects.update(reason=NASTY)
    body = feed(plan)
    found = by_vobject(body)
    theirs = {str(event["UID"]): event for event in Calendar.from_ical(body).walk("VEVENT")}
    assert any("A;B,C\\D" in event.summary.value for event in found.values())
    for event in parsed(body):
        assert found[event["UID"]].summary.value == str(theirs[event["UID"]]["SUMMARY"]) == event["SUMMARY"]
        assert not hasattr(found[event["UID"]], "attendee")
        if "DESCRIPTION" in event:
            assert found[event["UID"]].description.value == event["DESCRIPTION"]


def test_lines_of_emoji_are_folded_between_letters(plan, bank):
    """75 octets end within an emoji of four: a reader that unfolds must get every one of them back."""
    title = "🧪" * 80
    lab = Lab.objects.create(topic=bank.topics[0], slug="emoji", title=title, minutes=30, body="x", self_checks=[])
    Block.objects.filter(pk=study_blocks(plan).first().pk).update(
        kind="lab", lab=lab, topic=bank.topics[0], reason=f"{'🛰️' * 80}\r\n;,\\"
    )
    body = feed(plan)
    (ours,) = [event for event in parsed(body) if title in event["SUMMARY"]]
    event = by_vobject(body)[ours["UID"]]
    assert event.summary.value == ours["SUMMARY"]
    assert event.description.value == ours["DESCRIPTION"]
    assert ours["DESCRIPTION"].startswith(f"{'🛰️' * 80}\n;,\\\n{SITE}")


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31)])
def test_a_day_of_the_clocks_change_is_one_whole_day_for_all_readers(plan, day):
    block = study_blocks(plan).first()
    Block.objects.filter(pk=block.pk).update(day=day)
    body = feed(plan)
    uid = f"{block.pk}@prep"
    theirs = next(event for event in Calendar.from_ical(body).walk("VEVENT") if str(event["UID"]) == uid)
    event = by_vobject(body)[uid]
    assert event.dtstart.value == theirs.decoded("DTSTART") == day
    assert event.dtend.value == theirs.decoded("DTEND") == day + timedelta(days=1)


def test_two_readers_find_every_block(plan):
    body = feed(plan)
    blocks = {f"{block.pk}@prep": block for block in study_blocks(plan)}
    ours = {event["UID"]: event for event in parsed(body)}
    theirs = {str(event["UID"]): event for event in Calendar.from_ical(body).walk("VEVENT")}
    exam = f"exam-{plan.pk}@prep"
    assert set(ours) == set(theirs) == {*blocks, exam}
    for uid, block in blocks.items():
        assert ours[uid]["DTSTART"] == f"{block.day:%Y%m%d}"
        assert theirs[uid].decoded("DTSTART") == block.day
        assert ours[uid]["SUMMARY"] == str(theirs[uid]["SUMMARY"])
        assert ours[uid]["DESCRIPTION"] == f"{block.reason}\n{SITE}plan/blocks/{block.pk}/open/"
    assert theirs[exam].decoded("DTSTART") == plan.exam_on


def test_strange_titles_stay_in_their_line(plan):
    Topic.objects.update(name=NASTY[:80])
    Block.objects.update(reason=NASTY)
    body = feed(plan)
    events = parsed(body)
    assert not any("ATTENDEE" in event or "X" in event for event in events)
    named = [event for event in events if "A;B,C\\D" in event["SUMMARY"]]
    assert named
    assert not any(ord(letter) < 32 and letter != "\n" for event in events for letter in "".join(event.values()))
    theirs = Calendar.from_ical(body).walk("VEVENT")
    assert sorted(str(event["SUMMARY"]) for event in theirs) == sorted(event["SUMMARY"] for event in events)


def test_the_exam_has_its_hour(plan, candidate):
    plan.exam_time = time(9, 0)
    exam = next(e for e in parsed(feed(plan)) if e["UID"].startswith("exam-"))
    assert (exam["DTSTART"], exam["DTEND"]) == ("20270116T080000Z", "20270116T094500Z")


@pytest.mark.parametrize(
    ("zone", "day", "hour", "start"),
    [
        ("Europe/Berlin", date(2027, 3, 28), time(2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2027, 10, 31), time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("Asia/Kathmandu", date(2027, 3, 28), time(9, 0), datetime(2027, 3, 28, 3, 15, tzinfo=UTC)),
    ],
)
def test_an_hour_that_the_clocks_skip_still_exists(plan, zone, day, hour, start):
    plan.candidate = User(time_zone=zone)
    plan.exam_on, plan.exam_time = day, hour
    exam = next(e for e in Calendar.from_ical(feed(plan)).walk("VEVENT") if str(e["UID"]).startswith("exam-"))
    assert exam.decoded("DTSTART") == start


def test_what_is_left_out_or_missed_is_not_in_the_feed(plan, candidate):
    first = study_blocks(plan).filter(day=TODAY).last()
    services.skip_block(plan_owner=candidate, block_id=first.pk, now=NOW)
    assert f"{first.pk}@prep" not in {event["UID"] for event in parsed(feed(plan))}


def test_the_feed_opens_without_signing_in(plan, client):
    services.renew_calendar_secret(plan=plan)
    answer = client.get(reverse("study_plans:calendar_feed", args=[plan.calendar_secret]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert len(plan.calendar_secret) >= 43
    assert parsed(answer.content)


@pytest.mark.parametrize("secret", ["x", "0" * 43, " ", "None"])
def test_a_wrong_secret_finds_nothing(plan, client, secret):
    services.renew_calendar_secret(plan=plan)
    assert client.get(reverse("study_plans:calendar_feed", args=[secret])).status_code == 404


def test_a_renewed_address_stops_the_old_one(plan, candidate, client, signed_in):
    services.renew_calendar_secret(plan=plan)
    old = reverse("study_plans:calendar_feed", args=[plan.calendar_secret])
    signed_in(candidate).post(reverse("study_plans:calendar_renew"))
    assert client.get(old).status_code == 404
    plan.refresh_from_db()
    new = reverse("study_plans:calendar_feed", args=[plan.calendar_secret])
    assert client.get(new).status_code == 200
    signed_in(candidate).post(reverse("study_plans:calendar_forget"))
    assert client.get(new).status_code == 404


def test_a_plan_without_a_feed_is_not_found_by_an_empty_secret(plan):
    assert plan.calendar_secret == ""
    assert selectors.plan_by_calendar_secret("") is None


def test_the_feed_of_somebody_who_left_is_gone(plan, candidate, client):
    services.renew_calendar_secret(plan=plan)
    User.objects.filter(pk=candidate.pk).update(is_active=False)
    assert client.get(reverse("study_plans:calendar_feed", args=[plan.calendar_secret])).status_code == 404


def test_the_download_is_the_same_file(plan, candidate, signed_in):
    answer = signed_in(candidate).get(reverse("study_plans:calendar_download"))
    assert "attachment" in answer["Content-Disposition"]
    assert parsed(answer.content)
