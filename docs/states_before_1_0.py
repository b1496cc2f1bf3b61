"""Says what exported documents do not: what was published of each profile, and what was edited.

For the release before 1.0, with its own code: ``python manage.py shell -v 0 < this > states.json``.
"""

import json
import sys

from django.core.serializers.json import DjangoJSONEncoder

from profiles.desk.rows import VOCABULARY, Library, digest, vocabulary_entry
from profiles.exchange.loading import _by_keys, _desk_document
from profiles.models import LoadedDocument, Profile, Role

loaded = dict(LoadedDocument.objects.values_list("key", "digest"))
library = Library.from_database()
edited = {
    section: [
        row.slug
        for row in model.objects.all()
        if loaded.get(f"{section}:{row.slug}") != digest(vocabulary_entry(row, form))
        or loaded.get(f"{section}:{row.slug}:order", digest(row.order)) != digest(row.order)
    ]
    for section, (model, form) in VOCABULARY.items()
}
edited["roles"] = []
for role in Role.objects.all():
    known = {
        loaded.get(f"roles:{slug}")
        for slug in (role.slug, *role.aliases.values_list("slug", flat=True))
    }
    if digest(_by_keys(_desk_document(role), library)) not in known:
        edited["roles"].append(role.slug)

KEPT = (
    *("number", "document", "facts", "published_from", "published_until", "reason"),
    *("author_name", "reviewer_name"),
)
profiles = [
    {
        "role": profile.role.slug,
        "context": profile.context.slug if profile.context else None,
        "state": profile.state,
        "author": profile.author.get_username() if profile.author else None,
        "reviewer": profile.reviewer.get_username() if profile.reviewer else None,
        "editions": [
            {name: getattr(edition, name) for name in KEPT}
            | {"published_by": edition.published_by and edition.published_by.get_username()}
            for edition in profile.editions.order_by("number")
        ],
    }
    for profile in Profile.objects.select_related("role", "context", "author", "reviewer")
]
text = json.dumps(
    {"edited": edited, "profiles": profiles}, cls=DjangoJSONEncoder, ensure_ascii=False
)
# What the release before 1.0 called "field" is the trade's experience now.
sys.stdout.write(text.replace('"basis": "field"', '"basis": "craft"'))
