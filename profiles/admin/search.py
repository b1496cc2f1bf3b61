"""How roles, and what hangs on them, are searched: as the guide itself is."""

from django.db.models import Q
from django.utils.text import slugify

from profiles.models import Role, RoleAlias
from profiles.search.find import begun, ranked
from profiles.search.index import current_index
from profiles.search.question import Question
from profiles.search.words import stems

# More roles than these are not named one by one.
FEW = 1_000


class RoleSearch:
    """Finds the rows whose role's name has the words; if none has, as the guide's search does.

    Names are read where they stand, drafts' too; other names and texts are not: the guide has
    those that are public in memory.
    """

    # From a row to its role.
    of_role = "role__"

    def get_search_results(self, request, queryset, search_term):
        words = self.terms(search_term)
        named = Role.objects.filter(*(Q(name__icontains=word) for word in words))
        keys = list(named.order_by().values_list("pk", flat=True)[:FEW]) if words else []
        if not words or len(keys) == FEW:
            rows = [Q((f"{self.of_role}name__icontains", word)) for word in words]
            return queryset.filter(*rows), False
        text = " ".join(words)
        if keys := keys or called(text):
            return queryset.filter(**{f"{self.of_role}pk__in": keys}), False
        return queryset.filter(pk__in=self.mentioning(text)), False

    def mentioning(self, text):
        """Return the keys of the rows whose texts have all words of ``text``."""
        return []


def called(text):
    """Return the keys of the roles of this address, or that visitors are offered as they type."""
    slug = slugify(text)
    others = RoleAlias.objects.filter(slug=slug).values("role")
    own = Role.objects.filter(Q(slug=slug) | Q(pk__in=others)).values_list("pk", flat=True)
    index = current_index()
    question = Question(text, index)
    return list(own) or [found.role.pk for found in ranked(begun(question, index), question)]


def editions_with(text):
    """Return the keys of the public editions whose texts have all words of ``text``."""
    index, words = current_index(), stems(text)
    places = (None, *(size.pk for size in index.contexts.values()))
    found = (pair for place in places for pair in index.mentioning(words, place))
    return [role.profiles[place].edition_id for role, place in found]
