from django.urls import path

from benchmarks.bare_view.views import answer_write
from prep import health

urlpatterns = [
    path("api/v1/attempts/<uuid:attempt_id>/answers/<int:position>/", answer_write),
    path("healthz", health.alive),
]
