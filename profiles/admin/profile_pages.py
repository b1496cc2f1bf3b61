"""The pages of a profile beside its form: previews and shared links; what is missing."""

from dataclasses import dataclass

from django.contrib.admin.helpers import AdminErrorList
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as FieldError
from django.db import transaction
from django.forms.formsets import all_valid
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from pydantic import ValidationError

from profiles.admin.forms import field_id
from profiles.admin.history import version_of
from profiles.admin.wording import first_problem, place
from profiles.desk.history import keep_if_unknown
from profiles.desk.readiness import FACT_SECTIONS, findings_of, section
from profiles.documents.markdown import refuse_lost_markdown, render_markdown, tidy_markdown
from profiles.documents.types import MAX_PAGE_MARKDOWN
from profiles.guide.findings import Severity
from profiles.models import Profile
from profiles.views.preview import desk_page, render_preview, revoke, share

read_or_post = method_decorator(require_http_methods(["GET", "HEAD", "POST"]))


class ProfilePages:
    """The views of these pages."""

    def own_pages(self):
        return [
            ("markdown/", self.markdown_view, "markdown"),
            ("<int:pk>/vista-previa/", self.preview_view, "preview"),
            ("<int:pk>/compartir/", self.share_view, "share"),
            *super().own_pages(),
        ]

    @method_decorator(require_POST)
    def markdown_view(self, request):
        """Answer with the HTML of a Markdown text, as publishing would render it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        text = tidy_markdown(request.POST.get("text", ""))
        try:
            refuse_lost_markdown(text)
            if len(text) > MAX_PAGE_MARKDOWN:
                raise FieldError(_("El texto es demasiado largo."))
            return HttpResponse(render_markdown(text))
        except FieldError as error:
            return HttpResponse(error.messages[0], status=400, content_type="text/plain")

    @read_or_post
    def preview_view(self, request, pk):
        """Show the public page of what is saved or, if posted, of what is in the form."""
        is_typed = request.method == "POST"
        act = "change" if is_typed else "view"
        profile = self.row_for(request, act, pk, Profile.objects.select_related("role"))
        if not is_typed:
            return self._preview(request, profile)
        with transaction.atomic():
            errors = self._write_typed(request, profile)
            response = self._refuse(request, errors) if errors else self._preview(request, profile)
            transaction.set_rollback(True)
        return response

    def _preview(self, request, profile):
        try:
            return render_preview(request, desk_page(profile))
        except ValidationError as error:
            return self._refuse(request, [first_problem(error)])

    def _write_typed(self, request, profile):
        """Save the posted form (the caller rolls back), or return its errors."""
        fields = flatten_fieldsets(self.get_fieldsets(request, profile))
        form_class = self.get_form(request, profile, change=True, fields=fields)
        form = form_class(request.POST, request.FILES, instance=profile)
        form.stamped = False
        formsets, _inlines = self._create_formsets(request, form.instance, change=True)
        if not (form.is_valid() and all_valid(formsets)):
            return AdminErrorList(form, formsets)
        form.save()
        for formset in formsets:
            formset.save()
        return []

    def _refuse(self, request, errors):
        title = _("Todavía no se puede mostrar")
        # Rendered now: what was written is rolled back afterwards.
        return self.page(request, "profiles/profile/preview_errors", title, errors=errors).render()

    @method_decorator(require_POST)
    def share_view(self, request, pk):
        """Make or take back the link to one version of the desk."""
        profile = self.row_for(request, "change", pk)
        keep_if_unknown(profile)
        version = version_of(profile, request.POST.get("version", ""))
        if request.POST.get("revoke"):
            revoke(version)
            done = _("se anuló el enlace de la versión %(number)s")
        else:
            share(version)
            done = _("se hizo un enlace de la versión %(number)s, que vence en siete días")
        self.tell_done(request, profile, done % {"number": version.number})
        return redirect("admin:profiles_profile_history", pk)


@dataclass(frozen=True)
class Problem:
    """A finding as editors read it; ``href`` leads to its field, "" if it is in no field."""

    place: str
    message: str
    href: str
    blocks: bool


def problems(profile, findings, page=None):
    """Return the Problems that the ``findings`` of its role say of a profile, errors first.

    ``page`` is the row on whose page they are read: fields of it need no address.
    """
    return [
        Problem(
            place(finding.path),
            finding.message,
            _href(finding.path, profile, page) if finding.path else "",
            finding.severity is Severity.ERROR,
        )
        for finding in findings_of(profile, findings)
    ]


def _href(path, profile, page):
    row = profile.role if section(path) in FACT_SECTIONS else profile
    kind = row._meta.model_name
    url = "" if row == page else reverse(f"admin:profiles_{kind}_change", args=[row.pk])
    return f"{url}#{field_id(path)}"
