"""What people may ask the guide for, and what they are told where it cannot be answered."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from profiles.documents.choices import Level, TraitCode
from profiles.search.words import normal
from profiles.views.plate import ORDERS

MAX_QUESTION = 200
PAGE_SIZE = 20
MAX_PAGE = 100


def trait_levels():
    """Return address value → (trait code, level): "E:muy-baja" → (E, very-low)."""
    return {
        f"{code.value}:{slugify(level.label)}": (code, level)
        for code in TraitCode
        for level in Level
    }


class TraitLevelsField(forms.MultipleChoiceField):
    """Trait levels; the empty choice of a select does not count."""

    def to_python(self, value):
        return [item for item in super().to_python(value) if item]


class SearchForm(forms.Form):
    """A search: words, an area, a company size, levels of traits, a page of the results."""

    q = forms.CharField(
        required=False,
        max_length=MAX_QUESTION,
        error_messages={"max_length": _("La búsqueda admite hasta 200 caracteres: acortala.")},
    )
    area = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": _("No hay un área con esa dirección.")}
    )
    contexto = forms.ChoiceField(
        required=False,
        error_messages={"invalid_choice": _("No hay un tamaño de empresa con esa dirección.")},
    )
    rasgo = TraitLevelsField(
        required=False,
        error_messages={
            "invalid_choice": _("Un rasgo se pide así: «E:baja». Elegilo de la lista.")
        },
    )
    orden = forms.ChoiceField(
        required=False,
        choices=ORDERS.items(),
        error_messages={"invalid_choice": _("No hay un orden con ese nombre.")},
    )
    pagina = forms.IntegerField(
        required=False,
        validators=[
            MinValueValidator(1, _("No hay una página con ese número.")),
            MaxValueValidator(MAX_PAGE, _("No hay una página con ese número.")),
        ],
        error_messages={"invalid": _("No hay una página con ese número.")},
    )

    # The question as it is typed, without a better spelling.
    tal = forms.BooleanField(required=False)

    def __init__(self, *args, areas, contexts, **kwargs):
        super().__init__(*args, **kwargs)
        self.areas = {area.slug: area for area in areas}
        self.contexts = {context.slug: context for context in contexts}
        self.levels = trait_levels()
        for name in ("area", "contexto", "rasgo"):
            known = {"area": self.areas, "contexto": self.contexts, "rasgo": self.levels}[name]
            self.fields[name].choices = [(value, value) for value in known]

    def clean_q(self):
        return normal(self.cleaned_data["q"]).strip()

    def clean_rasgo(self):
        """Keep one level per trait, the last one that was chosen."""
        by_code = {self.levels[value][0]: value for value in self.cleaned_data["rasgo"]}
        return list(by_code.values())

    @property
    def typed(self):
        """What to show in the search box again, also where it was not accepted."""
        return normal(self.data.get("q", "")[:MAX_QUESTION])

    @property
    def messages(self):
        return [message for messages in self.errors.values() for message in messages]
