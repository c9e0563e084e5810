"""Puts the house together: settings, addresses, Celery, health, home page."""

from prep.celery import app as celery_app

__all__ = ["celery_app"]
