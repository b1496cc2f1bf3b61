"""Settings of the guide: environment first, production by default, unsafe means no start."""

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from roleguide import logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

SECRET_KEY = env("SECRET_KEY")
DEBUG = env.bool("DEBUG", default=False)
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ADMIN_PATH = f"{env('ADMIN_PATH', default='').strip('/') or 'admin'}/"

_site = urlsplit(SITE_URL)
HTTPS = _site.scheme == "https"
if not HTTPS and _site.hostname not in {"127.0.0.1", "localhost", "::1"}:
    raise ImproperlyConfigured("SITE_URL must start with https:// outside this machine.")

# A request names an IPv6 host in brackets.
_host = f"[{_site.hostname}]" if ":" in (_site.hostname or "") else _site.hostname
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_host, "127.0.0.1", "localhost"])

# The call to action that closes every profile.
CTA_BRAND = env("CTA_BRAND", default="Talen.to")
CTA_TEXT = env("CTA_TEXT", default="Entrevistas estructuradas, con el mismo criterio para todas.")
CTA_URL = env("CTA_URL", default="https://talen.to/")
CONTACT_EMAIL = env("CONTACT_EMAIL", default="")
# Lets `manage.py ping_indexnow` tell search engines what changed; empty, nothing is sent.
INDEXNOW_KEY = env("INDEXNOW_KEY", default="")
# Counts what people search for and the guide does not have: the words alone, for the editors.
COUNT_SEARCHES = env.bool("COUNT_SEARCHES", default=False)

INSTALLED_APPS = [
    "profiles",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "roleguide.logs.request_log",
    "profiles.http.security_headers",
    # Before the static files: a picture that is opened by itself is a document too.
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # It refuses foreign hosts before it redirects: what it answers has all headers too.
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "profiles.http.cache_rules",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "profiles.http.method_page",
    "profiles.http.final_address",
    "profiles.http.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "profiles.access.DeskGate",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "roleguide.urls"
WSGI_APPLICATION = "roleguide.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.csp",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "profiles.context_processors.guide",
            ],
        },
    }
]

# Database: each setting here was measured; see the README's table of deploy variables.
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
_database = DATABASES["default"]
_database["CONN_MAX_AGE"] = 60
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # WAL without IMMEDIATE makes "database is locked" worse; FULL keeps a commit in a power cut.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        **_database.get("OPTIONS", {}),
    }
else:
    _database["ENGINE"] = "roleguide.postgresql"
    _database["CONN_HEALTH_CHECKS"] = True
    # A host that swallows packets is given up, at the first word and in the middle of a talk.
    _patience = {"connect_timeout": 2, "tcp_user_timeout": 3000}
    # A page's query is done before a second process of PostgreSQL has started to help.
    _single = {"options": "-c max_parallel_workers_per_gather=0"}
    _database["OPTIONS"] = {**_patience, **_single, **_database.get("OPTIONS", {})}
# Public pages may be read from a copy of the database (roleguide/replica.py).
if env("REPLICA_URL", default=""):
    _place = {name: value for name, value in env.db("REPLICA_URL").items() if value}
    del _place["ENGINE"]
    _place["OPTIONS"] = {**_database["OPTIONS"], **_place.get("OPTIONS", {})}
    DATABASES["replica"] = {**_database, **_place, "TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["roleguide.replica.PublicReads"]

# What is dear to make and the same for all machines (images for social networks).
if CACHE_URL := env("CACHE_URL", default=""):
    CACHES = {
        "default": {
            "BACKEND": "roleguide.shared_cache.SharedCache",
            "LOCATION": CACHE_URL,
            "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.3},
        }
    }

# Who gets in: profiles/access.py holds what these settings cannot say.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
# Edición and superusers reach the admin only with a second factor (a TOTP app).
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=HTTPS)
# How many proxies stand in front and append to X-Forwarded-For.
PROXY_COUNT = env.int("PROXY_COUNT", default=1 if env.bool("BEHIND_PROXY", default=False) else 0)
ACCOUNT_ADAPTER = "profiles.access.ClosedAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
# Limits kept in the database hold for every worker: axes for passwords, SharedLimits for codes.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "profiles.access.KeptSecondFactor"
MFA_TOTP_ISSUER = "Guía de Roles"
MFA_FORMS = {
    "authenticate": "profiles.access.LoginCodeForm",
    "reauthenticate": "profiles.access.ConfirmCodeForm",
}
# An account is locked for the address that guesses, or anyone could lock editors out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "profiles.access.client_address"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

LANGUAGE_CODE = "es-ar"
LANGUAGES = [("es-ar", "español rioplatense")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "America/Argentina/Buenos_Aires"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "roleguide.storage.BundledStaticFilesStorage"},
}

# Moves whenever public content does; pages are kept for as long as it stands still.
CONTENT_VERSION = "profiles.content_version.version_between_requests"
# The page cache (roleguide/page_cache.py): parameters that make another page, and its size.
PAGE_CACHE_PARAMETERS = (
    *("q", "area", "contexto", "rasgo", "tal", "pagina", "desde"),
    *("perfil", "pregunta"),
)
PAGE_CACHE_BYTES = env.int("PAGE_CACHE_MB", default=64) * 1024 * 1024

# HTTPS follows from SITE_URL, so that one variable cannot contradict another.
SECURE_SSL_REDIRECT = HTTPS
# What machines ask each other, in plain HTTP and by number: no redirect, no name wanted.
MACHINE_PATHS = ("/healthz", "/readyz", "/metrics")
SECURE_REDIRECT_EXEMPT = [f"^{path.removeprefix('/')}$" for path in MACHINE_PATHS]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Browsers keep a __Host- cookie to this very host, over HTTPS.
SESSION_COOKIE_NAME = f"{'__Host-' if HTTPS else ''}sessionid"
CSRF_COOKIE_NAME = f"{'__Host-' if HTTPS else ''}csrftoken"
# A session ends after this long without a page of the admin, and at the latest after the second.
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_MINUTES", default=120) * 60
SESSION_MAX_SECONDS = env.int("SESSION_MAX_HOURS", default=12) * 60 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
# The one inline script: it asks for a page's own script once the page has been painted.
LATE_SCRIPT = (
    "{const{src}=document.currentScript.dataset;"
    "requestAnimationFrame(()=>setTimeout(()=>import(src)))}"
)
_late_script_hash = b64encode(sha256(LATE_SCRIPT.encode()).digest()).decode()
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE, f"'sha256-{_late_script_hash}'"],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# One form for all lines: "plain" for people, "json" for programs.
LOGGING = logs.configuration(
    env("LOG_LEVEL", default="INFO"), form=env("LOG_FORMAT", default="plain")
)

# Counts for Prometheus at /metrics, for whoever sends this token; without one there are none.
METRICS_TOKEN = env("METRICS_TOKEN", default="")

# Faults go to Sentry only where its address is given and its package (pip install sentry-sdk) is.
if SENTRY_DSN := env("SENTRY_DSN", default=""):
    try:
        import sentry_sdk
    except ImportError as error:
        raise ImproperlyConfigured("SENTRY_DSN needs the package sentry-sdk.") from error
    sentry_sdk.init(
        dsn=SENTRY_DSN,
        # Neither who asked, nor what they sent, nor the values of variables.
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
    )
