from django.urls import path

from analytics import api

urlpatterns = [
    path("weakness/", api.WeaknessShow.as_view(), name="api_weakness_show"),
    path("readiness/", api.ReadinessShow.as_view(), name="api_readiness_show"),
    path("mistakes/", api.MistakeList.as_view(), name="api_mistake_list"),
    path("practice/", api.PracticeStart.as_view(), name="api_practice_start"),
    path("attempts/<uuid:attempt_id>/next/", api.NextQuestion.as_view(), name="api_next_question"),
    path("cohorts/", api.CohortList.as_view(), name="api_cohort_list"),
    path("cohorts/<uuid:cohort_id>/", api.CohortDetail.as_view(), name="api_cohort_detail"),
    path(
        "cohorts/<uuid:cohort_id>/candidates/<uuid:candidate_id>/report/",
        api.ReportShow.as_view(),
        name="api_report_show",
    ),
]
