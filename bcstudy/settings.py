"""Settings. Everything a site changes comes from the environment; see docs/settings.md for the list."""

import os
from pathlib import Path

import dj_database_url
from kombu import Queue

from bcstudy import env
from bcstudy.secret import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
# Everything a running system writes: database, audio, the Redis socket, secrets.
BCSTUDY_HOME = env.folder("BCSTUDY_HOME", BASE_DIR / "var")
BCSTUDY_HOME.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("BCSTUDY_DEBUG", default=False)
SECRET_KEY = secret_key(BCSTUDY_HOME / "secret_key")
ALLOWED_HOSTS = env.words("BCSTUDY_HOSTS", "localhost 127.0.0.1 [::1]")
CSRF_TRUSTED_ORIGINS = env.words("BCSTUDY_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "bcstudy.apps.BcstudyConfig",
    "corpus",
    "annotations",
    "modeling",
    "analysis",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "bcstudy.urls"
WSGI_APPLICATION = "bcstudy.wsgi.application"

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
            ],
        },
    },
]

# One code on both databases. SQLite: write-ahead log, and every transaction takes the write lock when it
# begins, so that read-then-write is safe and waiting is bounded by `timeout` instead of failing at once.
# `synchronous=FULL`: an answer that was acknowledged survives a power cut too.
DATABASES = {"default": dj_database_url.parse(env.text("DATABASE_URL", f"sqlite:///{BCSTUDY_HOME / 'db.sqlite3'}"))}
# A connection is kept: each new one on SQLite reads the whole schema again before its first statement.
DATABASES["default"]["CONN_MAX_AGE"] = 60
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "bcstudy.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Without REDIS_URL the embedded server of bcstudy/redis_server.py listens on this private socket.
REDIS_URL = env.text("REDIS_URL")
REDIS_SOCKET = BCSTUDY_HOME / "redis.sock"
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{REDIS_SOCKET}"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True  # results are rows in the database, not messages
CELERY_TASK_DEFAULT_QUEUE = "cpu"
# What a worker takes: `gpu` holds training, `cpu` everything else. One worker alone takes both.
CELERY_TASK_QUEUES = [Queue(name) for name in env.words("BCSTUDY_QUEUES", "cpu gpu")]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A task that was taken and not acknowledged comes again after this many seconds; leases keep it from
# running twice (modeling.services). Whoever puts one into a queue that is away is told so at once, after one more try:
# pages wait for it.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 3,
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_BROKER_CONNECTION_TIMEOUT = 3

MEDIA_ROOT = env.folder("BCSTUDY_MEDIA", BCSTUDY_HOME / "media")
# Checkpoints and finished models of training runs.
MODELS_ROOT = env.folder("BCSTUDY_MODELS", BCSTUDY_HOME / "models")
STATIC_URL = "static/"
STATIC_ROOT = env.folder("BCSTUDY_STATIC", BCSTUDY_HOME / "static")
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# Loudness, in LUFS as heard on both ears, that every served clip is brought to.
BCSTUDY_LOUDNESS_TARGET = env.number("BCSTUDY_LOUDNESS_TARGET", default=-23.0, low=-40.0, high=-14.0)

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sv", "Svenska")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

SESSION_ENGINE = "bcstudy.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = True  # no cookie but the session's
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
BCSTUDY_HTTPS = env.flag("BCSTUDY_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BCSTUDY_HTTPS
if BCSTUDY_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 30

# No request to anyone else, nothing inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "bcstudy",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["annotations.api.schema.described"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("BCSTUDY_LOG", "INFO").upper()},
}
