"""The parts of a base profile that serve the hire, edited on its page; outcomes in contexts too."""

from django import forms
from django.contrib import admin

from profiles.admin.desk_form import PartForm, SteadyFormSet
from profiles.admin.guarded import CleanText, is_sentence
from profiles.admin.parts import PartInline
from profiles.models import (
    LevelNote,
    Outcome,
    ReferenceQuestion,
    Requirement,
    ScreeningQuestion,
    WorkSample,
)


class OutcomeInline(PartInline):
    model = Outcome
    fields = ["horizon", "text", "order"]


class RequirementInline(PartInline):
    model = Requirement
    fields = ["text", "kind", "country", "order"]


class ScreeningInline(PartInline):
    model = ScreeningQuestion
    fields = ["text", "listen_for", "order"]


class ReferenceInline(PartInline):
    model = ReferenceQuestion
    fields = ["text", "order"]


class LevelInline(PartInline):
    """At most one row per level."""

    model = LevelNote
    formset = SteadyFormSet
    fields = ["level", "scope", "five", "not_yet"]
    max_num = 3


class WorkSampleInline(CleanText, admin.StackedInline):
    """The one task of the role."""

    model = WorkSample
    form = PartForm
    formset = SteadyFormSet
    extra = 0
    classes = ["collapse", "work-sample"]
    fields = [
        ("title", "minutes"),
        "brief",
        "material",
        "observe",
        "anchors_weak",
        "anchors_acceptable",
        "anchors_excellent",
        "ai",
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if is_sentence(db_field) and db_field.name != "title":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


BASE_INLINES = [RequirementInline, LevelInline, ScreeningInline, WorkSampleInline, ReferenceInline]
