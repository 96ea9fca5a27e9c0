from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from budgets import services
from budgets.models import Budget, LedgerEntry
from plans.models import Task, TaskPerformer
from tests.factories.budgets import BudgetFactory, FundedPlanFactory, LedgerEntryFactory
from units.permissions import Role

pytestmark = pytest.mark.django_db

SPENDERS = [Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.FINANCE]
OTHERS = [Role.ASSESSOR, Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.OBSERVER, "sibling", "commune", "foreign", "stranger"]


@pytest.fixture
def plan(cast):
    """A plan of the province with 84.000.000 đ, carried out by district A."""
    plan = FundedPlanFactory(unit=cast.province, amount=84_000_000)
    task = Task.objects.create(plan=plan, order=1, title="Tập huấn")
    TaskPerformer.objects.create(task=task, order=1, text="UBND huyện A", unit=cast.a)
    return plan


@pytest.fixture
def entry(cast, plan):
    budget = services.open_budget(plan=plan, by=cast[Role.FINANCE])
    return LedgerEntryFactory(budget=budget, amount=12_500_000, description="Thuê hội trường", voucher="PC 118")


def spending(**changed):
    return {
        "amount": "3.600.000 đ",
        "spent_on": "2024-10-24",
        "description": "Nước uống",
        "voucher": "UNC 7",
        "key": uuid4(),
        **changed,
    }


PAGES = ["plan", "plan_panel"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("person", "status"), [*[(role, 200) for role in [*SPENDERS, Role.LEADER]], *[(other, 404) for other in OTHERS]]
)
def test_only_the_owners_side_sees_the_money_of_a_plan(client, cast, entry, page, person, status):
    client.force_login(cast[person])

    response = client.get(reverse(f"budgets:{page}", args=[entry.budget.plan_id]))

    assert response.status_code == status
    assert ("12.500.000" in response.content.decode()) == (status == 200)


@pytest.mark.parametrize(
    ("person", "status"),
    [*[(role, 302) for role in SPENDERS], (Role.LEADER, 403), *[(other, 404) for other in OTHERS]],
)
def test_only_those_in_charge_change_the_money(client, cast, entry, person, status):
    plan = entry.budget.plan
    unopened = FundedPlanFactory(unit=cast.province, amount=5)
    client.force_login(cast[person])

    statuses = [
        client.post(reverse("budgets:plan", args=[plan.pk]), spending()).status_code,
        client.post(reverse("budgets:ceiling", args=[plan.pk]), {"amount": "90000000", "reason": "QĐ"}).status_code,
        client.post(reverse("budgets:reverse", args=[plan.pk, entry.pk]), {"reason": "Ghi nhầm"}).status_code,
        client.post(reverse("budgets:open", args=[unopened.pk])).status_code,
    ]

    assert statuses == [status] * 4
    budget = Budget.objects.get(plan=plan)
    changed = (3_600_000, 90_000_000, 3, True)
    unchanged = (12_500_000, 84_000_000, 1, False)
    now = (budget.spent, budget.ceiling, budget.entries.count(), Budget.objects.filter(plan=unopened).exists())
    assert now == (changed if status == 302 else unchanged)


@pytest.mark.parametrize("person", [Role.LEADER, Role.FINANCE])
def test_who_may_only_read_is_offered_nothing_else(client, cast, entry, person):
    client.force_login(cast[person])

    content = client.get(reverse("budgets:plan", args=[entry.budget.plan_id])).content.decode()

    for offer in ('id="id_amount"', reverse("budgets:reverse", args=[entry.budget.plan_id, entry.pk])):
        assert (offer in content) == (person == Role.FINANCE)


