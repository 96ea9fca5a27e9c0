from __future__ import annotations

import logging.config
import os

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isoportal.settings")

app = Celery("isoportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**kwargs: object) -> None:
    """A receiver keeps Celery from setting up a log of its own; Django's is set up here, as JSON."""
    logging.config.dictConfig(settings.LOGGING)
