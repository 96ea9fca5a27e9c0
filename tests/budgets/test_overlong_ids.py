"""An id longer than the database holds is nobody's."""

from __future__ import annotations

import pytest

from tests.factories.world import make_world
from units.permissions import Role


@pytest.mark.parametrize("plan", ["9" * 30, "0"])
def test_a_spending_of_no_plan_is_not_found(client, db, plan):
    world = make_world()
    client.force_login(world.cast[Role.ADMINISTRATOR])

    assert client.get(f"/budgets/{plan}/entries/{world['a']['entry'].pk}/reverse/").status_code == 404
