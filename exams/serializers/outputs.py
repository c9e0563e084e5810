"""What the exam API answers."""

from functools import cache
from typing import Any

from rest_framework import serializers

from exams.models import Attempt


class ClockSerializer(serializers.Serializer):
    """The server's clock: what every reply re-syncs."""

    status = serializers.ChoiceField(choices=Attempt.Status.choices)
    server_now = serializers.DateTimeField()
    remaining_ms = serializers.IntegerField(allow_null=True, help_text="0 when time is up; null when untimed.")


class ReceiptSerializer(ClockSerializer):
    """The change is stored for good."""

    revision = serializers.IntegerField()


class StateSerializer(ClockSerializer):
    started_at = serializers.DateTimeField()
    deadline_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    minutes_allowed = serializers.IntegerField(allow_null=True)
    revisions = serializers.ListField(child=serializers.IntegerField(), help_text="Of every answer, by position.")


class HeartbeatSerializer(StateSerializer):
    is_open_elsewhere = serializers.BooleanField(help_text="Another browser has this attempt open.")


class DomainScoreSerializer(serializers.Serializer):
    domain = serializers.CharField(help_text="Code of the domain.")
    right = serializers.IntegerField()
    total = serializers.IntegerField()
    percent = serializers.IntegerField()


class AttemptSerializer(serializers.ModelSerializer):
    """An attempt without its questions. Scores are empty until it is graded."""

    title = serializers.CharField()
    percent = serializers.IntegerField(allow_null=True)
    standard_minutes = serializers.SerializerMethodField(help_text="Without extra time; mocks only.")
    domain_scores = DomainScoreSerializer(many=True)

    class Meta:
        model = Attempt
        fields = [
            "id",
            "kind",
            "number",
            "title",
            "status",
            "score_status",
            "started_at",
            "deadline_at",
            "finished_at",
            "minutes_allowed",
            "standard_minutes",
            "time_factor",
            "is_tutored",
            "is_adaptive",
            "question_target",
            "block_id",
            "scoring_rule",
            "pass_percent",
            "passed",
            "scored_right",
            "scored_total",
            "percent",
            "domain_scores",
        ]
        read_only_fields = fields

    def get_standard_minutes(self, attempt: Attempt) -> int | None:
        return attempt.blueprint.minutes if attempt.kind == Attempt.Kind.MOCK else None


# One for all requests: it keeps nothing of an attempt, and building its fields costs more than using them.
_ATTEMPT = AttemptSerializer()


def attempt_fields(attempt: Attempt) -> dict[str, Any]:
    """What `AttemptSerializer` says of an attempt."""
    return _ATTEMPT.to_representation(attempt)


class PaperOptionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    html = serializers.CharField()


class AnswerSerializer(serializers.Serializer):
    """A stored answer."""

    selected = serializers.ListField(child=serializers.IntegerField())
    eliminated = serializers.ListField(child=serializers.IntegerField())
    flagged = serializers.BooleanField()
    confidence = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    seconds_spent = serializers.IntegerField()
    revision = serializers.IntegerField()
    answered_at = serializers.DateTimeField(allow_null=True)


class PaperQuestionSerializer(AnswerSerializer):
    """A question as the exam room shows it."""

    position = serializers.IntegerField()
    version_id = serializers.IntegerField()
    scenario_html = serializers.CharField(allow_blank=True)
    stem_html = serializers.CharField()
    select_count = serializers.IntegerField()
    options = PaperOptionSerializer(many=True)
    is_checked = serializers.BooleanField(help_text="Tutored sittings: the answer is fixed.")


class AttemptDetailSerializer(AttemptSerializer):
    """An attempt with its paper and the answers so far; never with keys."""

    server_now = serializers.DateTimeField()
    remaining_ms = serializers.IntegerField(allow_null=True)
    questions = PaperQuestionSerializer(many=True)

    class Meta(AttemptSerializer.Meta):
        fields = [*AttemptSerializer.Meta.fields, "server_now", "remaining_ms", "questions"]
        read_only_fields = fields


class MisconceptionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class ResultOptionSerializer(PaperOptionSerializer):
    is_key = serializers.BooleanField()
    is_selected = serializers.BooleanField()
    rationale_html = serializers.CharField()
    misconception = MisconceptionSerializer(allow_null=True)


class ReferenceSerializer(serializers.Serializer):
    url = serializers.URLField()
    title = serializers.CharField()
    publisher = serializers.CharField()
    verified_on = serializers.DateField()


class ResultQuestionSerializer(serializers.Serializer):
    """A question as it was answered, with key and rationales."""

    position = serializers.IntegerField()
    version_id = serializers.IntegerField()
    domain_code = serializers.CharField()
    topic_names = serializers.ListField(child=serializers.CharField())
    scenario_html = serializers.CharField(allow_blank=True)
    stem_html = serializers.CharField()
    select_count = serializers.IntegerField()
    is_pilot = serializers.BooleanField(help_text="Unscored.")
    is_correct = serializers.BooleanField()
    selected = serializers.ListField(child=serializers.IntegerField())
    flagged = serializers.BooleanField()
    confidence = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    seconds_spent = serializers.IntegerField()
    revision = serializers.IntegerField()
    answered_at = serializers.DateTimeField(allow_null=True)
    options = ResultOptionSerializer(many=True)
    references = ReferenceSerializer(many=True)


class AttemptResultSerializer(serializers.Serializer):
    """The outcome of a final attempt; the same on every call until staff change something."""

    attempt = AttemptSerializer()
    passed = serializers.BooleanField(allow_null=True, help_text="Mocks only.")
    scored_right = serializers.IntegerField()
    scored_total = serializers.IntegerField()
    percent = serializers.IntegerField(help_text="Our overall estimate; the real report shows domains only.")
    pass_percent = serializers.IntegerField()
    pass_count = serializers.IntegerField()
    domain_scores = DomainScoreSerializer(many=True)
    questions = ResultQuestionSerializer(many=True)


class CheckedAnswerSerializer(ClockSerializer):
    question = ResultQuestionSerializer()


def shown(serializer: type[serializers.Serializer], row: Any) -> dict[str, Any]:
    """What a serializer declares of a row whose values are JSON as they are, without DRF's work for each field.

    A result has some two thousand values; DRF takes 4 ms of processor for them, this takes 0.4.
    """
    return {
        name: value if part is None else _part(part, value)
        for name, part in _parts(serializer)
        for value in [getattr(row, name)]
    }


def _part(part: type[serializers.Serializer], value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [shown(part, item) for item in value]
    return None if value is None else shown(part, value)


@cache
def _parts(serializer: type[serializers.Serializer]) -> list[tuple[str, type[serializers.Serializer] | None]]:
    """Every declared field, with the serializer of what is nested in it."""
    return [
        (name, type(inner) if isinstance(inner, serializers.Serializer) else None)
        for name, field in serializer().fields.items()
        for inner in [getattr(field, "child", field)]
    ]
