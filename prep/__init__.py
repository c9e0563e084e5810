"""Puts the house together: settings, addresses, Celery, health, home page."""

import os

# Small matrices on few cores: threads of numpy's BLAS only wait for one another (measured: a recompute under load
# took 0.35 s with one and 1 to 3 s with two). It must be set before numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from prep.celery import app as celery_app

__all__ = ["celery_app"]
