from django.apps import AppConfig
from django.db.models.signals import post_migrate


class QuestionsConfig(AppConfig):
    name = "questions"
    verbose_name = "Questions"

    def ready(self) -> None:
        from questions.receivers import make_authors_group

        post_migrate.connect(make_authors_group, sender=self)
