"""Starting a context's profile from the base or from another context, with one action."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from profiles.admin.profile_parts import refuse_orphan
from profiles.desk.history import record
from profiles.models import Context, Profile, Role, TraitTarget


class StartForm(forms.Form):
    """For which company size to start a profile."""

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
    TraitTarget.objects.bulk_create(
        TraitTarget(
            profile=profile,
            trait_id=target.trait_id,
            low=target.low,
            high=target.high,
            importance=target.importance,
        )
        for target in source.targets.all()
    )
    record(profile, by=by, why=_("Se creó a partir de %(source)s") % {"source": source})
    return profile


class StartPage:
    """The page of the profile admin that starts a context's profile from another profile."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.start_view)
        return [
            path("<int:pk>/crear-contexto/", view, name="profiles_profile_start"),
            *super().get_urls(),
        ]

    def _start(self, request, source, context):
        profile = start_profile(source, context, request.user)
        done = _("se creó a partir de %(source)s") % {"source": source}
        self.log_addition(request, profile, done)
        self.message_user(request, f"{profile}: {done}.", messages.SUCCESS)
        return redirect("admin:profiles_profile_change", profile.pk)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def start_view(self, request, pk):
        if not self.has_add_permission(request):
            raise PermissionDenied
        source = get_object_or_404(Profile.objects.select_related("role", "context"), pk=pk)
        form = StartForm(role=source.role)
        if request.method == "POST":
            with transaction.atomic():
                # Of two sends of one form, the second waits here and finds the context taken.
                Role.objects.select_for_update(of=("self",)).get(pk=source.role_id)
                form = StartForm(request.POST, role=source.role)
                if form.is_valid():
                    return self._start(request, source, form.cleaned_data["context"])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Crear un contexto a partir de %(source)s") % {"source": source},
            "opts": self.opts,
            "source": source,
            "form": form,
        }
        return TemplateResponse(request, "admin/profiles/profile/start.html", context)
