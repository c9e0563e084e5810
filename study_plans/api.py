"""The plan, its changes with reasons, and completing a block, for programs."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from study_plans import selectors, services
from study_plans.forms import LONGEST_DAY, MOST_DAYS_OFF
from study_plans.models import Block, PlanRevision, StudyPlan

DAYS_SHOWN = 28
MOST_DAYS_SHOWN = 400
REVISIONS_SHOWN = 50
PLAN_FIELDS = (
    "id",
    "blueprint",
    "candidate",
    "exam_on",
    "exam_time",
    "minutes_per_weekday",
    "days_off",
    "block_minutes",
    "planned_on",
    "taper_from",
    "marks_left_out",
    "left_out",
)


class BlockClosed(APIException):
    status_code = 409
    default_code = "block_closed"
    default_detail = "This block cannot be done."


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


def _plan(user: User, now: datetime) -> StudyPlan:
    """The plan, made or brought to today where needed."""
    services.create_plan(candidate=user, now=now)
    services.replan_missed_days(candidate=user, now=now)
    plan = selectors.plan_of(user)
    if plan is None:
        raise NotFound
    return plan


def _shown(plan: StudyPlan, first: date, last: date) -> dict[str, Any]:
    """The plan's answer; `blocks` and `latest_revision` are not fields of the row."""
    values = {name: getattr(plan, name) for name in PLAN_FIELDS}
    values["latest_revision"] = selectors.latest_revision(plan)
    values["blocks"] = list(selectors.blocks_between(plan, first, last))
    return dict(PlanSerializer(values).data)


class PlanDetail(APIView):
    """The signed-in candidate's plan."""

    @extend_schema(
        parameters=[
            OpenApiParameter("first", date, description="First day of blocks; today unless given."),
            OpenApiParameter("last", date, description=f"Last day of blocks; {DAYS_SHOWN} days on unless given."),
        ],
        responses=PlanSerializer,
    )
    def get(self, request: Request) -> Response:
        user, now = cast(User, request.user), timezone.now()
        asked = DaysInput(data=request.query_params)
        asked.is_valid(raise_exception=True)
        plan = _plan(user, now)
        first = asked.validated_data.get("first") or selectors.local_day(user, now)
        last = asked.validated_data.get("last") or first + min(timedelta(days=DAYS_SHOWN - 1), date.max - first)
        if not 0 <= (last - first).days <= MOST_DAYS_SHOWN:
            raise ValidationError({"last": [f"From first on, at most {MOST_DAYS_SHOWN} days later."]})
        return Response(_shown(plan, first, last))

    @extend_schema(request=PlanInput, responses=PlanSerializer)
    def patch(self, request: Request) -> Response:
        user, now = cast(User, request.user), timezone.now()
        given = PlanInput(data=request.data)
        given.is_valid(raise_exception=True)
        plan = _plan(user, now)
        names = ("exam_on", "exam_time", "minutes_per_weekday", "block_minutes")
        wishes: dict[str, Any] = {name: getattr(plan, name) for name in names}
        wishes["days_off"] = [date.fromisoformat(day) for day in plan.days_off]
        try:
            services.change_availability(candidate=user, now=now, **(wishes | given.validated_data))
        except services.AvailabilityInvalid as invalid:
            raise ValidationError({invalid.field: [str(invalid)]}) from invalid
        first = selectors.local_day(user, now)
        return Response(_shown(_plan(user, now), first, first + timedelta(days=DAYS_SHOWN - 1)))


class BlockComplete(APIView):
    """Note a block as done; doing it twice is the same as once."""

    @extend_schema(request=EvidenceInput, responses=BlockSerializer)
    def post(self, request: Request, block_id: uuid.UUID) -> Response:
        given = EvidenceInput(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            block = services.complete_block(
                plan_owner=cast(User, request.user),
                block_id=block_id,
                now=timezone.now(),
                evidence=given.validated_data.get("evidence", ""),
            )
        except services.BlockNotFound as missing:
            raise NotFound from missing
        except services.BlockNotOpen as closed:
            raise BlockClosed(str(closed)) from closed
        return Response(BlockSerializer(block).data)


class RevisionList(APIView):
    """How the plan changed, the latest first."""

    @extend_schema(responses=RevisionSerializer(many=True))
    def get(self, request: Request) -> Response:
        plan = _plan(cast(User, request.user), timezone.now())
        return Response(RevisionSerializer(plan.revisions.all()[:REVISIONS_SHOWN], many=True).data)
