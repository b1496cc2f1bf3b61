"""Addresses of the whole site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from profiles.urls import account_patterns, api_patterns, discovery_patterns
from profiles.views import discovery

handler400 = "profiles.views.errors.bad_request"
handler404 = "profiles.views.errors.page_not_found"
handler500 = "profiles.views.errors.unanswered"

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
