"""The one settings file. Everything that differs between machines is read from the environment.

`PREP_DEVELOPMENT=1` (set by bin/start and bin/test) relaxes what needs HTTPS and makes its own secret under
`PREP_VAR`. Without it this is production: a missing secret refuses to start and says which.
docs/configuration.md lists every variable.
"""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
import structlog
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEVELOPMENT = env.bool("PREP_DEVELOPMENT", False)
DEBUG = DEVELOPMENT and env.bool("PREP_DEBUG", False)
VAR_DIR = Path(env.str("PREP_VAR", str(BASE_DIR / "var")))


def _secret_key() -> str:
    """From the environment; in development, made once and kept under VAR_DIR."""
    if key := env.str("DJANGO_SECRET_KEY", ""):
        return key
    if not DEVELOPMENT:
        raise ImproperlyConfigured(
            "DJANGO_SECRET_KEY is not set. Set it to a long random text, or set PREP_DEVELOPMENT=1 on your own machine."
        )
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    path = VAR_DIR / "secret-key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("DJANGO_SECRET_KEY_FALLBACKS", default=[])

# --- Addresses -------------------------------------------------------------------------------------------------------

_heroku_host = env.str("HEROKU_APP_DEFAULT_DOMAIN_NAME", "")
_own_hosts = env.list("PREP_HOSTS", default=[_heroku_host] if _heroku_host else [])
ALLOWED_HOSTS = [*_own_hosts, "127.0.0.1", "localhost", "[::1]"]
PUBLIC_URL = env.str(
    "PREP_PUBLIC_URL", f"https://{ALLOWED_HOSTS[0]}" if not DEVELOPMENT else "http://127.0.0.1:8000"
).rstrip("/")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host not in ("[::1]",)]
ADMIN_PATH = env.str("PREP_ADMIN_PATH", "admin/").strip("/") + "/"
ROOT_URLCONF = "prep.urls"
WSGI_APPLICATION = "prep.wsgi.application"

# --- Apps ------------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "prep",
    "analytics",
    "study_plans",
    "exams",
    "questions",
    "accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.salesforce",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "django_htmx",
    "simple_history",
    "django_structlog",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "prep.middleware.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.SessionUserMiddleware",
    "prep.middleware.PageMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.OwnTimeZoneMiddleware",
    "accounts.middleware.StaffSecondFactorMiddleware",
    "prep.middleware.PageHtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "prep.middleware.RequestLogMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# --- Database --------------------------------------------------------------------------------------------------------

_sqlite_path = VAR_DIR / "prep.sqlite3"
DATABASES: dict[str, dict[str, Any]] = {"default": env.db("DATABASE_URL", default=f"sqlite:///{_sqlite_path}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    # IMMEDIATE, WAL and a timeout: without them half of all concurrent writes fail on a locked database.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"].update(
        CONN_MAX_AGE=60,
        CONN_HEALTH_CHECKS=True,
        OPTIONS={
            "connect_timeout": 5,
            "application_name": env.str("DYNO", "prep"),
            **DATABASES["default"].get("OPTIONS", {}),
        },
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sessions and rate limits live in the database, so that a stopped Redis never signs anybody out.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "prep_cache"}}
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())

# --- Celery ----------------------------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", "")
CELERY_QUEUE_FOLDERS = [VAR_DIR / "queue" / name for name in ("messages", "control")]
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 300,
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        "retry_on_timeout": False,
        "max_retries": 1,
        "global_keyprefix": env.str("PREP_REDIS_PREFIX", ""),
    }
    CELERY_REDIS_SOCKET_TIMEOUT = 2
    CELERY_REDIS_SOCKET_CONNECT_TIMEOUT = 2
    if REDIS_URL.startswith("rediss://"):
        # Heroku Key-Value Store's certificate is self-signed: docs/decisions/0004-redis-tls.md.
        CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": "none"}
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(CELERY_QUEUE_FOLDERS[0]),
        "data_folder_out": str(CELERY_QUEUE_FOLDERS[0]),
        "control_folder": str(CELERY_QUEUE_FOLDERS[1]),
        "polling_interval": 0.1,
    }
    for _folder in CELERY_QUEUE_FOLDERS:
        _folder.mkdir(parents=True, exist_ok=True)
