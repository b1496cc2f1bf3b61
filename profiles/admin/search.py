"""How roles, and what hangs on them, are searched: as the guide itself is."""

from django.db.models import Q
from django.utils.text import slugify

from profiles.models import Role, RoleAlias
from profiles.search.find import begun, ranked
from profiles.search.index import current_index
from profiles.search.question import Question
from profiles.search.words import stems

# More roles than these are not named one by one.
FEW = 200


class RoleSearch:
    """Finds the rows whose role's name has the words; if none has, as the guide's search does.

    Names are read where they stand, drafts' too; other names and texts are not: the guide has
    those that are public in memory.
    """

    # From a row to its role.
    of_role = "role__"

    def get_search_results(self, request, queryset, search_term):
        words = self.terms(search_term)
        if not words:
            return queryset, False
        keys = named(words)
        if len(keys) == FEW:
            has_words = (Q((f"{self.of_role}name__icontains", word)) for word in words)
            return queryset.filter(*has_words), False
        if keys := keys or called(" ".join(words)):
            return queryset.filter(**{f"{self.of_role}pk__in": keys}), False
        return queryset.filter(pk__in=self.mentioning(words)), False

    def mentioning(self, words):
        """Return the keys of the rows whose texts have all ``words``."""
        return []


def named(words):
    """Return the keys of the first roles whose name has all ``words``."""
    roles = Role.objects.filter(*(Q(name__icontains=word) for word in words))
    return list(roles.order_by().values_list("pk", flat=True)[:FEW])


def called(text):
    """Return the keys of the roles of this address, or that visitors are offered as they type."""
    slug, index = slugify(text), current_index()
    others = RoleAlias.objects.filter(slug=slug).values("role")
    own = Role.objects.filter(Q(slug=slug) | Q(pk__in=others)).order_by()
    question = Question(text, index)
    offered = [found.role.pk for found in ranked(begun(question, index), question)]
    return list(own.values_list("pk", flat=True)) or offered


def editions_with(words):
    """Return the keys of the public editions whose texts have all ``words``."""
    index, wanted = current_index(), stems(" ".join(words))
    places = (None, *(size.pk for size in index.contexts.values()))
    found = (pair for place in places for pair in index.mentioning(wanted, place))
    return [role.profiles[place].edition_id for role, place in found]
