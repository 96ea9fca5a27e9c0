"""The lists of the administration answer only the filters they offer."""

from __future__ import annotations

import pytest
from django.urls import reverse

from units.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "query", "status"),
    [
        ("user", "is_active__exact=1", 200),
        ("user", "password__startswith=md5", 400),
        ("user", "last_login__year=2026", 400),
        ("membership", "role__exact=observer", 200),
        ("membership", "user__password__startswith=md5", 400),
        ("membership", f"unit={'9' * 30}", 400),
        ("unit", "kind__exact=district", 200),
        ("unit", "path__startswith=0", 400),
    ],
)
def test_only_the_filters_offered_are_answered(cast, client, model, query, status):
    client.force_login(cast[Role.ADMINISTRATOR])

    assert client.get(f"{reverse(f'admin:units_{model}_changelist')}?{query}").status_code == status
