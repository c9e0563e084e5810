"""The house as it is, with the bare view in the place of its addresses: what the middleware costs shows here."""

from prep.settings import *  # noqa: F403 - the same settings, but for what follows

ROOT_URLCONF = "benchmarks.bare_view.urls"
