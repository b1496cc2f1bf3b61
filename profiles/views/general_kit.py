"""The interview for any job: what the guide offers where it lacks the job itself."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.exports import wording
from profiles.exports.general_kit import general_kit as read_kit
from profiles.exports.general_kit import questions_by_trait
from profiles.http import render_page
from profiles.seo import page_meta


@require_safe
def general_kit(request):
    kit = read_kit()
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
        "rating": wording.RATING,
        "avoided": wording.AVOIDED,
    }
    return render_page(request, "profiles/general_kit.html", values)
