"""Parameter sets: fitted from everybody's answers, kept, restored, and followed by everybody's estimates once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from analytics import services
from analytics.models import CandidateModel, EstimateSet, ParameterSet
from analytics.selectors import candidates_behind, current_parameter_set, model_bank
from analytics.selectors.bank_drift import bank_drift
from analytics.services import parameters
from analytics.tasks import follow_parameters_task, recalibrate_task
from engine.parameters import DEFAULTS
from engine.recalibration import ParameterProposal, population
from exams.models import Attempt
from questions.models import Question
from tests.analytics.sittings import START, mock, share
from tests.bank import make_bank

MANY = 24
NIGHT = START + timedelta(days=MANY + 1)


def sit(number):
    """Whoever sits, the first question of every domain is missed."""
    person = User.objects.create_user(f"c{number}@example.com", "x", display_name=f"C{number}")
    rule = share(30 + 3 * number)
    mock(
        person,
        lambda row: not row.question_version.question.slug.endswith("-q0") and rule(row),
        seed=number,
        now=START + timedelta(days=number),
    )
    return person


@pytest.fixture
def crowd(db, monkeypatch):
    monkeypatch.setattr(parameters, "LEAST_CANDIDATES", MANY)
    bank = make_bank(per_domain=4, pilots=1)
    bank.blueprint.scored_count, bank.blueprint.pilot_count = 12, 1
    bank.blueprint.save()
    for number in range(MANY):
        sit(number)
    return bank


def difficulties():
    return dict(Question.objects.order_by("pk").values_list("pk", "difficulty"))


def test_recalibrate_works(crowd):
    before = difficulties()
    fitted = services.recalibrate(now=NIGHT)
    assert fitted.is_current
    assert fitted.candidate_count == MANY
    assert fitted.answer_count == MANY * 12
    assert fitted.score_after < fitted.score_before
    hard = Question.objects.filter(slug__endswith="-q0", is_pilot=False)
    assert all(question.difficulty > before[question.pk] + 0.3 for question in hard)
    assert all(question.difficulty_variance < 0.55 for question in hard)
    assert {int(pk): value[0] for pk, value in fitted.difficulties.items()} == {
        pk: value for pk, value in difficulties().items() if str(pk) in fitted.difficulties
    }


def test_what_held_before_is_kept(crowd):
    before = difficulties()
    services.recalibrate(now=NIGHT)
    start = ParameterSet.objects.get(is_current=False)
    assert start.candidate_count == 0
    assert start.values == DEFAULTS.to_dict()
    assert {int(pk): value[0] for pk, value in start.difficulties.items()}.items() <= before.items()


def test_too_few_candidates_change_nothing(crowd, monkeypatch):
    monkeypatch.setattr(parameters, "LEAST_CANDIDATES", MANY + 1)
    before = difficulties()
    with pytest.raises(services.RecalibrationRefused, match=f"{MANY} candidates have answered; it takes {MANY + 1}"):
        services.recalibrate(now=NIGHT)
    assert difficulties() == before
    assert not ParameterSet.objects.exists()


def test_before_there_are_enough_the_gain_alone_is_fitted(db, monkeypatch):
    monkeypatch.setattr(population, "LEAST_GROWERS", 12)
    bank = make_bank(per_domain=4, pilots=0)
    bank.blueprint.scored_count, bank.blueprint.pilot_count = 12, 0
    bank.blueprint.save()
    for number in range(12):
        person = User.objects.create_user(f"g{number}@example.com", "x", display_name=f"G{number}")
        for week, percent in enumerate((25, 100)):
            mock(person, share(percent), seed=number + 10 * week, now=START + timedelta(days=number + 7 * week))
    before = difficulties()
    fitted = services.recalibrate(now=NIGHT)
    assert fitted.is_current
    assert fitted.values["ability_gain_per_batch"] > 0.02
    assert fitted.values | {"ability_gain_per_batch": 0.0} == DEFAULTS.to_dict()
    assert "from 12 people" in fitted.note
    assert difficulties() == before
    with pytest.raises(services.RecalibrationRefused, match="Nothing was answered since"):
        services.recalibrate(now=NIGHT + timedelta(days=1))


def test_people_who_do_not_gain_leave_the_gain_alone(db, monkeypatch):
    monkeypatch.setattr(population, "LEAST_GROWERS", 3)
    bank = make_bank(per_domain=4, pilots=0)
    bank.blueprint.scored_count, bank.blueprint.pilot_count = 12, 0
    bank.blueprint.save()
    for number in range(3):
        person = User.objects.create_user(f"s{number}@example.com", "x", display_name=f"S{number}")
        for week in range(2):
            mock(person, share(60), seed=number + 10 * week, now=START + timedelta(days=number + 7 * week))
    with pytest.raises(services.RecalibrationRefused, match="who sat two mocks and gained more or less"):
        services.recalibrate(now=NIGHT)
    assert not ParameterSet.objects.exists()


def test_the_same_answers_are_fitted_once(crowd):
    services.recalibrate(now=NIGHT)
    with pytest.raises(services.RecalibrationRefused, match="Nothing was answered since"):
        services.recalibrate(now=NIGHT + timedelta(days=1))
    assert ParameterSet.objects.count() == 2


def test_new_answers_make_a_new_set_and_old_ones_are_let_go(crowd, monkeypatch):
    monkeypatch.setattr(parameters, "KEPT_SETS", 1)
    first = services.recalibrate(now=NIGHT)
    seen = [first.pk]
    for number in range(2):
        sit(MANY + number)
        seen.append(services.recalibrate(now=NIGHT + timedelta(days=1 + number)).pk)
    assert current_parameter_set("heroku-architect").pk == seen[-1]
    kept = set(ParameterSet.objects.filter(candidate_count__gt=0).values_list("pk", flat=True))
    assert kept == set(seen[-2:])
    assert ParameterSet.objects.filter(candidate_count=0).count() == 1


def test_worse_forecasts_change_nothing(crowd, monkeypatch):
    real = parameters.fit_bank

    def worse(*args, **more):
        return parameters.replace(real(*args, **more), log_loss_after=9.0)

    monkeypatch.setattr(parameters, "fit_bank", worse)
    with pytest.raises(services.RecalibrationRefused, match="would be worse"):
        services.recalibrate(now=NIGHT)
    assert not ParameterSet.objects.exists()


def test_whoever_comes_second_is_refused(crowd, monkeypatch):
    real = parameters.fit_bank

    def slow(*args, **more):
        ParameterSet.objects.create(
            exam_code="heroku-architect", values={}, difficulties={}, fitted_at=NIGHT,
            candidate_count=1, answer_count=1, is_current=True,
        )  # fmt: skip
        return real(*args, **more)

    monkeypatch.setattr(parameters, "fit_bank", slow)
    with pytest.raises(services.RecalibrationRefused, match="Somebody else"):
        services.recalibrate(now=NIGHT)


def test_constants_that_forecast_better_are_adopted(crowd, monkeypatch):
    better = DEFAULTS.replace(ability_gain_per_batch=0.1)
    monkeypatch.setattr(
        parameters, "refit_parameters", lambda *_: ParameterProposal(better, MANY, MANY * 12, 0.62, 0.60)
    )
    fitted = services.recalibrate(now=NIGHT)
    assert "ability_gain_per_batch 0.1" in fitted.note
    bank = model_bank(crowd.blueprint)
    assert bank.bank.parameters == better
    assert bank.parameter_set_id == fitted.pk


def test_restoring_brings_difficulties_and_constants_back_and_holds_them(crowd, author):
    before = difficulties()
    digest = model_bank(crowd.blueprint).digest
    fitted = services.recalibrate(now=NIGHT)
    start = ParameterSet.objects.get(candidate_count=0)
    restored = services.restore_parameter_set(parameter_set_id=start.pk, by=author, now=NIGHT)
    assert restored.is_current
    assert restored.is_held
    assert difficulties() == before
    assert model_bank(crowd.blueprint).digest == digest
    assert ParameterSet.objects.filter(pk=fitted.pk, is_current=False).exists()
    with pytest.raises(services.RecalibrationRefused, match="held"):
        services.recalibrate(now=NIGHT + timedelta(days=1))
    services.release_parameter_set(parameter_set_id=start.pk)
    assert services.recalibrate(now=NIGHT + timedelta(days=1)).is_current


def test_the_current_set_is_not_restored(crowd, author):
    fitted = services.recalibrate(now=NIGHT)
    with pytest.raises(services.RecalibrationRefused, match="current one already"):
        services.restore_parameter_set(parameter_set_id=fitted.pk, by=author, now=NIGHT)


def test_two_current_sets_cannot_be(crowd):
    fitted = services.recalibrate(now=NIGHT)
    with pytest.raises(IntegrityError), transaction.atomic():
        ParameterSet.objects.exclude(pk=fitted.pk).update(is_current=True)


def test_everybody_follows_once_in_batches(crowd):
    for person in User.objects.filter(attempts__isnull=False):
        services.analyse_candidate(candidate_id=person.pk, now=NIGHT)
    follow_parameters_task()
    assert EstimateSet.objects.count() == MANY
    fitted = services.recalibrate(now=NIGHT)
    digest = model_bank(crowd.blueprint).digest
    behind = candidates_behind(parameter_set_id=fitted.pk, now=NIGHT, limit=10)
    assert len(behind) == 10
    assert services.follow_parameters(candidate_id=behind[0], now=NIGHT).bank_digest == digest
    assert services.follow_parameters(candidate_id=behind[0], now=NIGHT) is None
    follow_parameters_task()
    assert not candidates_behind(parameter_set_id=fitted.pk, now=NIGHT)
    newest = {row.candidate_id: row for row in EstimateSet.objects.order_by("number")}
    assert {row.bank_digest for row in newest.values()} == {digest}
    count = EstimateSet.objects.count()
    follow_parameters_task()
    assert EstimateSet.objects.count() == count
    assert not CandidateModel.objects.exclude(parameter_set=fitted).exists()


def test_one_failure_holds_up_nobody(crowd, monkeypatch):
    people = list(User.objects.filter(attempts__isnull=False).order_by("pk"))
    for person in people:
        services.analyse_candidate(candidate_id=person.pk, now=NIGHT)
    fitted = services.recalibrate(now=NIGHT)
    real = services.follow_parameters

    def broken(*, candidate_id, now):
        if candidate_id == people[0].pk:
            raise ValueError("bad luck")
        return real(candidate_id=candidate_id, now=now)

    monkeypatch.setattr(services, "follow_parameters", broken)
    follow_parameters_task()
    assert candidates_behind(parameter_set_id=fitted.pk, now=NIGHT) == [people[0].pk]
    assert CandidateModel.objects.get(candidate=people[0]).failure_count == 1


def test_the_nightly_task_takes_a_refusal_calmly(bank):
    recalibrate_task()
    assert not ParameterSet.objects.exists()


def test_voided_sittings_teach_nothing(crowd):
    Attempt.objects.filter(candidate__email="c0@example.com").update(status=Attempt.Status.VOIDED)
    with pytest.raises(services.RecalibrationRefused, match=f"{MANY - 1} candidates"):
        services.recalibrate(now=NIGHT)


def test_staff_restore_and_release(crowd, author, signed_in):
    services.recalibrate(now=NIGHT)
    start = ParameterSet.objects.get(candidate_count=0)
    client, page = signed_in(author), reverse("admin:analytics_parameterset_changelist")
    assert "Constants as before" in client.get(page).content.decode()
    client.post(page, {"action": "restore", "_selected_action": [str(start.pk)]})
    start.refresh_from_db()
    assert start.is_held
    client.post(page, {"action": "release", "_selected_action": [str(start.pk)]})
    start.refresh_from_db()
    assert start.is_current
    assert not start.is_held


def test_staff_restore_one_set_at_a_time(crowd, author, signed_in):
    fitted = services.recalibrate(now=NIGHT)
    client, page = signed_in(author), reverse("admin:analytics_parameterset_changelist")
    both = [str(pk) for pk in ParameterSet.objects.values_list("pk", flat=True)]
    answer = client.post(page, {"action": "restore", "_selected_action": both}, follow=True)
    assert "Choose exactly one set" in answer.content.decode()
    again = client.post(page, {"action": "restore", "_selected_action": [str(fitted.pk)]}, follow=True)
    assert "current one already" in again.content.decode()


def test_the_drift_of_the_bank_is_shown(crowd, author, signed_in):
    page = signed_in(author)
    address = reverse("analytics:question_statistic_list")
    assert f"needs {population.LEAST_CANDIDATES} people" in page.get(address).content.decode()
    assert bank_drift(crowd.blueprint.code) is None
    fitted = services.recalibrate(now=NIGHT)
    drift = bank_drift(crowd.blueprint.code)
    assert drift is not None
    assert (drift.current, drift.count) == (fitted, len(fitted.difficulties))
    assert drift.sd > 0
    changes = [abs(one.change) for one in drift.moved]
    assert changes == sorted(changes, reverse=True)
    assert changes[0] > 0.3
    shown = page.get(address).content.decode()
    assert f"{drift.count} questions moved" in shown
    assert drift.moved[0].question.slug in shown


def test_the_drift_of_a_restored_set_is_against_what_it_replaced(crowd, author, signed_in):
    fitted = services.recalibrate(now=NIGHT)
    start = ParameterSet.objects.get(candidate_count=0)
    services.restore_parameter_set(parameter_set_id=start.pk, by=author, now=NIGHT)
    drift = bank_drift(crowd.blueprint.code)
    assert drift is not None
    assert (drift.before, drift.current) == (fitted, start)
    shown = signed_in(author).get(reverse("analytics:question_statistic_list")).content.decode()
    assert "Brought back by hand and held" in shown
    assert "These difficulties come from the authors’ levels" in shown
    assert "needs" not in shown[shown.index("Drift of the bank") : shown.index("Moved most")]


def test_a_set_that_moved_no_question_shows_no_table_of_zeros(crowd, author, signed_in):
    start = services.recalibrate(now=NIGHT)
    ParameterSet.objects.filter(pk=start.pk).update(is_current=False)
    ParameterSet.objects.create(
        exam_code=start.exam_code,
        values=start.values,
        difficulties=start.difficulties,
        fitted_at=NIGHT + timedelta(days=1),
        candidate_count=30,
        answer_count=4000,
        is_current=True,
        note="Gain per mock 0.100 from 30 people.",
    )
    shown = signed_in(author).get(reverse("analytics:question_statistic_list")).content.decode()
    assert "No question moved against the set of" in shown
    assert "Gain per mock 0.100" in shown
    assert "4,000 first answers" in shown
    assert "Moved most" not in shown


def test_staff_read_what_a_set_is_and_what_it_changed(crowd, author, signed_in):
    fitted = services.recalibrate(now=NIGHT)
    ParameterSet.objects.filter(pk=fitted.pk).update(values={**fitted.values, "forgetting_days": 45.0})
    client = signed_in(author)
    listed = client.get(reverse("admin:analytics_parameterset_changelist")).content.decode()
    assert "none: authors’ levels" in listed
    assert f"{fitted.score_before:.4f} → {fitted.score_after:.4f}" in listed
    shown = client.get(reverse("admin:analytics_parameterset_change", args=[fitted.pk])).content.decode()
    assert "forgetting_days: 45.0 instead of 60.0" in shown
