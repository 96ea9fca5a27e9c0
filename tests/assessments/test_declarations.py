"""Declaring that a system conforms, and again when its scope changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from activity.models import AuditEvent, Notification
from assessments.models import Declaration
from assessments.services import declarations as services
from assessments.services.systems import StepTooEarly
from tests.factories.systems import make_system
from units.permissions import Role

TODAY = timezone.localdate


def declare(qms, by, **given):
    values = {"number": "05/QĐ-UBND", "declared_on": TODAY(), "signer": "Nguyễn Văn A", "scope": "20 thủ tục"}
    return services.declare(**{"qms": qms, "by": by} | values | given)


def test_a_declaration_is_followed_by_another_with_its_reason(cast):
    head = cast[Role.UNIT_HEAD]
    qms = make_system(cast.a, by=head, apply=TODAY())

    first = declare(qms, head)
    second = declare(qms, head, number="09/QĐ-UBND", scope="25 thủ tục", reason="Mở rộng phạm vi", again=True)

    qms.refresh_from_db()
    assert (qms.phase, qms.scope, second.supersedes) == ("declared", "25 thủ tục", first)
    assert list(Declaration.objects.filter(successor=None)) == [second]
    event = AuditEvent.objects.get(action="assessments.system_redeclared")
    assert (event.reason, event.changes["number"]) == ("Mở rộng phạm vi", ["05/QĐ-UBND", "09/QĐ-UBND"])
    told = set(Notification.objects.filter(event=event).values_list("to", flat=True))
    assert told == {cast[Role.UNIT_OFFICER].pk, cast[Role.PROGRAMME_OFFICER].pk}


def test_declarations_are_refused_that_cannot_be(cast):
    head = cast[Role.UNIT_HEAD]
    early = make_system(cast.b, by=head)
    qms = make_system(cast.a, by=head, apply=TODAY())
    admin = cast[Role.ADMINISTRATOR]

    with pytest.raises(StepTooEarly):
        declare(early, admin)
    with pytest.raises(services.NothingToSupersede):
        declare(qms, head, again=True, reason="Điều chỉnh")
    for missing in ("number", "signer", "scope"):
        with pytest.raises(services.DeclarationIncomplete):
            declare(qms, head, **{missing: " "})
    declare(qms, head)
    with pytest.raises(services.DeclaredAlready):
        declare(qms, head)
    with pytest.raises(services.ReasonOfRedeclaration):
        declare(qms, head, again=True, reason=" ")
    with pytest.raises(services.BeforeTheLast):
        declare(qms, head, again=True, reason="Thu hẹp", declared_on=TODAY() - timedelta(days=1))
    assert Declaration.objects.count() == 1


def test_the_page_offers_the_one_that_is_possible(cast, client):
    head = cast[Role.UNIT_HEAD]
    qms = make_system(cast.a, by=head, apply=TODAY())
    client.force_login(head)
    page = reverse("assessments:system", args=[qms.pk])
    typed = {"number": "05/QĐ", "declared_on": TODAY().isoformat(), "signer": "A", "scope": "S", "version": "1"}

    before = set(client.get(page).context["forms"])
    made = client.post(reverse("assessments:system_act", args=[qms.pk, "declare"]), typed)
    after = set(client.get(page).context["forms"])
    again = client.post(reverse("assessments:system_act", args=[qms.pk, "redeclare"]), typed | {"version": "2"})

    assert (before - after, after - before) == ({"declare"}, {"redeclare"})
    assert (made.status_code, again.status_code) == (302, 422)
