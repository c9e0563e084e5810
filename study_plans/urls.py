from django.urls import URLPattern

app_name = "study_plans"
urlpatterns: list[URLPattern] = []
