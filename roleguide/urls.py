"""Addresses of the whole site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from profiles.feeds import NewsFeed
from profiles.views import discovery, health

handler404 = "profiles.views.errors.page_not_found"

discovery_patterns = [
    path("robots.txt", discovery.robots, name="robots"),
    path("llms.txt", discovery.llms, name="llms"),
    path(".well-known/security.txt", discovery.security_txt, name="security_txt"),
    path("sitemap.xml", discovery.sitemap, name="sitemap"),
    path("sitemap-paginas.xml", discovery.sitemap_pages, name="sitemap_pages"),
    path("sitemap-perfiles-<int:number>.xml", discovery.sitemap_profiles, name="sitemap_profiles"),
    path("manifest.webmanifest", discovery.manifest, name="manifest"),
    path("favicon.ico", discovery.favicon, name="favicon"),
    path("speculation-rules.json", discovery.speculation_rules, name="speculation_rules"),
    path("social/<str:token>.png", discovery.social_image, name="social_image"),
    path("guia-de-roles/novedades/", discovery.news, name="news"),
    path("guia-de-roles/novedades/feed.xml", require_safe(NewsFeed()), name="feed"),
]
if settings.INDEXNOW_KEY:
    key_file = path(f"{settings.INDEXNOW_KEY}.txt", discovery.indexnow_key, name="indexnow_key")
    discovery_patterns.append(key_file)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="profiles:home"), name="root"),
    path("", include((discovery_patterns, "discovery"))),
    path("guia-de-roles/", include("profiles.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path(settings.ADMIN_PATH, admin.site.urls),
]
