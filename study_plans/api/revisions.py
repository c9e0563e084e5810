"""How the plan changed, and keeping or taking back the latest change."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from study_plans import services
from study_plans.api.own import NotPossibleNow, own_plan, signed_in
from study_plans.serializers import PlanProblem, RevisionSerializer

REVISIONS_SHOWN = 50


class RevisionList(APIView):
    """How the plan changed, the latest first."""

    @extend_schema(responses=RevisionSerializer(many=True))
    def get(self, request: Request) -> Response:
        plan = own_plan(signed_in(request), timezone.now())
        return Response(RevisionSerializer(plan.revisions.all()[:REVISIONS_SHOWN], many=True).data)


class RevisionAccept(APIView):
    """Note that the candidate keeps a change; twice is the same as once."""

    @extend_schema(request=None, responses=RevisionSerializer)
    def post(self, request: Request, revision_id: uuid.UUID) -> Response:
        try:
            revision = services.accept_revision(
                plan_owner=signed_in(request), revision_id=revision_id, now=timezone.now()
            )
        except services.RevisionNotFound as missing:
            raise NotFound from missing
        return Response(RevisionSerializer(revision).data)


class RevisionUndo(APIView):
    """Take the latest change back; gives the revision that says so."""

    @extend_schema(request=None, responses={200: RevisionSerializer, 409: PlanProblem})
    def post(self, request: Request, revision_id: uuid.UUID) -> Response:
        try:
            revision = services.undo_revision(
                plan_owner=signed_in(request), revision_id=revision_id, now=timezone.now()
            )
        except services.RevisionNotFound as missing:
            raise NotFound from missing
        except services.RevisionNotUndoable as refused:
            raise NotPossibleNow("Only the latest change can be undone.", code="not_undoable") from refused
        return Response(RevisionSerializer(revision).data)
