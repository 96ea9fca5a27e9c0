"""Two contents of a plan side by side, on cases and on whatever contents there may be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.contexts.alignment import align, kept_in_order
from plans.contexts.content import (
    HEAD,
    BasisContent,
    FundingContent,
    ItemContent,
    PerformerContent,
    PlanContent,
    RecipientContent,
    ResponsibilityContent,
    SectionContent,
    TaskContent,
)
from plans.contexts.diff import diff
from plans.contexts.printing import follow

LEAD, SUPPORT = "lead", "support"


def task(pk, title="Việc", **values):
    return TaskContent(id=pk, number=str(pk), title=title, **values)


PLAN = PlanContent(
    title="Kế hoạch",
    legal_bases=(BasisContent(text="Căn cứ Luật A;"), BasisContent(text="Căn cứ Nghị định 30/2020/NĐ-CP;")),
    tasks=(
        task(1, "Khảo sát", period_text="Tháng 02-6/2024", end=date(2024, 6, 30)),
        task(2, "Đào tạo", performers=(PerformerContent(text="Sở KH&CN", role=LEAD),), cost=5_000_000),
        task(3, "Tổng kết"),
    ),
    funding=FundingContent(amount=84_000_000),
    recipients=(RecipientContent(text="Bộ KH&CN", purpose="để b/c"),),
)


def told(before, after):
    return [(each.kind, each.part, each.field, each.before, each.after) for each in diff(before, after)]


def with_tasks(*tasks):
    return replace(PLAN, tasks=tasks)


def test_what_a_field_was_and_is():
    one, two, three = PLAN.tasks
    later = replace(one, period_text="Tháng 02-8/2024", end=date(2024, 8, 31))

    assert told(PLAN, with_tasks(later, replace(two, cost=7_500_000), three)) == [
        ("changed", "tasks", "period_text", "Tháng 02-6/2024", "Tháng 02-8/2024"),
        ("changed", "tasks", "end", "30/06/2024", "31/08/2024"),
        ("changed", "tasks", "cost", "5.000.000 đồng", "7.500.000 đồng"),
    ]


def test_a_task_that_moved_is_not_one_that_changed():
    one, two, three = PLAN.tasks

    assert told(PLAN, with_tasks(three, one, two)) == [("moved", "tasks", "order", "3", "1")]


def test_tasks_and_performers_come_and_go():
    one, two, three = PLAN.tasks
    performers = (PerformerContent(text="Sở KH&CN", role=SUPPORT), PerformerContent(text="Sở Tài chính"))
    fresh = TaskContent(title="Công bố", period_text="Quý IV")

    changes = told(PLAN, with_tasks(one, replace(two, performers=performers), fresh))

    assert [change[:2] for change in changes] == [
        ("changed", "tasks"),
        ("added", "tasks"),
        ("added", "tasks"),
        ("removed", "tasks"),
    ]
    assert changes[0][2] == "performers"
    assert changes[1][4] == "Sở Tài chính"
    assert changes[2][4] == "Công bố\nQuý IV"
    assert changes[3][3] == "3. Tổng kết"
    assert three.title in changes[3][3]


def test_money_blank_and_given():
    assert told(PLAN, replace(PLAN, funding=FundingContent())) == [
        ("removed", "funding", "amount", "84.000.000 đồng", "")
    ]
    assert told(replace(PLAN, funding=FundingContent()), PLAN) == [
        ("added", "funding", "amount", "", "84.000.000 đồng")
    ]


def test_a_citation_that_is_reworded_is_one_and_one_that_is_moved_another():
    first, second = PLAN.legal_bases

    reworded = replace(PLAN, legal_bases=(first, replace(second, text="Căn cứ Nghị định số 30/2020/NĐ-CP;")))
    moved = replace(PLAN, legal_bases=(second, first))

    assert [change[0] for change in told(PLAN, reworded)] == ["changed"]
    assert [change[0] for change in told(PLAN, moved)] == ["moved"]


def test_the_words_that_differ_are_marked_within_a_long_text():
    title = "Kế hoạch hoạt động của Ban Chỉ đạo ISO tỉnh Bắc Giang năm 2024"
    (change,) = diff(replace(PLAN, title=title), replace(PLAN, title=f"{title} và 2025"))
    (short,) = diff(PLAN, replace(PLAN, title="Kế hoạch mới"))

    assert change.old == [(False, title)]
    assert change.new == [(False, title), (True, " và 2025")]
    assert (short.old, short.new) == ([(True, "Kế hoạch")], [(True, "Kế hoạch mới")])


def test_paragraphs_that_print_a_task_are_told_with_the_task():
    section = SectionContent(
        title="NHIỆM VỤ",
        kind="tasks",
        items=(ItemContent(label="1.", text="Khảo sát", source=(5,)), ItemContent(text="Lời dẫn", source=(6,))),
    )
    before = replace(PLAN, tasks=(task(1, "Khảo sát", source=(5,)),), sections=(section,))

    after = follow(before, replace(before, tasks=(task(1, "Khảo sát thực trạng", source=(5,)),)))

    assert after.sections[0].items[0].text == "Khảo sát thực trạng"
    assert told(before, after) == [("changed", "tasks", "title", "Khảo sát", "Khảo sát thực trạng")]


def test_the_longest_run_stays():
    assert kept_in_order([2, 0, 1, 3]) == {0, 1, 3}
    assert [(pair.old, pair.new, pair.moved) for pair in align("abc", "cab", nearly=False)] == [
        (2, 0, True),
        (0, 1, False),
        (1, 2, False),
    ]


# -- Whatever contents there may be ------------------------------------------------------------------------------------
words = st.text(st.sampled_from("abc đơn|vị\n.;-1"), min_size=1, max_size=12).filter(lambda text: text.strip() == text)
days = st.none() | st.dates(date(2020, 1, 1), date(2030, 12, 31))
performers = st.builds(PerformerContent, text=words, role=st.sampled_from(["lead", "support", "execute"]))


@st.composite
def contents(draw):
    ids = draw(st.permutations(range(1, 7)))
    ids = ids[: draw(st.integers(0, 6))]
    tasks = tuple(
        TaskContent(
            id=pk,
            title=draw(words),
            number=draw(st.just("") | words),
            period_text=draw(st.just("") | words),
            end=draw(days),
            cost=draw(st.none() | st.integers(0, 10**12)),
            performers=tuple(draw(st.lists(performers, max_size=3, unique_by=lambda each: each.text))),
            details=tuple(draw(st.lists(words, max_size=2))),
        )
        for pk in ids
    )
    return PlanContent(
        title=draw(words),
        number=draw(st.just("") | words),
        issue_day=draw(st.none() | st.integers(1, 31)),
        standards=tuple(draw(st.lists(words, max_size=2, unique=True))),
        legal_bases=tuple(draw(st.lists(st.builds(BasisContent, text=words), max_size=4))),
        sections=tuple(
            draw(
                st.lists(
                    st.builds(
                        SectionContent,
                        title=words,
                        items=st.lists(st.builds(ItemContent, text=words), max_size=3).map(tuple),
                    ),
                    max_size=2,
                )
            )
        ),
        tasks=tasks,
        funding=FundingContent(amount=draw(st.none() | st.integers(0, 10**12)), fund_source=draw(words)),
        responsibilities=tuple(
            draw(
                st.lists(
                    st.builds(ResponsibilityContent, body=words, duties=st.lists(words, max_size=2).map(tuple)),
                    max_size=2,
                )
            )
        ),
        recipients=tuple(draw(st.lists(st.builds(RecipientContent, text=words, is_filing=st.booleans()), max_size=3))),
    )


@given(contents())
def test_a_content_is_itself_in_json_and_differs_in_nothing_from_itself(content):
    assert PlanContent.from_json(json.loads(json.dumps(content.as_json()))) == content
    assert diff(content, content) == []


@given(contents(), contents())
def test_two_contents_differ_when_their_words_do(before, after):
    assert (diff(before, after) == []) == (before.words() == after.words())


@given(contents(), contents())
def test_what_is_added_one_way_is_removed_the_other(before, after):
    def came_and_went(changes):
        tasks = [(each.kind, each.before or each.after) for each in changes if each.part == "tasks" and not each.field]
        return sorted(tasks)

    other = {"added": "removed", "removed": "added"}
    there, back = came_and_went(diff(before, after)), came_and_went(diff(after, before))

    assert there == sorted((other[kind], text) for kind, text in back)


@given(contents(), contents())
def test_putting_the_fields_that_changed_gives_the_other_content(before, after):
    """The head and the tasks' own fields can be rebuilt from what the diff says changed."""
    changed = {each.field for each in diff(before, after) if each.part == "head"}
    rebuilt = replace(before, **{name: getattr(after, name) for name in changed})
    assert all(getattr(rebuilt, name) == getattr(after, name) for name in HEAD)

    fields = {}
    for each in diff(before, after):
        if each.part == "tasks" and each.kind != "moved":
            fields.setdefault(each.of, set()).add(each.field)
    known = {task.id: task for task in before.tasks}
    for task_ in after.tasks:
        if (old := known.get(task_.id)) and old != task_:
            assert fields.get(task_.label) or old == replace(task_, performers=old.performers)


@given(contents(), contents())
def test_the_paper_follows_once_and_for_all(before, after):
    """Following a second time changes nothing more; every task that is new is printed if there is a section for it."""
    before, after = follow(before, before), replace(after, sections=before.sections)
    once = follow(before, after)

    assert follow(once, once) == once
    assert [task.title for task in once.tasks] == [task.title for task in after.tasks]


@pytest.mark.parametrize("kind", ["tasks", "content"])
def test_a_new_task_is_printed_where_tasks_belong(kind):
    section = SectionContent(title="NHIỆM VỤ", kind=kind)
    before = replace(PLAN, tasks=(), sections=(section,))

    after = follow(before, replace(before, tasks=(TaskContent(number="1", title="Khảo sát", quantity="02 đơn vị"),)))

    printed = [(item.label, item.text, item.depth) for item in after.sections[0].items]
    assert printed == [("1.", "Khảo sát", 1), ("-", "Số lượng: 02 đơn vị", 2)]
