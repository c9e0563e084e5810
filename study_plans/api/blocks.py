"""What a program may do with a block: what its owner can do on the page."""

import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from study_plans import selectors, services
from study_plans.api.own import NotPossibleNow, own_plan, signed_in
from study_plans.models import Block
from study_plans.serializers import (
    BlockSerializer,
    EvidenceInput,
    PinInput,
    PlanProblem,
    PostponeInput,
    RevisionSerializer,
    SwapInput,
)

BLOCK_ANSWERS = {200: BlockSerializer, 409: PlanProblem}


def _acted(request: Request, block_id: uuid.UUID, act: Callable[[], Any]) -> Response:
    """Do it and give the block as it is then."""
    try:
        act()
    except services.BlockNotFound as missing:
        raise NotFound from missing
    except services.BlockNotOpen as closed:
        raise NotPossibleNow(str(closed), code="block_closed") from closed
    except services.NoDayLeft as none:
        raise NotPossibleNow("No such day has time for it before the exam.", code="no_day_left") from none
    block = selectors.block_of(signed_in(request), block_id)
    if block is None:
        raise NotFound
    return Response(BlockSerializer(block).data)


def _own(request: Request, block_id: uuid.UUID) -> Block:
    """The block, after the plan was brought to today: a block of yesterday is missed by now.

    Comes before what was sent is looked at, so that nobody learns from a refusal that there is such a block.
    """
    user = signed_in(request)
    if selectors.block_of(user, block_id) is None:
        raise NotFound
    own_plan(user, timezone.now())
    block = selectors.block_of(user, block_id)
    if block is None:
        raise NotFound
    return block


class BlockComplete(APIView):
    """Note a block as done; doing it twice is the same as once."""

    @extend_schema(request=EvidenceInput, responses=BLOCK_ANSWERS)
    def post(self, request: Request, block_id: uuid.UUID) -> Response:
        given = EvidenceInput(data=request.data)
        given.is_valid(raise_exception=True)
        wish: dict[str, Any] = {"plan_owner": signed_in(request), "block_id": block_id, "now": timezone.now()}
        return _acted(request, block_id, lambda: services.complete_block(**wish, **given.validated_data))


class BlockReopen(APIView):
    """Take "done" or "skipped" back on the same day."""

    @extend_schema(request=None, responses=BLOCK_ANSWERS)
    def post(self, request: Request, block_id: uuid.UUID) -> Response:
        wish: dict[str, Any] = {"plan_owner": signed_in(request), "block_id": block_id, "now": timezone.now()}
        return _acted(request, block_id, lambda: services.reopen_block(**wish))


class BlockSkip(APIView):
    """Leave a block out; its minutes of that day stay free."""

    @extend_schema(request=None, responses=BLOCK_ANSWERS)
    def post(self, request: Request, block_id: uuid.UUID) -> Response:
        _own(request, block_id)
        wish: dict[str, Any] = {"plan_owner": signed_in(request), "block_id": block_id, "now": timezone.now()}
        return _acted(request, block_id, lambda: services.skip_block(**wish))


class BlockPostpone(APIView):
    """Move a block to a later day and pin it there."""

    @extend_schema(request=PostponeInput, responses=BLOCK_ANSWERS)
    def post(self, request: Request, block_id: uuid.UUID) -> Response:
        _own(request, block_id)
        given = PostponeInput(data=request.data)
        given.is_valid(raise_exception=True)
        wish: dict[str, Any] = {"plan_owner": signed_in(request), "block_id": block_id, "now": timezone.now()}
        return _acted(request, block_id, lambda: services.postpone_block(**wish, **given.validated_data))


class BlockPin(APIView):
    """Keep a planned block where it is whatever changes, or let it move again."""

    @extend_schema(request=PinInput, responses=BLOCK_ANSWERS)
    def post(self, request: Request, block_id: uuid.UUID) -> Response:
        _own(request, block_id)
        given = PinInput(data=request.data)
        given.is_valid(raise_exception=True)
        wish: dict[str, Any] = {"plan_owner": signed_in(request), "block_id": block_id}
        return _acted(request, block_id, lambda: services.pin_block(**wish, **given.validated_data))


class BlockSwap(APIView):
    """Let two planned blocks of different days trade places; both are pinned there. Gives the revision."""

    @extend_schema(request=SwapInput, responses={200: RevisionSerializer, 409: PlanProblem})
    def post(self, request: Request, block_id: uuid.UUID) -> Response:
        _own(request, block_id)
        given = SwapInput(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            revision = services.swap_blocks(
                plan_owner=signed_in(request),
                block_id=block_id,
                with_id=given.validated_data["with_block"],
                now=timezone.now(),
                accepts_broken_rules=given.validated_data["accepts_broken_rules"],
            )
        except services.BlockNotFound as missing:
            raise NotFound from missing
        except services.BlockNotOpen as closed:
            raise NotPossibleNow(str(closed), code="block_closed") from closed
        except services.SwapPointless as pointless:
            raise NotPossibleNow(str(pointless), code="swap_pointless") from pointless
        except services.SwapBreaksRules as breaks:
            problem = {"code": "rules_broken", "detail": str(breaks), "rules": list(breaks.broken)}
            return Response(problem, status=409)
        return Response(RevisionSerializer(revision).data)
