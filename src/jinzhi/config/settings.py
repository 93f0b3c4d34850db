"""Settings: from the environment only, each with its default and help. Secrets are never in the repository.

``SETTINGS`` is the one list of what can be set; ``docs/reference/settings.md`` is generated from it.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from jinzhi.config.proxies import networks
from jinzhi.kernel.patience import PAIR


@dataclass(frozen=True)
class Setting:
    """A variable of the environment: its name, its default as text, what it does."""

    name: str
    default: str
    help: str


SETTINGS = (
    Setting("JINZHI_VAR", "var", "Folder of everything the installation keeps: database, store, index, logs."),
    Setting("DATABASE_URL", "", "postgresql://user:password@host:port/name; empty: SQLite in JINZHI_VAR."),
    Setting("JINZHI_SECRET_KEY", "", "Key that signs sessions; empty: made once and kept in JINZHI_VAR/secret."),
    Setting("JINZHI_DEBUG", "0", "1: show tracebacks and reload templates; never in service."),
    Setting("JINZHI_HOSTS", "localhost,127.0.0.1,[::1]", "Host names that are served, divided by commas."),
    Setting(
        "JINZHI_PROXIES",
        "",
        "Addresses or networks of the proxies in front, divided by commas (10.0.0.5,10.1.0.0/16): they alone are "
        "believed who the client is. Set it wherever a proxy stands in front.",
    ),
    Setting("JINZHI_HTTPS", "0", "1: served behind HTTPS: secure cookies, HSTS, forwarded scheme trusted."),
    Setting(
        "JINZHI_MATTERS",
        "jinzhi.matters.china,jinzhi.matters.tianjin",
        "Packages of matters, divided by commas: the city and what it shares with others.",
    ),
    Setting("JINZHI_TODAY", "", "A fixed date as today (2026-11-22), for demonstrations and rehearsals."),
    Setting("JINZHI_MAX_UPLOAD_MB", "20", "Largest file that may be uploaded, in megabytes."),
    Setting("JINZHI_MAX_EVIDENCE_MB", "4096", "Largest item of evidence, sent in pieces and resumable, in megabytes."),
    Setting("JINZHI_ENCRYPT_STORE", "0", "1: encrypt kept files at rest (AES-256-GCM); then run jinzhi store encrypt."),
    Setting("JINZHI_STORE_KEY", "", "Key file of that encryption; empty: made once as JINZHI_VAR/keys/store.key."),
    Setting("JINZHI_EMAIL_URL", "", "smtp://user:password@host:port; empty: mail is written to JINZHI_VAR/mail."),
    Setting("JINZHI_SEARCH", "tantivy", "Engine of patent search: tantivy (the index), or memory (small collections)."),
    Setting("JINZHI_KEEP_DRAWINGS", "1", "0: imports of patents leave the images of figures out of the store."),
    Setting("JINZHI_TSA_URL", "", "Time-stamp authority (RFC 3161) for the log's checkpoints; empty: no time stamps."),
    Setting("JINZHI_TSA_ROOTS", "", "PEM file of the root certificates that its time stamps are checked against."),
    Setting(
        "JINZHI_LOG_NAME",
        "",
        "Name of the evidence log in its checkpoints, without spaces or plus; empty: after the first public host, else "
        "after the city. Fixed once used.",
    ),
    Setting(
        "JINZHI_VECTORS",
        "",
        "Model for likeness: word vectors (.npz) or a sentence model (.onnx); empty: none is used.",
    ),
    Setting(
        "JINZHI_LOG_ENTRIES",
        "0",
        "1: anybody may fetch the log's entries, which name people and objects; 0: its hashes and checkpoints only. "
        "A demonstration shows them always: they are invented.",
    ),
    Setting("JINZHI_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
)
_DEFAULTS = {s.name: s.default for s in SETTINGS}


def env(name: str) -> str:
    """The value of a declared variable; an empty variable counts as unset."""
    return os.environ.get(name) or _DEFAULTS[name]


def flag(name: str) -> bool:
    value = env(name).lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off", ""):
        return False
    raise ImproperlyConfigured(f"{name}={value!r}: write 1 or 0")


def whole(name: str) -> int:
    try:
        return int(env(name))
    except ValueError:
        raise ImproperlyConfigured(f"{name}={env(name)!r}: write a whole number") from None


PACKAGE = Path(__file__).resolve().parent.parent
VAR = Path(env("JINZHI_VAR")).absolute()
VAR.mkdir(mode=0o700, parents=True, exist_ok=True)


def _secret() -> str:
    if env("JINZHI_SECRET_KEY"):
        return env("JINZHI_SECRET_KEY")
    kept = VAR / "secret"
    if not kept.exists():
        # whole or not at all: another process that starts now must not read half of it
        making = VAR / f"secret.{os.getpid()}"
        with open(making, "x", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(making, kept)
        except FileExistsError:
            pass
        finally:
            making.unlink()
    said = kept.read_text().strip()
    if not said:
        raise ImproperlyConfigured(
            f"{kept} is empty: whoever knows that could sign sessions. Restore it from the backup, or delete it "
            "(everybody signs in again) and start anew"
        )
    return said


def _database(url: str) -> dict[str, object]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "jinzhi.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
            "TEST": {"NAME": os.environ.get("JINZHI_TEST_DB")},
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"DATABASE_URL begins with {parts.scheme!r}: only postgresql:// is known")
    query = dict(p.split("=", 1) for p in parts.query.split("&") if "=" in p)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


SECRET_KEY = _secret()
DEBUG = flag("JINZHI_DEBUG")
ALLOWED_HOSTS = [h.strip() for h in env("JINZHI_HOSTS").split(",") if h.strip()]
HTTPS = flag("JINZHI_HTTPS")
JINZHI_PROXIES = networks(env("JINZHI_PROXIES"))
JINZHI_MATTERS = tuple(p.strip() for p in env("JINZHI_MATTERS").split(",") if p.strip())
JINZHI_TODAY = env("JINZHI_TODAY")
JINZHI_STORE = VAR / "store"
JINZHI_ENCRYPT_STORE = flag("JINZHI_ENCRYPT_STORE")
JINZHI_STORE_KEY = Path(env("JINZHI_STORE_KEY") or VAR / "keys" / "store.key")
JINZHI_INDEX = VAR / "index"
JINZHI_KEYS = VAR / "keys"
JINZHI_WITNESSES = VAR / "witnesses.json"
JINZHI_AUDIT = VAR / "audit.json"
JINZHI_LOG_NAME = env("JINZHI_LOG_NAME")
if len(JINZHI_LOG_NAME) > 80 or "+" in JINZHI_LOG_NAME or any(c.isspace() for c in JINZHI_LOG_NAME):
    raise ImproperlyConfigured(f"JINZHI_LOG_NAME={JINZHI_LOG_NAME!r}: at most 80 characters, no spaces, no plus sign")
JINZHI_LOG_ENTRIES = flag("JINZHI_LOG_ENTRIES")
JINZHI_SEARCH = env("JINZHI_SEARCH")
JINZHI_VECTORS = env("JINZHI_VECTORS")
JINZHI_KEEP_DRAWINGS = flag("JINZHI_KEEP_DRAWINGS")
JINZHI_TSA_URL = env("JINZHI_TSA_URL")
JINZHI_TSA_ROOTS = env("JINZHI_TSA_ROOTS")
if JINZHI_TSA_URL and not JINZHI_TSA_ROOTS:
    raise ImproperlyConfigured("JINZHI_TSA_ROOTS: name the PEM file of the time-stamp authority's root certificates")
#: whose OpenAPI document the reference is written from
JINZHI_API = "jinzhi.web.api.application.api"
MAX_UPLOAD = whole("JINZHI_MAX_UPLOAD_MB") * 1024 * 1024
MAX_EVIDENCE = whole("JINZHI_MAX_EVIDENCE_MB") * 1024 * 1024

INSTALLED_APPS = [
    "jinzhi.apps.catalogue",
    "jinzhi.apps.accounts",
    "jinzhi.apps.units",
    "jinzhi.apps.evidence",
    "jinzhi.apps.cases",
    "jinzhi.apps.registers",
    "jinzhi.apps.indicators",
    "jinzhi.apps.plan",
    "jinzhi.apps.patents",
    "jinzhi.apps.custody",
    "jinzhi.web",
    "jinzhi.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_htmx",
    "treebeard",
    "ninja",
]

MIDDLEWARE = [
    "jinzhi.config.proxies.Proxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "jinzhi.web.shell.alike.AlikeMiddleware",
    "jinzhi.web.shell.sessions.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "jinzhi.web.shell.gate.TextGate",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jinzhi.apps.accounts.middleware.ActingMiddleware",
    "jinzhi.web.shell.errors.ErrorsMiddleware",
    "jinzhi.web.shell.drafts.DraftsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "jinzhi.config.urls"
WSGI_APPLICATION = "jinzhi.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # each area of pages keeps its own
        "DIRS": sorted((PACKAGE / "web").glob("*/templates")),
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"ui": "jinzhi.web.ui.tags", "plan": "jinzhi.web.plan.titles"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "jinzhi.web.shell.context.shell",
            ],
        },
    }
]

DATABASES = {"default": _database(env("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
#: how long the one-time link works by which a person sets a password
PASSWORD_RESET_TIMEOUT = 24 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "jinzhi.apps.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
#: passwords are held back by ``accounts.lockout`` alone: allauth's limit by address shuts the door for a whole
#: office; "login_failed" is left for codes of the second factor, by person
ACCOUNT_RATE_LIMITS = {"login": "", "login_failed": "5/300s/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Jinzhi"
AXES_HANDLER = "jinzhi.apps.accounts.lockout.Waiting"
AXES_FAILURE_LIMIT = PAIR.free
AXES_COOLOFF_TIME = 24
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "jinzhi.apps.accounts.lockout.locked_out"
AXES_SENSITIVE_PARAMETERS: list[str] = []
AXES_VERBOSE = False
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "jinzhi.apps.accounts.lockout.username"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
LANGUAGE_COOKIE_NAME = "jz_language"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_UPLOAD
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR / "mail"
if env("JINZHI_EMAIL_URL"):
    _mail = urlsplit(env("JINZHI_EMAIL_URL"))
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_TLS = _mail.scheme == "smtps"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "jz_session"
CSRF_COOKIE_NAME = "jz_csrf"
CSRF_FAILURE_VIEW = "jinzhi.web.shell.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "jinzhi.config.logs.LineFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("JINZHI_LOG_LEVEL")},
    "loggers": {"axes": {"level": "WARNING"}, "_granian": {"level": "WARNING"}},
}
