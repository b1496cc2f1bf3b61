"""Addresses of the whole site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

from profiles.urls import api_patterns
from profiles.views import account, discovery

handler400 = "profiles.views.errors.bad_request"
handler404 = "profiles.views.errors.page_not_found"
handler500 = "profiles.views.errors.unanswered"


def fixed(file, name, content_type):
    """Return the address of a document for programs that is the same for everybody."""
    view = TemplateView.as_view(template_name=f"discovery/{file}", content_type=content_type)
    return path(file, view, name=name)


discovery_patterns = [
    fixed("robots.txt", "robots", "text/plain; charset=utf-8"),
    path("llms.txt", discovery.llms, name="llms"),
    path(".well-known/security.txt", discovery.security_txt, name="security_txt"),
    path("sitemap.xml", discovery.sitemap, name="sitemap"),
    path("sitemap-paginas.xml", discovery.sitemap_pages, name="sitemap_pages"),
    path("sitemap-perfiles-1.xml", discovery.sitemap_profiles, name="sitemap_profiles"),
    fixed("manifest.webmanifest", "manifest", "application/manifest+json"),
    path("favicon.ico", discovery.favicon, name="favicon"),
    fixed("speculation-rules.json", "speculation_rules", "application/speculationrules+json"),
    path("social/<str:token>.png", discovery.social_image, name="social_image"),
    path("guia-de-roles/novedades/", discovery.news, name="news"),
    path("guia-de-roles/novedades/feed.xml", discovery.feed, name="feed"),
]
CODES_FILE = "segundo-factor/recovery-codes/download/"
account_patterns = [
    path("ingresar/", account.login, name="account_login"),
    path("salir/", account.logout, name="account_logout"),
    path("confirmar/", account.reauthenticate, name="account_reauthenticate"),
    path(CODES_FILE, account.recovery_codes_file, name="mfa_download_recovery_codes"),
    path("segundo-factor/cambiar/", account.replace_authenticator, name="mfa_replace_totp"),
    path("segundo-factor/", include("allauth.mfa.urls")),
]
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="profiles:home"), name="root"),
    path("", include((discovery_patterns, "discovery"))),
    path("guia-de-roles/", include("profiles.urls")),
    path("api/v1/", include((api_patterns, "api"))),
    path("healthz", discovery.healthz, name="healthz"),
    path("readyz", discovery.readyz, name="readyz"),
    # Without sign-up and e-mail: accounts are made in the admin, whose address these share.
    path(f"{settings.ADMIN_PATH}cuenta/", include(account_patterns)),
    path(settings.ADMIN_PATH, admin.site.urls),
]
