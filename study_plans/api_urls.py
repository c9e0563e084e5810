"""Addresses of the plan under /api/v1/."""

from django.urls import path

from study_plans import api

urlpatterns = [
    path("plan/", api.PlanDetail.as_view(), name="plan_detail"),
    path("plan/blocks/<uuid:block_id>/complete/", api.BlockComplete.as_view(), name="block_complete"),
    path("plan/revisions/", api.RevisionList.as_view(), name="revision_list"),
]
