"""Public addresses of the guide; fixed words come before the context slugs beside them."""

from django.urls import path

from profiles.views import pages, profiles

app_name = "profiles"

urlpatterns = [
    path("", pages.home, name="home"),
    path("perfiles/", profiles.role_list, name="role_list"),
    path("perfiles/<slug:role_slug>/", profiles.role_detail, name="role_detail"),
    path("areas/<slug:area_slug>/", pages.area_detail, name="area_detail"),
    path("rasgos/", pages.trait_list, name="trait_list"),
    path("rasgos/<slug:trait_slug>/", pages.trait_detail, name="trait_detail"),
    path("arquetipos/", pages.archetype_list, name="archetype_list"),
    path("arquetipos/<slug:archetype_slug>/", pages.archetype_detail, name="archetype_detail"),
    path("metodologia/", pages.method, name="method"),
    path("<slug:context_slug>/", pages.context_detail, name="context_detail"),
    path("<slug:context_slug>/<slug:role_slug>/", profiles.role_in_context, name="role_in_context"),
]
