"""On which terms a candidate would sit a mock now: what the start page promises and the start keeps."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max

from accounts.models import User
from accounts.selectors import time_factor_of
from exams.models import Attempt, MinutesGrant
from exams.selectors.attempts import questions_met_by
from questions.models import DomainWeight, ExamBlueprint
from questions.selectors import current_blueprint, domain_weights, drawable_questions


@dataclass(frozen=True, slots=True)
class MockTerms:
    """minutes: this candidate's own; standard_minutes: the exam's. unmet_count: drawable questions never met."""

    blueprint: ExamBlueprint
    number: int
    minutes: int
    standard_minutes: int
    time_factor: Decimal
    granted_minutes: int
    weights: list[DomainWeight]
    drawable_count: int
    unmet_count: int

    @property
    def has_extra_time(self) -> bool:
        return self.minutes != self.standard_minutes

    @property
    def most_are_new(self) -> bool:
        return self.unmet_count >= self.blueprint.scored_count


def mock_terms_of(candidate: User, today: date) -> MockTerms:
    """Raises ExamBlueprint.DoesNotExist while no bank is loaded."""
    blueprint = current_blueprint()
    factor = time_factor_of(candidate)
    granted = MinutesGrant.objects.filter(candidate=candidate, used_in=None).values_list("minutes", flat=True).first()
    mocks = Attempt.objects.filter(candidate=candidate, kind=Attempt.Kind.MOCK)
    scored = [question for question in drawable_questions(blueprint, today) if not question.is_pilot]
    met = questions_met_by(candidate)
    return MockTerms(
        blueprint=blueprint,
        number=(mocks.aggregate(last=Max("number"))["last"] or 0) + 1,
        minutes=int(blueprint.minutes * factor) + (granted or 0),
        standard_minutes=blueprint.minutes,
        time_factor=factor,
        granted_minutes=granted or 0,
        weights=domain_weights(blueprint),
        drawable_count=len(scored),
        unmet_count=sum(question.question_id not in met for question in scored),
    )
