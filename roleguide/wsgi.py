"""The WSGI callable that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")


def cached_application():
    """Return Django's handler behind the page cache."""
    django_application = get_wsgi_application()
    from django.conf import settings

    from roleguide import metrics
    from roleguide.page_cache import PageCache
    from roleguide.replica import COPY, Place

    version, pages = import_string(settings.CONTENT_VERSION), django_application
    if COPY in settings.DATABASES:
        place = Place()
        version, pages = place.version(version), place.pages(pages)
    return PageCache(
        django_application,
        version,
        render=pages,
        prefix="/guia-de-roles/",
        parameters=settings.PAGE_CACHE_PARAMETERS,
        https=settings.HTTPS,
        max_bytes=settings.PAGE_CACHE_BYTES,
        observe=metrics.page_observer(),
    )


application = cached_application()
