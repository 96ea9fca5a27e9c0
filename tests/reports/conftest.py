"""A broker in memory, so that no test leaves a message for anybody else, and what reports are about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reports import delivery
from reports.models import ReportJob
from reports.renderers import FORMATS, Format
from reports.services import request_report
from tests.factories.reports import make_assessment, make_plan
from units.permissions import Role


@pytest.fixture(autouse=True)
def broker(settings) -> Iterator[None]:
    settings.REDIS_URL = ""
    settings.CELERY_BROKER_URL = "memory://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    delivery._publisher.cache_clear()
    yield
    delivery._publisher().close()
    delivery._publisher.cache_clear()


@pytest.fixture
def plan(cast):
    return make_plan(cast)


@pytest.fixture
def sheet(cast):
    return make_assessment(cast)


@pytest.fixture
def queued(cast, plan) -> ReportJob:
    """The leader's job for the plan's workbook."""
    return request_report(kind="progress", format="xlsx", params={"plan": plan.pk}, by=cast[Role.LEADER])


@pytest.fixture
def poisoned(monkeypatch):
    """Make workbooks be rendered by a function of tests.reports.poison."""

    def poison(name: str) -> None:
        spoilt = Format(slug="xlsx", label="Excel", content_type="x/y", renderer=f"tests.reports.poison:{name}")
        monkeypatch.setitem(FORMATS, "xlsx", spoilt)

    return poison
