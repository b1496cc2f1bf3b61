"""What people may ask the guide for, and what they are told where it cannot be answered."""

from dataclasses import dataclass

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from profiles.documents.choices import Level, TraitCode
from profiles.search.words import normal
from profiles.views.plate import ORDERS

MAX_QUESTION = 200
PAGE_SIZE = 20
MAX_PAGE = 100
# The parameters in the order in which they stand in an address.
PARAMETERS = ("q", "area", "contexto", "rasgo", "orden", "tal", "pagina")


def search_url(**asked):
    """Return the address of a question, without what was not asked."""
    parameters = QueryDict(mutable=True)
    for name in PARAMETERS:
        if value := asked.get(name):
            parameters.setlist(name, value if isinstance(value, list) else [value])
    encoded = parameters.urlencode(safe=":")
    return reverse("profiles:role_list") + (f"?{encoded}" if encoded else "")


@dataclass(frozen=True)
class Option:
    """A choice of a filter: its value in the address, its words, how much it would leave."""

    value: str
    label: str
    chosen: bool = False
    count: int | None = None


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
    pagina = forms.IntegerField(
        required=False,
        validators=[
            MinValueValidator(1, _("No hay una página con ese número.")),
            MaxValueValidator(MAX_PAGE, _("No hay una página con ese número.")),
        ],
        error_messages={"invalid": _("No hay una página con ese número.")},
    )

    orden = forms.ChoiceField(
        required=False,
        choices=ORDERS.items(),
        error_messages={"invalid_choice": _("No hay un orden con ese nombre.")},
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

    def url(self, **changes):
        """Return the address of this question, from its first page on, with ``changes``."""
        return search_url(**{**self.cleaned_data, "pagina": None, **changes})

    def narrowed(self):
        """Return what narrows the results, by the names that ``Results`` has for it."""
        asked = self.cleaned_data
        area, context = self.areas.get(asked["area"]), self.contexts.get(asked["contexto"])
        levels = dict(self.levels[value] for value in asked["rasgo"])
        return {"area_id": area and area.pk, "context_id": context and context.pk, "levels": levels}

    def filters(self, count):
        """Return the choices of each filter with what each would leave, and chips of those set."""
        asked = self.cleaned_data if self.is_valid() else {}

        def option(name, value, label, *key):
            chosen = value in asked.get(name, ()) if name == "rasgo" else value == asked.get(name)
            return Option(value, label, chosen, count and count[key])

        areas = [option("area", slug, row.name, "area", row.pk) for slug, row in self.areas.items()]
        sizes = {"": _("Perfil base"), **{slug: row.name for slug, row in self.contexts.items()}}
        size = asked.get("contexto", "")
        traits, chosen = {code.label: [] for code in TraitCode}, []
        for value, (code, level) in self.levels.items():
            each = option("rasgo", value, f"{code.label}: {level.label}", code.value, level.value)
            (chosen if each.chosen else traits[code.label]).append(each)
        set_ones = [("area", each) for each in areas if each.chosen]
        set_ones += [("rasgo", each) for each in chosen]
        return {
            "areas": areas,
            "size": size,
            "sizes": [
                (name, search_url(**{**asked, "contexto": slug, "pagina": None}), slug == size)
                for slug, name in sizes.items()
            ],
            "order": asked.get("orden", ""),
            "traits": [(name, [o for o in row if o.count != 0]) for name, row in traits.items()],
            "chosen": chosen,
            "chips": [(each.label, self._without(name, each.value)) for name, each in set_ones],
        }

    def _without(self, name, value):
        """Return the address without one choice of a filter."""
        left = [other for other in self.cleaned_data["rasgo"] if other != value]
        return self.url(**{name: left if name == "rasgo" else None})

    @property
    def typed(self):
        """What to show in the search box again, also where it was not accepted."""
        return normal(self.data.get("q", "")[:MAX_QUESTION])

    @property
    def messages(self):
        return [message for messages in self.errors.values() for message in messages]
