"""What people may ask the guide for, and what they are told where it cannot be answered."""

from collections import Counter, defaultdict
from urllib.parse import quote, urlencode

from django import forms
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from profiles.documents.choices import Level, TraitCode
from profiles.search.find import LIMIT
from profiles.search.words import normal
from profiles.views.listing import ORDERS

MAX_QUESTION = 200
PAGE_SIZE = 20
MAX_PAGE = 100
NO_PAGE = _("No hay una página con ese número.")


def search_url(**asked):
    """Return the address of a question, without what was not asked."""
    given = {name: asked[name] for name in SearchForm.base_fields if asked.get(name)}
    query = urlencode(given, doseq=True, safe=":", quote_via=quote)
    return reverse("profiles:role_list") + (f"?{query}" if query else "")


# Value in the address → (trait code, level): "E:muy-baja" → (E, very-low).
LEVELS = {f"{code}:{slugify(level.label)}": (code, level) for code in TraitCode for level in Level}


def level_words(value):
    code, level = LEVELS[value]
    return f"{code.label}: {code.agree(level.label)}"


def choices(message, kind=forms.ChoiceField):
    return kind(required=False, error_messages={"invalid_choice": message})


class SearchForm(forms.Form):
    """A search; its parameters stand in an address in the order of these fields."""

    q = forms.CharField(
        required=False,
        max_length=MAX_QUESTION,
        error_messages={"max_length": _("La búsqueda admite hasta 200 caracteres: acortala.")},
    )
    area = choices(_("No hay un área con esa dirección."))
    contexto = choices(_("No hay un tamaño de empresa con esa dirección."))
    rasgo = choices(
        _("Un rasgo se pide así: «E:baja». Elegilo de la lista."), forms.MultipleChoiceField
    )
    orden = choices(_("No hay un orden con ese nombre."))
    # The question as it is typed, without a better spelling.
    tal = forms.BooleanField(required=False)
    pagina = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_PAGE,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NO_PAGE),
    )

    def __init__(self, data, index):
        super().__init__(data)
        self.index = index
        # The empty choice of a select of levels is sent beside those that are chosen.
        known = {"contexto": index.contexts, "rasgo": ["", *LEVELS], "orden": ORDERS}
        for name, values in {"area": index.areas, **known}.items():
            self.fields[name].choices = [(value, value) for value in values]

    def clean_q(self):
        return normal(self.cleaned_data["q"]).strip()

    def clean_rasgo(self):
        """Keep one level per trait, the last one that was chosen."""
        by_code = {LEVELS[value][0]: value for value in self.cleaned_data["rasgo"] if value}
        return list(by_code.values())

    def url(self, **changes):
        """Return the address of this question, from its first page on, with ``changes``."""
        return search_url(**{**self.cleaned_data, "pagina": None, **changes})

    @property
    def asked_context(self):
        return self.index.contexts.get(self.cleaned_data["contexto"])

    @property
    def asked_area(self):
        return self.index.areas.get(self.cleaned_data["area"])

    def narrow(self, hits, but=""):
        """Return the hits that pass the filters, all of them or all ``but`` one."""
        wanted = dict(LEVELS[value] for value in self.picked)
        wanted |= {"area": self.asked_area.pk} if self.asked_area else {}
        wanted.pop(but, None)
        return [hit for hit in hits if all(hit.value(name) == wanted[name] for name in wanted)]

    def filters(self, hits=()):
        """Return the areas, and the levels of each trait, with what each would leave."""
        # A filter does not narrow its own choices; more than is shown is not counted.
        names = ("area", *TraitCode) if 0 < len(hits) <= LIMIT else ()
        count = Counter((name, h.value(name)) for name in names for h in self.narrow(hits, name))

        def counted(label, *key):
            return f"{label} ({count[key]})" if names else label

        areas = self.index.areas.items()
        traits = defaultdict(list)
        for value, key in LEVELS.items():
            if value not in self.picked and (count[key] or not names):
                traits[key[0].label].append((value, counted(level_words(value), *key)))
        return {
            "areas": [(slug, counted(row.name, "area", row.pk)) for slug, row in areas],
            "traits": traits.items(),
        }

    def sizes(self, size=None):
        """Return (name, address, is it shown) for each size; ``size``: the one in the words."""
        names = {"": _("Perfil base")} | {s: row.name for s, row in self.index.contexts.items()}
        shown = size.slug if size else self.cleaned_data.get("contexto", "")
        return [(name, self.url(contexto=slug), slug == shown) for slug, name in names.items()]

    @property
    def picked(self):
        return self.cleaned_data.get("rasgo", [])

    @property
    def chips(self):
        """Pairs of what is chosen and the address without it."""
        chosen = self.index.areas.get(self.cleaned_data.get("area"))
        picked = [(v, [other for other in self.picked if other != v]) for v in self.picked]
        return [
            *([(chosen.name, self.url(area=""))] if chosen else []),
            *((level_words(value), self.url(rasgo=others)) for value, others in picked),
        ]

    @property
    def typed(self):
        """What to show in the search box again, also where it was not accepted."""
        return normal(self.data.get("q", "")[:MAX_QUESTION])
