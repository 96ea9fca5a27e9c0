"""The content of a plan as one value, and saving it: nothing is lost, only what changed is written."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activity.models import AuditEvent
from plans.contexts.content import (
    PerformerContent,
    PlanContent,
    ResponsibilityContent,
    TaskContent,
    content_of,
)
from plans.models import Plan, ProgressUpdate, Task, TaskPerformer
from plans.services.content import NotOnTheDesk, StaleContent, create_plan, save_content
from plans.services.preparing import ForeignTask, UnknownUnit
from plans.services.writing import TaskHasReports
from tests.factories.plans import SEEDS, PlanFactory, TaskPerformerFactory, import_seed, task_of
from tests.factories.units import UnitFactory
from units.models import Unit
from units.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(cast):
    return cast[Role.PROGRAMME_OFFICER]


@pytest.fixture(params=sorted(SEEDS))
def seed(request, cast):
    return import_seed(request.param, cast.province)


@pytest.fixture
def bac_giang(cast):
    return import_seed("bac_giang", cast.province)


def save(plan, content, by, version=None):
    return save_content(plan=plan, content=content, expected_version=version or plan.version, by=by)


def with_task(content, place, **values):
    tasks = list(content.tasks)
    tasks[place] = replace(tasks[place], **values)
    return replace(content, tasks=tuple(tasks))


def printed(plan) -> list[str]:
    """Every paragraph and row of the body as it is printed."""
    lines = []
    for section in plan.sections.all():
        lines.append(f"{section.label} {section.title}".strip())
        lines += ["\t".join(item["cells"]) or f"{item['label']} {item['text']}".strip() for item in section.items]
    return lines


def changed_lines(before, after) -> list[tuple[str, str]]:
    assert len(before) == len(after)
    return [(old, new) for old, new in zip(before, after, strict=True) if old != new]


def test_content_comes_back_from_json(seed):
    content = content_of(seed)

    assert PlanContent.from_json(json.loads(json.dumps(content.as_json()))) == content


@pytest.mark.parametrize("count", [1, 3])
def test_content_is_read_in_eleven_queries(cast, django_assert_num_queries, count):
    plan = PlanFactory(unit=cast.province, status="draft")
    for _ in range(count):
        task_of(plan, cast.a, cast.b)

    with django_assert_num_queries(11):
        content = content_of(plan)

    assert len(content.tasks) == count
    assert [len(task.performers) for task in content.tasks] == [2] * count


def test_saving_what_is_there_changes_nothing(seed, officer):
    rows = {task.pk: (task.version, task.updated_at) for task in seed.tasks.all()}
    before, lines = content_of(seed), printed(seed)

    save(seed, before, officer)

    seed.refresh_from_db()
    assert seed.version == 1
    assert (content_of(seed), printed(seed)) == (before, lines)
    assert {task.pk: (task.version, task.updated_at) for task in seed.tasks.all()} == rows
    assert not AuditEvent.objects.filter(action="plans.edited").exists()


def test_the_title_of_one_task_changes_its_line_alone(seed, officer):
    before, content = printed(seed), content_of(seed)
    old = content.tasks[1].title

    save(seed, with_task(content, 1, title="Một việc khác hẳn"), officer)

    ((was, now),) = changed_lines(before, printed(seed))
    assert now == was.replace(old, "Một việc khác hẳn")
    assert seed.tasks.get(order=1).title == "Một việc khác hẳn"
    assert content_of(seed).tasks[0] == content.tasks[0]


def test_period_and_performers_are_printed_in_their_cells(bac_giang, officer):
    before, content = printed(bac_giang), content_of(bac_giang)
    performers = (*content.tasks[1].performers, PerformerContent(text="UBND huyện A"))

    save(bac_giang, with_task(content, 1, period_text="Tháng 3-8/2024", performers=performers), officer)

    ((_was, now),) = changed_lines(before, printed(bac_giang))
    assert now == (
        "2.\tHọc tập kinh nghiệm áp dụng ISO 18091 tại TP Hải Phòng\t"
        "- Ban Chỉ đạo ISO tỉnh - Sở KH&CN - UBND huyện A\tTháng 3-8/2024"
    )


def test_moved_tasks_move_their_rows_and_keep_the_words(bac_giang, officer):
    before, content = printed(bac_giang), content_of(bac_giang)
    one, two, three, four, five = content.tasks
    ids = [task.pk for task in bac_giang.tasks.all()]

    save(bac_giang, replace(content, tasks=(five, one, two, three, four)), officer)

    after = printed(bac_giang)
    first = next(at for at, line in enumerate(before) if line.startswith("1.\t"))
    expected = before.copy()
    expected.insert(first, expected.pop(first + 4))
    assert after == expected
    assert [task.pk for task in bac_giang.tasks.all()] == [ids[4], *ids[:4]]


def test_a_new_task_has_a_row_like_its_neighbours(bac_giang, officer):
    before, content = printed(bac_giang), content_of(bac_giang)
    fresh = TaskContent(
        number="3",
        title="Mở lớp bồi dưỡng",
        period_text="Tháng 7/2024",
        performers=(PerformerContent(text="Sở KH&CN"), PerformerContent(text="Báo cáo viên")),
    )
    tasks = list(content.tasks)

    save(bac_giang, replace(content, tasks=(*tasks[:2], fresh, *tasks[2:])), officer)

    after = printed(bac_giang)
    place = next(at for at, line in enumerate(after) if "Mở lớp" in line)
    assert after[place] == "3.\tMở lớp bồi dưỡng\t- Sở KH&CN - Báo cáo viên\tTháng 7/2024"
    assert after[place - 1].startswith("2.\tHọc tập")
    assert after[:place] + after[place + 1 :] == before
    task = bac_giang.tasks.get(order=2)
    assert task.title == "Mở lớp bồi dưỡng"
    assert [task.number for task in bac_giang.tasks.all()] == ["1", "2", "3", "3", "4", "5"]


def test_a_new_task_between_paragraphs_is_a_paragraph(cast, officer):
    plan = import_seed("hue", cast.province)
    before, content = printed(plan), content_of(plan)
    fresh = TaskContent(number="7", title="Công bố áp dụng.", period_text="Tháng 12/2023")

    save(plan, replace(content, tasks=(*content.tasks, fresh)), officer)

    after = printed(plan)
    place = after.index("7. Công bố áp dụng.")
    assert after[place - 1].startswith("6. Hội nghị tổng kết")
    assert after[place + 1] == "- Thời gian thực hiện: Tháng 12/2023"
    assert after[:place] + after[place + 2 :] == before


def test_a_removed_task_takes_its_line_along(seed, officer):
    before, content = printed(seed), content_of(seed)

    save(seed, replace(content, tasks=content.tasks[1:]), officer)

    after = printed(seed)
    assert len(after) == len(before) - 1
    assert next(line for line in before if line not in after).startswith("1.")
    assert seed.tasks.count() == len(content.tasks) - 1


def test_duties_and_money_are_printed_as_they_are_saved(bac_giang, officer):
    content = content_of(bac_giang)
    (body,) = content.responsibilities
    fresh = ResponsibilityContent(label="2.", body="Sở Tài chính", duties=("Cân đối kinh phí",))
    changed = replace(
        content,
        responsibilities=(body, fresh),
        funding=replace(content.funding, amount=90_500_000),
    )

    save(bac_giang, changed, officer)

    lines = printed(bac_giang)
    assert "2. Sở Tài chính" in lines
    assert lines[lines.index("2. Sở Tài chính") + 1] == "- Cân đối kinh phí"
    assert any("90.500.000 đồng" in line for line in lines)
    bac_giang.funding.refresh_from_db()
    assert bac_giang.funding.amount == 90_500_000
    assert "90.500.000 đồng" in bac_giang.funding.text
    assert bac_giang.funding.figures == [{"text": "90.500.000 đồng", "amount": 90_500_000}]


def test_an_edit_is_counted_and_logged_with_both_values(bac_giang, officer):
    content = content_of(bac_giang)

    saved = save(bac_giang, replace(with_task(content, 0, period_text="Năm 2024"), title="Kế hoạch mới"), officer)

    assert (saved.version, saved.title) == (2, "Kế hoạch mới")
    assert "ke hoach moi" in saved.search_text
    event = AuditEvent.objects.get(action="plans.edited")
    assert (event.by, event.unit_path) == (officer, bac_giang.unit.path)
    assert event.changes["title"] == [content.title, "Kế hoạch mới"]
    assert any("Từ tháng 01" in words for words in event.changes["tasks"][0])


def test_who_saves_an_older_version_is_told_who_saved_what(bac_giang, officer, cast):
    content = content_of(bac_giang)
    save(bac_giang, replace(content, title="Của người trước"), officer)

    with pytest.raises(StaleContent) as refused:
        save(bac_giang, replace(content, title="Của tôi"), cast[Role.ADMINISTRATOR], version=1)

    assert refused.value.theirs.title == "Của người trước"
    assert refused.value.plan.version == 2
    assert str(officer) in str(refused.value)
    bac_giang.refresh_from_db()
    assert bac_giang.title == "Của người trước"


@pytest.mark.parametrize("status", ["submitted", "issued", "closed", "cancelled"])
def test_only_a_plan_on_the_desk_is_edited(cast, officer, status):
    plan = PlanFactory(unit=cast.province, status=status)

    with pytest.raises(NotOnTheDesk):
        save(plan, replace(content_of(plan), title="Khác"), officer)

    assert not AuditEvent.objects.exclude(action__startswith="units.").exists()


def test_a_task_with_reports_stays(bac_giang, officer, cast):
    task = bac_giang.tasks.first()
    ProgressUpdate.objects.create(task=task, unit=cast.a, percent=40, by=officer)
    content = content_of(bac_giang)

    with pytest.raises(TaskHasReports) as refused:
        save(bac_giang, replace(content, tasks=content.tasks[1:]), officer)

    assert refused.value.task == task
    assert content_of(bac_giang) == content


def test_new_names_are_matched_and_a_chosen_unit_is_kept(bac_giang, officer, cast):
    content = content_of(bac_giang)
    namesake = UnitFactory(parent=cast.province, kind=Unit.Kind.DEPARTMENT, name="Phòng Khoa học")
    performers = (
        PerformerContent(text="UBND huyện A", role="lead"),
        PerformerContent(text="Phòng chuyên môn", unit=namesake.pk),
        PerformerContent(text="Không có thật"),
    )

    save(bac_giang, with_task(content, 0, performers=performers), officer)

    linked = bac_giang.tasks.first().performers.values_list("text", "role", "unit")
    assert list(linked) == [
        ("UBND huyện A", "lead", cast.a.pk),
        ("Phòng chuyên môn", "execute", namesake.pk),
        ("Không có thật", "execute", None),
    ]


def test_units_of_another_province_and_tasks_of_another_plan_are_refused(bac_giang, officer, cast):
    content = content_of(bac_giang)
    foreign = task_of(PlanFactory(unit=cast.province))

    with pytest.raises(UnknownUnit):
        save(
            bac_giang,
            with_task(content, 0, performers=(PerformerContent(text="x", unit=cast.foreign.pk),)),
            officer,
        )
    with pytest.raises(ForeignTask):
        save(bac_giang, with_task(content, 0, id=foreign.pk), officer)

    assert content_of(bac_giang) == content


def test_assigned_units_and_tasks_that_arose_stay_beside_the_paper(bac_giang, officer, cast):
    task = bac_giang.tasks.get(order=2)
    TaskPerformerFactory(task=task, unit=cast.a, as_written=False, order=9)
    arisen = task_of(bac_giang, cast.b, order=5, origin=Task.Origin.CONCLUSION, title="Kết luận")
    content = content_of(bac_giang)

    save(bac_giang, replace(content, tasks=(*content.tasks[1:], TaskContent(title="Mới"))), officer)

    assert TaskPerformer.objects.filter(task=task, unit=cast.a, as_written=False).exists()
    assert arisen.pk in set(bac_giang.tasks.values_list("pk", flat=True))
    assert "Kết luận" not in [each.title for each in content_of(bac_giang).tasks]
    assert [each.order for each in bac_giang.tasks.all()] == list(range(6))


def test_a_plan_made_by_hand_has_the_headings_of_a_plan(cast, officer):
    parent = PlanFactory(unit=cast.province, status="issued")

    plan = create_plan(unit=cast.a, kind="KẾ HOẠCH", title="Áp dụng tại huyện A", parent=parent, by=officer)

    assert (plan.status, plan.parent, plan.place) == (Plan.Status.DRAFT, parent, "Mẫu")
    assert [section.kind for section in plan.sections.all()] == ["purposes", "tasks", "funding", "responsibilities"]
    content = content_of(plan)
    save(plan, replace(content, tasks=(TaskContent(number="1", title="Việc một", period_text="Quý I"),)), officer)
    assert "1. Việc một" in printed(plan)


def test_a_citation_means_its_record_and_no_other(bac_giang, officer):
    content = content_of(bac_giang)
    first, second, third = content.legal_bases
    assert None not in {first.document, second.document, third.document}
    reworded = replace(first, text="Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020;", document=None)
    forged = replace(second, document=999_999)

    save(bac_giang, replace(content, legal_bases=(third, reworded, forged)), officer)

    linked = [basis.document for basis in bac_giang.legal_bases.all()]
    assert (linked[0].pk, linked[1].number, linked[2].pk) == (third.document, "30/2020/NĐ-CP", second.document)


def test_a_plan_of_five_hundred_tasks_is_saved_without_a_query_for_each_that_stays(cast, officer):
    plan = PlanFactory(unit=cast.province, status="draft")
    Task.objects.bulk_create(
        Task(plan=plan, order=place, number=str(place + 1), title=f"Việc {place}") for place in range(500)
    )
    content = content_of(plan)

    with CaptureQueriesContext(connection) as queries:
        save(plan, with_task(content, 250, title="Một việc khác"), officer)

    assert len(queries) < 40
