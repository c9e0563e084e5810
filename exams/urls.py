from django.urls import path

from exams import views

app_name = "exams"
urlpatterns = [
    path("exams/", views.attempt_list, name="attempt_list"),
    path("exams/start/", views.mock_start, name="mock_start"),
    path("exams/try/", views.tutorial_start, name="tutorial_start"),
    path("exams/results.csv", views.results_export, {"file_type": "csv"}, name="results_export"),
    path("exams/results.json", views.results_export, {"file_type": "json"}, name="results_export_json"),
    path("exams/<uuid:attempt_id>/", views.room_show, name="room_show"),
    path("exams/<uuid:attempt_id>/pause/", views.attempt_pause, name="attempt_pause"),
    path("exams/<uuid:attempt_id>/resume/", views.attempt_resume, name="attempt_resume"),
    path("exams/<uuid:attempt_id>/result/", views.result_show, name="result_show"),
    path("exams/<uuid:attempt_id>/review/", views.review_show, name="review_show"),
    path("exams/<uuid:attempt_id>/answers.csv", views.answers_export, {"file_type": "csv"}, name="answers_export"),
    path(
        "exams/<uuid:attempt_id>/answers.json", views.answers_export, {"file_type": "json"}, name="answers_export_json"
    ),
    path("exams/<uuid:attempt_id>/questions/<int:position>/report/", views.question_report, name="question_report"),
]
