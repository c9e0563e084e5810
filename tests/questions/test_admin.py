"""Authoring in the admin: the whole way of a question, and everything that is refused."""

import re
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from questions.models import KeyCorrection, Misconception, Question, QuestionReport, QuestionVersion, Reference
from questions.services import publish_version, report_question, start_next_version
from questions.signals import key_corrected
from tests.conftest import PASSWORD

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def question(bank) -> Question:
    return bank.questions[0]


@pytest.fixture
def draft(question) -> QuestionVersion:
    return start_next_version(question=question, now=NOW)


@pytest.fixture
def staff(author, signed_in):
    return signed_in(author)


def _page(version: QuestionVersion) -> str:
    return reverse("admin:questions_questionversion_change", args=[version.pk])


def _form(version: QuestionVersion, **changes) -> dict[str, str]:
    """What the browser would post for a version, with some fields changed; None leaves a field out."""
    options, references = list(version.options.all()), list(version.references.all())
    data = {
        "scenario": version.scenario,
        "stem": version.stem,
        "select_count": str(version.select_count),
        "author_level": str(version.author_level),
        "verified_on": "23/11/2026",
    }
    for prefix, rows in (("options", options), ("references", references)):
        data[f"{prefix}-TOTAL_FORMS"] = str(len(rows))
        data[f"{prefix}-INITIAL_FORMS"] = str(len(rows))
    for number, option in enumerate(options):
        data |= {
            f"options-{number}-id": str(option.pk),
            f"options-{number}-version": str(version.pk),
            f"options-{number}-text": option.text,
            f"options-{number}-place": str(number + 1),
            f"options-{number}-rationale": option.rationale,
            **({f"options-{number}-is_key": "on"} if option.is_key else {}),
        }
    for number, reference in enumerate(references):
        data |= {
            f"references-{number}-id": str(reference.pk),
            f"references-{number}-version": str(version.pk),
            f"references-{number}-title": reference.title,
            f"references-{number}-url": reference.url,
            f"references-{number}-verified_on": "23/11/2026",
        }
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def _errors(html: str) -> list[str]:
    return re.findall(r'<ul class="errorlist[^"]*"[^>]*>(.*?)</ul>', html, re.S)


def test_a_question_can_be_written_from_nothing_to_published(staff, bank):
    added = staff.post(
        reverse("admin:questions_question_add"),
        {"slug": "platform-new", "first_topic": bank.topics[0].pk, "groups": "one, two", "_write": "1"},
    )
    question = Question.objects.get(slug="platform-new")
    draft = question.versions.get()
    assert added.url == _page(draft)
    assert (question.domain, question.look_alikes) == (bank.domains[0], ["one", "two"])
    assert [link.topic for link in question.topic_links.all()] == [bank.topics[0]]
    data = {
        "scenario": "A bakery in Porto.",
        "stem": "Which dyno fits?",
        "select_count": "1",
        "author_level": "2",
        "verified_on": "23/11/2026",
        "options-TOTAL_FORMS": "4",
        "options-INITIAL_FORMS": "0",
        "references-TOTAL_FORMS": "1",
        "references-INITIAL_FORMS": "0",
        "references-0-title": "Dynos",
        "references-0-url": "https://devcenter.heroku.com/articles/dynos",
        "references-0-verified_on": "23/11/2026",
        "_publish": "1",
    }
    for number, text in enumerate(["Basic", "Standard", "Private", "Shield"]):
        data |= {
            f"options-{number}-text": text,
            f"options-{number}-place": str(4 - number),
            f"options-{number}-rationale": f"{text} would be right where its price is paid for a need.",
        }
    response = staff.post(_page(draft), data | {"options-3-is_key": "on"}, follow=True)
    assert "is published" in response.content.decode()
    question.refresh_from_db()
    assert question.status == Question.Status.PUBLISHED
    version = question.current_version
    assert [option.text for option in version.options.all()] == ["Shield", "Private", "Standard", "Basic"]
    assert version.key_ids == [version.options.get(text="Shield").pk]
    assert question.difficulty == -0.7
    assert question.history.count() >= 2


