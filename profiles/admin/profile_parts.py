"""The parts of a profile, edited on its page."""

from itertools import chain, count

from django import forms
from django.contrib import admin
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from profiles import models
from profiles.admin.forms import PartForm, PartFormSet, PartInline, PartOptions, part
from profiles.documents.choices import Seniority

MAX_KEY = 40
RANGE = ("low", "high", "importance")
# The columns of a question that name a trait.
TRAITS = {"trait", "second_trait"}


# --- the six ranges ---


def start_targets(profile, source):
    """Give a new ``profile`` its targets, with the ranges of another one (or None)."""
    found = {target.trait_id: target for target in source.targets.all()} if source else {}
    models.TraitTarget.objects.bulk_create(
        models.TraitTarget(
            profile=profile,
            trait=trait,
            **{name: getattr(found[trait.pk], name) for name in RANGE if trait.pk in found},
        )
        for trait in models.Trait.objects.all()
    )


class TargetForm(PartForm):
    class Meta:
        widgets = {
            "rationale": forms.Textarea(attrs={"rows": 3, "placeholder": _("Por qué ese rango")})
        }

    def clean(self):
        cleaned = super().clean()
        low, high = self.cleaned_data.get("low"), self.cleaned_data.get("high")
        # The message of the database's constraint names no field.
        if None not in (low, high) and high <= low:
            self.add_error("high", _("El rango está al revés."))
        return cleaned


class TargetFormSet(PartFormSet):
    """The six rows; for screen readers, the label of a field names its trait."""

    def add_fields(self, form, index):
        target = form.instance
        if target.trait_id:
            for field in form.fields.values():
                field.widget.attrs["aria-label"] = f"{target.trait}: {field.label}"
        super().add_fields(form, index)
        base = self._base.get(target.trait_id)
        if base and "low" in form.fields:  # it is drawn behind the own range
            ends = {"data-base-low": str(base.low), "data-base-high": str(base.high)}
            form.fields["low"].widget.attrs |= ends

    @cached_property
    def _base(self):
        if self.instance.context_id is None:
            return {}
        base = models.TraitTarget.objects.filter(profile__role=self.instance.role_id)
        return {target.trait_id: target for target in base.filter(profile__context=None)}


class TargetInline(PartOptions, admin.TabularInline):
    """Exactly six rows, one per trait: none is added, none is deleted."""

    model = models.TraitTarget
    form = TargetForm
    formset = TargetFormSet
    fields = ["trait", "low", "high", "importance", "basis", "sources", "rationale"]
    readonly_fields = ["trait"]
    autocomplete_fields = ["sources"]
    can_delete = False
    classes = ["targets"]

    def has_add_permission(self, request, obj):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("trait").prefetch_related("sources")


# --- the interview ---


class QuestionFormSet(PartFormSet):
    """Fills in the keys that editors leave empty; a key is unique within the role."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for name in TRAITS & form.fields.keys():
            form.fields[name] = self._trait_field(form.fields[name])

    def _trait_field(self, field):
        """Return a choice that asks for the traits once for all questions, not for each value."""
        return forms.TypedChoiceField(
            choices=[("", "—"), *((key, str(trait)) for key, trait in self._traits.items())],
            coerce=lambda key: self._traits.get(str(key)),
            empty_value=None,
            required=field.required,
            label=field.label,
            help_text=field.help_text,
        )

    @cached_property
    def _traits(self):
        return {str(trait.pk): trait for trait in models.Trait.objects.for_row()}

    def clean(self):
        # Somebody may have added a question to this very profile meanwhile.
        others = models.InterviewQuestion.objects.filter(profile__role=self.instance.role_id)
        others = others.exclude(pk__in=[form.instance.pk for form in self.initial_forms])
        taken = set(others.values_list("key", flat=True))
        for form in sorted(self.forms, key=lambda form: not form.instance.key):
            question, read = form.instance, getattr(form, "cleaned_data", {})
            if not question.text or read.get(DELETION_FIELD_NAME):
                continue
            if not question.key:
                # Django compares these, and two new questions would have the same: none.
                question.key = read["key"] = free_key(question.text, taken)
            elif question.key in taken:
                form.add_error("key", _("Esa clave ya es de otra pregunta del rol."))
            taken.add(question.key)
        super().clean()


def free_key(text, taken):
    """Return a key for a question's text, of at most 40 characters and not in ``taken``."""
    stem = slugify(text).replace("_", "-")[:MAX_KEY].strip("-") or "pregunta"
    numbered = (f"{stem[: MAX_KEY - 4].strip('-')}-{number}" for number in count(2))
    return next(key for key in chain([stem], numbered) if key not in taken)


class QuestionInline(PartOptions, admin.StackedInline):
    model = models.InterviewQuestion
    formset = QuestionFormSet
    classes = ["collapse", "questions"]
    fields = [
        "text",
        ("trait", "second_trait"),
        "focus",
        "follow_ups",
        "anchors_weak",
        "anchors_acceptable",
        "anchors_excellent",
        "instead",
        ("key", "order"),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("trait", "second_trait")


# --- the other parts ---


class LevelInline(PartInline):
    model = models.LevelNote
    max_num = len(Seniority)


class WorkSampleFormSet(PartFormSet):
    """Writes a new one over that of somebody who added one meanwhile: the two are merged."""

    def _construct_form(self, i, **kwargs):
        if i >= self.initial_form_count():
            kwargs["instance"] = next(iter(self.get_queryset()), None)
        return super()._construct_form(i, **kwargs)


class WorkSampleInline(PartOptions, admin.StackedInline):
    model = models.WorkSample
    formset = WorkSampleFormSet
    classes = ["collapse", "work-sample"]


BASE_INLINES = [
    TargetInline,
    part(models.Strength, "text"),
    part(models.RedFlag, "text"),
    QuestionInline,
    part(models.Outcome, "horizon", "text"),
    part(models.Requirement, "text", "kind", "country"),
    LevelInline,
    part(models.ScreeningQuestion, "text", "listen_for"),
    WorkSampleInline,
    part(models.ReferenceQuestion, "text"),
]
CONTEXT_INLINES = BASE_INLINES[:5]
CONTEXT_INLINES.insert(3, part(models.Consideration, "text", "consequence"))
