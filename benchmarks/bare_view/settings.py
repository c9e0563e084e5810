"""The bare view with the two middlewares that a session-authenticated view cannot do without."""

from benchmarks.bare_view.settings_house import *  # noqa: F403 - the same settings, but for what follows

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # allauth refuses to start without it; here it only looks at the address.
    "allauth.account.middleware.AccountMiddleware",
]
