"""The plan over the API."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from study_plans import selectors
from study_plans.models import Block, StudyPlan
from tests.study_plans.people import adjust, make_plan, study_blocks

PLAN = "/api/v1/plan/"


@pytest.fixture
def current(bank, candidate) -> StudyPlan:
    now = timezone.now()
    return make_plan(candidate, now, exam_on=selectors.local_day(candidate, now) + timedelta(days=54))


def test_a_plan_from_the_first_minute_works(bank, candidate, api):
    answer = api(candidate).get(PLAN)
    assert answer.status_code == 200
    body = answer.json()
    assert body["exam_on"] is None
    assert body["blueprint"] == "heroku-architect"
    assert body["blocks"][0]["kind"] == "diagnostic"
    assert {"id", "day", "minutes", "title", "reason", "state"} <= set(body["blocks"][0])
    assert body["latest_revision"]["reason"] == "created"


def test_wishes_change_the_plan(current, candidate, api):
    today = selectors.local_day(candidate, timezone.now())
    day_off = today + timedelta(days=7)
    answer = api(candidate).patch(
        PLAN, {"minutes_per_weekday": [90] * 7, "days_off": [day_off.isoformat()], "block_minutes": 45}, format="json"
    )
    assert answer.status_code == 200
    body = answer.json()
    assert body["minutes_per_weekday"] == [90] * 7
    assert body["exam_on"] == current.exam_on.isoformat()
    assert body["latest_revision"]["reason"] == "availability"
    assert not [block for block in body["blocks"] if block["day"] == day_off.isoformat() and block["kind"] != "rest"]


def test_the_exam_day_can_be_taken_away(current, candidate, api):
    assert api(candidate).patch(PLAN, {"exam_on": None}, format="json").json()["exam_on"] is None


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"exam_on": "2020-01-01"}, "exam_on"),
        ({"exam_on": "soon"}, "exam_on"),
        ({"exam_on": "2999-01-01"}, "exam_on"),
        ({"minutes_per_weekday": [60] * 6}, "minutes_per_weekday"),
        ({"minutes_per_weekday": [900] * 7}, "minutes_per_weekday"),
        ({"days_off": ["Christmas"]}, "days_off"),
        ({"block_minutes": 5}, "block_minutes"),
        ({"block_minutes": None}, "block_minutes"),
    ],
)
def test_a_wrong_wish_names_its_field(current, candidate, api, wish, field):
    answer = api(candidate).patch(PLAN, wish, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert set(answer.json()["fields"]) == {field}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"first": "2026-12-01", "last": "2026-12-07"}, 200),
        ({"first": "2026-12-07", "last": "2026-12-01"}, 400),
        ({"first": "2026-12-07", "last": "2036-12-01"}, 400),
        ({"first": "x"}, 400),
        ({"first": "9999-12-31", "last": "9999-12-31"}, 200),
    ],
)
def test_days_can_be_chosen(current, candidate, api, query, status):
    answer = api(candidate).get(PLAN, query)
    assert answer.status_code == status
    if status == 200:
        assert all(query["first"] <= block["day"] <= query["last"] for block in answer.json()["blocks"])


def test_the_last_day_of_all_can_be_asked_for(current, candidate, api):
    assert api(candidate).get(PLAN, {"first": "9999-12-31"}).json()["blocks"] == []


def test_completing_a_block_works(current, candidate, api):
    block = study_blocks(current).first()
    address = f"{PLAN}blocks/{block.pk}/complete/"
    first = api(candidate).post(address, {"evidence": "seen"}, format="json")
    again = api(candidate).post(address, {}, format="json")
    assert (first.status_code, first.json()["state"]) == (200, "done")
    assert again.json() == first.json()
    assert Block.objects.get(pk=block.pk).evidence == "seen"


def test_rest_cannot_be_completed(current, candidate, api):
    rest = current.blocks.filter(kind="rest").first()
    answer = api(candidate).post(f"{PLAN}blocks/{rest.pk}/complete/", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "block_closed")


def test_revisions_tell_what_changed(current, candidate, api):
    adjust(candidate, {"security-2": 90}, now=timezone.now())
    body = api(candidate).get(f"{PLAN}revisions/").json()
    assert [row["number"] for row in body] == [2, 1]
    assert {"change", "title", "domain", "topic", "day_from", "day_to", "minutes_from", "minutes_to", "why"} <= set(
        body[0]["diff"][0]
    )


def test_nobody_else_finds_a_block(current, outsider, api):
    block = study_blocks(current).first()
    for block_id in (block.pk, uuid.UUID(int=1)):
        answer = api(outsider).post(f"{PLAN}blocks/{block_id}/complete/", {}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Block.objects.get(pk=block.pk).state == "planned"


def test_everybody_sees_only_their_own_plan(current, candidate, outsider, api):
    body = api(outsider).get(PLAN).json()
    assert body["id"] != str(current.pk)
    assert not {block["id"] for block in body["blocks"]} & {str(b.pk) for b in current.blocks.all()}


@pytest.mark.parametrize("address", [PLAN, f"{PLAN}revisions/"])
def test_the_api_asks_for_sign_in(bank, api, address):
    assert api(None).get(address).status_code == 401


def test_the_schema_describes_the_plan_without_warnings(capsys, bank):
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator

    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        schema = SchemaGenerator().get_schema(request=None, public=True)
    assert {"get", "patch"} <= set(schema["paths"]["/api/v1/plan/"])
    warned = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
    assert not [message for message in warned if "study_plans" in str(message)]
    assert reverse("plan_detail") == PLAN
