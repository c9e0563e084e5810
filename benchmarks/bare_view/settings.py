"""The bare view with the two middlewares that a session-authenticated view cannot do without, both Django's own."""

from prep.settings import *  # noqa: F403 - the same settings, but for what follows

ROOT_URLCONF = "benchmarks.bare_view.urls"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # allauth refuses to start without it; here it only looks at the address.
    "allauth.account.middleware.AccountMiddleware",
]
