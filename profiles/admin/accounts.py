"""People and groups, with the guide's guards, and the log of what they did."""

from http import HTTPStatus

from allauth.account.admin import EmailAddress
from allauth.account.decorators import secure_admin_login
from allauth.decorators import rate_limit
from allauth.mfa.admin import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, SetUnusablePasswordMixin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from profiles.admin.base import GuardedSearch, ReadOnlyAdmin, action_everywhere, empty_named
from profiles.desk.access import audit, remove_second_factor, unlock
from profiles.documents.choices import AuditEvent
from profiles.models import AuditEntry
from profiles.models.fields import ForgivingField

# E-mail is not used here, and the page of an authenticator would show its secret.
admin.site.unregister([User, Group, EmailAddress, Authenticator])
# allauth's form is the only login: it is throttled and asks for the second factor of an account
# that has one. Django's own form does neither.
admin.site.login = require_safe(secure_admin_login(admin.site.login))


def audited(response, request, key):
    """Log that the account with ``key`` got another password, if ``response`` says so."""
    if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
        subject = User.objects.get(pk=key).get_username()
        audit(AuditEvent.PASSWORD_CHANGED, request, request.user, subject=subject)
    return response


stock_password_change = admin.site.password_change


@rate_limit(action="change_password")
def password_change(request, extra_context=None):
    """Django's page; guesses at the old password are counted."""
    return audited(stock_password_change(request, extra_context), request, request.user.pk)


admin.site.password_change = password_change


class PermissionField(forms.ModelMultipleChoiceField):
    """Permissions as an editor says them: "perfiles: modificar"."""

    ACTIONS = {
        "add": _("agregar"),
        "change": _("modificar"),
        "delete": _("eliminar"),
        "view": _("ver"),
        "publish": _("publicar y retirar"),
    }

    def label_from_instance(self, permission):
        model = permission.content_type.model_class()._meta
        action = permission.codename.removesuffix(f"_{model.model_name}")
        return f"{model.verbose_name_plural}: {self.ACTIONS.get(action, permission.name)}"


class NewPasswordForm(AdminPasswordChangeForm):
    """Django's form, whose warning has no translation."""

    usable_password_help_text = format_lazy(
        '{} <ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
        SetUnusablePasswordMixin.usable_password_help_text,
        _("Si la desactivás, la contraseña que tiene ahora se pierde."),
    )


class GrantsPermissions:
    """For superusers alone: who gives rights or sets passwords could have any right.

    Offers only the permissions that some page of the admin asks for.
    """

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def get_deleted_objects(self, objs, request):
        """Name what is deleted; what joins accounts, groups and permissions has no name."""
        _tree, _counts, *rest = super().get_deleted_objects(objs, request)
        return list(map(str, objs)), {self.opts.verbose_name_plural: len(objs)}, *rest

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.remote_field.model is Permission:
            pages = admin.site._registry
            models = {*pages, *(inline.model for page in pages.values() for inline in page.inlines)}
            kinds = ContentType.objects.get_for_models(*models).values()
            asked = Permission.objects.filter(content_type__in=kinds)
            asked = asked.select_related("content_type").order_by("content_type", "codename")
            kwargs |= {"form_class": PermissionField, "queryset": asked}
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(User)
class GuideUserAdmin(GrantsPermissions, GuardedSearch, UserAdmin):
    """An account; whether it may publish is a permission."""

    change_password_form = NewPasswordForm
    list_display = ["username", "first_name", "last_name", "last_login", "second_factor"]
    list_filter = ["is_active", "is_superuser", ("groups", empty_named(_("Sin grupo")))]
    actions = ["unlock", "remove_second_factor"]

    def get_queryset(self, request):
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        return super().get_queryset(request).annotate(has_factor=Exists(factors))

    def user_change_password(self, request, id, form_url=""):
        return audited(super().user_change_password(request, id, form_url), request, id)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Names are printed on pages: they lose what nobody sees."""
        if db_field.name in ("first_name", "last_name"):
            kwargs["form_class"] = ForgivingField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_superuser_permission(self, request):
        return request.user.is_superuser

    @admin.display(description=_("segundo factor"), boolean=True, ordering="has_factor")
    def second_factor(self, user):
        return user.has_factor

    @action_everywhere(
        "superuser",
        _("Desbloquear el ingreso"),
        _("Desbloquear el ingreso de las cuentas elegidas"),
    )
    def unlock(self, request, queryset):
        for user in queryset:
            unlock(user)
            self._tell(request, user, AuditEvent.UNLOCKED, _("se desbloqueó su ingreso"))

    @action_everywhere(
        "superuser",
        _("Quitar el segundo factor"),
        _("Quitar el segundo factor de las cuentas elegidas"),
    )
    def remove_second_factor(self, request, queryset):
        for user in queryset.filter(has_factor=True):
            remove_second_factor(user)
            self._tell(request, user, AuditEvent.FACTOR_REMOVED, _("se quitó su segundo factor"))

    def _tell(self, request, user, event, done):
        audit(event, request, request.user, subject=user.get_username())
        self.message_user(request, f"{user}: {done}.", messages.SUCCESS)


@admin.register(Group)
class GuideGroupAdmin(GrantsPermissions, GuardedSearch, GroupAdmin):
    """A set of permissions that several accounts share."""


@admin.register(AuditEntry)
class AuditAdmin(ReadOnlyAdmin):
    """What happened at the desk. Entries come from the guide itself."""

    list_display = ["at", "event", "name", "subject", "address"]
    list_filter = ["event", "at"]
    search_fields = ["name", "subject"]
    fields = ["at", "event", "name", "person", "subject", "address"]
