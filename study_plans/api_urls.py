"""Addresses of the plan under /api/v1/."""

from django.urls import path

from study_plans import api

urlpatterns = [
    path("plan/", api.PlanDetail.as_view(), name="plan_detail"),
    path("plan/blocks/<uuid:block_id>/complete/", api.BlockComplete.as_view(), name="block_complete"),
    path("plan/blocks/<uuid:block_id>/reopen/", api.BlockReopen.as_view(), name="block_reopen"),
    path("plan/blocks/<uuid:block_id>/skip/", api.BlockSkip.as_view(), name="block_skip"),
    path("plan/blocks/<uuid:block_id>/postpone/", api.BlockPostpone.as_view(), name="block_postpone"),
    path("plan/blocks/<uuid:block_id>/pin/", api.BlockPin.as_view(), name="block_pin"),
    path("plan/blocks/<uuid:block_id>/swap/", api.BlockSwap.as_view(), name="block_swap"),
    path("plan/revisions/", api.RevisionList.as_view(), name="revision_list"),
    path("plan/revisions/<uuid:revision_id>/accept/", api.RevisionAccept.as_view(), name="revision_accept"),
    path("plan/revisions/<uuid:revision_id>/undo/", api.RevisionUndo.as_view(), name="revision_undo"),
]
