"""The read-only JSON API. ETags and caching are the site's own (``profiles.views.http``)."""

from functools import wraps
from urllib.parse import urlencode

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.urls import reverse
from django.utils.decorators import decorator_from_middleware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError

from profiles.desk.rows import form_of
from profiles.documents.vocabulary import ContextEntry, TraitEntry
from profiles.exports.profile_json import published_profile
from profiles.models import Context, Edition, Trait
from profiles.search.find import LIMIT, find
from profiles.search.index import current_index
from profiles.views.api import forms as api
from profiles.views.http import moved_to
from profiles.views.shelf import Gone, Moved, missing_page, profile_page

METHODS = "GET, HEAD, OPTIONS"
OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "If-None-Match, Content-Type",
    "Access-Control-Max-Age": "86400",
}

TITLES = {
    400: gettext_lazy("Pedido inválido"),
    404: gettext_lazy("No encontrado"),
    405: gettext_lazy("Método no permitido"),
    410: gettext_lazy("Ya no está"),
}


class PublicGZip(GZipMiddleware):
    """Gives the same bytes each time, so that their ETag lasts: nothing in them is secret."""

    max_random_bytes = 0


def endpoint(view):
    """Turn a view that returns a document into an open, read-only JSON address."""

    @csrf_exempt
    @decorator_from_middleware(PublicGZip)
    @wraps(view)
    def answer(request, **kwargs):
        response = _answer(view, request, kwargs)
        for name, value in OPEN_TO_ALL.items():
            response.headers[name] = value
        return response

    return answer


def _answer(view, request, kwargs):
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=PREFLIGHT)
    if request.method not in ("GET", "HEAD"):
        response = _problem(405, _("La API es de solo lectura: se puede pedir con GET."))
        response.headers["Allow"] = METHODS
        return response
    try:
        return _json(view(request, **kwargs))
    except Moved as moved:
        name = request.resolver_match.view_name
        return moved_to(request, reverse(name, kwargs={**kwargs, "role": moved.role_slug}))
    except Gone:
        return _problem(410, _("Estuvo publicado y se retiró."))
    except Http404:
        return _problem(404, _("No hay nada publicado en esta dirección."))
    except BadRequest as refusal:
        return _problem(400, str(refusal))
    except SuspiciousOperation:
        return _problem(400, _("La dirección tiene demasiados parámetros."))


def _json(document):
    if isinstance(document, dict):
        return JsonResponse(document, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(document.model_dump_json(), "application/json")


def _problem(status, detail):
    problem = api.Problem(title=str(TITLES[status]), status=status, detail=detail)
    return HttpResponse(problem.model_dump_json(), api.PROBLEM_TYPE, status)


def _asked(request, form):
    """Return the parameters of the request; raises BadRequest with what each one expects."""
    try:
        return form.model_validate({name: request.GET[name] for name in request.GET})
    except ValidationError as error:
        names = dict.fromkeys(str(problem["loc"][0]) for problem in error.errors())
        expected = [f"«{name}»: {form.model_fields[name].description}" for name in names]
        raise BadRequest(" ".join(expected)) from error


@endpoint
def start(request):
    return api.start()


@endpoint
def openapi(request):
    return api.openapi()


@endpoint
def role_list(request):
    asked = _asked(request, api.RoleParameters)
    # Always from somewhere, so that the database reads in the order of the addresses.
    editions = Edition.objects.for_listing().base().filter(role_slug__gt=asked.cursor or "")
    editions = editions.order_by("role_slug")
    if asked.area:
        editions = editions.filter(area__slug=asked.area)
    found, has_more = _page(editions, asked.limit)
    following = _next(request, found[-1].role_slug) if has_more else None
    return api.RoleList(items=[api.role_item(edition) for edition in found], next=following)


@endpoint
def role_detail(request, role):
    editions = list(Edition.objects.for_page(role)[:1])
    if not editions:
        raise missing_page(role)
    profiles = Edition.objects.for_listing().filter(role_slug=role)
    return api.RoleDetail(
        role=editions[0].role_facts,
        profiles=[api.profile_item(edition) for edition in profiles],
    )


@endpoint
def profile_list(request):
    asked = _asked(request, api.ProfileParameters)
    place = Coalesce("context__slug", Value(""))
    editions = Edition.objects.for_listing().annotate(place=place).order_by("role_slug", "place")
    role, _slash, context = (asked.cursor or "").partition("/")
    after = Q(role_slug__gt=role) | Q(place__gt=context)
    editions = editions.filter(after, role_slug__gte=role, **_narrowed(asked))
    found, has_more = _page(editions, asked.limit)
    following = _next(request, f"{found[-1].role_slug}/{found[-1].place}") if has_more else None
    return api.ProfileList(items=[api.profile_item(edition) for edition in found], next=following)


def _narrowed(asked):
    """Return the lookups of the filters in ``asked``."""
    lookups = {"area__slug": asked.area, "role_slug": asked.role}
    lookups["place"] = "" if asked.context == api.BASE else asked.context
    return {lookup: value for lookup, value in lookups.items() if value is not None}


def _page(editions, limit):
    """Return the first ``limit`` editions and whether there are more; never a COUNT."""
    found = list(editions[: limit + 1])
    return found[:limit], len(found) > limit


def _next(request, cursor):
    """Return the address of what follows, with the question as it was asked."""
    asked = {**request.GET.dict(), "cursor": cursor}
    return f"{api.address(request.resolver_match.url_name)}?{urlencode(asked)}"


@endpoint
def profile_detail(request, context, role):
    context_slug = None if context == api.BASE else context
    return published_profile(profile_page(role, context_slug))


@endpoint
def context_list(request):
    return api.ContextList(items=[form_of(ContextEntry, row) for row in Context.objects.all()])


@endpoint
def trait_list(request):
    return api.TraitList(items=[form_of(TraitEntry, row) for row in Trait.objects.all()])


@endpoint
def search(request):
    """Answer as the page does: names first, then mentions, or what is nearest."""
    asked = _asked(request, api.SearchParameters)
    index = current_index()
    answer = find(asked.q, index)
    context = index.contexts.get(asked.context)
    is_known = context or asked.context in (None, api.BASE)
    _size, hits = answer.hits(context and context.pk)
    found = [hit.profile.edition_id for hit in hits[:LIMIT]] if is_known else []
    end = asked.cursor + asked.limit
    near = {near.role.profiles[None].edition_id: near for near in answer.nearest}
    shown = found[asked.cursor : end]
    editions = {row.pk: row for row in Edition.objects.for_listing().filter(pk__in=[*shown, *near])}
    return api.SearchList(
        items=[api.profile_item(editions[pk]) for pk in shown if pk in editions],
        next=_next(request, end) if len(found) > end else None,
        corrected=answer.correction or None,
        missing=answer.missing or None,
        nearest=[api.near_item(editions[pk], near[pk]) for pk in near if pk in editions],
    )


@endpoint
def not_found(request):
    raise Http404
