"""The pages of a profile beside its form: previews, shared links, starting a context."""

from dataclasses import dataclass

from django import forms
from django.contrib.admin.helpers import AdminErrorList
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as FieldError
from django.db import transaction
from django.forms.formsets import all_valid
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from pydantic import ValidationError

from profiles.admin.forms import field_id, profile_field
from profiles.admin.history import version_of
from profiles.admin.profile_parts import refuse_orphan, start_targets
from profiles.admin.wording import first_problem, place
from profiles.desk.history import keep_if_unknown, record
from profiles.desk.readiness import FACT_SECTIONS, findings_of, section
from profiles.documents.markdown import refuse_lost_markdown, render_markdown, tidy_markdown
from profiles.documents.types import MAX_PAGE_MARKDOWN
from profiles.guide.findings import Severity
from profiles.models import Context, Profile, Role
from profiles.views.preview import desk_page, render_preview, revoke, share

read_or_post = method_decorator(require_http_methods(["GET", "HEAD", "POST"]))


class ProfilePages:
    """The views of these pages."""

    def own_pages(self):
        return [
            ("markdown/", self.markdown_view, "markdown"),
            ("<int:pk>/vista-previa/", self.preview_view, "preview"),
            ("<int:pk>/compartir/", self.share_view, "share"),
            ("<int:pk>/crear-contexto/", self.start_view, "start"),
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

    @read_or_post
    def start_view(self, request, pk):
        """Start a context's profile from the base or from another context."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        source = get_object_or_404(Profile.objects.select_related("role", "context"), pk=pk)
        form = StartForm(role=source.role)
        if request.method == "POST":
            with transaction.atomic():
                # If a form is sent twice, the second waits here and finds the context taken.
                Role.objects.select_for_update(of=("self",)).get(pk=source.role_id)
                form = StartForm(request.POST, role=source.role)
                if form.is_valid():
                    return self._start(request, source, form.cleaned_data["context"])
        title = _("Crear un contexto a partir de %(source)s") % {"source": source}
        return self.page(request, "profiles/profile/start", title, source=source, form=form)

    def _start(self, request, source, context):
        profile = start_profile(source, context, request.user)
        done = _("se creó a partir de %(source)s") % {"source": source}
        self.log_addition(request, profile, done)
        self.tell(request, profile, done)
        return redirect("admin:profiles_profile_change", profile.pk)


class StartForm(forms.Form):
    """Asks for which company size to start a profile."""

    context = forms.ModelChoiceField(
        Context.objects.none(),
        label=gettext_lazy("Contexto"),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args, role, **kwargs):
        super().__init__(*args, **kwargs)
        self.role = role
        taken = role.profiles.exclude(context=None).values("context")
        self.fields["context"].queryset = Context.objects.exclude(pk__in=taken)

    def clean(self):
        cleaned = super().clean()
        refuse_orphan(self.role, cleaned.get("context"))
        return cleaned


@transaction.atomic
def start_profile(source, context, by):
    """Return a new profile of the source's role: its ranges prefilled, its texts empty."""
    profile = Profile.objects.create(role=source.role, context=context, author=by)
    start_targets(profile, {target.trait_id: target for target in source.targets.all()})
    record(profile, by=by, why=_("Se creó a partir de %(source)s") % {"source": source})
    return profile


@dataclass(frozen=True)
class Problem:
    """A finding as the panel shows it; ``on_role`` if the role's page has the field."""

    place: str
    message: str
    field: str
    blocks: bool
    on_role: bool


def problems(profile, findings):
    """Return the Problems that the ``findings`` of its role say of a profile, errors first."""
    return [_problem(finding) for finding in findings_of(profile, findings)]


def _problem(finding):
    path, on_role = finding.path, section(finding.path) in FACT_SECTIONS
    return Problem(
        place=place(path),
        message=finding.message,
        field="" if on_role or not path else field_id(path, profile_field(path)),
        blocks=finding.severity is Severity.ERROR,
        on_role=on_role,
    )
