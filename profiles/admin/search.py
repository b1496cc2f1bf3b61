"""How the lists of roles, and of what hangs on them, are searched."""

from django.db.models import Q
from django.utils.text import slugify

from profiles.models import Profile, Role, RoleAlias
from profiles.search.find import begun, ranked
from profiles.search.index import current_index
from profiles.search.question import Question
from profiles.search.words import stems

# More roles than these are not named one by one, nor are other names looked for then.
FEW = 200
QUOTES = str.maketrans(dict.fromkeys('"«»“”', " "))


class RoleSearch:
    """Finds the rows whose role is called so, drafts too; if none is, as visitors would find them.

    Names and addresses are read where they stand, and so are other names that are not public yet.
    Then come the roles that visitors are offered as they type, then texts.
    """

    # From a row to its role.
    of_role = "role__"

    def get_search_results(self, request, queryset, search_term):
        words = self.terms(search_term.translate(QUOTES))
        parts = " ".join(words).replace("-", " ").split()
        if not parts:
            return queryset, False
        keys = set(with_parts(Role.objects, parts).values_list("pk", flat=True)[:FEW])
        if len(keys) == FEW:
            return queryset.filter(*(has_part(part, self.of_role) for part in parts)), False
        waiting = RoleAlias.objects.filter(role__in=Profile.objects.changed().values("role"))
        keys.update(with_parts(waiting, parts).values_list("role", flat=True))
        if keys := keys or offered_roles(" ".join(words)):
            return queryset.filter(**{f"{self.of_role}pk__in": keys}), False
        return queryset.filter(pk__in=self.mentioning(words)), False

    def mentioning(self, words):
        """Return the keys of the rows whose texts have all ``words``."""
        return []


def with_parts(rows, parts):
    return rows.filter(*map(has_part, parts)).order_by()


def has_part(part, owner=""):
    """Return the condition that a name has ``part``, or an address, which has no accents."""
    slug, is_in_name = slugify(part), Q((f"{owner}name__icontains", part))
    # Of signs nothing is left, and of "C++" a letter that most have.
    return is_in_name | Q((f"{owner}slug__contains", slug)) if len(slug) > 1 else is_in_name


def offered_roles(text):
    """Return the keys of the roles that visitors are offered as they type ``text``."""
    question = Question(text, index := current_index())
    return [found.role.pk for found in ranked(begun(question, index), question)]


def editions_with(words):
    """Return the keys of the public editions whose texts have all ``words``."""
    index, wanted = current_index(), stems(" ".join(words))
    places = (None, *(size.pk for size in index.contexts.values()))
    found = (pair for place in places for pair in index.mentioning(wanted, place))
    return [role.profiles[place].edition_id for role, place in found]
