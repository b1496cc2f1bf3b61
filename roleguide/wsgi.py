"""The WSGI callable that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")


def cached_application():
    """Return Django's handler behind the page cache."""
    django_application = get_wsgi_application()
    from django.conf import settings

    from roleguide.page_cache import PageCache

    return PageCache(
        django_application,
        import_string(settings.CONTENT_VERSION),
        prefix="/guia-de-roles/",
        parameters=settings.PAGE_CACHE_PARAMETERS,
        https=settings.HTTPS,
        max_bytes=settings.PAGE_CACHE_BYTES,
    )


application = cached_application()
