"""What every test may use: a province with units below it and one person of each role."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_ENV", "test")

import pytest
from django.core.cache import cache

from tests.factories.units import Cast, make_cast


@pytest.fixture(autouse=True)
def _clean_state(settings, tmp_path):
    """No test sees another's cache or files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.REPORT_ROOT = settings.MEDIA_ROOT / "reports"
    cache.clear()


@pytest.fixture
def cast(db) -> Cast:
    """Two provinces, each with a department, two districts and two communes, and one person of each role."""
    return make_cast()
