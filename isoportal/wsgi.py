import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isoportal.settings")

from isoportal.whole_bodies import whole_bodies

application = whole_bodies(get_wsgi_application())
# The pages are loaded here and not by the first request: the web server forks its workers afterwards.
get_resolver().url_patterns  # noqa: B018 -- reading it loads it
