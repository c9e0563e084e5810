"""What the plan's API takes and gives."""

from typing import Any

from rest_framework import serializers

from study_plans.forms import LONGEST_DAY, MOST_DAYS_OFF
from study_plans.models import Block, PlanRevision


class BlockSerializer(serializers.ModelSerializer):
    """A block; codes name what it is about."""

    title = serializers.CharField(read_only=True)
    domain: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="code", read_only=True, allow_null=True
    )
    topic: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="code", read_only=True, allow_null=True
    )
    lab: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="slug", read_only=True, allow_null=True
    )
    misconception: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="code", read_only=True, allow_null=True
    )

    class Meta:
        model = Block
        fields = [
            "id",
            "day",
            "minutes",
            "kind",
            "title",
            "domain",
            "topic",
            "lab",
            "misconception",
            "questions",
            "reason",
            "state",
            "is_pinned",
            "done_at",
        ]
        read_only_fields = fields
        ref_name = "PlanBlock"


class ChangeSerializer(serializers.Serializer):
    """One row of a revision."""

    change = serializers.ChoiceField(choices=["added", "moved", "longer", "shorter", "dropped"])
    title = serializers.CharField()
    kind = serializers.CharField()
    domain = serializers.CharField(allow_null=True)
    topic = serializers.CharField(allow_null=True)
    day_from = serializers.DateField(allow_null=True)
    day_to = serializers.DateField(allow_null=True)
    minutes_from = serializers.IntegerField(allow_null=True)
    minutes_to = serializers.IntegerField(allow_null=True)
    block = serializers.UUIDField()
    why = serializers.CharField()

    class Meta:
        ref_name = "PlanChange"


class RevisionSerializer(serializers.ModelSerializer):
    diff = ChangeSerializer(many=True, read_only=True)

    class Meta:
        model = PlanRevision
        fields = ["id", "number", "reason", "summary", "diff", "attempt_id", "created_at", "accepted_at", "undone_at"]
        read_only_fields = fields
        ref_name = "PlanRevision"


class LeftOutSerializer(serializers.Serializer):
    what = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    cost_marks = serializers.FloatField(help_text="Expected marks of 100 not won because of it.")
    why = serializers.CharField()

    class Meta:
        ref_name = "PlanLeftOut"


class WeekdayMinutes(serializers.ListField):
    child = serializers.IntegerField(min_value=0, max_value=LONGEST_DAY)


class PlanSerializer(serializers.Serializer):
    """A plan with the blocks of the days asked for."""

    id = serializers.UUIDField()
    blueprint = serializers.CharField(source="blueprint.code")
    exam_on = serializers.DateField(allow_null=True, help_text="Null: not booked yet.")
    exam_time = serializers.TimeField(allow_null=True)
    time_zone = serializers.CharField(source="candidate.time_zone", help_text="Days begin and end here.")
    minutes_per_weekday = WeekdayMinutes(help_text="Seven numbers, Monday first.")
    days_off = serializers.ListField(child=serializers.DateField())
    block_minutes = serializers.IntegerField()
    planned_on = serializers.DateField(allow_null=True)
    taper_from = serializers.DateField(allow_null=True)
    marks_left_out = serializers.FloatField()
    left_out = LeftOutSerializer(many=True)
    latest_revision = RevisionSerializer(allow_null=True)
    blocks = BlockSerializer(many=True)

    class Meta:
        ref_name = "Plan"


class DaysInput(serializers.Serializer):
    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)

    class Meta:
        ref_name = "PlanDays"


class PlanInput(serializers.Serializer):
    """What may be changed; what is absent stays."""

    exam_on = serializers.DateField(required=False, allow_null=True, help_text="Null: not booked yet.")
    exam_time = serializers.TimeField(required=False, allow_null=True)
    minutes_per_weekday = WeekdayMinutes(required=False, min_length=7, max_length=7)
    days_off = serializers.ListField(child=serializers.DateField(), required=False, max_length=MOST_DAYS_OFF)
    block_minutes = serializers.IntegerField(required=False, min_value=10, max_value=120)

    class Meta:
        ref_name = "PlanWishes"


class EvidenceInput(serializers.Serializer):
    evidence = serializers.CharField(required=False, allow_blank=True, max_length=4000)

    class Meta:
        ref_name = "BlockEvidence"


class PostponeInput(serializers.Serializer):
    to_day = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Absent: the next study day."
    )

    class Meta:
        ref_name = "BlockPostponement"


class PinInput(serializers.Serializer):
    is_pinned = serializers.BooleanField()

    class Meta:
        ref_name = "BlockPin"


class SwapInput(serializers.Serializer):
    with_block = serializers.UUIDField(help_text="A planned block of another day.")
    accepts_broken_rules = serializers.BooleanField(
        default=False, help_text="Swap although rules of the planner break: what the 409 named."
    )

    class Meta:
        ref_name = "BlockSwap"


class PlanProblem(serializers.Serializer):
    """Why not. `rules` has a sentence for each broken rule."""

    code = serializers.CharField()
    detail = serializers.CharField()
    rules = serializers.ListField(child=serializers.CharField(), required=False)
