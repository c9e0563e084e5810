"""What the API says of estimates: every figure with its range, the answers behind it and when it was computed."""

from rest_framework import serializers

from analytics.models import Label, MistakeNote
from analytics.selectors.practice import ONLY, PracticeWish
from analytics.services.sittings import DIAGNOSTIC_COUNT, LONGEST_DRILL
from exams.models import Attempt
from exams.serializers import ClockSerializer, PaperQuestionSerializer
from questions.selectors import current_blueprint, domain_weights, topics_of


class StandingOutput(serializers.Serializer):
    """Where a candidate stands; percentages 0–100. The range holds 9 in 10."""

    code = serializers.CharField()
    name = serializers.CharField()
    expected_percent = serializers.FloatField()
    low_percent = serializers.FloatField()
    high_percent = serializers.FloatField()
    weakness = serializers.FloatField(help_text="0: 95 % expected; 100: guessing.")
    weakness_low = serializers.FloatField(
        allow_null=True, help_text="Its range holds 9 in 10. Empty in estimates from before it was kept."
    )
    weakness_high = serializers.FloatField(allow_null=True)
    confidence = serializers.FloatField(help_text="0: nothing known; 100: certain.")
    label = serializers.ChoiceField(choices=Label.choices)  # type: ignore[assignment]
    marks_to_win = serializers.FloatField(help_text="Of 100.")
    answer_count = serializers.IntegerField(help_text="First meetings with a question behind it.")


class DomainOutput(StandingOutput):
    weight_percent = serializers.IntegerField()
    shortfall_points = serializers.FloatField(help_text="Expected gap to the target; times the weight: marks to win.")
    below_pass_probability = serializers.FloatField(help_text="0–1.")


class TopicOutput(StandingOutput):
    domain = serializers.CharField()


