"""Every address of the house. Apps keep their own; what an app's folder is called here is public and stable."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from prep import health, views

# Addresses are tried in order: what a sitting asks for most comes first.
api_urls = [
    path("", include("exams.api_urls")),
    path("", include("accounts.api_urls")),
    path("", include("study_plans.api_urls")),
    path("", include("analytics.api_urls")),
]

urlpatterns = [
    path("api/v1/", include(api_urls)),
    path("", views.home_show, name="home_show"),
    path("try/", views.sample_check, name="sample_check"),
    path("my-data/export/", views.own_data_export, name="own_data_export"),
    path("", include("accounts.urls")),
    path("", include("questions.urls")),
    path("", include("exams.urls")),
    path("", include("study_plans.urls")),
    path("", include("analytics.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("api/docs/", views.api_docs_show, name="api_docs_show"),
    path("healthz", health.alive, name="health_alive"),
    path("healthz/worker", health.worker, name="health_worker"),
    path("readyz", health.ready, name="health_ready"),
    path(settings.ADMIN_PATH, admin.site.urls),
]

handler400 = "prep.errors.bad_request"
handler403 = "prep.errors.permission_denied"
handler404 = "prep.errors.not_found"
handler500 = "prep.errors.server_error"
