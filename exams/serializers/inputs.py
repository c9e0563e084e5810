"""What the exam API reads: strict about types, because a client that sends another one is mistaken."""

from typing import Any

from rest_framework import serializers

from exams.models import Attempt, AttemptQuestion

LARGEST_NUMBER = 2_000_000_000
LARGEST_OPTION_ID = 2**63 - 1
MOST_OPTIONS = 50
LONGEST_NOTE = 2000
MOST_SECONDS = 1_000_000


class WholeNumberField(serializers.IntegerField):
    """A JSON number without fraction. "5", 5.0 and true are refused: a client that sends them is mistaken."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class TrueFalseField(serializers.BooleanField):
    """JSON true or false, nothing that looks like it."""

    def to_internal_value(self, data: Any) -> bool:
        if type(data) is not bool:
            self.fail("invalid", input=data)
        return data


class TextField(serializers.CharField):
    """JSON text, never a number."""

    def to_internal_value(self, data: Any) -> str:
        if type(data) is not str:
            self.fail("invalid")
        return super().to_internal_value(data)


def _option_ids(**options: Any) -> serializers.ListField:
    one = WholeNumberField(min_value=0, max_value=LARGEST_OPTION_ID)
    return serializers.ListField(child=one, max_length=MOST_OPTIONS, **options)


class StartInput(serializers.Serializer):
    kind = serializers.ChoiceField(
        choices=Attempt.Kind.choices, help_text="Only `mock`; other kinds start where their questions are chosen."
    )
    block_id = serializers.UUIDField(required=False, allow_null=True, help_text="The study block that asked.")

    def validate_kind(self, kind: str) -> str:
        if kind != Attempt.Kind.MOCK:
            raise serializers.ValidationError("Only mocks start here; this kind starts where it is chosen.")
        return kind


class AnswerInput(serializers.Serializer):
    """One change. Fields that are left out stay as they are."""

    selected = _option_ids(help_text="Option ids, in any order.")
    base_revision = WholeNumberField(
        min_value=0, max_value=LARGEST_NUMBER, help_text="The revision this change was made from; 0 at first."
    )
    save_id = serializers.UUIDField(help_text="Made by the client; sending the same again is safe.")
    eliminated = _option_ids(required=False)
    flagged = TrueFalseField(required=False)
    confidence = serializers.ChoiceField(choices=AttemptQuestion.Confidence.choices, allow_blank=True, required=False)
    note = TextField(max_length=LONGEST_NOTE, allow_blank=True, required=False, trim_whitespace=False)
    seconds_spent = WholeNumberField(min_value=0, max_value=MOST_SECONDS, required=False)


# One for all requests: validating keeps nothing, and building its fields for each save costs more than using them.
ANSWER_INPUT = AnswerInput()


class SubmitInput(serializers.Serializer):
    only_when_time_is_up = TrueFalseField(
        required=False, default=False, help_text="Refused with `time_not_up` while time remains."
    )


class HeartbeatInput(serializers.Serializer):
    device_id = serializers.UUIDField(help_text="Made by the browser for as long as its page is open.")
