"""Settings of the guide: environment first, production by default, unsafe means no start."""

import re
from base64 import b64encode
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from django.utils.csp import CSP

from roleguide import logs
from roleguide.environment import BASE_DIR, env, flag, refuse_if

LOOPBACK = re.compile(r"localhost|\[::1\]|127(\.\d+){3}")


def is_guessed(key):
    """Tell whether somebody may find a key by trying."""
    return len(key) < 50 or len(set(key)) < 5


def site_address(given):
    """Return scheme, host (as browsers send it: xn--…, [::1]) and port of SITE_URL."""
    try:
        parts = urlsplit(given.strip().rstrip("/"))
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise SystemExit(f"SITE_URL is no address: {error}.") from error
    more = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    refuse_if(more or not host, "SITE_URL must be a scheme and a host: https://guia.example.")
    return parts.scheme, f"[{host}]" if ":" in host else host, port


DEBUG, BEHIND_PROXY = flag("DEBUG"), flag("BEHIND_PROXY")
SECRET_KEY = env("SECRET_KEY", default="")
# What was signed before a change of the key is still valid: sessions, addresses of images.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# On this machine the address follows where gunicorn listens.
_local = env("HOST", default="127.0.0.1").replace("::1", "[::1]")
_local = f"{_local if LOOPBACK.fullmatch(_local) else '127.0.0.1'}:{env('PORT', default='8000')}"
_scheme, _host, _port = site_address(env("SITE_URL", default=f"http://{_local}"))
SITE_URL, HTTPS = f"{_scheme}://{_host}{_port}", _scheme == "https"
ADMIN_PATH = f"{env('ADMIN_PATH', default='').strip('/') or 'admin'}/"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_host, "127.0.0.1", "localhost"])
_is_safe = HTTPS or (_scheme == "http" and LOOPBACK.fullmatch(_host))
refuse_if(not _is_safe, "SITE_URL must start with https:// outside this machine.")
_random = "must be 50 random characters or more."
refuse_if(is_guessed(SECRET_KEY), f"SECRET_KEY {_random}")
refuse_if(any(map(is_guessed, SECRET_KEY_FALLBACKS)), f"SECRET_KEY_FALLBACKS: each {_random}")
refuse_if(HTTPS and DEBUG, "DEBUG shows visitors what is inside: not under https://.")

CTA_BRAND = env("CTA_BRAND", default="Talen.to")
CTA_TEXT = env("CTA_TEXT", default="Entrevistas estructuradas, con el mismo criterio para todas.")
CTA_URL = env("CTA_URL", default="https://talen.to/")
CONTACT_EMAIL = env("CONTACT_EMAIL", default="")
# Counts what people search for and the guide does not have: the words alone, for the editors.
COUNT_SEARCHES = flag("COUNT_SEARCHES")

INSTALLED_APPS = [
    "profiles",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *("axes", "allauth", "allauth.account", "allauth.mfa"),
]

