"""The signed-in candidate's plan and its wishes."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from study_plans import selectors, services
from study_plans.api.own import own_plan, signed_in
from study_plans.models import StudyPlan
from study_plans.serializers import DaysInput, PlanInput, PlanSerializer

DAYS_SHOWN = 28
MOST_DAYS_SHOWN = 400
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


def shown_plan(plan: StudyPlan, first: date, last: date) -> dict[str, Any]:
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
        user, now = signed_in(request), timezone.now()
        asked = DaysInput(data=request.query_params)
        asked.is_valid(raise_exception=True)
        plan = own_plan(user, now)
        first = asked.validated_data.get("first") or selectors.local_day(user, now)
        last = asked.validated_data.get("last") or first + min(timedelta(days=DAYS_SHOWN - 1), date.max - first)
        if not 0 <= (last - first).days <= MOST_DAYS_SHOWN:
            raise ValidationError({"last": [f"From first on, at most {MOST_DAYS_SHOWN} days later."]})
        return Response(shown_plan(plan, first, last))

    @extend_schema(request=PlanInput, responses=PlanSerializer)
    def patch(self, request: Request) -> Response:
        user, now = signed_in(request), timezone.now()
        given = PlanInput(data=request.data)
        given.is_valid(raise_exception=True)
        plan = own_plan(user, now)
        names = ("exam_on", "exam_time", "minutes_per_weekday", "block_minutes")
        wishes: dict[str, Any] = {name: getattr(plan, name) for name in names}
        wishes["days_off"] = [date.fromisoformat(day) for day in plan.days_off]
        try:
            services.change_availability(candidate=user, now=now, **(wishes | given.validated_data))
        except services.AvailabilityInvalid as invalid:
            raise ValidationError({invalid.field: [str(invalid)]}) from invalid
        first = selectors.local_day(user, now)
        return Response(shown_plan(own_plan(user, now), first, first + timedelta(days=DAYS_SHOWN - 1)))
