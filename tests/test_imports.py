"""Every module can be the first one loaded: no circle that only some order of imports hides."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIRST = """
import django, importlib, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "isoportal.settings"
django.setup()
importlib.import_module(sys.argv[1])
"""


# The ones that settings name by a string: who asks first decides the order.
@pytest.mark.parametrize(
    "module", ["isoportal.errors", "isoportal.problems", "isoportal.rest", "isoportal.urls", "units.authentication"]
)
def test_a_module_that_settings_name_can_be_loaded_first(module):
    done = subprocess.run([sys.executable, "-c", FIRST, module], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", ["isoportal.wsgi", "isoportal.celery"])
def test_a_server_starts_with_the_module_it_names(module):
    """Without `django.setup()` before it, as gunicorn and Celery load it."""
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
