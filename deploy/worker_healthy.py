"""Exit 0 when the worker in this container has said lately that it works: the worker containers' health check."""

from __future__ import annotations

import datetime
import os
import socket
import sys

import django
from django.apps import apps
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isoportal.settings")
sys.path.insert(0, os.getcwd())
django.setup()

# A worker's heartbeat is named host:process; the host is this container.
lately = timezone.now() - datetime.timedelta(seconds=90)
heartbeats = apps.get_model("reports", "WorkerHeartbeat").objects.filter(seen_at__gte=lately)
sys.exit(not heartbeats.filter(name__startswith=f"{socket.gethostname()}:").exists())
