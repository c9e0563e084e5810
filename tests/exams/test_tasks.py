from datetime import timedelta

from exams.models import Attempt
from exams.tasks import close_overdue_attempts_task


def test_sweep_task_works(mock):
    Attempt.objects.filter(pk=mock.pk).update(
        started_at=mock.started_at - timedelta(hours=3), deadline_at=mock.deadline_at - timedelta(hours=3)
    )
    assert close_overdue_attempts_task() == 1
    assert close_overdue_attempts_task(added_by_a_newer_release=1) == 0


def test_sweep_is_scheduled(settings):
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert close_overdue_attempts_task.name in scheduled