@pytest.fixture
def untracked(settings):
    """Without what every request of a session costs, whatever the page."""
    settings.USERSESSIONS_TRACK_ACTIVITY = False


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("untracked")
def test_list_costs_the_same_for_one_and_three_plans(client, cast, django_assert_num_queries, rows):
    for number in range(rows):
        LedgerEntryFactory(budget=BudgetFactory(unit=cast.province, ceiling=100, title=f"Kế hoạch {number}"))
    hidden = BudgetFactory(unit=cast.foreign, title="Kế hoạch tỉnh khác")
    client.force_login(cast[Role.FINANCE])

    with django_assert_num_queries(7):
        content = client.get(reverse("budgets:list")).content.decode()

    assert all(f"Kế hoạch {number}" in content for number in range(rows))
    assert hidden.plan.title not in content


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("untracked")
def test_ledger_costs_the_same_for_one_and_three_entries(client, cast, entry, django_assert_num_queries, rows):
    LedgerEntryFactory.create_batch(rows - 1, budget=entry.budget)
    client.force_login(cast[Role.FINANCE])
    url = reverse("budgets:plan", args=[entry.budget.plan_id])

    with django_assert_num_queries(8):
        assert len(client.get(url).context["money"].entries) == rows


def test_list_sums_what_is_granted_spent_and_left(client, cast, entry):
    FundedPlanFactory(unit=cast.a, amount=20_000_000, title="Chưa mở sổ")
    FundedPlanFactory(unit=cast.a, amount=None, title="Không ghi số")
    client.force_login(cast[Role.FINANCE])

    response = client.get(reverse("budgets:list"))

    sums = response.context["totals"]
    assert (sums.ceiling, sums.spent, sums.available) == (104_000_000, 12_500_000, 91_500_000)
    rows = {row.plan.title: row for row in response.context["rows"]}
    assert (rows["Chưa mở sổ"].spent, rows["Chưa mở sổ"].share, rows["Chưa mở sổ"].is_open) == (0, 0, False)
    blank = rows["Không ghi số"]
    assert (blank.ceiling, blank.spent, blank.available, blank.share) == (None, None, None, None)


def test_list_of_nothing_says_so(client, cast):
    client.force_login(cast["foreign"])

    response = client.get(reverse("budgets:list"))

    assert 'class="empty' in response.content.decode()
    assert response.context["totals"].ceiling is None


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["C", "B", "A"]),
        ("?sort=plan", ["A", "B", "C"]),
        ("?sort=-plan", ["C", "B", "A"]),
        ("?sort=total", ["B", "A", "C"]),
        ("?sort=-total", ["A", "B", "C"]),
        ("?sort=left", ["B", "A", "C"]),
        ("?sort=nonsense", ["C", "B", "A"]),
        ("?year=2023", ["A"]),
        ("?year=x", ["C", "B", "A"]),
        ("?page=9", ["C", "B", "A"]),
    ],
)
def test_list_is_filtered_and_sorted(client, cast, query, titles):
    FundedPlanFactory(unit=cast.province, amount=30, title="A", issue_year=2023)
    FundedPlanFactory(unit=cast.province, amount=20, title="B")
    FundedPlanFactory(unit=cast.province, amount=None, title="C")
    client.force_login(cast[Role.LEADER])

    response = client.get(reverse("budgets:list") + query)

    assert [row.plan.title for row in response.context["rows"]] == titles


def test_a_spending_is_entered_and_shown_with_its_running_sum(client, cast, entry):
    client.force_login(cast[Role.FINANCE])
    url = reverse("budgets:plan", args=[entry.budget.plan_id])

    assert client.post(url, spending()).url == url

    money = client.get(url).context["money"]
    assert [(row.amount, row.running, row.voucher) for row in money.entries] == [
        (3_600_000, 16_100_000, "UNC 7"),
        (12_500_000, 12_500_000, "PC 118"),
    ]
    assert (money.spent, money.available, money.in_words) == (16_100_000, 67_900_000, "Tám mươi tư triệu đồng")


def test_a_form_sent_twice_is_one_spending(client, cast, entry):
    client.force_login(cast[Role.FINANCE])
    data = spending()

    for _ in range(2):
        assert client.post(reverse("budgets:plan", args=[entry.budget.plan_id]), data).status_code == 302

    assert LedgerEntry.objects.filter(description="Nước uống").count() == 1


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"amount": "12,5"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "71.500.001"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"spent_on": "31/2/2024"}, "spent_on"),
        ({"spent_on": str(timezone.localdate() + timedelta(days=2))}, "spent_on"),
        ({"description": ""}, "description"),
        ({"key": "x"}, "key"),
    ],
)
def test_a_refused_spending_keeps_what_was_typed(client, cast, entry, changed, wrong):
    client.force_login(cast[Role.FINANCE])
    data = spending(**changed)

    response = client.post(reverse("budgets:plan", args=[entry.budget.plan_id]), data)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [wrong]
    content = response.content.decode()
    assert all(f'value="{value}"' in content for value in data.values() if value)
    assert LedgerEntry.objects.count() == 1


