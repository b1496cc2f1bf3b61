"""The interview for any job: what the guide offers where it lacks the job itself."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.exports.formats import KIT_FORMATS, ROW_FORMATS
from profiles.exports.general_kit import general_interview, general_sheet, questions_by_trait
from profiles.exports.general_kit import general_kit as read_kit
from profiles.exports.wording import WORDS
from profiles.http import render_page
from profiles.search.index import current_index
from profiles.search.suggest import near_titles
from profiles.seo import page_meta
from profiles.views.files import file_response
from profiles.views.pack import tools

MAX_TITLES = 600


@require_safe
def general_document(request, extension):
    path = reverse("profiles:general_kit")
    made, interview = (
        make(settings.SITE_URL + path) for make in (general_sheet, general_interview)
    )
    chosen, content = KIT_FORMATS[extension], interview if extension in ROW_FORMATS else made
    return file_response(
        request,
        content=made,
        path=path,
        name=f"{made.file_stem}.{extension}",
        chosen=chosen,
        render_file=lambda paper: chosen.render(content, paper),
    )


@require_safe
def general_kit(request):
    kit = read_kit()
    files = [
        (file.label, reverse("profiles:general_document", args=[extension]))
        for extension, file in KIT_FORMATS.items()
    ]
    meta = page_meta(
        kit.title,
        reverse("profiles:general_kit"),
        _("Doce preguntas de entrevista para cualquier puesto, dos por rasgo, con anclas."),
        title=_("Entrevista general: preguntas para cualquier puesto"),
    )
    values = {
        "meta": meta,
        "kit": kit,
        "groups": questions_by_trait(),
        "rating": WORDS.rating,
        "avoided": WORDS.avoided.items(),
        "titles": _titles(),
        "tools": tools(request, files, [], copied=".general-kit__questions"),
    }
    return render_page(request, "profiles/general_kit.html", values)


def _titles():
    """Return the pages of titles that the guide lacks, by name: this is the way to them."""
    pages = {page.slug: page for page in near_titles(current_index()).values() if page.is_own}
    return sorted(pages.values(), key=lambda page: page.slug)[:MAX_TITLES]
