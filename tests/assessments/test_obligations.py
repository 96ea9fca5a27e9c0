"""Who must apply a standard on a day: by kind of unit, with exceptions for one unit, over a period."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from assessments.contexts.systems import obligation_in
from assessments.models import Obligation
from assessments.services import obligations as services
from tests.factories.systems import iso9001
from units.models import Unit
from units.permissions import Role

CODE = "TCVN ISO 9001"


def rule(cast, **given):
    values = {"province": cast.province, "kind": "mandatory", "valid_from": date(2014, 5, 20)}
    return services.set_obligation(**values | {"by": cast[Role.PROGRAMME_OFFICER]} | given)


def test_the_rule_of_a_unit_goes_before_that_of_its_kind_within_its_period(cast):
    rule(cast, unit_kind=Unit.Kind.DISTRICT, valid_to=date(2025, 6, 30))
    rule(cast, unit_kind=Unit.Kind.COMMUNE, kind="encouraged", valid_from=date(2025, 7, 1))
    rule(cast, unit=cast.b, kind="encouraged", valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31))
    rules = list(Obligation.objects.select_related("province"))

    def on(unit, day, code=CODE):
        found = obligation_in(rules, unit, code, day)
        return found.kind if found else ""

    assert [on(cast.a, day) for day in (date(2014, 5, 19), date(2014, 5, 20))] == ["", "mandatory"]
    assert [on(cast.a, day) for day in (date(2025, 6, 30), date(2025, 7, 1))] == ["mandatory", ""]
    assert [on(cast.b, date(year, 12, 31)) for year in (2019, 2020, 2021)] == ["mandatory", "encouraged", "mandatory"]
    assert [on(cast.a1, day) for day in (date(2025, 6, 30), date(2025, 7, 1))] == ["", "encouraged"]
    assert on(cast.foreign, date(2024, 1, 1)) == ""
    assert on(cast.a, date(2024, 1, 1), "TCVN ISO 18091") == ""


def test_rules_are_refused_that_contradict(cast):
    made = rule(cast, unit_kind=Unit.Kind.DISTRICT)

    for given, refusal in (
        ({}, services.WhomMissing),
        ({"unit_kind": "district", "unit": cast.a}, services.WhomMissing),
        ({"unit_kind": "commune", "valid_to": date(2014, 1, 1)}, services.PeriodUpsideDown),
        ({"unit_kind": "district", "valid_from": date(2025, 1, 1)}, services.RuleOverlaps),
        ({"unit": cast.foreign}, services.OtherProvince),
    ):
        with pytest.raises(refusal):
            rule(cast, **given)
    services.end_obligation(obligation=made, valid_to=date(2025, 6, 30), by=cast[Role.ADMINISTRATOR])
    rule(cast, unit_kind=Unit.Kind.DISTRICT, valid_from=date(2025, 7, 1))
    with pytest.raises(services.RuleOverlaps):
        services.end_obligation(obligation=made, valid_to=date(2025, 7, 1), by=cast[Role.ADMINISTRATOR])


@pytest.mark.parametrize("who", [Role.ASSESSOR, Role.LEADER, Role.UNIT_HEAD, "foreign"])
def test_only_those_who_manage_rounds_set_rules(cast, who):
    made = rule(cast, unit_kind=Unit.Kind.DISTRICT)

    with pytest.raises(PermissionDenied):
        rule(cast, unit_kind=Unit.Kind.COMMUNE, by=cast[who])
    with pytest.raises(PermissionDenied):
        services.end_obligation(obligation=made, valid_to=date(2025, 1, 1), by=cast[who])


def test_the_page_sets_and_ends_a_rule(cast, client):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    iso9001()
    page = reverse("assessments:obligations")
    typed = {"unit_kind": "district", "standard_code": CODE, "kind": "mandatory", "valid_from": "2014-05-20"}

    refused = client.post(page, typed | {"valid_to": "2013-01-01"})
    client.post(page, typed)
    made = Obligation.objects.get()
    client.post(reverse("assessments:obligation_end", args=[made.pk]), {"valid_to": "2025-06-30"})

    made.refresh_from_db()
    assert (refused.status_code, made.valid_to) == (422, date(2025, 6, 30))
