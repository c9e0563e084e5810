"""Pages over other people's figures say how old those are and follow them; nobody is led astray when signed out."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ReportView
from analytics import services
from analytics.models import EstimateSet
from tests.analytics.conftest import days_ago
from tests.analytics.sittings import mock, share

HTMX = {"HX-Request": "true"}


def line_address(response) -> str:
    """Where the line of a page asks again."""
    found = re.search(r'id="figures-fresh" hx-get="([^"]+)"', response.content.decode())
    return found[1].replace("&amp;", "&")


@pytest.fixture
def addresses(sat, membership):
    return {
        "cohort": reverse("analytics:cohort_show", args=[membership.cohort_id]),
        "report": reverse("analytics:report_show", args=[membership.cohort_id, sat.pk]),
        "shared": reverse("analytics:shared_report_show", args=[membership.pk]),
        "record": reverse("analytics:track_record_show"),
    }


WHO = {"cohort": "mentor", "report": "mentor", "shared": "candidate", "record": "candidate"}


@pytest.mark.parametrize("name", WHO)
def test_a_page_is_told_of_newer_figures_and_only_then(sat, addresses, request, signed_in, name):
    client = signed_in(request.getfixturevalue(WHO[name]))
    line = line_address(client.get(addresses[name]))
    quiet = client.get(line, headers=HTMX)
    assert "HX-Trigger-After-Swap" not in quiet
    assert quiet.content.decode().startswith('<span id="figures-fresh"')
    mock(sat, share(80), now=days_ago(1), seed=5)
    services.analyse_candidate(candidate_id=sat.pk, now=timezone.now())
    told = client.get(line, headers=HTMX)
    assert "figures-changed" in told["HX-Trigger-After-Swap"]
    assert "s ago" in told.content.decode()
    assert "HX-Trigger-After-Swap" not in client.get(line_address(told), headers=HTMX)


def test_the_record_follows_the_count_too(sat, candidate, signed_in):
    client = signed_in(candidate)
    line = line_address(client.get(reverse("analytics:track_record_show")))
    services.count_forecast_record(now=timezone.now())
    assert "figures-changed" in client.get(line, headers=HTMX)["HX-Trigger-After-Swap"]


def test_the_statistics_page_follows_the_nightly_count(bank, candidate, author, signed_in):
    client, page = signed_in(author), reverse("analytics:question_statistic_list")
    line = line_address(client.get(page, {"order": "facility"}))
    assert "order=facility" in line
    assert "HX-Trigger-After-Swap" not in client.get(line, headers=HTMX)
    mock(candidate, share(50), now=days_ago(1))
    services.count_question_statistics(now=timezone.now())
    told = client.get(line, headers=HTMX)
    assert "figures-changed" in told["HX-Trigger-After-Swap"]
    assert "Counted 0 s ago" in told.content.decode() or "Counted 1 s ago" in told.content.decode()


def test_asking_for_freshness_is_no_look_at_a_report_and_tells_nothing(sat, addresses, mentor, signed_in):
    client = signed_in(mentor)
    line = line_address(client.get(addresses["report"]))
    looks = ReportView.objects.count()
    answer = client.get(line, headers=HTMX)
    assert ReportView.objects.count() == looks
    assert "%" not in answer.content.decode().replace("%3D", "")
    assert sat.display_name not in answer.content.decode()


@pytest.mark.parametrize("name", ["cohort", "report", "shared"])
def test_nobody_else_may_ask(sat, addresses, outsider, signed_in, name):
    assert signed_in(outsider).get(addresses[name], {"since": "x"}, headers=HTMX).status_code == 404


def test_a_refused_note_leaves_the_line_at_the_reports_address(sat, membership, addresses, mentor, signed_in):
    write = reverse("analytics:note_write", args=[membership.cohort_id, sat.pk])
    refused = signed_in(mentor).post(write, {"text": ""})
    assert refused.status_code == 422
    assert line_address(refused).startswith(addresses["report"] + "?")
    assert f'hx-get="{addresses["report"]}"' in refused.content.decode()


def test_a_cohort_says_how_old_its_oldest_figures_are(sat, membership, other_candidate, mentor, signed_in):
    from accounts import services as people

    people.accept_invitation(
        candidate=other_candidate,
        token=membership.cohort.invitation_token,
        shares_mocks=True,
        shares_plan=True,
        now=days_ago(3),
    )
    mock(other_candidate, share(60), now=days_ago(0.5))
    services.analyse_candidate(candidate_id=other_candidate.pk, now=timezone.now())
    EstimateSet.objects.filter(candidate=sat).update(computed_at=days_ago(0.2))
    html = signed_in(mentor).get(reverse("analytics:cohort_show", args=[membership.cohort_id])).content.decode()
    assert re.search(r"Updated \d+ s ago, the oldest 4 h ago", html)


@pytest.mark.parametrize("name", ["today_show", "freshness_show", "track_record_show", "question_statistic_list"])
def test_a_part_asked_for_after_signing_out_sends_the_page_to_the_sign_in(bank, client, name):
    answer = client.get(reverse(f"analytics:{name}"), headers=HTMX)
    assert answer["HX-Refresh"] == "true"
    assert answer.content == b""
    assert client.get(reverse(f"analytics:{name}")).status_code == 302
