"""Somebody who has nothing to do with a row finds nothing at its address: every address, from the URL resolver."""

import json
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

ELSEWHERE = ("accounts/", "api/schema/", settings.ADMIN_PATH)
METHODS = ("get", "post", "put", "patch", "delete")

# Open to everybody who is signed in: content of the bank, and addresses that are themselves the secret.
OPEN_TO_ALL = {
    "study_plans:topic_show",
    "study_plans:lab_show",
    "analytics:confusion_show",
    "accounts:invitation_show",
    "accounts:invitation_accept",
    "study_plans:calendar_feed",
    "study_plans:messages_stop",
}
# What each API address takes, so that a refusal is about who asks and not about what is sent.
BODIES = {
    "api_answer_save": {"selected": [], "base_revision": 0, "save_id": str(uuid.uuid4())},
    "api_next_question": {"after": 1},
    "api_attempt_heartbeat": {"device_id": str(uuid.uuid4())},
}
UNKNOWN = {
    "position": 1,
    "membership_id": 0,
    "attempt_question_id": 0,
    "code": "nothing",
    "slug": "nothing",
    "token": "nothing",
    "secret": "nothing",
}


def addresses(resolver: URLResolver | None = None, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[tuple]:
    """(URL name, parameter names) of everything that is ours and takes an id."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if path.startswith(ELSEWHERE):
            continue
        if isinstance(entry, URLResolver):
            inside = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from addresses(entry, path, inside)
        elif isinstance(entry, URLPattern) and entry.pattern.converters and entry.name:
            yield ":".join((*spaces, entry.name)), sorted(entry.pattern.converters)


ADDRESSES = sorted(addresses())


def statuses(page, name: str, address: str) -> dict[str, int]:
    body = json.dumps(BODIES.get(name, {}))
    return {
        method: getattr(page, method)(
            address, **({} if method == "get" else {"data": body, "content_type": "application/json"})
        ).status_code
        for method in METHODS
    }


def hides(found: dict[str, int]) -> bool:
    """Nothing but “not there” and “not this method”, and “not there” at least once."""
    return set(found.values()) <= {404, 405} and 404 in found.values()


def test_outsider_finds_nothing_of_anybody(household, signed_in, outsider):
    page = signed_in(outsider)
    shown = {}
    for name, parameters in ADDRESSES:
        if name in OPEN_TO_ALL:
            continue
        address = reverse(name, kwargs={parameter: household.parameters[parameter] for parameter in parameters})
        if not hides(found := statuses(page, name, address)):
            shown[address] = found
    assert not shown
    assert len(ADDRESSES) > 40


def test_mentor_of_another_cohort_finds_nothing(household, signed_in, outsider):
    from accounts.services import create_cohort

    own = create_cohort(mentor=outsider, name="Elsewhere")
    page = signed_in(outsider)
    for name, parameters in ADDRESSES:
        if {"cohort_id", "candidate_id"} <= set(parameters):
            values = {**household.parameters, "cohort_id": own.pk}
            address = reverse(name, kwargs={parameter: values[parameter] for parameter in parameters})
            assert hides(statuses(page, name, address)), address


def test_mentor_loses_access_the_moment_the_candidate_leaves(household, signed_in, mentor):
    from accounts.services import leave_cohort

    page = signed_in(mentor)
    values = household.parameters
    report = reverse("analytics:report_show", kwargs={name: values[name] for name in ("cohort_id", "candidate_id")})
    assert page.get(report).status_code == 200
    leave_cohort(membership=household.membership, now=household.membership.consented_at.replace(year=2027))
    assert page.get(report).status_code == 404


def test_unknown_ids_are_not_there(bank, signed_in, outsider):
    page = signed_in(outsider)
    shown = {}
    for name, parameters in ADDRESSES:
        address = reverse(name, kwargs={parameter: UNKNOWN.get(parameter, uuid.uuid4()) for parameter in parameters})
        if not hides(found := statuses(page, name, address)):
            shown[address] = found
    assert not shown


def test_signed_out_people_see_no_row(household, client):
    for name, parameters in ADDRESSES:
        if name in ("study_plans:calendar_feed", "study_plans:messages_stop"):
            continue
        known = {**household.parameters, **{key: UNKNOWN[key] for key in ("code", "slug", "secret")}}
        address = reverse(name, kwargs={parameter: known[parameter] for parameter in parameters})
        assert set(statuses(client, name, address).values()) <= {302, 401, 403, 404, 405}, address


def test_admin_sends_candidates_away(signed_in, candidate):
    page = signed_in(candidate)
    for name in ("index", "questions_question_changelist", "accounts_user_changelist", "exams_attempt_changelist"):
        answer = page.get(reverse(f"admin:{name}"))
        assert answer.status_code == 302
        assert "login" in answer.url
