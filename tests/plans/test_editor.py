"""The editor's page: what it shows comes back unchanged, what is typed is never lost, and it needs no JavaScript."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html

from plans.contexts.content import content_of
from plans.models import Plan, ProgressUpdate, UnrecognisedLine
from plans.services.content import save_content
from tests.factories.plans import SEEDS, PlanFactory, import_seed, task_of
from units.permissions import Role

pytestmark = pytest.mark.django_db

Fields = dict[str, list[str]]


@pytest.fixture
def officer(cast):
    return cast[Role.PROGRAMME_OFFICER]


@pytest.fixture
def page(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def plan(cast):
    return import_seed("bac_giang", cast.province)


def url(plan, what="edit") -> str:
    return f"/plans/{plan.pk}/{what}/"


def form_of(response) -> html.FormElement:
    tree = html.fromstring(response.content.decode())
    for template in list(tree.iter("template")):
        template.drop_tree()  # rows that JavaScript adds; a browser sends nothing of them
    return tree.get_element_by_id("editor")


def fields_of(response) -> Fields:
    """What a browser would send if the form were saved as it stands."""
    fields: Fields = {}
    for name, value in form_of(response).form_values():
        fields.setdefault(name, []).append(value.replace("\n", "\r\n"))
    return fields


def key_of(task) -> str:
    return f"task-t{task.pk}"


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_a_form_sent_back_as_it_came_changes_nothing(page, cast, name):
    plan = import_seed(name, cast.province)
    before = content_of(plan)

    response = page.post(url(plan), fields_of(page.get(url(plan))))

    assert (response.status_code, response.url) == (302, url(plan))
    assert content_of(plan) == before
    plan.refresh_from_db()
    assert plan.version == 1


def test_everything_typed_is_saved(page, plan, cast):
    task = plan.tasks.first()
    fields = fields_of(page.get(url(plan)))
    fields[f"{key_of(task)}-title"] = ["Đôn đốc các cơ quan"]
    fields[f"{key_of(task)}-period"] = ["Quý II/2024"]
    fields[f"{key_of(task)}-performer-text"][0] = "UBND huyện A"
    fields[f"{key_of(task)}-performer-role"][0] = "lead"
    fields[f"{key_of(task)}-details"] = ["Một\r\n\r\nHai"]
    fields["legal_bases-text"].reverse()
    fields["legal_bases-document"].reverse()
    fields["legal_bases-source"].reverse()
    fields["recipients-text"][0] = "Bộ KH&CN"
    fields["funding-amount"] = ["90.000.000 đồng"]
    fields["issue_day"] = ["16"]
    fields["leave"] = ["1"]
    bases = [basis.text for basis in plan.legal_bases.all()]

    response = page.post(url(plan), fields)

    assert response.url == f"/plans/{plan.pk}/"
    plan.refresh_from_db()
    task.refresh_from_db()
    assert (plan.version, plan.issue_day, plan.funding.amount) == (2, 16, 90_000_000)
    assert (task.title, str(task.start), str(task.end)) == ("Đôn đốc các cơ quan", "2024-04-01", "2024-06-30")
    assert task.details == ["Một", "Hai"]
    first = task.performers.first()
    assert (first.text, first.role, first.unit) == ("UBND huyện A", "lead", cast.a)
    assert [basis.text for basis in plan.legal_bases.all()] == bases[::-1]
    assert plan.recipients.first().text == "Bộ KH&CN"


def test_other_days_than_the_words_say_stay_until_the_words_change(page, plan):
    task = plan.tasks.first()
    fields = fields_of(page.get(url(plan)))
    fields[f"{key_of(task)}-end"] = ["2024-11-30"]
    page.post(url(plan), fields)
    task.refresh_from_db()
    assert (task.start, str(task.end)) == (None, "2024-11-30")

    fields = fields_of(page.get(url(plan)))
    fields[f"{key_of(task)}-period"] = ["Tháng 5/2024"]
    page.post(url(plan), fields)

    task.refresh_from_db()
    assert (str(task.start), str(task.end)) == ("2024-05-01", "2024-05-31")


@pytest.mark.parametrize(
    ("act", "titles"),
    [
        ("down tasks 0", ["B", "A", "C"]),
        ("up tasks 2", ["A", "C", "B"]),
        ("remove tasks 1", ["A", "C"]),
        ("add tasks 0", ["A", "", "B", "C"]),
        ("add tasks -1", ["A", "B", "C", ""]),
        ("up tasks 0", ["A", "B", "C"]),
        ("down tasks 9999", ["A", "B", "C"]),
        ("up nothing 0", ["A", "B", "C"]),
        ("remove tasks.7.performers 0", ["A", "B", "C"]),
        ("remove head.title 0", ["A", "B", "C"]),
        ("nonsense", ["A", "B", "C"]),
    ],
)
def test_buttons_move_rows_without_saving_and_without_losing_words(page, cast, act, titles):
    plan = PlanFactory(unit=cast.province, status="draft")
    for place, title in enumerate("ABC"):
        task_of(plan, cast.a, order=place, number=str(place + 1), title=title)
    fields = fields_of(page.get(url(plan)))
    fields["title"] = ["Đang gõ"]

    response = page.post(url(plan), fields | {"do": [act]})

    sent = fields_of(response)
    assert response.status_code == 200
    assert [sent[f"task-{key}-title"][0] for key in sent["task"]] == titles
    assert [sent[f"task-{key}-number"][0] for key in sent["task"]] == [str(n) for n in range(1, len(titles) + 1)]
    assert sent["title"] == ["Đang gõ"]
    plan.refresh_from_db()
    assert plan.version == 1


def test_rows_within_rows_are_added_and_taken_out(page, plan):
    task, section = plan.tasks.first(), plan.sections.first()
    fields = fields_of(page.get(url(plan)))

    more = fields_of(page.post(url(plan), fields | {"do": ["add tasks.0.performers -1"]}))
    less = fields_of(page.post(url(plan), fields | {"do": ["remove tasks.0.performers 0"]}))
    items = fields_of(page.post(url(plan), fields | {"do": ["add sections.0.items -1"]}))

    count = task.performers.count()
    assert len(more[f"{key_of(task)}-performer-text"]) == count + 1
    assert less[f"{key_of(task)}-performer-text"] == fields[f"{key_of(task)}-performer-text"][1:]
    assert len(items["item-s0-text"]) == len(section.items) + 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "TT\tNội dung\tThực hiện\tThời gian\r\n1\tMở lớp tập huấn\t- Sở A - Sở B\tTháng 5/2024\r\n"
            "2\tTổng kết năm\tSở A\tQuý IV/2024\r\n",
            [
                ("Mở lớp tập huấn", "Tháng 5/2024", ["Sở A", "Sở B"]),
                ("Tổng kết năm", "Quý IV/2024", ["Sở A"]),
            ],
        ),
        (
            "| TT | Nội dung | Chủ trì | Thời gian |\n|---|---|---|---|\n| 1 | Mở lớp tập huấn | Sở A | Quý II |\n",
            [("Mở lớp tập huấn", "Quý II", ["Sở A"])],
        ),
        (
            "1\tMở lớp tập huấn\tSở A\tTháng 5/2024\n2\tTổng kết năm\tSở B\tTháng 12/2024",
            [("Mở lớp tập huấn", "Tháng 5/2024", ["Sở A"]), ("Tổng kết năm", "Tháng 12/2024", ["Sở B"])],
        ),
        ("Mở lớp tập huấn\nTổng kết năm", [("Mở lớp tập huấn", "", []), ("Tổng kết năm", "", [])]),
        ("  \n", []),
    ],
)
def test_a_pasted_table_becomes_tasks(page, cast, text, expected):
    plan = PlanFactory(unit=cast.province, status="draft")
    fields = fields_of(page.get(url(plan)))

    response = page.post(url(plan), fields | {"do": ["paste"], "pasted": [text]})
    sent = fields_of(response)

    keys = sent.get("task", [])
    assert [
        (
            sent[f"task-{key}-title"][0],
            sent[f"task-{key}-period"][0],
            sent.get(f"task-{key}-performer-text", []),
        )
        for key in keys
    ] == expected
    assert [sent[f"task-{key}-number"][0] for key in keys] == [str(n) for n in range(1, len(expected) + 1)]
    page.post(url(plan), sent)
    assert [task.title for task in plan.tasks.all()] == [title for title, _period, _who in expected]


@pytest.mark.parametrize(
    ("values", "target"),
    [
        ({"title": " "}, "id_title"),
        ({"issue_month": "13"}, "id_issue_month"),
        ({"issue_year": "năm"}, "id_issue_year"),
        ({"symbol": "K" * 61}, "id_symbol"),
        ({"funding-amount": "khoảng 5 tỷ"}, "id_funding-amount"),
        ({"{task}-title": " "}, "{task}-title"),
        ({"{task}-start": "2024-12-01", "{task}-end": "2024-11-01"}, "{task}-start"),
        ({"{task}-start": "hôm qua"}, "{task}-start"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(page, plan, values, target):
    task = key_of(plan.tasks.first())
    fields = fields_of(page.get(url(plan)))
    fields["place"] = ["Nơi đang gõ"]
    for name, value in values.items():
        fields[name.format(task=task)] = [value]

    response = page.post(url(plan), fields)

    assert response.status_code == 422
    assert f'href="#{target.format(task=task)}"' in response.content.decode()
    assert fields_of(response)["place"] == ["Nơi đang gõ"]
    plan.refresh_from_db()
    assert plan.version == 1


def test_a_stale_save_shows_both_values_and_keeps_what_was_typed(page, plan, cast):
    fields = fields_of(page.get(url(plan)))
    save_content(
        plan=plan,
        content=replace(content_of(plan), title="Tên của người khác", place="Bắc Ninh"),
        expected_version=1,
        by=cast[Role.ADMINISTRATOR],
    )
    fields["title"] = ["Tên của tôi"]

    response = page.post(url(plan), fields)

    content = response.content.decode()
    assert response.status_code == 409
    assert str(cast[Role.ADMINISTRATOR]) in content
    changes = {change.field: (change.before, change.after) for change in response.context["changes"]}
    assert changes == {"title": ("Tên của người khác", "Tên của tôi"), "place": ("Bắc Ninh", "Bắc Giang")}
    again = fields_of(response)
    assert (again["title"], again["version"]) == (["Tên của tôi"], ["2"])
    assert page.post(url(plan), again).status_code == 302
    plan.refresh_from_db()
    assert (plan.title, plan.version) == ("Tên của tôi", 3)


def test_a_plan_issued_meanwhile_is_not_saved_and_the_words_stay(page, plan):
    fields = fields_of(page.get(url(plan)))
    Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.CANCELLED)
    fields["title"] = ["Tên của tôi"]

    response = page.post(url(plan), fields)

    assert response.status_code == 409
    assert fields_of(response)["title"] == ["Tên của tôi"]
    assert page.get(url(plan)).url == f"/plans/{plan.pk}/"


def test_a_task_with_reports_cannot_be_taken_out(page, plan, cast, officer):
    task = plan.tasks.first()
    ProgressUpdate.objects.create(task=task, unit=cast.a, percent=10, by=officer)
    fields = fields_of(page.post(url(plan), fields_of(page.get(url(plan))) | {"do": ["remove tasks 0"]}))

    response = page.post(url(plan), fields)

    assert response.status_code == 422
    assert task.title in response.content.decode()


def test_lines_that_were_not_understood_go_where_the_officer_says(page, cast):
    plan = import_seed("bac_giang", cast.province)
    for order, text in enumerate(["Việc chưa rõ", "Căn cứ Luật A;", "Số trang 3", "Để đây", "Một đoạn"]):
        UnrecognisedLine.objects.create(plan=plan, order=order, text=text, source_lines=[900 + order])
    fields = fields_of(page.get(url(plan)))
    fields["unrecognised-fate"] = ["task", "basis", "drop", "", "section s2"]

    page.post(url(plan), fields)

    assert plan.tasks.last().title == "Việc chưa rõ"
    assert plan.legal_bases.last().text == "Căn cứ Luật A;"
    assert [line.text for line in plan.unrecognised_lines.all()] == ["Để đây"]
    assert plan.sections.get(order=2).items[-1]["text"] == "Một đoạn"


def test_of_units_with_one_name_the_one_chosen_is_linked(page, cast):
    from_b = cast.b
    commune = type(cast.a1).objects.create(
        parent=from_b, kind="commune", name=cast.a1.name, path=f"{from_b.path}00099999/"
    )
    plan = PlanFactory(unit=cast.province, status="draft")
    task = task_of(plan)
    fields = fields_of(page.get(url(plan)))
    fields |= {
        f"{key_of(task)}-performer-text": [f"{cast.a1.name} ({from_b.name})", cast.a1.name],
        f"{key_of(task)}-performer-role": ["execute", "execute"],
        f"{key_of(task)}-performer-unit": ["", ""],
    }

    page.post(url(plan), fields)

    assert list(task.performers.values_list("text", "unit")) == [(commune.name, commune.pk), (commune.name, None)]


@pytest.mark.parametrize(
    ("text", "year", "said"),
    [("Quý II/2024", "2024", "30/6/2024"), ("tháng 10-12", "2023", "31/12/2023"), ("thường xuyên", "2024", "")],
)
def test_the_days_of_a_period_are_shown_while_it_is_typed(page, text, year, said):
    response = page.get("/plans/period/", {"task-t1-period": text, "year": year})

    assert response.status_code == 200
    assert said in response.content.decode()


def test_a_plan_is_begun_by_hand(page, cast):
    parent = PlanFactory(unit=cast.province, status="issued")
    data = {"unit": cast.a.pk, "kind": "KẾ HOẠCH", "title": "Của huyện", "year": "2026", "parent": parent.pk}

    response = page.post("/plans/new/", data)

    plan = Plan.objects.get(title="Của huyện")
    assert response.url == url(plan)
    assert (plan.unit, plan.parent, plan.issue_year) == (cast.a, parent, 2026)
    assert page.get(url(plan)).status_code == 200


def test_a_plan_of_another_province_is_no_parent(page, cast):
    foreign = PlanFactory(unit=cast.foreign, status="issued")

    response = page.post("/plans/new/", {"unit": cast.a.pk, "kind": "K", "title": "T", "parent": foreign.pk})

    assert response.status_code == 422
    assert not Plan.objects.filter(title="T").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_task_and_many(page, cast, count, django_assert_num_queries):
    plan = PlanFactory(unit=cast.province, status="draft")
    for _ in range(count):
        task_of(plan, cast.a, cast.b)
    page.get(url(plan))

    with django_assert_num_queries(17):
        page.get(url(plan))
