"""A Vega-Lite specification as SVG, drawn once: the same on the page and on paper."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from django.core.cache import cache
from django.utils.html import escape

MEMORY, SECONDS = 640 * 1024 * 1024, 20
KEEP = 30 * 24 * 3600
_PROGRAM = Path(__file__).with_name("vega.py")
_AT_ONCE = BoundedSemaphore(2)  # in one worker: more wait their turn instead of filling the machine


class NotDrawn(Exception):
    """The chart needed more memory or time than it may have: its tables say the same."""


def _draw(specification: str) -> str:
    with _AT_ONCE:
        try:
            ended = subprocess.run(  # noqa: S603 -- our own program; no shell
                [sys.executable, "-I", str(_PROGRAM), str(MEMORY), str(SECONDS)],
                input=specification.encode(),
                capture_output=True,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},  # none of the portal's secrets
                timeout=SECONDS,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise NotDrawn(f"{SECONDS} s") from late
    if ended.returncode or not ended.stdout.startswith(b"<svg"):
        raise NotDrawn(f"status {ended.returncode}: {ended.stderr[-300:].decode(errors='replace')}")
    return ended.stdout.decode()


def drawn(specification: Mapping[str, Any]) -> str:
    """The bare SVG of `specification`, from the cache where it was drawn before. Raises NotDrawn."""
    text = json.dumps(specification, sort_keys=True, ensure_ascii=False)
    key = f"chart:1:{hashlib.sha256(text.encode()).hexdigest()}"
    svg: str | None = cache.get(key)
    if svg is None:
        svg = _draw(text)
        cache.set(key, svg, KEEP)
    return svg


def spoken(svg: str, *, look: str, title: str, description: str) -> str:
    """The SVG as an image with a name and a description; `look` is its class."""
    name = hashlib.sha256(f"{svg}{title}".encode()).hexdigest()[:8]
    head, _bracket, inside = svg.partition(">")
    return (
        f'{head} class="{escape(look)}" role="img" aria-labelledby="t{name} d{name}">'
        f'<title id="t{name}">{escape(title)}</title><desc id="d{name}">{escape(description)}</desc>{inside}'
    )
