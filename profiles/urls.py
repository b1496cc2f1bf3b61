"""Public addresses of the guide; fixed words come before the context slugs beside them."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from profiles.exports.formats import KIT_FORMATS, SHEET_FORMATS
from profiles.exports.pack import INTERVIEW, SHEETS
from profiles.guide.pairs import OR
from profiles.views import comparison, pack, pages, preview, profiles
from profiles.views.api import views as api
from profiles.views.search import missing_titles, results

app_name = "profiles"


WORDS = {
    "kit_format": KIT_FORMATS,
    "sheet_format": SHEET_FORMATS,
    # A sheet of the hiring pack; the interview has its own addresses.
    "sheet_name": [name for name in SHEETS if name != INTERVIEW],
    "profile_format": ["md", "json"],
}
for name, words in WORDS.items():
    register_converter(type(name, (StringConverter,), {"regex": "|".join(words)}), name)


def beside_profile(profile):
    """Return the addresses that go with a profile's own, which is ``profile``."""
    return [
        path(f"{profile}/entrevista/", pack.interview_kit, name="interview_kit"),
        path(
            f"{profile}/entrevista.<kit_format:extension>",
            pack.sheet_document,
            name="interview_document",
        ),
        path(f"{profile}/carpeta/", pack.hiring_pack, name="hiring_pack"),
        path(f"{profile}/carpeta.zip", pack.hiring_pack_zip, name="hiring_pack_zip"),
        path(f"{profile}/<sheet_name:name>/", pack.sheet, name="sheet"),
        path(
            f"{profile}/<sheet_name:name>.<sheet_format:extension>",
            pack.sheet_document,
            name="sheet_document",
        ),
        path(
            f"{profile}.<profile_format:extension>",
            profiles.profile_document,
            name="profile_document",
        ),
    ]


urlpatterns = [
    path("", pages.home, name="home"),
    path("buscar/", pages.find_role, name="find_role"),
    path("perfiles/", results.role_list, name="role_list"),
    path("sugerencias/", results.suggest, name="suggest"),
    path("puestos/<slug:title_slug>/", missing_titles.near_title, name="near_title"),
    path("entrevista-general/", pages.general_kit, name="general_kit"),
    path(
        "entrevista-general.<kit_format:extension>",
        pages.general_document,
        name="general_document",
    ),
    path("perfiles/<slug:role_slug>/", profiles.role_detail, name="role_detail"),
    path("perfiles/<slug:role_slug>/por-tamano/", comparison.context_shift, name="context_shift"),
    *beside_profile("perfiles/<slug:role_slug>"),
    path("comparar/", comparison.compare, name="compare"),
    path(f"comparar/<slug:one>{OR}<slug:other>/", comparison.pair, name="pair"),
    path("areas/<slug:area_slug>/", pages.area_detail, name="area_detail"),
    path("rasgos/", pages.trait_list, name="trait_list"),
    path("rasgos/<slug:trait_slug>/", pages.trait_detail, name="trait_detail"),
    path("arquetipos/", pages.archetype_list, name="archetype_list"),
    path("arquetipos/<slug:archetype_slug>/", pages.archetype_detail, name="archetype_detail"),
    path("metodologia/", pages.method, name="method"),
    path("vista-previa/<str:token>/", preview.preview, name="preview"),
    path("<slug:context_slug>/", pages.context_detail, name="context_detail"),
    path("<slug:context_slug>/<slug:role_slug>/", profiles.role_in_context, name="role_in_context"),
    *beside_profile("<slug:context_slug>/<slug:role_slug>"),
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
