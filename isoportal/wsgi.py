import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isoportal.settings")

from isoportal.whole_bodies import whole_bodies

application = whole_bodies(get_wsgi_application())
