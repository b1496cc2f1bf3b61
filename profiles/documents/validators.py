"""Validators that say in Spanish what an editor has to change."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from profiles.documents.text import SLUG

# Context slugs share a level of the address with these fixed words; the last ones are sheets of the
# hiring pack, which stand a level below and would read as a place.
RESERVED_CONTEXT_SLUGS = frozenset(
    {
        *("areas", "arquetipos", "buscar", "comparar", "entrevista-general", "metodologia"),
        *("novedades", "perfiles", "puestos", "rasgos", "sugerencias", "vista-previa"),
        *("carpeta", "alineacion", "aviso", "llamada", "entrevista"),
        *("muestra", "referencias", "decision"),
    }
)

validate_guide_slug = RegexValidator(
    rf"^{SLUG}\Z",
    _("Usá minúsculas sin acentos, números y guiones simples: «product-owner»."),
)
