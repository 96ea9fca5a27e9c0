"""Kinds of report as data: their formats, and their choices beside the subject."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.http import Http404
from django.utils import timezone

from reports import services
from reports.registry import KINDS, InvalidParams, NoAccess
from reports.registry.options import PAPER, Day, UnitChoice
from reports.renderers import FORMATS
from units.permissions import Permission, Role

WITH_OPTIONS = replace(
    KINDS["progress"],
    options=(
        PAPER,
        Day(name="as_of", label="Ngày"),
        UnitChoice(name="unit", label="Đơn vị", permission=Permission.PLAN_VIEW),
    ),
)


def clean(**params):
    return WITH_OPTIONS.clean({"plan": 7, **params})


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ({}, {}),
        ({"paper": "", "as_of": "", "unit": ""}, {}),
        ({"paper": "a4"}, {}),  # the default is not written down: equal requests are equal
        ({"paper": "a3"}, {"paper": "a3"}),
        ({"as_of": "2024-02-29"}, {"as_of": "2024-02-29"}),
        ({"unit": "12"}, {"unit": 12}),
    ],
)
def test_options_have_one_canonical_form(given, cleaned):
    assert clean(**given) == {"plan": 7, **cleaned}


@pytest.mark.parametrize(
    "given", [{"paper": "a5"}, {"as_of": "2024-02-30"}, {"as_of": "x"}, {"unit": "-1"}, {"unit": True}, {"other": "1"}]
)
def test_what_cannot_be_chosen_is_refused(given):
    with pytest.raises(InvalidParams):
        clean(**given)


def test_the_composer_is_given_what_was_chosen_and_the_defaults(cast, plan):
    kind = replace(WITH_OPTIONS, compose=lambda subject, *, user, **options: options)
    officer = cast[Role.PROGRAMME_OFFICER]

    assert kind.report(plan, user=officer, params={"plan": plan.pk}) == {
        "paper": "a4",
        "as_of": timezone.localdate(),
        "unit": None,
    }
    assert kind.report(plan, user=officer, params={"unit": cast.a.pk})["unit"] == cast.a
    with pytest.raises(NoAccess):
        kind.report(plan, user=officer, params={"unit": cast.foreign.pk})


def test_programmers_are_told_what_to_give():
    told = '{"plan": id, "paper"?: "a4" | "a3", "as_of"?: "YYYY-MM-DD", "unit"?: id of a unit}'
    assert WITH_OPTIONS.expected == told


def test_every_kind_is_made_in_formats_there_are():
    for kind in KINDS.values():
        assert kind.formats
        assert set(kind.formats) <= set(FORMATS)


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_only_the_formats_of_a_kind_are_given(cast, plan, client, format):
    client.force_login(cast[Role.LEADER])
    offered = format in KINDS["plan"].formats

    page = client.get("/reports/plan/", {"plan": plan.pk}).content.decode()
    response = client.post("/reports/plan/files/", {"plan": plan.pk, "format": format})
    answer = client.post(
        "/api/v1/report-jobs/",
        {"kind": "plan", "format": format, "params": {"plan": plan.pk}},
        content_type="application/json",
    )

    assert (f'value="{format}"' in page) is offered
    assert response.status_code == (302 if offered else 422)
    assert answer.status_code == (202 if offered else 400)
    if not offered:
        assert "PDF, DOCX" in response.content.decode()
        assert "PDF, DOCX" in answer.content.decode()


def test_the_choices_are_a_form_and_go_with_the_request(cast, plan, client, monkeypatch):
    compose = KINDS["progress"].compose
    kind = replace(WITH_OPTIONS, compose=lambda subject, *, user, **options: compose(subject, user=user))
    monkeypatch.setitem(KINDS, "progress", kind)
    client.force_login(cast[Role.LEADER])

    page = client.get("/reports/progress/", {"plan": plan.pk, "paper": "a3", "as_of": "2024-05-01"}).content.decode()
    client.post("/reports/progress/files/", {"plan": plan.pk, "paper": "a3", "format": "pdf"})

    assert '<input type="hidden" name="paper" value="a3">' in page
    assert services.ReportJob.objects.get().params == {"plan": plan.pk, "paper": "a3"}
    assert client.get("/reports/progress/", {"plan": plan.pk, "paper": "a5"}).status_code == 404


def test_a_unit_out_of_reach_is_no_choice(cast, plan, client, monkeypatch):
    monkeypatch.setitem(KINDS, "progress", WITH_OPTIONS)
    client.force_login(cast[Role.LEADER])

    response = client.get("/reports/progress/", {"plan": plan.pk, "unit": cast.foreign.pk})

    assert response.status_code == 404


def test_a_subject_that_does_not_exist_is_not_found(cast):
    with pytest.raises(Http404):
        KINDS["plan"].get_subject(user=cast[Role.LEADER], params={"plan": 999})
