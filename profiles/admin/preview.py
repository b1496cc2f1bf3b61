"""Previews for editors: what is saved, what is being typed, and links for others."""

from django.contrib import messages
from django.contrib.admin.helpers import AdminErrorList
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as FieldError
from django.db import transaction
from django.forms.formsets import all_valid
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from pydantic import ValidationError

from profiles.admin.guarded import posted_number
from profiles.admin.wording import first_problem
from profiles.desk.history import keep_if_unknown
from profiles.documents.markdown import render_markdown
from profiles.documents.types import MAX_PAGE_MARKDOWN
from profiles.models import Profile
from profiles.views.preview import desk_page, render_preview, revoke, share


class PreviewPages:
    """The previews of the profile admin."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("markdown/", view(self.markdown_view), name="profiles_profile_markdown"),
            path(
                "<int:pk>/vista-previa/", view(self.preview_view), name="profiles_profile_preview"
            ),
            path("<int:pk>/compartir/", view(self.share_view), name="profiles_profile_share"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def markdown_view(self, request):
        """Answer with the HTML of a Markdown text, as publishing would render it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        text = request.POST.get("text", "")
        try:
            if len(text) > MAX_PAGE_MARKDOWN:
                raise FieldError(_("El texto es demasiado largo."))
            return HttpResponse(render_markdown(text))
        except FieldError as error:
            return HttpResponse(error.messages[0], status=400, content_type="text/plain")

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def preview_view(self, request, pk):
        """Show the public page of what is saved or, posted, of what the form says."""
        profile = get_object_or_404(Profile.objects.select_related("role"), pk=pk)
        if request.method != "POST":
            if not self.has_view_permission(request, profile):
                raise PermissionDenied
            return self._preview(request, profile)
        if not self.has_change_permission(request, profile):
            raise PermissionDenied
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
        """Write the posted form for a moment; return what is wrong with it instead."""
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
        context = {
            **self.admin_site.each_context(request),
            "title": _("Todavía no se puede mostrar"),
            "opts": self.opts,
            "errors": errors,
        }
        return TemplateResponse(
            request, "admin/profiles/profile/preview_errors.html", context
        ).render()

    @method_decorator(require_POST)
    def share_view(self, request, pk):
        """Make or take back the link to one version of the desk."""
        profile = get_object_or_404(Profile, pk=pk)
        if not self.has_change_permission(request, profile):
            raise PermissionDenied
        number = posted_number(request, "version")
        keep_if_unknown(profile)
        version = get_object_or_404(profile.versions, number=number)
        if request.POST.get("revoke"):
            revoke(version)
            done = _("se anuló el enlace de la versión %(number)s")
        else:
            share(version)
            done = _("se hizo un enlace de la versión %(number)s, que vence en siete días")
        done %= {"number": version.number}
        self.log_change(request, profile, done)
        self.message_user(request, f"{profile}: {done}.", messages.SUCCESS)
        return redirect("admin:profiles_profile_history", pk)
