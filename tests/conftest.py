"""What every test may use: a province with units below it and one person of each role."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

os.environ.setdefault("DJANGO_ENV", "test")

import pytest
from django.core.cache import cache
from django.db import connection
from hypothesis import settings as property_settings

from assessments.contexts.rules import forget_rules
from tests.factories.units import Cast, make_cast

NUMBERS = count()

# A property is about what is true, not how fast the machine is today.
property_settings.register_profile("isoportal", deadline=None, print_blob=True)
property_settings.load_profile("isoportal")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A test is not named by the megabytes it sends: names travel between the workers."""
    return f"{argname}-of-{len(val)}" if isinstance(val, str | bytes) and len(val) > 200 else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory, django_db_modify_db_settings_parallel_suffix):
    """SQLite in a file, as it runs in an office: in memory its connections do not wait for each other."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def files_of_tests(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(autouse=True)
def _clean_state(settings, files_of_tests):
    """No test sees another's cache or files. The folder is made by whoever writes into it: few tests do."""
    settings.MEDIA_ROOT = files_of_tests / str(next(NUMBERS))
    settings.REPORT_ROOT = settings.MEDIA_ROOT / "reports"
    cache.clear()
    forget_rules()


@pytest.fixture
def cast(db) -> Cast:
    """Two provinces, each with a department, two districts and two communes, and one person of each role."""
    return make_cast()
