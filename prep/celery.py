"""The Celery application. Its settings are the CELERY_* names in `prep.settings`."""

import contextlib
import logging.config
import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prep.settings")

app = Celery("prep")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def configure_worker_logging(**kwargs: Any) -> None:
    """Log as Django does, instead of Celery's own format."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@worker_init.connect
def make_queue_folders(**kwargs: Any) -> None:
    """The filesystem transport does not create its folders."""
    from django.conf import settings

    for folder in settings.CELERY_QUEUE_FOLDERS:
        folder.mkdir(parents=True, exist_ok=True)


@worker_init.connect
def give_way(**kwargs: Any) -> None:
    """Where web and worker share a machine, who saves an answer comes before who waits for an analysis."""
    from django.conf import settings

    if not settings.WORKER_NICENESS or not hasattr(os, "nice"):
        return
    os.nice(settings.WORKER_NICENESS)
    # Linux may weigh sessions first and processes within them second.
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(settings.WORKER_NICENESS))
