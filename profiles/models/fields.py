"""Column types that the guide's models share."""

from decimal import Decimal

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from profiles.documents import markdown
from profiles.documents.schema import Anchors
from profiles.documents.text import tidy
from profiles.documents.types import MAX_ITEMS, MAX_MARKDOWN, SCALE_MAX, SCALE_MIN, limit

OFF_SCALE = _("Debe ser un número de 1,0 a 5,0.")


def account(verbose_name, *, related_name="+", **options):
    """Return a column that names an account; the row outlives it."""
    options |= {"null": True, "related_name": related_name, "verbose_name": verbose_name}
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, **options)


def may_name(model, related_name, verbose_name, help_text=""):
    """Return a column that names a row of ``model``, or none; a named row cannot be deleted."""
    texts = {"related_name": related_name, "verbose_name": verbose_name, "help_text": help_text}
    return models.ForeignKey(model, models.PROTECT, null=True, blank=True, **texts)


class ForgivingField(forms.CharField):
    """A pasted text, which ``clean_pasted`` mends; its limit is told and cuts nothing."""

    def __init__(self, *args, clean_pasted=markdown.tidy_line, **kwargs):
        self.clean_pasted = clean_pasted
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        return super().to_python(self.clean_pasted(value) if value else value)

    def widget_attrs(self, widget):
        attrs = super().widget_attrs(widget)
        most = attrs.pop("maxlength", None)
        return {**attrs, "data-limit": most} if most else attrs


class FormText(models.CharField):
    """A text on one line that is as long as the typed form allows.

    ``of`` is the (form, field) that states the limit.
    """

    def __init__(self, *args, of=None, **kwargs):
        if of:
            kwargs["max_length"] = limit(*of)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": ForgivingField, **kwargs})


class AnchorField(FormText):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", limit(Anchors, "weak"))
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)


class ScaleField(models.SmallIntegerField):
    """A point on the 1.0–5.0 scale: Decimal in Python, whole tenths in the database.

    Tenths compare and subtract exactly on every database, so constraints can rely on them.
    """

    def from_db_value(self, value, expression, connection):
        return None if value is None else Decimal(value).scaleb(-1)

    def to_python(self, value):
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value)).quantize(Decimal("0.1"))
        except ArithmeticError as error:
            raise ValidationError(OFF_SCALE) from error

    def get_prep_value(self, value):
        value = self.to_python(value)
        return None if value is None else int(value * 10)

    def formfield(self, **kwargs):
        defaults = {
            "form_class": forms.DecimalField,
            "min_value": SCALE_MIN,
            "max_value": SCALE_MAX,
            "max_digits": 2,
            "decimal_places": 1,
            # Django's own words write the limit with a point.
            "error_messages": {"min_value": OFF_SCALE, "max_value": OFF_SCALE},
        }
        return super().formfield(**{**defaults, **kwargs})

    @property
    def validators(self):
        # The integer range checks of the parent would compare tenths with points.
        return self._validators


class LinesFormField(ForgivingField):
    """A textarea whose lines are the items of a list, each of at most ``line_limit`` characters."""

    widget = forms.Textarea

    def __init__(self, *args, line_limit, **kwargs):
        self.line_limit = line_limit
        super().__init__(*args, clean_pasted=tidy, **kwargs)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        lines = (
            markdown.LIST_MARK.sub("", line).strip()
            for line in super().to_python(value).splitlines()
        )
        return [line for line in lines if line]

    def validate(self, value):
        super().validate(value)
        if len(value) > MAX_ITEMS:
            raise ValidationError(_("Hay más de %(max)s líneas."), params={"max": MAX_ITEMS})
        for number, line in enumerate(value, start=1):
            if len(line) > self.line_limit:
                raise ValidationError(
                    _("La línea %(number)s tiene %(length)s caracteres; van hasta %(limit)s."),
                    params={"number": number, "length": len(line), "limit": self.line_limit},
                )

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "data-line-limit": self.line_limit}

    def has_changed(self, initial, data):
        return self.to_python(self.prepare_value(initial)) != self.to_python(data)


class LinesField(models.JSONField):
    """A short ordered list of sentences, edited as one per line.

    ``of`` is the (form, field) that states the limit of a line.
    """

    def __init__(self, *args, of=None, **kwargs):
        self.of = of
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        # The stored list tells whether it changed; a second, hidden field would only confuse.
        kwargs.setdefault("show_hidden_initial", False)
        field = {"form_class": LinesFormField, "line_limit": limit(*self.of)}
        return models.Field.formfield(self, **field, **kwargs)


class ProseField(models.TextField):
    """A longer text; ``of`` is the (form, field) that states its limit."""

    clean_pasted = staticmethod(tidy)

    def __init__(self, *args, of=None, **kwargs):
        if of:
            kwargs["max_length"] = limit(*of)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        forgiving = {"form_class": ForgivingField, "clean_pasted": self.clean_pasted}
        return super().formfield(**forgiving, **kwargs)


class MarkdownField(ProseField):
    """Markdown that keeps its rendered form in the field named ``html_field``."""

    clean_pasted = staticmethod(markdown.tidy_markdown)
    default_validators = [markdown.validate_markdown, markdown.refuse_lost_markdown]

    def __init__(self, *args, html_field=None, **kwargs):
        self.html_field = html_field
        kwargs.setdefault("max_length", MAX_MARKDOWN)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "html_field": self.html_field}

    def pre_save(self, model_instance, add):
        value = super().pre_save(model_instance, add)
        if self.html_field:
            setattr(model_instance, self.html_field, markdown.render_markdown(value))
        return value


class RenderedTextsField(models.JSONField):
    """HTML that only ``render_markdown`` writes, by the name of its text."""

    def __init__(self, *args, **kwargs):
        kwargs.update(default=dict, blank=True, editable=False)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value, expression, connection):
        texts = super().from_db_value(value, expression, connection)
        return texts and {name: mark_safe(html) for name, html in texts.items()}  # noqa: S308


class RenderedField(models.TextField):
    """HTML that only ``render_markdown`` writes, so that templates may print it as it is."""

    def __init__(self, *args, **kwargs):
        kwargs.update(blank=True, editable=False)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value, expression, connection):
        return value if value is None else mark_safe(value)  # noqa: S308
