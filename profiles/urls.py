"""The guide's addresses; fixed words come before the context slugs beside them."""

from django.urls import include, path, re_path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import TemplateView

from profiles.exports.formats import KIT_FORMATS, SHEET_FORMATS
from profiles.exports.pack import INTERVIEW, SHEETS
from profiles.guide.pairs import OR
from profiles.views import account, comparison, discovery, pack, pages, preview, profiles
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


def fixed(file, name, content_type):
    """Return the address of a document for programs that is the same for everybody."""
    view = TemplateView.as_view(template_name=f"discovery/{file}", content_type=content_type)
    return path(file, view, name=name)


# Beside the guide: what programs ask for, and the news.
discovery_patterns = [
    fixed("robots.txt", "robots", "text/plain; charset=utf-8"),
    path("llms.txt", discovery.llms, name="llms"),
    path(".well-known/security.txt", discovery.security_txt, name="security_txt"),
    path("sitemap.xml", discovery.sitemap, name="sitemap"),
    path("sitemap-paginas.xml", discovery.sitemap_pages, name="sitemap_pages"),
    path("sitemap-perfiles-1.xml", discovery.sitemap_profiles, name="sitemap_profiles"),
    fixed("manifest.webmanifest", "manifest", "application/manifest+json"),
    path("favicon.ico", discovery.icon, {"file": "favicon.ico"}, name="favicon"),
    path("apple-touch-icon.png", discovery.icon, {"file": "apple-touch-icon.png"}, name="touch"),
    fixed("speculation-rules.json", "speculation_rules", "application/speculationrules+json"),
    path("social/<str:token>.png", discovery.social_image, name="social_image"),
    path("guia-de-roles/novedades/", discovery.news, name="news"),
    path("guia-de-roles/novedades/feed.xml", discovery.feed, name="feed"),
]
# The way into the admin, whose address these follow.
CODES_FILE = "segundo-factor/recovery-codes/download/"
account_patterns = [
    path("ingresar/", account.login, name="account_login"),
    path("salir/", account.logout, name="account_logout"),
    path("confirmar/", account.reauthenticate, name="account_reauthenticate"),
    path(CODES_FILE, account.recovery_codes_file, name="mfa_download_recovery_codes"),
    path("segundo-factor/cambiar/", account.replace_authenticator, name="mfa_replace_totp"),
    path("segundo-factor/", include("allauth.mfa.urls")),
]