def test_nothing_is_spent_before_the_ledger_is_open(client, cast, plan):
    client.force_login(cast[Role.FINANCE])

    response = client.post(reverse("budgets:plan", args=[plan.pk]), spending())

    assert response.status_code == 422
    assert response.context["form"].non_field_errors()
    assert reverse("budgets:open", args=[plan.pk]) in response.content.decode()


@pytest.mark.parametrize(("amount", "leads_to"), [(84_000_000, "plan"), (None, "ceiling")])
def test_opening_takes_the_documents_total_or_asks_for_one(client, cast, amount, leads_to):
    plan = FundedPlanFactory(unit=cast.province, amount=amount)
    client.force_login(cast[Role.FINANCE])

    response = client.post(reverse("budgets:open", args=[plan.pk]))

    assert response.url == reverse(f"budgets:{leads_to}", args=[plan.pk])
    assert Budget.objects.filter(plan=plan).exists() == bool(amount)
    again = client.post(reverse("budgets:open", args=[plan.pk]))
    assert again.url == response.url


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"amount": "12.000.000", "reason": "Giảm"}, "amount"),
        ({"amount": "90.000.000", "reason": " "}, "reason"),
        ({"amount": "chín mươi", "reason": "Tăng"}, "amount"),
    ],
)
def test_a_refused_total_keeps_what_was_typed(client, cast, entry, data, wrong):
    client.force_login(cast[Role.FINANCE])

    response = client.post(reverse("budgets:ceiling", args=[entry.budget.plan_id]), data)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [wrong]
    assert f'value="{data["amount"]}"' in response.content.decode()
    assert Budget.objects.get().ceiling == 84_000_000


def test_a_spending_is_reversed_on_a_page_of_its_own(client, cast, entry):
    client.force_login(cast[Role.FINANCE])
    url = reverse("budgets:reverse", args=[entry.budget.plan_id, entry.pk])

    asked = client.get(url).content.decode()
    refused = client.post(url, {"reason": ""})
    done = client.post(url, {"reason": "Ghi nhầm"})
    again = client.post(url, {"reason": "Ghi nhầm"})

    assert "Thuê hội trường" in asked
    assert (refused.status_code, done.status_code, again.status_code) == (422, 302, 422)
    assert Budget.objects.get().spent == 0
    assert "<form class" not in again.content.decode()


def test_an_entry_is_reached_only_through_its_own_plan(client, cast, entry):
    other = BudgetFactory(unit=cast.province).plan
    client.force_login(cast[Role.FINANCE])

    assert client.get(reverse("budgets:reverse", args=[other.pk, entry.pk])).status_code == 404


def test_panel_tells_the_documents_total_in_words(client, cast, entry):
    services.set_ceiling(plan=entry.budget.plan, amount=90_000_000, reason="QĐ 12", by=None)
    client.force_login(cast[Role.LEADER])

    response = client.get(reverse("budgets:plan_panel", args=[entry.budget.plan_id]))

    content = response.content.decode()
    assert "<html" not in content
    for words in ("Tám mươi tư triệu đồng", "Chín mươi triệu đồng", "77.500.000", "Ngân sách tỉnh"):
        assert words in content
    assert reverse("budgets:plan", args=[entry.budget.plan_id]) in content


def test_panel_without_a_figure_shows_blanks(client, cast):
    plan = FundedPlanFactory(unit=cast.province, amount=None)
    client.force_login(cast[Role.LEADER])

    response = client.get(reverse("budgets:plan_panel", args=[plan.pk]))

    assert 'class="missing"' in response.content.decode()
    assert "0\u00a0đ" not in response.content.decode()
