"""The WSGI callable that gunicorn serves: Django's handler behind the page cache."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from django.utils.module_loading import import_string

from roleguide.page_cache import PageCache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")

handler = get_wsgi_application()
# What no visitor waits for, before workers are forked: addresses and views, what search knows.
reverse("admin:index")
import_string(settings.PREPARED)()
application = PageCache(handler, import_string(settings.CONTENT_VERSION), **settings.PAGE_CACHE)