class WeaknessOutput(serializers.Serializer):
    computed_at = serializers.DateTimeField(allow_null=True, help_text="Empty before any answer.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="The moment the figures speak of.")
    is_waiting = serializers.BooleanField(help_text="A finished or changed attempt is not yet part of the figures.")
    answer_count = serializers.IntegerField()
    mock_count = serializers.IntegerField()
    pass_percent = serializers.IntegerField()
    target_percent = serializers.IntegerField()
    domains = DomainOutput(many=True, help_text="Most to win first.")
    topics = TopicOutput(many=True, help_text="Most to win first.")

    class Meta:
        ref_name = "Weakness"


class MoveOutput(serializers.Serializer):
    domain = serializers.CharField()
    minutes = serializers.IntegerField()
    gain = serializers.FloatField(help_text="Of the chance of passing, 0–1.")
    marks = serializers.FloatField(help_text="Of the scored questions.")


class ScoreOutput(serializers.Serializer):
    expected = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    pass_score = serializers.IntegerField()
    scored_count = serializers.IntegerField()


class ReadinessOutput(serializers.Serializer):
    computed_at = serializers.DateTimeField(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True)
    is_waiting = serializers.BooleanField()
    answer_count = serializers.IntegerField()
    mock_count = serializers.IntegerField()
    probability = serializers.FloatField(
        allow_null=True, help_text="0.02–0.98. Empty before the first mock, which is the baseline."
    )
    probability_low = serializers.FloatField(allow_null=True)
    probability_high = serializers.FloatField(allow_null=True)
    score = ScoreOutput(allow_null=True)
    goal = serializers.FloatField()
    ready_on = serializers.DateField(allow_null=True, help_text="When the chance reaches the goal at the present pace.")
    ready_early = serializers.DateField(allow_null=True)
    ready_late = serializers.DateField(allow_null=True)
    moves = MoveOutput(many=True, help_text="What two hours on a domain would do, best first.")

    class Meta:
        ref_name = "Readiness"


class MistakeOutput(serializers.Serializer):
    question = serializers.CharField(help_text="Slug.")
    attempt_id = serializers.UUIDField()
    position = serializers.IntegerField()
    domain = serializers.CharField()
    topics = serializers.ListField(child=serializers.CharField())
    missed_at = serializers.DateTimeField()
    times_missed = serializers.IntegerField()
    right_days = serializers.IntegerField(help_text="Days on which it was right since; two and it leaves.")
    reason = serializers.ChoiceField(choices=MistakeNote.Reason.choices, allow_blank=True)
    rule = serializers.CharField(allow_blank=True)


class MistakesOutput(serializers.Serializer):
    computed_at = serializers.DateTimeField()
    count = serializers.IntegerField()
    mistakes = MistakeOutput(many=True, help_text="The latest first.")

    class Meta:
        ref_name = "Mistakes"


class CohortOutput(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    member_count = serializers.IntegerField()

    class Meta:
        ref_name = "Cohort"


class TrendOutput(serializers.Serializer):
    at = serializers.DateTimeField()
    sitting = serializers.CharField()
    mastery = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    answers = serializers.IntegerField()


class ReportDomainOutput(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    weight_percent = serializers.IntegerField()
    mastery = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    weakness = serializers.FloatField()
    answers = serializers.IntegerField()
    label = serializers.ChoiceField(choices=Label.choices)  # type: ignore[assignment]
    marks_to_win = serializers.FloatField()
    trend = TrendOutput(many=True)


class ReportTopicOutput(serializers.Serializer):
    domain = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    mastery = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    answers = serializers.IntegerField()
    label = serializers.ChoiceField(choices=Label.choices)  # type: ignore[assignment]


class ForecastOutput(serializers.Serializer):
    probability = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    score_mean = serializers.FloatField()
    score_low = serializers.FloatField()
    score_high = serializers.FloatField()


class SittingOutput(serializers.Serializer):
    title = serializers.CharField()
    finished_at = serializers.DateTimeField()
    right = serializers.IntegerField()
    total = serializers.IntegerField()
    minutes_used = serializers.IntegerField()
    minutes_allowed = serializers.IntegerField(allow_null=True)
    passed = serializers.BooleanField()
    before = ForecastOutput(allow_null=True, help_text="What was forecast before it.")


class ConfusionOutput(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    wrong = serializers.IntegerField()
    answers = serializers.IntegerField()


class ChangeRowOutput(serializers.Serializer):
    change = serializers.CharField()
    title = serializers.CharField()
    day_from = serializers.DateField(allow_null=True)
    day_to = serializers.DateField(allow_null=True)
    why = serializers.CharField()


class ChangeOutput(serializers.Serializer):
    number = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    because = serializers.CharField()
    summary = serializers.CharField()
    is_undone = serializers.BooleanField()
    rows = ChangeRowOutput(many=True)
    more_rows = serializers.IntegerField(help_text="How many rows are not listed here.")


class PlanOutput(serializers.Serializer):
    exam_on = serializers.DateField(allow_null=True)
    days_left = serializers.IntegerField(allow_null=True)
    minutes_planned = serializers.IntegerField(help_text="In the last seven days.")
    minutes_done = serializers.IntegerField()
    days_planned = serializers.IntegerField()
    days_done = serializers.IntegerField()
    ahead = serializers.ListField(child=serializers.CharField())
    changes = ChangeOutput(many=True, help_text="The latest first, as the candidate reads them.")


class OutcomeOutput(serializers.Serializer):
    sat_on = serializers.DateField()
    passed = serializers.BooleanField()
    overall_percent = serializers.FloatField(
        allow_null=True, help_text="Our own estimate from the domains' percentages; the report gives no overall figure."
    )


class ReportOutput(serializers.Serializer):
    """`forecast`, `sittings`, `plan` and `outcomes` are null where the candidate does not share them."""

    candidate_id = serializers.UUIDField()
    name = serializers.CharField()
    cohort_id = serializers.UUIDField()
    cohort = serializers.CharField()
    computed_at = serializers.DateTimeField(allow_null=True)
    last_answer_at = serializers.DateTimeField(allow_null=True)
    answer_count = serializers.IntegerField()
    mock_count = serializers.IntegerField()
    pass_percent = serializers.IntegerField()
    domains = ReportDomainOutput(many=True, help_text="In blueprint order.")
    topics = ReportTopicOutput(many=True)
    confusions = ConfusionOutput(many=True)
    shares_mocks = serializers.BooleanField()
    shares_plan = serializers.BooleanField()
    forecast = ForecastOutput(allow_null=True)
    sittings = SittingOutput(many=True, allow_null=True)
    plan = PlanOutput(allow_null=True)
    outcomes = OutcomeOutput(many=True, allow_null=True, help_text="Real exams, the latest first.")

    class Meta:
        ref_name = "CandidateReport"


class AttentionOutput(serializers.Serializer):
    kind = serializers.CharField()
    title = serializers.CharField()
    reason = serializers.CharField()


class MemberOutput(serializers.Serializer):
    candidate_id = serializers.UUIDField(source="report.candidate_id")
    name = serializers.CharField(source="report.name")
    computed_at = serializers.DateTimeField(source="report.computed_at", allow_null=True)
    answer_count = serializers.IntegerField(source="report.answer_count")
    domains = ReportDomainOutput(source="report.domains", many=True)
    forecast = ForecastOutput(source="report.forecast", allow_null=True)
    attention = AttentionOutput(allow_null=True)


class SharedConfusionOutput(ConfusionOutput):
    candidates = serializers.IntegerField()


class CohortOverviewOutput(serializers.Serializer):
    id = serializers.UUIDField(source="cohort.pk")
    name = serializers.CharField(source="cohort.name")
    members = MemberOutput(many=True)
    confusions = SharedConfusionOutput(many=True)

    class Meta:
        ref_name = "CohortOverview"


class PracticeInput(serializers.Serializer):
    """What to practise. Empty lists mean everything."""

    kind = serializers.ChoiceField(choices=[Attempt.Kind.DRILL, Attempt.Kind.REVIEW, Attempt.Kind.DIAGNOSTIC])
    domains = serializers.ListField(child=serializers.CharField(), required=False, default=list, help_text="Codes.")
    topics = serializers.ListField(child=serializers.CharField(), required=False, default=list, help_text="Codes.")
    misconception = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    only = serializers.ChoiceField(choices=[("", "All questions"), *ONLY.items()], required=False, default="")
    count = serializers.IntegerField(
        min_value=1, max_value=LONGEST_DRILL, required=False, help_text="10 unless given; a first map: at most 30."
    )
    tutored = serializers.BooleanField(required=False, default=True, help_text="The rationale after each answer.")
    timed = serializers.BooleanField(required=False, default=False, help_text="At the pace of the exam.")
    block_id = serializers.UUIDField(required=False, allow_null=True, default=None)

    def validate_domains(self, codes: list[str]) -> list[str]:
        return _known(codes, {weight.domain.code for weight in domain_weights(current_blueprint())})

    def validate_topics(self, codes: list[str]) -> list[str]:
        return _known(codes, {topic.code for topic in topics_of(current_blueprint())})

    def wish(self) -> PracticeWish:
        given = self.validated_data
        return PracticeWish(
            kind=given["kind"],
            topics=tuple(given["topics"]),
            domains=tuple(given["domains"]),
            misconception=given["misconception"],
            only=given["only"],
            count=given.get("count") or (DIAGNOSTIC_COUNT if given["kind"] == Attempt.Kind.DIAGNOSTIC else 10),
            is_tutored=given["tutored"],
            is_timed=given["timed"],
            block_id=given["block_id"],
        )


def _known(codes: list[str], known: set[str]) -> list[str]:
    if unknown := sorted(set(codes) - known):
        raise serializers.ValidationError(f"There is no {', '.join(unknown)} in this exam.")
    return codes


class NextQuestionInput(serializers.Serializer):
    after = serializers.IntegerField(min_value=1, max_value=1000, help_text="Position of the newest question you have.")


class NextQuestionOutput(ClockSerializer):
    question = PaperQuestionSerializer(allow_null=True, help_text="Null: the sitting has all its questions.")
    question_target = serializers.IntegerField(help_text="At most so many; exactly so many once `question` is null.")