MIDDLEWARE = [
    "roleguide.logs.request_log",
    "profiles.views.http.security_headers",
    # Before the static files: a picture that is opened by itself is a document too.
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # It refuses foreign hosts before it redirects: what it answers has all headers too.
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "profiles.views.http.cache_rules",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "profiles.views.http.method_page",
    "profiles.views.http.final_address",
    "profiles.views.http.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "profiles.desk.access.DeskGate",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "roleguide.urls"

_processors = [
    *("django.template.context_processors.csp", "django.template.context_processors.request"),
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "profiles.views.http.public_values",
]
_engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
_options = {"context_processors": _processors}
TEMPLATES = [{**_engine, "DIRS": [BASE_DIR / "templates"], "OPTIONS": _options}]

# Database: each setting here was measured; see the README's table of deploy variables.
_url = env("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
_database = {}
with suppress(ValueError):
    _database = env.db_url_config(_url)
_is_misread = not _database or ("@" in _url and not _database["USER"])
refuse_if(_is_misread, "DATABASE_URL: in a password, / ? # are written %2F %3F %23.")
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # WAL without IMMEDIATE makes "database is locked" worse; FULL keeps a commit in a power cut.
    _options = {"transaction_mode": "IMMEDIATE", "timeout": 20}
    _options["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"
else:
    # A host that swallows packets is given up, at the first word and in the middle of a talk.
    _options = {"connect_timeout": 2, "tcp_user_timeout": 3000}
    # A page's query is done before a second process of PostgreSQL has started to help; a save waits
    # for somebody else's lock as long as it does with SQLite.
    _options["options"] = "-c max_parallel_workers_per_gather=0 -c lock_timeout=20s"
_database["OPTIONS"] = {**_options, **_database.get("OPTIONS", {})}
# Many threads, few connections: one lives as long as the request that needs it.
DATABASES = {"default": {**_database, "CONN_MAX_AGE": 0}}

BACKUP_FOLDER = BASE_DIR / (env("BACKUP_FOLDER", default="") or "backups")
_given = env("BACKUPS_KEPT", default="") or "14"
BACKUPS_KEPT = int(_given) if _given.isdecimal() else 0
refuse_if(BACKUPS_KEPT < 1, "BACKUPS_KEPT must be 1 or more.")

# What all nodes share: counts of log-ins, images for social networks. `migrate` makes the tables.
# Django pickles what it keeps there: put nothing in but bytes and JSON.
_kept = {"BACKEND": "profiles.desk.shared_cache.SharedCache", "OPTIONS": {"MAX_ENTRIES": 2000}}
# Apart: who asks for many images must not push out the counts of wrong codes.
_tables = {"default": "shared_cache", "images": "shared_images"}
CACHES = {name: {**_kept, "LOCATION": table} for name, table in _tables.items()}

# Who gets in: profiles/desk/access.py holds what these settings cannot say.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend"]
AUTHENTICATION_BACKENDS += ["django.contrib.auth.backends.ModelBackend"]
_rules = "django.contrib.auth.password_validation"
_length = {"NAME": f"{_rules}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}}
_others = ("UserAttributeSimilarity", "CommonPassword", "NumericPassword")
AUTH_PASSWORD_VALIDATORS = [_length, *({"NAME": f"{_rules}.{name}Validator"} for name in _others)]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
# Edición and superusers reach the admin only with a second factor (a TOTP app).
REQUIRE_SECOND_FACTOR = flag("REQUIRE_SECOND_FACTOR", default=HTTPS)
# How many proxies stand in front and append to X-Forwarded-For.
PROXY_COUNT = env.int("PROXY_COUNT", default=int(BEHIND_PROXY))
ACCOUNT_ADAPTER = "profiles.desk.access.ClosedAccounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
# Counted before anything is hashed: log-ins from one address, and wrong codes of the second factor
# for each account. Axes counts wrong passwords.
ACCOUNT_RATE_LIMITS = {"login": "30/15m/ip", "login_failed": "5/15m/key"}
MFA_ADAPTER = "profiles.desk.access.KeptSecondFactor"
MFA_TOTP_ISSUER = "Guía de Roles"
# Locked for the address that guesses, or anyone could lock editors out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT, AXES_COOLOFF_TIME = 6, timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "profiles.desk.access.counted_address"
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False

LANGUAGE_CODE = "es-ar"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "America/Argentina/Buenos_Aires"

STATIC_URL = "/static/"
# The manifest of hashed names lies beside them, where nobody serves it (roleguide/storage.py).
STATIC_ROOT = BASE_DIR / "staticfiles" / "served"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {"staticfiles": {"BACKEND": "roleguide.storage.BundledStaticFilesStorage"}}

# Done before workers are forked; then the page cache: what moves with public content, parameters
# that make another page, its size.
PREPARED = "profiles.search.index.prepare"
CONTENT_VERSION = "profiles.desk.content_version.version_between_requests"
_parameters = ["q", "area", "contexto", "rasgo", "orden", "tal", "pagina", "perfil"]
_parameters += ["pregunta", "minutos", "parte", "papel", "si", "no", "tamano"]
PAGE_CACHE = {"prefix": "/guia-de-roles/", "parameters": _parameters, "https": HTTPS}
PAGE_CACHE["max_bytes"] = env.int("PAGE_CACHE_MB", default=64) * 1024 * 1024

# HTTPS follows from SITE_URL, so that one variable cannot contradict another.
SECURE_SSL_REDIRECT = SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# What machines ask each other, in plain HTTP and by number: no redirect, no name wanted.
MACHINE_PATHS = ("/healthz", "/readyz")
SECURE_REDIRECT_EXEMPT = [f"^{path.removeprefix('/')}$" for path in MACHINE_PATHS]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
# Browsers keep a __Host- cookie to this very host, over HTTPS.
SESSION_COOKIE_NAME = f"{'__Host-' if HTTPS else ''}sessionid"
CSRF_COOKIE_NAME = f"{'__Host-' if HTTPS else ''}csrftoken"
# A session ends after this long without a page of the admin, and at the latest after the second.
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_MINUTES", default=120) * 60
SESSION_MAX_SECONDS = env.int("SESSION_MAX_HOURS", default=12) * 60 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# The one inline script: once something can be read, it asks for a page's own script.
LATE_SCRIPT = (
    "{const{src}=document.currentScript.dataset;new PerformanceObserver(l=>l.getEntriesByName("
    "'first-contentful-paint')[0]&&import(src)).observe({type:'paint',buffered:true})}"
)
_late_script_hash = b64encode(sha256(LATE_SCRIPT.encode()).digest()).decode()
SECURE_CSP = {
    **{name: [CSP.NONE] for name in ("default-src", "base-uri", "frame-ancestors")},
    **{name: [CSP.SELF] for name in ("font-src", "connect-src", "manifest-src", "form-action")},
    "script-src": [CSP.SELF, CSP.NONCE, f"'sha256-{_late_script_hash}'"],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
}

LOGGING = logs.configuration(env("LOG_LEVEL", default="INFO"))
