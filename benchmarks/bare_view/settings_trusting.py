"""The bare view on connections that are not asked whether they are still alive: one round trip less, and 500s after
every restart of the database."""

from benchmarks.bare_view.settings import *  # noqa: F403 - the same settings, but for what follows

DATABASES["default"]["CONN_HEALTH_CHECKS"] = False  # noqa: F405