def test_a_draft_may_be_saved_unfinished_and_the_author_is_told(staff, draft):
    response = staff.post(_page(draft), _form(draft, **{"options-0-is_key": None, "_continue": "1"}), follow=True)
    html = response.content.decode()
    assert "is saved" in html
    assert "Needed before publishing: select says 1, but 0 options are marked right." in html
    draft.refresh_from_db()
    assert not draft.is_published


@pytest.mark.parametrize("button", ["_publish", "_submit"])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"options-0-is_key": None}, "Select says 1, but 0 options are marked right."),
        ({"options-1-is_key": "on"}, "Select says 1, but 2 options are marked right."),
        ({"stem": "Which two fit? Choose two."}, "Asks for 2 answers, but one is to be chosen."),
        ({"select_count": "2", "options-1-is_key": "on"}, "Must say “Choose two.”"),
        ({"options-1-text": "Option 0 of platform-q0"}, "Says the same as option 1."),
        ({"options-1-rationale": ""}, "This field is required."),
        ({"options-1-DELETE": "on", "options-2-DELETE": "on"}, "needs 3 to 8 options, has 2"),
        ({"references-0-DELETE": "on"}, "needs at least one page"),
        ({"references-0-url": "http://example.com/"}, "Must begin with https://."),
        ({"references-0-verified_on": ""}, "This field is required."),
        ({"verified_on": ""}, "Says on which day"),
        ({"scenario": "![x](//elsewhere.example/p.png)"}, "images from other sites are not shown"),
    ],
)
def test_review_and_publishing_name_the_field_that_is_wrong(staff, draft, button, changes, expected):
    response = staff.post(_page(draft), _form(draft, **changes, **{button: "1"}))
    assert response.status_code == 200
    errors = " ".join(_errors(response.content.decode()))
    assert expected in errors
    draft.refresh_from_db()
    assert (draft.is_published, draft.submitted_at) == (False, None)


def test_a_published_version_cannot_be_changed_here(staff, question):
    version = question.current_version
    page = staff.get(_page(version)).content.decode()
    assert 'name="stem"' not in page
    assert "A published version stays as it is" in page
    assert staff.post(_page(version), _form(version, stem="Another?")).status_code == 403
    version.refresh_from_db()
    assert version.stem.startswith("What is right")


def test_editing_a_published_question_starts_the_next_version(staff, question):
    version = question.current_version
    response = staff.post(reverse("admin:questions_questionversion_next", args=[version.pk]))
    draft = question.versions.get(published_at__isnull=True)
    assert response.url == _page(draft)
    staff.post(_page(draft), _form(draft, stem="What is right today?", _publish="1"))
    question.refresh_from_db()
    assert (question.current_version.number, question.current_version.stem) == (2, "What is right today?")
    version.refresh_from_db()
    assert version.options.count() == 4
    assert staff.get(reverse("admin:questions_questionversion_next", args=[version.pk])).status_code == 404


def test_review_and_back(staff, draft):
    staff.post(_page(draft), _form(draft, _submit="1"))
    draft.refresh_from_db()
    assert draft.submitted_at is not None
    assert "Save and give back to the author" in staff.get(_page(draft)).content.decode()
    staff.post(_page(draft), _form(draft, _return="1"))
    draft.refresh_from_db()
    assert draft.submitted_at is None


def test_options_can_change_places_and_be_added_and_removed(staff, draft):
    changes = {
        "options-0-place": "2",
        "options-1-place": "1",
        "options-2-DELETE": "on",
        "options-TOTAL_FORMS": "5",
        "options-4-text": "One more",
        "options-4-rationale": "It would be right elsewhere, and here it is not.",
        "_continue": "1",
    }
    response = staff.post(_page(draft), _form(draft, **changes))
    assert response.status_code == 302
    texts = [option.text.split(" of ")[0] for option in draft.options.all()]
    assert texts == ["Option 1", "Option 0", "Option 3", "One more"]


