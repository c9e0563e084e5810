from django.conf import settings
from django.urls import path

from analytics.views import (
    insights,
    journeys,
    mentors,
    mistakes,
    outcomes,
    practice,
    rehearsals,
    statistics,
    today,
    weakness,
)

app_name = "analytics"
urlpatterns = [
    path("today/", today.today_show, name="today_show"),
    path("today/notes/<uuid:note_id>/read/", today.note_read, name="note_read"),
    path("weakness/", weakness.weakness_show, name="weakness_show"),
    path("weakness/freshness/", weakness.freshness_show, name="freshness_show"),
    path("forecasts/", weakness.track_record_show, name="track_record_show"),
    path("practise/", practice.practice_show, name="practice_show"),
    path("practise/fit/", practice.practice_fit, name="practice_fit"),
    path("practise/drills/", practice.drill_start, name="drill_start"),
    path("exams/rehearsal/", rehearsals.rehearsal_show, name="rehearsal_show"),
    path("exams/rehearsal/start/", rehearsals.rehearsal_start, name="rehearsal_start"),
    path("confusions/<slug:code>/", practice.confusion_show, name="confusion_show"),
    path("mistakes/", mistakes.mistake_list, name="mistake_list"),
    path("mistakes/<int:attempt_question_id>/note/", mistakes.mistake_note, name="mistake_note"),
    path("mistakes/<int:attempt_question_id>/resolve/", mistakes.mistake_resolve, name="mistake_resolve"),
    path("exams/<uuid:attempt_id>/questions/<int:position>/mistake/", mistakes.mistake_at, name="mistake_at"),
    path("exams/<uuid:attempt_id>/insight/", insights.result_insight, name="result_insight"),
    path("exam-day/", outcomes.outcome_report, name="outcome_report"),
    path("exam-day/<uuid:report_id>/", outcomes.outcome_correct, name="outcome_correct"),
    path("exam-day/<uuid:report_id>/take-back/", outcomes.outcome_take_back, name="outcome_take_back"),
    path("journey/", journeys.journey_show, name="journey_show"),
    path("journey.json", journeys.journey_export, name="journey_export"),
    path("cohorts/<uuid:cohort_id>/", mentors.cohort_show, name="cohort_show"),
    path("cohorts/<uuid:cohort_id>/cohort.csv", mentors.cohort_export, name="cohort_export"),
    path("cohorts/<uuid:cohort_id>/candidates/<uuid:candidate_id>/", mentors.report_show, name="report_show"),
    path(
        "cohorts/<uuid:cohort_id>/candidates/<uuid:candidate_id>/report.csv",
        mentors.report_export,
        name="report_export",
    ),
    path(
        "cohorts/<uuid:cohort_id>/candidates/<uuid:candidate_id>/notes/",
        mentors.note_write,
        name="note_write",
    ),
    path(
        "cohorts/<uuid:cohort_id>/candidates/<uuid:candidate_id>/blocks/<uuid:block_id>/pin/",
        mentors.block_pin,
        name="block_pin",
    ),
    # Under the admin's path, so that staff need their second factor here too.
    path(
        f"{settings.ADMIN_PATH}question-statistics/",
        statistics.question_statistic_list,
        name="question_statistic_list",
    ),
    path("sharing/<int:membership_id>/report/", mentors.shared_report_show, name="shared_report_show"),
]
