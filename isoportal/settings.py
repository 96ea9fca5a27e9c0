"""Every setting, read from the environment. The README's configuration table lists what may be set.

A value may also come from a file: NAME_FILE=/run/secrets/name wins over NAME, so that no secret stands in an
environment.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from isoportal.enum_names import ENUM_NAMES
from isoportal.logs import logging_at

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()

# -- What kind of place this is --------------------------------------------------------------------------------------
DJANGO_ENV = env.str("DJANGO_ENV", default="development")
PRODUCTION = DJANGO_ENV == "production"
if DJANGO_ENV not in {"development", "test", "production"}:
    raise ImproperlyConfigured("DJANGO_ENV must be development, test or production.")
DEVELOPMENT_KEY = "development-only-key-never-used-in-production"
SECRET_KEY = env.str("SECRET_KEY", default=DEVELOPMENT_KEY)
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if PRODUCTION:
    if SECRET_KEY == DEVELOPMENT_KEY or len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
        raise ImproperlyConfigured("Set SECRET_KEY (or SECRET_KEY_FILE) to a random text of at least 50 characters.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG must be off in production.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured(
            "Set ALLOWED_HOSTS to the names this portal answers to, for example iso.example.gov.vn."
        )

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

# -- The house -------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "axes",
    "csp",
    "bootstrap",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "template_partials",
    "isoportal",
    "activity",
    "units",
    "plans",
    "assessments",
    "budgets",
    "reports",
]

MIDDLEWARE = [
    "isoportal.middleware.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "isoportal.middleware.LanguageMiddleware",
    "isoportal.middleware.PlainAddressMiddleware",
    "isoportal.bodies.BodyLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "isoportal.urls"
WSGI_APPLICATION = "isoportal.wsgi.application"

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
                "units.contexts.navigation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "isoportal.templatetags.ui",
            ],
        },
    }
]

# -- Data ------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers and one writer work together; IMMEDIATE makes a writer wait its turn instead of failing half-way.
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    if password := env.str("DATABASE_PASSWORD", default=""):
        DATABASE["PASSWORD"] = password
    DATABASE["CONN_HEALTH_CHECKS"] = True
# A connection is kept between requests: to open one costs as much as the queries of a page, on SQLite too, which reads
# the whole schema each time.
DATABASE["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL and (redis_password := env.str("REDIS_PASSWORD", default="")):
    parts = urlsplit(REDIS_URL)
    host = parts.netloc.rpartition("@")[2]
    REDIS_URL = urlunsplit(parts._replace(netloc=f":{quote(redis_password, safe='')}@{host}"))

# The cache holds only what can be lost (rate limits, sessions' hot copy); it lives in its own Redis database, so that
# clearing it never touches the broker.
CACHES: dict[str, dict[str, object]]
if DJANGO_ENV == "test":
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
elif REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "isoportal.cache.DispensableRedisCache",
            "LOCATION": env.str("CACHE_URL", default=urlunsplit(urlsplit(REDIS_URL)._replace(path="/1"))),
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
        }
    }
else:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR_DIR / "cache"}
    }

# -- Jobs: the row is the truth, the broker a nudge (docs/adr/0001) ---------------------------------------------------
BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object]
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 900,
        "socket_timeout": 30,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 2,
    }
else:
    for name in ("queue", "processed", "control"):
        (BROKER_DIR / name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "polling_interval": 0.1,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True  # safe only because the job row caps its attempts
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kB
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 60
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "timer-schedule")
# A message that nobody took is of no use once the next one is due.
REPORT_REAP_SECONDS = env.int("REPORT_REAP_SECONDS", default=15)
CELERY_BEAT_SCHEDULE = {
    "reap report jobs": {
        "task": "reports.tasks.reap_report_jobs",
        "schedule": REPORT_REAP_SECONDS,
        "options": {"expires": REPORT_REAP_SECONDS},
    },
    "send digests": {"task": "isoportal.tasks.send_digests", "schedule": crontab(hour=7, minute=0)},
    "send waiting mail": {"task": "isoportal.tasks.send_waiting_mail", "schedule": 300, "options": {"expires": 240}},
    "expire report files": {"task": "reports.tasks.expire_report_files", "schedule": 3600, "options": {"expires": 60}},
    "escalate obstacles": {"task": "plans.tasks.escalate_obstacles", "schedule": 3600, "options": {"expires": 600}},
    "tidy evidence": {"task": "plans.tasks.tidy_evidence", "schedule": 6 * 3600, "options": {"expires": 3600}},
    # Every few hours: a machine that was off at night still has its periods in the morning. Again makes no second one.
    "make reporting periods": {"task": "plans.tasks.make_periods", "schedule": 4 * 3600, "options": {"expires": 3600}},
}
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"

REPORT_ROOT = MEDIA_ROOT / "reports"
REPORT_LEASE_SECONDS = env.int("REPORT_LEASE_SECONDS", default=30)
REPORT_RENDER_SECONDS = env.int("REPORT_RENDER_SECONDS", default=240)
REPORT_RENDER_MEMORY = env.int("REPORT_RENDER_MEMORY", default=1_500_000_000)  # bytes of address space
REPORT_RENDER_FILE_SIZE = env.int("REPORT_RENDER_FILE_SIZE", default=200_000_000)  # bytes
REPORT_KEEP_DAYS = env.int("REPORT_KEEP_DAYS", default=30)

# -- What people send --------------------------------------------------------------------------------------------------
MAX_UPLOAD = env.int("MAX_UPLOAD", default=20 * 1024**2)  # bytes of one file
UPLOAD_QUOTA = env.int("UPLOAD_QUOTA", default=5_000_000_000)  # bytes of one unit's files together

# -- People ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "units.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": env.int("PASSWORD_MIN_LENGTH", default=10)},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if DJANGO_ENV == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast: a test's passwords guard nothing
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "units.delivery.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by an administrator, who knows the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # that mail would offer a sign-up, which is closed
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session lives on, the others end (usersessions)
USERSESSIONS_TRACK_ACTIVITY = False  # it would write to the database at every page view
# django-axes counts the failures; allauth's own limit on failed logins would answer first with another page.
ACCOUNT_RATE_LIMITS = {"login_failed": None}
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=10)
AXES_COOLOFF_TIME = env.int("LOGIN_COOLOFF_MINUTES", default=15) / 60  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "lockout.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "units.delivery.login_name"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "isoportal.middleware.client_address"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "isoportal_session"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
SESSION_SAVE_EVERY_REQUEST = False

# -- Over the wire ---------------------------------------------------------------------------------------------------
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "isoportal.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# The editor of a plan sends all of it at once: five hundred tasks with their performers are twelve thousand fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static"))).resolve()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DJANGO_ENV == "development"

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")  # the links in mails begin with it
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="isoportal@localhost")

# -- Language, time, form of numbers -----------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

FILTERS_EMPTY_CHOICE_LABEL = _("All")

# -- REST ------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "units.authentication.BearerAuthentication",
        "units.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["units.authentication.IsAuthenticatedAndMayWrite"],
    "DEFAULT_RENDERER_CLASSES": ["isoportal.rest.Renderer"],
    "DEFAULT_PARSER_CLASSES": ["isoportal.rest.Parser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "isoportal.problems.problem_details",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_RATE", default="600/minute")},
    "COERCE_DECIMAL_TO_STRING": True,
    "URL_FORMAT_OVERRIDE": None,  # there is only JSON, and `format` is a filter of report jobs
}
SPECTACULAR_SETTINGS = {
    "TITLE": "isoportal",
    "DESCRIPTION": "Plans, tasks, assessments and reports of a province's ISO programme.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_NO_READ_ONLY_REQUIRED": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "isoportal.openapi.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
}

# -- Logs: one JSON object a line, each with the id of the request it belongs to ---------------------------------------
LOGGING = logging_at(env.str("LOG_LEVEL", default="WARNING" if DJANGO_ENV == "test" else "INFO"))
