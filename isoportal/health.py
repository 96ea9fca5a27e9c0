"""Is the process alive (never touches a database) and can it serve (asks what it needs)?"""

from __future__ import annotations

import logging
import shutil

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.delivery import is_broker_reachable, is_worker_alive

logger = logging.getLogger(__name__)
LEAST_FREE_BYTES = 200_000_000


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 without the database; "degraded" when pages work but reports would wait or files could not be written."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        alive = is_worker_alive()
    except Error:
        logger.exception("The database does not answer")
        return JsonResponse({"status": "unavailable", "database": "down"}, status=503, headers={"Retry-After": "10"})
    parts = {
        "broker": is_broker_reachable(),
        "worker": alive,
        "disk": shutil.disk_usage(settings.VAR_DIR).free > LEAST_FREE_BYTES,
    }
    status = "ok" if all(parts.values()) else "degraded"
    return JsonResponse({"status": status, "database": "up"} | {k: "up" if v else "down" for k, v in parts.items()})
