from django.urls import path

from benchmarks.bare_view.sittings import mock_start, mock_submit
from benchmarks.bare_view.views import answer_write
from prep import health

urlpatterns = [
    path("api/v1/attempts/", mock_start),
    path("api/v1/attempts/<uuid:attempt_id>/answers/<int:position>/", answer_write),
    path("api/v1/attempts/<uuid:attempt_id>/submit/", mock_submit),
    path("healthz", health.alive),
]
