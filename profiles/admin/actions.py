"""What an editor does with profiles as a whole: send to review, publish, withdraw, discard."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as FieldError
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profiles.admin.base import read_or_post
from profiles.admin.shelf import may_publish, read_now
from profiles.admin.wording import changes, moment, problems, say_all
from profiles.desk import publishing
from profiles.desk.access import audit
from profiles.desk.content_version import editorial_act
from profiles.desk.history import CannotComeBack, restore
from profiles.desk.readiness import draft, role_findings
from profiles.documents.choices import AuditEvent, WorkflowState
from profiles.documents.text import tidy
from profiles.models import Edition, Profile, Role
from profiles.models.fields import ForgivingField
from profiles.models.querysets import BY_SIZE

# More profiles than this are published without showing each one's changes first.
MAX_COMPARED = 10
# The page of each act on one profile: its address, and the action of the list that does the same.
PAGES = {
    "publicar": "publish_profiles",
    "devolver": "send_back_profiles",
    "cancelar": "unschedule_profiles",
    "retirar": "withdraw_profiles",
    "descartar": "discard_changes",
}


def publishers(description):
    return admin.action(permissions=["publish"], description=description)


class PublishForm(forms.Form):
    """When an edition begins, why it is made, and whether it has been reviewed."""

    reviewed = forms.BooleanField(
        label=_("Lo revisé hoy"),
        required=False,
        help_text=_("La página dirá que lo revisaste, con tu nombre y la fecha."),
    )
    at = forms.DateTimeField(
        label=_("Publicar el"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        help_text=_(
            "Vacío: ahora. Cada perfil tiene una sola fecha: una nueva reemplaza a la anterior."
        ),
    )
    reason = ForgivingField(
        label=_("Motivo"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        help_text=_("Queda en la historia: «Revisión anual», «Nuevo rango de Apertura»."),
    )

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at and at < timezone.now():
            raise FieldError(_("Ya pasó. Dejalo vacío para publicar ahora."))
        if at and at > timezone.now() + publishing.FAR:
            raise FieldError(_("Falta más de diez años: revisá la fecha."))
        return at


class SendBackForm(forms.Form):
    comment = ForgivingField(
        clean_pasted=tidy,
        label=_("Comentario"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        help_text=_("Qué falta o qué cambiarías: quien lo escribió lo lee al entrar."),
    )


class ProfileActions:
    """Each act is an action of the list and, for one profile, a page; it asks before it acts."""

    def own_pages(self):
        acts = [
            (f"<int:pk>/{at}/", partial(self.act_view, act=act), act) for at, act in PAGES.items()
        ]
        return [*acts, *super().own_pages()]

    def has_publish_permission(self, request, obj=None):
        return may_publish(request.user)

    @read_or_post
    def act_view(self, request, pk, act):
        """Do with one profile what an action of the list does with several."""
        profile = self.row_for(request, "publish", pk)
        response = getattr(self, act)(request, self.get_queryset(request).filter(pk=pk))
        return response or redirect("admin:profiles_role_change", profile.role_id)

    @read_or_post
    def publish_role(self, request, pk):
        """Publish what changed in a role, but for what was withdrawn; see ``act_view``."""
        if not self.has_publish_permission(request):
            raise PermissionDenied
        changed, response = self.get_queryset(request).filter(role=pk), None
        changed = changed.changed().exclude(state=WorkflowState.ARCHIVED)
        if changed.exists():
            response = self.publish_profiles(request, changed)
        else:
            self.message_user(request, _("El rol no tiene cambios sin publicar."), messages.INFO)
        return response or redirect("admin:profiles_role_change", pk)

    @admin.action(permissions=["change"], description=_("Enviar a revisión los perfiles elegidos"))
    def submit_profiles(self, request, profiles):
        for profile in profiles:
            publishing.submit(profile, by=request.user)
            self.tell_done(request, profile, _("se envió a revisión"))

    @publishers(_("Devolver a borrador los perfiles elegidos"))
    def send_back_profiles(self, request, queryset):
        form = SendBackForm(_answer(request))
        sent = list(queryset.filter(state=WorkflowState.IN_REVIEW))
        if sent and not form.is_valid():
            question = _("Vuelven a borrador; lo publicado, si hay algo, queda como está.")
            return self._ask(request, sent, _("Devolver a borrador"), question, form=form)
        for profile in sent:
            publishing.send_back(profile, form.cleaned_data["comment"])
            self.tell_done(request, profile, _("volvió a borrador"))
        return self._tell_none(request, sent, _("Nada de lo elegido estaba en revisión."))

    @publishers(_("Publicar los perfiles elegidos"))
    def publish_profiles(self, request, queryset):
        form = PublishForm(_answer(request))
        profiles = list(queryset.order_by("role__name", *BY_SIZE))
        if form.is_valid():
            profiles = self._publish(request, profiles, **form.cleaned_data)
        if not profiles:
            return None
        drafts = list(_details(profiles))
        can_act = not all(draft["refused"] for draft in drafts)
        more = {"drafts": drafts, "can_act": can_act, "form": form if can_act else None}
        return self._ask(request, profiles, _("Publicar"), template="profile/publish", **more)

    def _publish(self, request, profiles, reviewed, **asked):
        """Publish those of ``profiles`` that nobody saved since they were shown; return others."""
        with editorial_act(*(profile.role_id for profile in profiles)) as current:
            # If a form is sent twice, the second waits here and finds nothing left to publish.
            seen = [p for p in profiles if self._is_as_shown(request, current[p.pk])]
            if reviewed:
                whole = [profile for profile in seen if not profile.errors]
                publishing.review(whole, by=request.user)
            editions, refused = publishing.publish_profiles(seen, by=request.user, **asked)
            done = {edition.profile_id: edition for edition in editions}
            against = {refusal.profile.pk: refusal.findings for refusal in refused}
            for profile in seen:
                if edition := done.get(profile.pk):
                    self.tell_done(request, profile, _published(edition))
                elif findings := against.get(profile.pk):
                    reason = _("no se publicó. %(findings)s") % {"findings": say_all(findings)}
                    self.tell(request, profile, reason, messages.ERROR)
                elif profile.state != WorkflowState.PUBLISHED:
                    self.tell_done(request, profile, _("sigue publicado; no tenía cambios"))
                else:
                    self.tell(request, profile, _("no tiene cambios sin publicar"), messages.INFO)
        return [profile for profile in profiles if profile not in seen]

    @publishers(_("Cancelar lo programado de los perfiles elegidos"))
    def unschedule_profiles(self, request, queryset):
        done, subject = _("ya no sale lo programado"), _("%s, programado")
        none = _("Nada de lo elegido estaba programado.")
        act = publishing.unschedule, called_off, done, subject, none
        if not (profiles := self._take_off(request, queryset, *act)):
            return None
        question = _("No salen estas ediciones. Lo que ya es público sigue como está.")
        items = [(e, "") for e in publishing.falling(profiles).select_related("context")]
        more = {"items": items, "touched": called_off(profiles)}
        return self._ask(request, profiles, _("Cancelar lo programado"), question, **more)

    @publishers(_("Retirar del sitio los perfiles elegidos"))
    def withdraw_profiles(self, request, queryset):
        done, none = _("se retiró del sitio"), _("Nada de lo elegido estaba publicado.")
        act = publishing.withdraw, leaving, done, "%s", none
        if not (profiles := self._take_off(request, queryset, *act)):
            return None
        question = _(
            "Se van del sitio estas páginas, con lo que tengan programado. Lo escrito queda en "
            "el escritorio."
        )
        going = list(leaving(profiles))
        items = [(profile, profile.get_absolute_url()) for profile in going]
        more = {"items": items, "touched": going}
        return self._ask(request, profiles, _("Retirar del sitio"), question, **more)

    def _take_off(self, request, queryset, act, touched, done, subject, none):
        """Once asked, ``act`` where all that is ``touched`` is as shown; return what is to ask."""
        unseen, taken, profiles = [], [], list(queryset.order_by("role__name", *BY_SIZE))
        if not _answer(request):
            return profiles
        with editorial_act(*(profile.role_id for profile in profiles)):
            for profile in profiles:
                items = list(touched([profile]))
                if not all(self._is_as_shown(request, item) for item in items):
                    unseen.append(profile)
                elif items:
                    act(profile)
                    taken += items
            for item in taken:
                self.tell_done(request, item, done)
                audit(AuditEvent.WITHDRAWN, request, request.user, subject=subject % item)
        if not unseen:
            self._tell_none(request, taken, none)
        return unseen

    def _tell_none(self, request, done, words):
        if not done:
            self.message_user(request, words, messages.INFO)

    @publishers(_("Descartar los cambios de los perfiles elegidos"))
    def discard_changes(self, request, queryset):
        profiles = list(queryset)
        if _answer(request):
            profiles = [profile for profile in profiles if not self._discard(request, profile)]
        if not profiles:
            return None
        question = _(
            "El escritorio vuelve a lo publicado; lo que había queda en la historia. En un perfil "
            "base, vuelven también los datos del rol: otros nombres, arquetipos, plan de carrera y "
            "roles relacionados."
        )
        return self._ask(request, profiles, _("Descartar los cambios"), question)

    def _discard(self, request, profile):
        """Go back to what is public, if nobody saved since that was asked; tell whether so."""
        with editorial_act(profile.role_id) as current:
            if not self._is_as_shown(request, current[profile.pk]):
                return False
            edition = profile.editions.published().select_related("version").first()
            try:
                if edition is None:
                    raise CannotComeBack(_("no está publicado: no hay a qué volver"))
                restore(edition.version, by=request.user, why=_("Volvió a lo publicado"))
            except CannotComeBack as refusal:
                self.tell(request, profile, str(refusal), messages.ERROR)
                return True
            # The desk equals the shelf now, so nothing is a draft any more.
            Profile.objects.filter(pk=profile.pk).update(state=WorkflowState.PUBLISHED)
            done = _("volvió a la edición %(number)s") % {"number": edition.number}
            self.tell_done(request, profile, done)
        return True

    def _is_as_shown(self, request, profile):
        """Tell whether the question showed what is saved and scheduled now; say so if not."""
        is_same = shown_as(profile) in request.POST.getlist("shown")
        if not is_same:
            reason = _("no se hizo nada: ya no está como se mostró. Así está ahora")
            self.tell(request, profile, reason, messages.ERROR)
        return is_same

    def _ask(self, request, profiles, title, question="", *, template="act", touched=None, **more):
        """Show a page that says what will happen; its form posts to the same address again.

        ``items`` are what it happens to, as (name, address) pairs, and ``touched`` the profiles
        that change; without them, ``profiles``.
        """
        action, (first, *others) = request.POST.get("action", ""), profiles
        items = more.setdefault("items", [(profile, "") for profile in profiles])
        context = {
            "object": None if action or others else first,
            "question": question,
            "can_act": bool(items),
            "profiles": profiles,
            "shown": [shown_as(profile) for profile in touched or profiles],
            "action": action,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "back": "" if action else reverse("admin:profiles_role_change", args=[first.role_id]),
            "media": self.media,
            **more,
        }
        return self.page(request, f"profiles/{template}", title, **context)


def shown_as(profile):
    """Return what tells one state of a profile from another: what is saved, what is scheduled."""
    scheduled = profile.editions.scheduled().values_list("pk", flat=True)
    return ":".join(map(str, [profile.pk, profile.version, *scheduled]))


def _answer(request):
    """Return what a question got for an answer; None if it has not been asked yet."""
    return request.POST if "confirmed" in request.POST else None


def _details(profiles):
    """Yield what the publishing page says of each profile; of many it compares no texts."""
    compared, against = len(profiles) <= MAX_COMPARED, publishing.refusals(profiles)
    roles = Role.objects.for_document().in_bulk([profile.role_id for profile in profiles])
    findings = {key: role_findings(role) for key, role in roles.items()}
    full = {profile.pk: profile for role in roles.values() for profile in role.profiles.all()}
    for profile in profiles:
        role, edition = roles[profile.role_id], read_now(profile)
        new = draft(full[profile.pk], role) if compared else None
        found = problems(profile, findings[role.pk])
        are_said = any(problem.blocks for problem in found)
        yield {
            "profile": profile,
            "refused": profile.pk in against,
            "errors": "" if are_said else say_all(against.get(profile.pk, [])),
            "compared": compared,
            "edition": edition,
            "public": edition if profile.is_public else None,
            "problems": found,
            "falling": publishing.falling([profile]).select_related("context"),
            "changes": changes(edition.version.document, new.kept) if edition and new else [],
        }


def _published(edition):
    words = {"number": edition.number, "at": moment(edition.published_from)}
    if edition.published_from > timezone.now():
        return _("se programó la edición %(number)s para el %(at)s") % words
    return _("se publicó la edición %(number)s") % words


def called_off(profiles):
    """Return the profiles whose scheduled editions fall with ``profiles``."""
    falling = publishing.falling(profiles)
    return Profile.objects.filter(editions__in=falling).select_related("role", "context")


def leaving(profiles):
    """Return the profiles on the shelf that go with ``profiles``: a base takes its contexts."""
    roles = [profile.role_id for profile in profiles if profile.context_id is None]
    going = Q(pk__in=[profile.pk for profile in profiles]) | Q(role__in=roles)
    shelf = Edition.objects.on_shelf().filter(profile=OuterRef("pk"))
    shelved = Profile.objects.filter(going, Exists(shelf))
    return shelved.select_related("role", "context").order_by("role__name", *BY_SIZE)
