"""Addresses of the whole site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from profiles.views import health

handler404 = "profiles.views.errors.page_not_found"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="profiles:home"), name="root"),
    path("guia-de-roles/", include("profiles.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path(settings.ADMIN_PATH, admin.site.urls),
]