def test_a_draft_can_be_discarded_and_a_published_version_cannot(staff, question, draft):
    staff.post(reverse("admin:questions_questionversion_delete", args=[draft.pk]), {"post": "yes"})
    assert not QuestionVersion.objects.filter(pk=draft.pk).exists()
    published = question.current_version
    address = reverse("admin:questions_questionversion_delete", args=[published.pk])
    assert staff.post(address, {"post": "yes"}).status_code == 403


# --- Preview ---


def test_the_preview_follows_what_is_typed_and_stores_nothing(staff, draft):
    pair = Misconception.objects.create(exam_code="heroku-architect", code="a-b", name="A ↔ B")
    changes = {
        "stem": "Which `ps` *fits*?",
        "options-1-text": "<script>alert(1)</script>",
        "options-1-misconception": str(pair.pk),
        "options-0-place": "4",
        "options-3-place": "1",
    }
    answer = staff.post(
        reverse("admin:questions_questionversion_preview", args=[draft.pk]), _form(draft, **changes)
    ).json()
    assert "Which <code>ps</code> <em>fits</em>?" in answer["exam"]
    assert answer["exam"].index("Option 3 of") < answer["exam"].index("Option 0 of")
    assert "RATIONALE" not in answer["exam"]
    assert "<script>" not in answer["exam"] + answer["review"]
    assert "&lt;script&gt;" in answer["exam"]
    assert "Right answer" in answer["review"]
    assert "A ↔ B" in answer["review"]
    draft.refresh_from_db()
    assert draft.stem.startswith("What is right in")


def test_the_preview_of_half_a_form_is_no_error(staff, draft):
    answer = staff.post(
        reverse("admin:questions_questionversion_preview", args=[draft.pk]),
        {"stem": "", "select_count": "many", "verified_on": "soon", "options-TOTAL_FORMS": "x"},
    )
    assert answer.status_code == 200
    assert {"weight": "error", "field": "stem", "text": "is empty"} in answer.json()["findings"]


def test_the_stored_version_can_be_seen_as_a_page(staff, question):
    version = question.current_version
    stored = staff.get(reverse("admin:questions_questionversion_preview", args=[version.pk])).json()
    assert version.stem in stored["exam"]
    page = staff.get(reverse("admin:questions_questionversion_shown", args=[version.pk])).content.decode()
    assert "RATIONALE of option 0" in page


# --- Keys ---


@pytest.fixture
def sure_staff(staff):
    """Somebody who has just proved again who they are."""
    assert staff.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    return staff


def test_a_key_can_be_corrected_with_a_reason(sure_staff, author, question):
    heard = []

    def listen(**words):
        heard.append(words["version"].pk)

    version = question.current_version
    new = version.options.get(order=1).pk
    key_corrected.connect(listen)
    try:
        response = sure_staff.post(
            reverse("admin:questions_questionversion_key", args=[version.pk]),
            {"keys": [new], "reason": "The page changed."},
            follow=True,
        )
    finally:
        key_corrected.disconnect(listen)
    html = response.content.decode()
    assert "graded again" in html
    assert "The page changed." in html
    version.refresh_from_db()
    assert version.key_ids == [new]
    assert KeyCorrection.objects.get().corrected_by == author
    assert heard == [version.pk]


def test_a_wrong_number_of_keys_is_refused(sure_staff, question):
    version = question.current_version
    keys = list(version.options.values_list("pk", flat=True))[:2]
    response = sure_staff.post(
        reverse("admin:questions_questionversion_key", args=[version.pk]), {"keys": keys, "reason": "x"}
    )
    assert "Choose 1, not 2" in response.content.decode()
    assert not KeyCorrection.objects.exists()


def test_correcting_a_key_asks_for_the_password_again(staff, question):
    address = reverse("admin:questions_questionversion_key", args=[question.current_version_id])
    response = staff.get(address)
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_reauthenticate"))


# --- Lists, board, queues ---


