"""The shelf: frozen editions, which are all that the public reads."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Round
from django.utils.translation import gettext_lazy as _

from profiles.documents.schema import ContextProfile, ProfileDocument, RoleFacts
from profiles.documents.stored import read_stored
from profiles.documents.types import limit
from profiles.models.fields import RenderedField, RenderedTextsField, account
from profiles.models.history import Version
from profiles.models.profile import Profile, profile_url
from profiles.models.querysets import EditionQuerySet
from profiles.models.role import Role
from profiles.models.vocabulary import Area, Context

BASE = Q(context__isnull=True)
PUBLIC = ("published_from", "published_until")


def _middle(code):
    low, high = (Cast(KT(f"ranges__{code}__{end}"), models.FloatField()) for end in (0, 1))
    tenths = Cast(Round((low + high) * 10), models.SmallIntegerField())
    return _kept(tenths, models.SmallIntegerField(null=True))


def _archetype(rank):
    return _kept(KT(f"facts__archetypes__{rank}"), models.CharField(max_length=60, null=True))


def _kept(expression, output_field):
    return models.GeneratedField(expression=expression, output_field=output_field, db_persist=True)


class Edition(models.Model):
    """One published version of one profile.

    ``document`` is its ProfileDocument and never changes; the other columns are what lists and
    search need. ``role_slug``, ``role_name`` and ``area`` are the role's of now: ``Role.save``
    writes them. An edition that was public stays, so that a withdrawn page can say it is gone.
    """

    profile = models.ForeignKey(
        Profile, models.PROTECT, related_name="editions", verbose_name=_("perfil")
    )
    version = models.ForeignKey(
        Version, models.PROTECT, related_name="editions", verbose_name=_("versión")
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="editions", verbose_name=_("rol"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("área"))
    context = models.ForeignKey(
        Context, models.PROTECT, null=True, related_name="+", verbose_name=_("contexto")
    )
    number = models.PositiveIntegerField(_("número"))
    role_slug = models.SlugField(_("dirección del rol"), max_length=60, db_index=False)
    role_name = models.CharField(_("nombre del rol"), max_length=limit(RoleFacts, "name"))
    published_from = models.DateTimeField(_("público desde"))
    published_until = models.DateTimeField(_("público hasta"), null=True)
    digest = models.CharField(_("huella"), max_length=64)
    ranges = models.JSONField(_("rangos"), help_text=_("Código del rasgo → [desde, hasta]."))
    critical = models.JSONField(
        _("rasgos críticos"), default=list, help_text=_("Sus códigos, en el orden de la guía.")
    )
    # What lists are ordered and chosen by, which the database keeps: the sum of both ends of a
    # range in tenths, and a base profile's archetypes.
    middle_o = _middle("O")
    middle_c = _middle("C")
    middle_e = _middle("E")
    middle_a = _middle("A")
    middle_ee = _middle("EE")
    middle_er = _middle("ER")
    primary_archetype = _archetype("primary")
    secondary_archetype = _archetype("secondary")
    reviewed_on = models.DateField(_("última revisión"), null=True)
    author_name = models.CharField(_("autoría"), max_length=150, blank=True)
    reviewer_name = models.CharField(_("revisión"), max_length=150, blank=True)
    published_by = account(_("quién publicó"))
    reason = models.CharField(_("motivo"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("creada"), auto_now_add=True)
    summary = models.CharField(_("resumen"), max_length=limit(ProfileDocument, "summary"))
    teaser = models.CharField(_("adelanto"), max_length=limit(ContextProfile, "teaser"), blank=True)
    # What is long comes last: SQLite reads a row from its beginning.
    document = models.JSONField(_("documento"), encoder=DjangoJSONEncoder)
    facts = models.JSONField(_("datos del rol"), null=True, encoder=DjangoJSONEncoder)
    body_html = RenderedField()
    # The base profile's other texts in Markdown: see ``rendered_texts``.
    rendered = RenderedTextsField()

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edición")
        verbose_name_plural = _("ediciones")
        ordering = ["-published_from", "-pk"]
        get_latest_by = "number"
        indexes = [
            models.Index(name="edition_page", fields=["role_slug", "context", "published_from"]),
            models.Index(name="edition_base_page", fields=["role_slug"], condition=BASE),
            # The content version asks for the last beginning before now.
            models.Index(name="edition_begins", fields=["published_from", "id", "published_until"]),
            # Each area's first ones of a context or of the base profiles, and how many there are.
            models.Index(
                name="edition_of_area",
                fields=["context", "area", "role_name", "id", *PUBLIC],
            ),
            models.Index(
                name="edition_base_listing",
                fields=["role_name", "id", "primary_archetype", "secondary_archetype", *PUBLIC],
                condition=BASE,
            ),
            # Read forwards for the roles that ask for most of a trait, backwards for least.
            *(
                models.Index(
                    name=f"edition_middle_{code}",
                    fields=[f"-middle_{code}", "role_name"],
                    condition=BASE,
                )
                for code in ("o", "c", "e", "a", "ee", "er")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="edition_number_once",
                fields=["profile", "number"],
                violation_error_message=_("El perfil ya tiene una edición con ese número."),
            ),
            models.UniqueConstraint(
                name="one_open_edition",
                fields=["profile"],
                condition=Q(published_until=None),
                violation_error_message=_("El perfil ya tiene una edición abierta."),
            ),
            models.CheckConstraint(
                name="edition_period",
                condition=Q(published_until=None) | Q(published_until__gte=F("published_from")),
                violation_error_message=_("La edición termina antes de empezar."),
            ),
            models.CheckConstraint(
                name="edition_facts_on_base",
                condition=Q(context__isnull=True, facts__isnull=False)
                | Q(context__isnull=False, facts__isnull=True),
                violation_error_message=_("Los datos del rol viajan con el perfil base."),
            ),
        ]

    def __str__(self):
        place = self.context.name if self.context_id else "base"
        return f"{self.role_name} ({place}), edición {self.number}"

    def get_absolute_url(self):
        return profile_url(self.role_slug, self.context.slug if self.context_id else None)

    @property
    def role_facts(self):
        """Return the role's facts of a base edition, under the name and address of now."""
        live = {"slug": self.role_slug, "name": self.role_name, "area": self.area.slug}
        return read_stored(RoleFacts, {**self.facts, **live})


class ContentVersion(models.Model):
    """The one row whose number moves whenever public content changes; triggers write it."""

    number = models.PositiveBigIntegerField(_("número"), default=0)
    moved_at = models.DateTimeField(_("cambió por última vez"), null=True, editable=False)

    class Meta:
        verbose_name = _("versión del contenido")
        verbose_name_plural = _("versión del contenido")

    def __str__(self):
        return str(self.number)

    @classmethod
    def hold(cls):
        """Let nobody else write what is public until this transaction ends.

        The order of all locks: this row, roles, profiles, entries of the vocabulary. A
        transaction takes this row at its first public write at the latest, by the triggers; one
        that held other rows until then could be waited for by who holds it, and both would wait
        for ever. So whatever locks rows and may write for the public begins here.
        """
        cls.objects.select_for_update().first()
