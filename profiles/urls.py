"""Public addresses of the guide; fixed words come before the context slugs beside them."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from profiles.api import views as api
from profiles.exports.formats import FORMATS
from profiles.views import (
    comparison,
    context_shift,
    documents,
    general_kit,
    kit,
    pages,
    preview,
    profiles,
    search,
)

app_name = "profiles"


class KitFormat(StringConverter):
    """The ending of an interview kit as a file."""

    regex = "|".join(FORMATS)


class ProfileFormat(StringConverter):
    """The ending of a profile in another form than a page."""

    regex = "|".join(documents.PROFILE_FORMATS)


register_converter(KitFormat, "kit_format")
register_converter(ProfileFormat, "profile_format")

urlpatterns = [
    path("", pages.home, name="home"),
    path("perfiles/", search.role_list, name="role_list"),
    path("sugerencias/", search.suggest, name="suggest"),
    path("puestos/<slug:title_slug>/", search.near_title, name="near_title"),
    path("entrevista-general/", general_kit.general_kit, name="general_kit"),
    path("perfiles/<slug:role_slug>/", profiles.role_detail, name="role_detail"),
    path(
        "perfiles/<slug:role_slug>/por-tamano/", context_shift.context_shift, name="context_shift"
    ),
    path("perfiles/<slug:role_slug>/entrevista/", kit.interview_kit, name="interview_kit"),
    path(
        "perfiles/<slug:role_slug>/entrevista.<kit_format:extension>",
        kit.interview_document,
        name="interview_document",
    ),
    path(
        "perfiles/<slug:role_slug>.<profile_format:extension>",
        documents.profile_document,
        name="profile_document",
    ),
    path("comparar/", comparison.compare, name="compare"),
    path("areas/<slug:area_slug>/", pages.area_detail, name="area_detail"),
    path("rasgos/", pages.trait_list, name="trait_list"),
    path("rasgos/<slug:trait_slug>/", pages.trait_detail, name="trait_detail"),
    path("arquetipos/", pages.archetype_list, name="archetype_list"),
    path("arquetipos/<slug:archetype_slug>/", pages.archetype_detail, name="archetype_detail"),
    path("metodologia/", pages.method, name="method"),
    path("vista-previa/<str:token>/", preview.preview, name="preview"),
    path("<slug:context_slug>/", pages.context_detail, name="context_detail"),
    path("<slug:context_slug>/<slug:role_slug>/", profiles.role_in_context, name="role_in_context"),
    path(
        "<slug:context_slug>/<slug:role_slug>/entrevista/", kit.interview_kit, name="interview_kit"
    ),
    path(
        "<slug:context_slug>/<slug:role_slug>/entrevista.<kit_format:extension>",
        kit.interview_document,
        name="interview_document",
    ),
    path(
        "<slug:context_slug>/<slug:role_slug>.<profile_format:extension>",
        documents.profile_document,
        name="profile_document",
    ),
]

# Under /api/v1/; the addresses of the guide itself are above.
api_patterns = [
    path("", api.start, name="start"),
    path("openapi.json", api.openapi, name="openapi"),
    path("roles/", api.role_list, name="role_list"),
    path("roles/<slug:role>/", api.role_detail, name="role_detail"),
    path("profiles/", api.profile_list, name="profile_list"),
    path("profiles/<slug:context>/<slug:role>/", api.profile_detail, name="profile_detail"),
    path("contexts/", api.context_list, name="context_list"),
    path("traits/", api.trait_list, name="trait_list"),
    path("search/", api.search, name="search"),
    re_path(r"^[\s\S]+$", api.not_found, name="not_found"),
]