def test_the_list_filters_by_state_topic_level_and_freshness(staff, bank, draft):
    Reference.objects.filter(version=bank.questions[5].current_version).update(verified_on=date(2020, 1, 1))
    QuestionVersion.objects.filter(pk=bank.questions[5].current_version_id).update(verified_on=date(2020, 1, 1))
    address = reverse("admin:questions_question_changelist")

    def slugs(query: str) -> list[str]:
        return [question.slug for question in staff.get(f"{address}?{query}").context["cl"].result_list]

    assert len(slugs("")) == 50
    assert slugs("freshness=stale") == [bank.questions[5].slug]
    assert bank.questions[5].slug not in slugs("freshness=fresh")
    assert slugs("next=draft") == [draft.question.slug]
    assert slugs("next=review") == []
    assert set(slugs(f"topic={bank.topics[0].code}")) == {f"platform-q{n}" for n in range(0, 24, 3)} | {"pilot-q0"}
    assert slugs("level=5") == []
    assert len(slugs("q=pilot-q")) == 5


def test_marking_as_checked_brings_a_question_back(staff, bank):
    question = bank.questions[5]
    Reference.objects.filter(version=question.current_version).update(verified_on=date(2020, 1, 1))
    address = reverse("admin:questions_question_changelist")
    staff.post(address, {"action": "mark_checked", "_selected_action": [question.pk]})
    assert question.current_version.references.get().verified_on > date(2026, 1, 1)


def test_retiring_and_restoring_by_action(staff, question):
    address = reverse("admin:questions_question_changelist")
    staff.post(address, {"action": "retire", "_selected_action": [question.pk]})
    question.refresh_from_db()
    assert question.status == Question.Status.RETIRED
    staff.post(address, {"action": "restore", "_selected_action": [question.pk]})
    question.refresh_from_db()
    assert question.status == Question.Status.PUBLISHED


def test_published_questions_are_not_deleted(staff, question):
    assert (
        staff.post(reverse("admin:questions_question_delete", args=[question.pk]), {"post": "yes"}).status_code == 403
    )


def test_topics_and_pilot_are_changed_on_the_question(staff, question, bank):
    second = bank.topics[4]
    data = {"first_topic": second.pk, "second_topic": bank.topics[0].pk, "is_pilot": "on", "groups": "", "_save": "1"}
    staff.post(reverse("admin:questions_question_change", args=[question.pk]), data)
    question.refresh_from_db()
    assert (question.domain, question.is_pilot) == (second.domain, True)
    assert [link.topic for link in question.topic_links.all()] == [second, bank.topics[0]]


def test_the_coverage_board_counts(staff, bank):
    page = staff.get(reverse("admin:questions_question_coverage"))
    coverage = {domain.code: domain for domain in page.context["coverage"]}
    assert (coverage["platform"].have, coverage["platform"].need, coverage["platform"].pilots) == (24, 42, 3)
    assert coverage["enterprise"].topics[0].levels == (0, 0, 8, 0, 0)
    assert "Heroku Enterprise: 24 of 118, 94 missing" in page.content.decode()


def test_reports_wait_in_a_queue_and_are_answered_once(staff, question, candidate, author):
    report = report_question(
        version=question.current_version, reporter=candidate, text="<script>alert(1)</script> B?", now=NOW
    )
    queue = staff.get(reverse("admin:questions_questionreport_changelist")).content.decode()
    assert "&lt;script&gt;" in queue
    assert "<script>alert" not in queue
    address = reverse("admin:questions_questionreport_change", args=[report.pk])
    refused = staff.post(address, {"status": "declined", "reply": ""})
    assert "Say in a sentence" in " ".join(_errors(refused.content.decode()))
    staff.post(address, {"status": "declined", "reply": "B needs a Private Space."})
    report.refresh_from_db()
    assert (report.status, report.answered_by) == (QuestionReport.Status.DECLINED, author)
    assert report.text not in staff.get(reverse("admin:questions_questionreport_changelist")).content.decode()
    assert staff.post(address, {"status": "mended", "reply": ""}).status_code == 403


def test_a_contrast_pair_is_written_side_by_side(staff, bank):
    staff.post(
        reverse("admin:questions_misconception_add"),
        {
            "exam_code": "heroku-architect",
            "code": "a-b",
            "name": "A ↔ B",
            "domain": bank.domains[0].pk,
            "left_name": "A",
            "left_choose_when": "It is early.",
            "left_points": "one\n\ntwo",
            "right_name": "B",
            "right_choose_when": "It is late.",
            "right_points": "three",
        },
    )
    pair = Misconception.objects.get(code="a-b")
    assert pair.left == {"name": "A", "choose_when": "It is early.", "points": ["one", "two"]}


