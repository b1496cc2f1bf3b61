"""What an editor does with a profile as a whole: send to review, publish, withdraw, discard."""

from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from profiles.admin.base import ACTION, action_everywhere
from profiles.admin.shelf import may_publish, read_now
from profiles.admin.wording import changes, desk_json, moment, say_all, version_json
from profiles.desk.access import audit
from profiles.desk.content_version import editorial_act
from profiles.desk.history import CannotComeBack, keep_if_unknown, record, restore
from profiles.desk.publishing import (
    NotPublishable,
    falling,
    publish,
    send_back,
    submit,
    unschedule,
    withdraw,
)
from profiles.desk.readiness import errors_of, role_findings
from profiles.documents.choices import AuditEvent, WorkflowState
from profiles.models import Edition, Profile, Role
from profiles.models.querysets import BY_SIZE

# More profiles than this are published without showing each one's changes first.
MAX_COMPARED = 10


class PublishForm(forms.Form):
    """When an edition begins, and why it is made."""

    reason = forms.CharField(
        label=gettext_lazy("Motivo"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "Queda en la historia: «Revisión anual», «Nuevo rango de Apertura»."
        ),
    )
    at = forms.DateTimeField(
        label=gettext_lazy("Publicar el"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        help_text=gettext_lazy(
            "Vacío: ahora. Cada perfil tiene una sola fecha: una nueva reemplaza a la anterior."
        ),
    )

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at and at < timezone.now():
            raise ValidationError(_("Ya pasó. Dejalo vacío para publicar ahora."))
        return at


class ProfileActions:
    """The actions of the profile pages; each names the permission it asks for."""

    def has_publish_permission(self, request):
        return may_publish(request.user)

    @action_everywhere(
        "change",
        gettext_lazy("Enviar a revisión"),
        gettext_lazy("Enviar a revisión los perfiles elegidos"),
    )
    def submit_profiles(self, request, queryset):
        for profile in queryset:
            submit(profile)
            self.tell_done(request, profile, _("se envió a revisión"))

    @action_everywhere(
        "publish",
        gettext_lazy("Devolver a borrador"),
        gettext_lazy("Devolver a borrador los perfiles elegidos"),
    )
    def send_back_profiles(self, request, queryset):
        for profile in queryset.filter(state=WorkflowState.IN_REVIEW):
            send_back(profile)
            self.tell_done(request, profile, _("volvió a borrador"))
        for profile in queryset.exclude(state=WorkflowState.IN_REVIEW):
            if profile.state != WorkflowState.DRAFT:
                self.tell(request, profile, _("no estaba en revisión"), messages.INFO)

    @action_everywhere(
        "publish",
        gettext_lazy("Publicar lo guardado"),
        gettext_lazy("Publicar los perfiles elegidos"),
    )
    def publish_profiles(self, request, queryset):
        form = PublishForm(request.POST if request.POST.get("confirmed") else None)
        if not form.is_valid():
            return self._ask_to_publish(request, queryset, form)
        # A context's profile needs its base, which is first, on the shelf.
        profiles = queryset.order_by(*BY_SIZE)
        act = partial(self._publish, request, asked=form.cleaned_data)
        unseen = [profile.pk for profile in profiles if not self._act_on(request, profile, act)]
        if not unseen:
            return None
        return self._ask_to_publish(request, queryset.filter(pk__in=unseen), form)

    def _act_on(self, request, profile, act):
        """Call ``act`` if nobody saved the profile since it was shown; tell whether it was."""
        with editorial_act(profile.role_id) as profiles:
            # If a form is sent twice, the second waits here and finds nothing left to publish.
            if _stamp(profiles[profile.pk]) in request.POST.getlist("shown"):
                act(profile)
                return True
        reason = _("no se hizo nada: lo guardado ya no es lo que se mostró. Así está ahora")
        self.tell(request, profile, reason, messages.ERROR)
        return False

    def _publish(self, request, profile, asked):
        try:
            edition = publish(profile, by=request.user, only_changes=True, **asked)
        except NotPublishable as refusal:
            reason = _("no se publicó. %(findings)s") % {"findings": say_all(refusal.findings)}
            self.tell(request, profile, reason, messages.ERROR)
            return
        if edition.number > profile.editions_made:
            self.tell_done(request, profile, _published(edition))
        elif profile.state != WorkflowState.PUBLISHED:
            self.tell_done(request, profile, _("sigue publicado; no tenía cambios"))
        else:
            self.tell(request, profile, _("no tiene cambios sin publicar"), messages.INFO)

    def _ask_to_publish(self, request, queryset, form):
        profiles = list(queryset)
        drafts = [_draft(profile, len(profiles) <= MAX_COMPARED) for profile in profiles]
        return self._ask(request, profiles, "publish", _("Publicar"), form=form, drafts=drafts)

    @action_everywhere(
        "publish",
        gettext_lazy("Cancelar lo programado"),
        gettext_lazy("Cancelar lo programado de los perfiles elegidos"),
    )
    def unschedule_profiles(self, request, queryset):
        for profile in queryset.order_by(*BY_SIZE):
            self._unschedule(request, profile)

    @transaction.atomic
    def _unschedule(self, request, profile):
        fallen = unschedule(profile)
        for item in fallen:
            self.tell_done(request, item, _("ya no sale lo programado"))
            subject = _("%s, programado") % item
            audit(AuditEvent.WITHDRAWN, request, request.user, subject=subject)
        if not fallen:
            self.tell(request, profile, _("no tenía nada programado"), messages.INFO)

    @action_everywhere(
        "publish",
        gettext_lazy("Retirar del sitio"),
        gettext_lazy("Retirar del sitio los perfiles elegidos"),
    )
    def withdraw_profiles(self, request, queryset):
        if not request.POST.get("confirmed"):
            profiles = list(queryset)
            title, going = _("Retirar del sitio"), leaving(profiles)
            return self._ask(request, profiles, "withdraw", title, leaving=going)
        # Read before the first withdrawal: a base takes its contexts with it.
        shelved = [profile for profile in queryset if profile.editions.on_shelf().exists()]
        for profile in shelved:
            self._withdraw(request, profile)
        for profile in queryset.exclude(pk__in=[profile.pk for profile in shelved]):
            self.tell(request, profile, _("no estaba publicado"), messages.INFO)
        return None

    @transaction.atomic
    def _withdraw(self, request, profile):
        withdraw(profile)
        done = _("se retiró del sitio")
        if profile.context_id is None:
            done = _("se retiró del sitio, con los contextos del rol")
        self.tell_done(request, profile, done)
        audit(AuditEvent.WITHDRAWN, request, request.user, subject=str(profile))

    @action_everywhere(
        "publish",
        gettext_lazy("Descartar cambios y volver a lo publicado"),
        gettext_lazy("Descartar los cambios de los perfiles elegidos"),
    )
    def discard_changes(self, request, queryset):
        if request.POST.get("confirmed"):
            act = partial(self._discard, request)
            unseen = [p.pk for p in queryset if not self._act_on(request, p, act)]
            queryset = queryset.filter(pk__in=unseen)
            if not unseen:
                return None
        return self._ask(request, list(queryset), "discard", _("Descartar cambios"))

    def _discard(self, request, profile):
        edition = profile.editions.published().select_related("version").first()
        if edition is None:
            reason = _("no está publicado: no hay a qué volver")
            self.tell(request, profile, reason, messages.WARNING)
            return
        try:
            restore(edition.version, by=request.user, why=_("Volvió a lo publicado"))
        except CannotComeBack as refusal:
            self.tell(request, profile, str(refusal), messages.ERROR)
            return
        # The desk equals the shelf now, so nothing is a draft any more.
        Profile.objects.filter(pk=profile.pk).update(state=WorkflowState.PUBLISHED)
        done = _("volvió a la edición %(number)s") % {"number": edition.number}
        self.tell_done(request, profile, done)

    @action_everywhere(
        "publish",
        gettext_lazy("Marcar como revisado hoy"),
        gettext_lazy("Marcar como revisados hoy los perfiles elegidos"),
    )
    def mark_reviewed(self, request, queryset):
        profiles = list(queryset)
        with editorial_act(*(profile.role_id for profile in profiles)):
            for profile in profiles:
                keep_if_unknown(profile)
                reviewed = {"reviewed_on": timezone.localdate(), "reviewer": request.user}
                Profile.objects.filter(pk=profile.pk).update(**reviewed)
                record(profile, by=request.user, why=_("Se revisó"))
                self.log_change(request, profile, _("Se revisó."))
        done = ngettext(
            "%d perfil lleva la fecha de hoy; publicalo para que se vea en el sitio.",
            "%d perfiles llevan la fecha de hoy; publicalos para que se vea en el sitio.",
            len(profiles),
        )
        self.message_user(request, done % len(profiles), messages.SUCCESS)

    def _ask(self, request, profiles, page, title, **more):
        """Show a page that says what will happen; its form posts to the same action again."""
        name = next(name for name in ("action", ACTION) if name in request.POST)
        return self.page(
            request,
            f"profiles/profile/{page}",
            title,
            profiles=profiles,
            shown=[_stamp(profile) for profile in profiles],
            action_name=name,
            action=request.POST[name],
            checkbox_name=ACTION_CHECKBOX_NAME,
            media=self.media,
            **more,
        )


def _stamp(profile):
    """Return the key and the version of a profile as the form of a question posts them."""
    return f"{profile.pk}:{profile.version}"


def _draft(profile, compared):
    """Return what the publishing page says of one profile."""
    role = Role.objects.for_document().get(pk=profile.role_id)
    errors = errors_of(profile, role_findings(role))
    edition = read_now(profile)
    readable = compared and edition and all(finding.path for finding in errors)
    before = version_json(edition.version) if readable else {}
    own = falling(profile)
    return {
        "profile": profile,
        "errors": say_all(errors) if errors else "",
        "edition": edition,
        "scheduled": own.filter(profile=profile).first(),
        "falling": own.exclude(profile=profile).select_related("context"),
        "changes": changes(before, desk_json(profile)) if readable else [],
    }


def _published(edition):
    words = {"number": edition.number, "at": moment(edition.published_from)}
    if edition.published_from > timezone.now():
        return _("se programó la edición %(number)s para el %(at)s") % words
    return _("se publicó la edición %(number)s") % words


def leaving(profiles):
    """Return the profiles on the shelf that go with ``profiles``: a base takes its contexts."""
    roles = [profile.role_id for profile in profiles if profile.context_id is None]
    going = Q(pk__in=[profile.pk for profile in profiles]) | Q(role__in=roles)
    shelved = Profile.objects.filter(going, pk__in=Edition.objects.on_shelf().values("profile"))
    return shelved.select_related("role", "context").order_by("role__name", *BY_SIZE)
