from django.urls import path

from exams import api

urlpatterns = [
    path("attempts/<uuid:attempt_id>/answers/<int:position>/", api.AnswerSave.as_view(), name="api_answer_save"),
    path("attempts/", api.AttemptList.as_view(), name="api_attempt_list"),
    path("attempts/<uuid:attempt_id>/", api.AttemptDetail.as_view(), name="api_attempt_detail"),
    path("attempts/<uuid:attempt_id>/state/", api.AttemptState.as_view(), name="api_attempt_state"),
    path("attempts/<uuid:attempt_id>/heartbeat/", api.AttemptHeartbeat.as_view(), name="api_attempt_heartbeat"),
    path(
        "attempts/<uuid:attempt_id>/answers/<int:position>/check/",
        api.AnswerCheck.as_view(),
        name="api_answer_check",
    ),
    path("attempts/<uuid:attempt_id>/submit/", api.AttemptSubmit.as_view(), name="api_attempt_submit"),
    path("attempts/<uuid:attempt_id>/result/", api.AttemptResultShow.as_view(), name="api_attempt_result"),
]
