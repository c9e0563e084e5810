from django.apps import AppConfig


class StudyPlansConfig(AppConfig):
    name = "study_plans"
    verbose_name = "Study plans"
