"""Sheets opened before a sheet knew its size: the migration tells them, and changes nothing else."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from assessments.models import Assessment, Criterion, Round
from tests.factories.assessments import AssessmentFactory, RoundFactory
from tests.factories.rounds import opened, sheet_of

pytestmark = pytest.mark.django_db
fill = import_module("assessments.migrations.0003_sheets_know_their_size").fill


class Editor:
    connection = connection


def test_an_old_sheet_learns_its_size_and_its_group(cast):
    round_ = RoundFactory(unit=cast.province)
    criteria = Criterion.objects.filter(criteria_set=round_.criteria_set)
    criteria.filter(code="1.1").update(applies_to=["district"])
    criteria.filter(code="II").update(applies_to=["district"])
    below = criteria.filter(parent__code="II").count()
    for unit in (cast.a, cast.a1):
        AssessmentFactory(round=round_, unit=unit)
    kept = AssessmentFactory(round=RoundFactory(unit=cast.province), unit=cast.a, of=5, ranking_group="huyện")

    fill(apps, Editor)

    size = criteria.exclude(scoring="group").count()
    found = {sheet.unit: (sheet.of, sheet.ranking_group) for sheet in round_.assessments.select_related("unit")}
    assert found == {cast.a: (size, "district"), cast.a1: (size - 1 - below, "commune")}
    assert set(round_.assessments.values_list("state", flat=True)) == {"scoring"}
    kept.refresh_from_db()
    assert (kept.of, kept.ranking_group) == (5, "huyện")


def test_it_says_what_opening_a_round_says(cast):
    groups = [{"code": "lower", "title": "Cấp huyện, xã", "kinds": ["district", "commune"]}]
    round_ = opened(cast, cast.a, cast.department, groups=groups)
    sheets = [sheet_of(round_, unit) for unit in (cast.a, cast.department)]
    said = {sheet.unit: (sheet.of, sheet.ranking_group) for sheet in sheets}
    Assessment.objects.update(of=0, ranking_group="")

    fill(apps, Editor)

    sheets = Round.objects.get(pk=round_.pk).assessments.select_related("unit")
    assert {sheet.unit: (sheet.of, sheet.ranking_group) for sheet in sheets} == said