# --- Who may ---


@pytest.fixture
def writer(candidate, signed_in):
    """Staff of the group Authors and nothing more."""
    candidate.is_staff = True
    candidate.save()
    candidate.groups.add(Group.objects.get(name="Authors"))
    return signed_in(candidate)


def test_authors_write_and_publish_and_see_no_people(writer, draft):
    assert writer.get(reverse("admin:questions_question_changelist")).status_code == 200
    writer.post(_page(draft), _form(draft, stem="What is right now?", _publish="1"))
    draft.refresh_from_db()
    assert draft.is_published
    assert writer.get(reverse("admin:accounts_user_changelist")).status_code == 403
    index = writer.get(reverse("admin:index")).content.decode()
    assert "accounts/user" not in index


def test_the_owner_list_shows_staff_only(writer, other_candidate):
    page = writer.get(reverse("admin:questions_question_add")).content.decode()
    assert str(other_candidate) not in page


def test_without_the_permission_nobody_publishes(writer, candidate, draft):
    group = Group.objects.get(name="Authors")
    group.permissions.remove(*group.permissions.filter(codename__in=["publish_question", "correct_key"]))
    assert "Save and publish" not in writer.get(_page(draft)).content.decode()
    assert writer.post(_page(draft), _form(draft, _publish="1")).status_code == 403
    draft.refresh_from_db()
    assert not draft.is_published


def test_candidates_and_mentors_get_nowhere(signed_in, mentor, outsider, question):
    version = question.current_version
    for user in (mentor, outsider):
        client = signed_in(user)
        for address in (
            reverse("admin:questions_question_changelist"),
            reverse("admin:questions_question_coverage"),
            _page(version),
            reverse("admin:questions_questionversion_preview", args=[version.pk]),
            reverse("admin:questions_questionversion_shown", args=[version.pk]),
            reverse("admin:questions_questionversion_key", args=[version.pk]),
        ):
            assert client.get(address).status_code == 302
            assert "RATIONALE" not in client.get(address).content.decode()


def test_staff_without_question_permissions_see_no_key(candidate, signed_in, question):
    candidate.is_staff = True
    candidate.save()
    client = signed_in(candidate)
    version = question.current_version
    for name in ("preview", "shown"):
        address = reverse(f"admin:questions_questionversion_{name}", args=[version.pk])
        assert client.get(address).status_code == 403
    assert client.get(reverse("admin:questions_question_coverage")).status_code == 403


def test_no_page_of_the_admin_holds_inline_script_or_style(staff, question, draft):
    start = publish_version(version=draft, now=NOW)
    for address in (
        reverse("admin:questions_question_changelist"),
        reverse("admin:questions_question_add"),
        reverse("admin:questions_question_change", args=[question.pk]),
        reverse("admin:questions_question_history", args=[question.pk]),
        reverse("admin:questions_question_coverage"),
        _page(start),
        _page(start_next_version(question=question, now=NOW)),
        reverse("admin:questions_misconception_add"),
        reverse("admin:questions_questionreport_changelist"),
        reverse("admin:questions_topic_changelist"),
        reverse("admin:questions_examblueprint_changelist"),
    ):
        response = staff.get(address)
        assert response.status_code == 200, address
        html = response.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", html), address
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", html), address
        assert "script-src 'self'" in response["Content-Security-Policy"]


def test_history_shows_who_and_when_and_reverts_nothing(staff, question):
    staff.post(
        reverse("admin:questions_question_change", args=[question.pk]),
        {"first_topic": question.topic_links.get().topic_id, "is_pilot": "on", "groups": "", "_save": "1"},
    )
    html = staff.get(reverse("admin:questions_question_history", args=[question.pk])).content.decode()
    assert "ines@example.com" in html or "Ines Duarte" in html
    assert "Revert" not in html
