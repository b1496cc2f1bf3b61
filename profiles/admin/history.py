"""The base of the pages with a history: each save is a version, to compare and to restore."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models.deletion import Collector
from django.forms.widgets import Script
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from profiles.admin.base import GuideAdmin, SaveRefused, is_number
from profiles.admin.forms import TAKE, StampedForm
from profiles.admin.shelf import guarding_live_facts
from profiles.admin.wording import changes, parts_changed, place, words_at
from profiles.desk import history
from profiles.desk.differences import Merge
from profiles.documents.text import join_words
from profiles.models import ContentVersion, Profile, Role
from profiles.models.fields import MarkdownField
from profiles.views.preview import share_url, shared_until

STALE = _("No se guardó: otra persona cambió lo mismo que vos. Tu texto sigue acá abajo.")
DESK = "mesa"
PAGE = 25
# So many reasons not to delete a row are spelt out.
SHOWN = 10


class DeskAdmin(GuideAdmin):
    """A page that keeps each save as a version.

    Whoever may see a row may read its history. A row is deleted only if ``reasons_to_stay`` has
    none.
    """

    form = StampedForm
    object_history_template = "admin/profiles/desk_history.html"
    # True if rows that were ever public are withdrawn instead of deleted.
    keeps_public = False
    # True if nothing hangs on a row that may go but its history.
    stands_alone = False

    class Media:
        css = {"all": ["css/desk/form.css"]}
        # Folding comes before sorting, which puts its buttons beside what folds.
        js = [
            Script("js/admin_sections.js", defer=True),
            Script("js/admin_sorting.js", defer=True),
            Script("js/admin_writing.js", defer=True),
        ]

    def own_pages(self):
        return [
            ("<int:pk>/comparar/", self.compare_view, "compare"),
            ("<int:pk>/volver/", self.restore_view, "restore"),
        ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, MarkdownField):
            field.widget.attrs["data-markdown"] = reverse("admin:profiles_profile_markdown")
        return field

    def get_prepopulated_fields(self, request, obj=None):
        """Make the address from the name of a new row only: links lead to an old one."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

    # --- save ---

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if form.theirs:
            self._save_merged(request, form)
        elif not change:
            history.record(form.instance, by=request.user, why=_("Se creó"))
        elif parts := form.parts_changed(formsets):
            history.record(form.instance, by=request.user, why=form.reason(parts))

    def _save_merged(self, request, form):
        """Merge what was just saved with what others saved since the form was opened."""
        opened = form.instance.versions.filter(number=form.cleaned_data["stamp"]).first()
        base, mine = opened.document if opened else {}, history.desk_state(form.instance)
        merge = Merge(base, mine, form.theirs, form.choices)
        if merge.clashes:
            raise SaveRefused(STALE, conflict_of(form, merge.clashes))
        if mine == form.theirs:
            return  # the same form, sent twice
        mine = parts_changed(form.theirs, merge.document, self.model)
        history.write(form.instance, merge.document, by=request.user, why=form.reason(mine))
        form.instance.refresh_from_db()
        replaced = [path for path, side in form.choices.items() if side == "mine"]
        if theirs := parts_changed(base, form.theirs, self.model, but_for=replaced):
            done = _("mientras escribías se guardó %(parts)s; quedó también eso")
            self.tell(request, form.instance, done % {"parts": join_words(theirs)})

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["conflict"] = getattr(getattr(request, "refusal", None), "conflict", None)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def tell(self, request, row, words, level=messages.SUCCESS):
        self.message_user(request, f"{row}: {words}.", level)

    def tell_done(self, request, row, done):
        self.log_change(request, row, done)
        self.tell(request, row, done)

    # --- delete ---

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and not (obj and self.keeps_public and obj.editions.exists())

    def reasons_to_stay(self, row, going):
        """Return why ``row`` is not deleted with the rows that are ``going``, in words."""
        reasons = []
        if getattr(row, "loaded_digest", ""):  # the next load would bring it again
            reasons.append(_("%(row)s: lo trae un documento de la guía; se quita de ahí"))
        if self.keeps_public and row.editions.exists():
            reasons.append(_("%(row)s: estuvo publicado; se retira del sitio y queda archivado"))
        return [words % {"row": row} for words in reasons]

    def get_deleted_objects(self, objs, request):
        """Refuse before Django collects what hangs on a row, which may be the whole guide.

        Nor are missing permissions named then: they would not help.
        """
        going = list(objs)
        if reasons := [why for row in going for why in self.reasons_to_stay(row, going)]:
            return [], {}, set(), reasons
        if self.stands_alone:
            return list(map(str, going)), {self.opts.verbose_name_plural: len(going)}, set(), []
        return super().get_deleted_objects(objs, request)

    def delete_model(self, request, obj):
        self.delete_queryset(request, [obj])

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        """Delete rows: a queryset, or the list of one that ``delete_model`` gives."""
        ContentVersion.hold()
        collector = UnorderedCollector(DEFAULT_DB_ALIAS, origin=queryset)
        collector.collect(queryset)
        collector.delete()

    # --- look back ---

    @method_decorator(require_safe)
    def history_view(self, request, object_id, extra_context=None):
        row = self.row_for(request, "view", object_id if is_number(object_id) else None)
        page = Paginator(history.timeline(row), PAGE).get_page(request.GET.get("p"))
        moments = [_moment(version) for version in page]
        may = {
            "can_restore": self.has_change_permission(request, row),
            "can_share": isinstance(row, Profile),
        }
        more = {"object": row, "page": page, "moments": moments, **may}
        return self.page(request, "profiles/desk_history", _("Historia"), **more)

    @method_decorator(require_safe)
    def compare_view(self, request, pk):
        row = self.row_for(request, "view", pk)
        before, old = _side(row, request.GET.get("antes", DESK))
        after, new = _side(row, request.GET.get("despues", DESK))
        found = {"before": before, "after": after, "changes": changes(old, new, self.model)}
        return self.page(request, "profiles/compare", _("Comparar"), object=row, **found)

    @method_decorator(require_POST)
    def restore_view(self, request, pk):
        row = self.row_for(request, "change", pk)
        version = version_of(row, request.POST.get("version", ""))
        role = row.pk if isinstance(row, Role) else getattr(row, "role_id", None)
        done = _("volvió a la versión %(number)s") % {"number": version.number}
        try:
            with transaction.atomic(), guarding_live_facts([role] if role else [], request.user):
                history.restore(version, by=request.user)
                self.log_change(request, row, done)
        except (history.CannotComeBack, SaveRefused) as refusal:
            reason = _("%(row)s no volvió atrás: %(reason)s.") % {"row": row, "reason": refusal}
            self.message_user(request, reason, messages.ERROR)
        else:
            self.tell(request, row, done)
        return redirect(f"admin:profiles_{self.opts.model_name}_change", pk)


