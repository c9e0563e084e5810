"""What the exam API answers when it cannot do what it was asked."""

from rest_framework import serializers

from exams.models import Attempt
from exams.serializers.outputs import AnswerSerializer


class AttemptProblem(serializers.Serializer):
    """Why not. More fields follow the code."""

    code = serializers.CharField()
    detail = serializers.CharField()


class InvalidProblem(AttemptProblem):
    fields = serializers.DictField(  # type: ignore[assignment]  # declared fields leave the class body
        child=serializers.ListField(child=serializers.CharField())
    )


class OpenMockProblem(AttemptProblem):
    attempt_id = serializers.UUIDField(help_text="The mock that is in progress.")


class ClosedProblem(AttemptProblem):
    """`attempt_closed` · `conflict` (then `answer` holds what is stored) · `answer_fixed` · `time_not_up`."""

    status = serializers.ChoiceField(choices=Attempt.Status.choices, required=False)
    server_now = serializers.DateTimeField(required=False)
    remaining_ms = serializers.IntegerField(allow_null=True, required=False)
    finished_at = serializers.DateTimeField(required=False)
    revision = serializers.IntegerField(required=False)
    answer = AnswerSerializer(required=False)