WORKER_NICENESS = env.int("WORKER_NICENESS", 10)
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 220
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "close attempts whose time is up": {
        "task": "exams.tasks.close_overdue_attempts_task",
        "schedule": 60.0,
    },
    "analyse attempts that were not": {
        "task": "analytics.tasks.analyse_overlooked_attempts_task",
        "schedule": 30.0,
    },
    "refresh estimates for drift": {
        "task": "analytics.tasks.refresh_estimates_task",
        "schedule": crontab(hour="2-5"),
    },
    "fit the model to everybody's answers": {
        "task": "analytics.tasks.recalibrate_task",
        "schedule": crontab(hour="1", minute="30"),
    },
    "follow new parameters": {
        "task": "analytics.tasks.follow_parameters_task",
        "schedule": 60.0,
    },
    "count what answers say about questions": {
        "task": "analytics.tasks.count_question_statistics_task",
        "schedule": crontab(hour="2", minute="50"),
    },
    "count how good our forecasts were": {
        "task": "analytics.tasks.count_forecast_record_task",
        "schedule": crontab(minute="25"),
    },
    "re-plan where a day began": {
        "task": "study_plans.tasks.replan_missed_days_task",
        "schedule": 120.0,
    },
    "send study emails that are due": {
        "task": "study_plans.tasks.send_messages_task",
        "schedule": crontab(minute="15"),
    },
    "forget expired rows": {
        "task": "accounts.tasks.forget_expired_rows_task",
        "schedule": crontab(hour="3", minute="40"),
    },
}
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- People ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home_show"
LOGOUT_REDIRECT_URL = "home_show"

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
HAS_MAIL = bool(env.str("EMAIL_URL", ""))
DEFAULT_FROM_EMAIL = env.str("PREP_MAIL_FROM", "Prep <prep@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupExtras"
ACCOUNT_SIGNUP_REDIRECT_URL = "study_plans:plan_setup"
ACCOUNT_UNIQUE_EMAIL = True
# Without a mail server nobody could ever verify, so verification waits until EMAIL_URL is set.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if HAS_MAIL else "optional"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if DEVELOPMENT else "https"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEVELOPMENT
MFA_TOTP_ISSUER = "Prep"
STAFF_NEED_SECOND_FACTOR = env.bool("PREP_STAFF_SECOND_FACTOR", not DEVELOPMENT)

_salesforce_id = env.str("SALESFORCE_CLIENT_ID", "")
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if _salesforce_id:
    SOCIALACCOUNT_PROVIDERS["salesforce"] = {
        "APPS": [
            {
                "client_id": _salesforce_id,
                "secret": env.str("SALESFORCE_CLIENT_SECRET"),
                "key": "https://login.salesforce.com",
            }
        ],
        "SCOPE": ["openid", "email", "profile"],
    }

# --- Security --------------------------------------------------------------------------------------------------------

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
CSRF_FAILURE_VIEW = "prep.errors.csrf_failed"
if not DEVELOPMENT:
    # Only Heroku's router (or another proxy that always sets this header) may stand in front.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz(/worker)?$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}

# --- API -------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ExpiringTokenAuthentication",
        "accounts.authentication.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_RATES": {"token": "30/hour", "token_account": "10/hour"},
    "EXCEPTION_HANDLER": "prep.errors.api_problem",
    "NUM_PROXIES": 0 if DEVELOPMENT else 1,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Prep API",
    "DESCRIPTION": "Attempts, weakness, readiness, study plan and mentor reports.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "AttemptKind": "exams.models.Attempt.Kind",
        "AttemptStatus": "exams.models.Attempt.Status",
        "BlockKind": "study_plans.models.Block.Kind",
    },
}

# --- Language, time, static files ------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = (VAR_DIR if DEVELOPMENT else BASE_DIR) / "staticfiles"
if DEVELOPMENT:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns about a missing folder
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "prep.storage.ModuleStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEVELOPMENT
MEDIA_ROOT = VAR_DIR / "media"

# --- The exam in front -----------------------------------------------------------------------------------------------

EXAM_CODE = env.str("PREP_EXAM_CODE", "heroku-architect")
BANK_DIR = BASE_DIR / "questions" / "bank"

# --- Logs ------------------------------------------------------------------------------------------------------------

_shared_processors: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_shared_processors,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _shared_processors,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        },
        # Lines that are JSON already: prep.middleware.
        "written": {"format": "%(message)s"},
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        },
        "stdout_written": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "written",
        },
    },
    "root": {"handlers": ["stdout"], "level": env.str("PREP_LOG_LEVEL", "INFO")},
    "loggers": {
        "prep.requests": {"handlers": ["stdout_written"], "propagate": False},
        "django.server": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
DJANGO_STRUCTLOG_CELERY_ENABLED = True

if SENTRY_DSN := env.str("SENTRY_DSN", ""):
    import sentry_sdk

    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False, environment=env.str("HEROKU_APP_NAME", "prep"))