class UnorderedCollector(Collector):
    """Reads what points to the rows in no order: an order can keep a database from the index."""

    def related_objects(self, *arguments):
        return super().related_objects(*arguments).order_by()


def _moment(version):
    """Return one line of a history: a version, and the link that shows it to others, if any."""
    until = shared_until(version)
    url = share_url(version) if until else ""
    return {"version": version, "shared_until": until, "share_url": url}


def each_of(rows, words):
    """Return ``words`` about each of the first rows of a queryset, and whether there are more."""
    found = [words % {"row": row} for row in rows[: SHOWN + 1]]
    return [*found[:SHOWN], _("… y más")] if len(found) > SHOWN else found


def version_of(row, number):
    """Return the version of ``row`` with a number (text of a request); raises Http404."""
    if not is_number(number):
        raise Http404
    return get_object_or_404(row.versions, number=number)


def _side(row, key):
    if key == DESK:
        return _("lo guardado ahora"), history.desk_state(row)
    version = version_of(row, key)
    return _("versión %(number)s") % {"number": version.number}, version.document


def conflict_of(form, clashes):
    """Return what to ask about the ``clashes`` of a form with what others saved meanwhile."""
    saves = history.timeline(form.instance).filter(number__gt=form.cleaned_data["stamp"] or 0)
    questions = [
        {
            "name": TAKE + clash.path,
            "place": place(clash.path, form._meta.model),
            "before": words_at(clash.path, clash.base),
            "mine": words_at(clash.path, clash.mine),
            "theirs": words_at(clash.path, clash.theirs),
        }
        for clash in clashes
    ]
    return {"version": form.later, "saves": list(saves), "questions": questions}
