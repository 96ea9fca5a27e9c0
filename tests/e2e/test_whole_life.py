"""Both seed documents from the paper to the last task done: import, correct, issue, report, accept, close.

It adds plans of the same titles as those of the demo, so its name puts it after the tests that look for these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Paper:
    """`unit` issues this copy of the seed, so that it is not the one the demo holds; `wrong` becomes `right`."""

    slug: str
    file: str
    unit: str
    title: str
    wrong: str
    right: str
    task: str
    performer: str
    number: str = ""


PAPERS = [
    Paper(
        slug="bac-giang",
        file="kh-bcd-bac-giang-2024.txt",
        unit="Chi cục Tiêu chuẩn Đo lường Chất lượng",
        title="Hoạt động của Ban Chỉ đạo ISO tỉnh năm 2024",
        wrong="Học tập kinh nghiệm áp dụng ISO 18091 tại TP Hải Phòng",
        right="Học tập kinh nghiệm áp dụng ISO 18091 tại thành phố Hải Phòng",
        task="tại thành phố Hải Phòng",
        performer="UBND huyện Hiệp Hòa",
        number="05",
    ),
    Paper(
        slug="thua-thien-hue",
        file="kh-231-thua-thien-hue-2023.txt",
        unit="Ban chỉ đạo 19 tỉnh",
        title="Áp dụng thí điểm Tiêu chuẩn quốc gia TCVN ISO 18091:2020",
        wrong="Khảo sát, chọn đơn vị tham gia thí điểm",
        right="Khảo sát, lựa chọn đơn vị tham gia thí điểm",
        task="lựa chọn đơn vị",
        performer="UBND huyện Quảng Điền",
    ),
]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.slug)
def test_a_seed_goes_from_the_paper_to_the_last_task_done(person, paper):
    officer = person("officer")
    page = officer.page

    plan = imported(officer, paper)
    corrected(officer, paper, plan)
    issued(officer, paper, plan)
    task = given_to_a_unit(officer, paper, plan)
    reported(person("district", phone=True), paper, task)
    accepted(officer, paper)
    page.goto(plan)
    expect(page.locator("#facts")).to_contain_text("100")
    closed(officer, paper, plan)


def imported(officer, paper: Paper) -> str:
    page = officer.open("/plans/import/")
    page.locator("input[type=file]").set_input_files(ROOT / "plans" / "data" / paper.file)
    page.locator("select[name=unit]").select_option(label=paper.unit)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".import-panes")).to_be_visible()
    expect(page.locator(".pane-text")).to_contain_text(paper.wrong)
    officer.shoot(f"life-{paper.slug}-1-import")
    page.locator("form#save button[type=submit]").click()
    page.wait_for_url(re.compile(r"/plans/\d+/edit/"))
    return page.url.removesuffix("edit/")


def corrected(officer, paper: Paper, plan: str) -> None:
    page: Page = officer.page
    page.goto(f"{plan}edit/")
    titles = page.locator("#tasks textarea[name$=title]")
    place = next(at for at in range(titles.count()) if paper.wrong in titles.nth(at).input_value())
    titles.nth(place).fill(titles.nth(place).input_value().replace(paper.wrong, paper.right))
    officer.shoot(f"life-{paper.slug}-2-edit")
    page.locator("#editor button[name=leave]").click()
    expect(page.locator("main")).to_contain_text(paper.right)


def issued(officer, paper: Paper, plan: str) -> None:
    page: Page = officer.page
    page.goto(f"{plan}issue/")
    officer.shoot(f"life-{paper.slug}-3-issue")
    if paper.number:
        page.fill("input[name=number]", paper.number)
        page.fill("input[name=issue_date]", "2024-02-16")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("h1 ~ * .pill, .page-head .pill").first).to_contain_text("Đã ban hành")
    assert page.goto(f"{plan}edit/").status in {403, 409, 422} or "/edit/" not in page.url


def given_to_a_unit(officer, paper: Paper, plan: str) -> str:
    page: Page = officer.page
    page.goto(plan)
    page.locator("main table a", has_text=paper.task).first.click()
    page.wait_for_url(re.compile(r"/tasks/\d+/"))
    task = page.url.split("#")[0]
    form = page.locator("form[action$='/units/']")
    form.locator("select[name=unit]").select_option(label=paper.performer)
    form.locator("button[type=submit]").click()
    expect(page.locator("main")).to_contain_text(paper.performer)
    officer.shoot(f"life-{paper.slug}-4-task")
    return task


def reported(district, paper: Paper, task: str) -> None:
    page: Page = district.page
    page.goto(task)
    form = page.locator("form", has=page.locator("textarea[name=note]"))
    form.locator("label", has_text="100").first.click()
    page.fill("textarea[name=note]", "Đã thực hiện xong")
    district.shoot(f"life-{paper.slug}-5-report")
    form.locator("button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("Đã thực hiện xong")


def accepted(officer, paper: Paper) -> None:
    page = officer.open("/progress/review/")
    row = page.locator("tbody tr", has_text="Đã thực hiện xong").filter(has_text=paper.right)
    expect(row).to_be_visible()
    row.locator("input[type=checkbox]").check()
    officer.shoot(f"life-{paper.slug}-6-review")
    page.locator("form[data-review] button[type=submit]").click()
    expect(page.locator("#outcomes")).to_contain_text("Đã tiếp nhận")


def closed(officer, paper: Paper, plan: str) -> None:
    page: Page = officer.page
    officer.shoot(f"life-{paper.slug}-7-before-closing")
    page.goto(f"{plan}close/")
    officer.shoot(f"life-{paper.slug}-8-close")
    if (reason := page.locator("main [name=reason]")).count():
        reason.fill("Các nhiệm vụ khác đã báo cáo bằng văn bản.")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".page-head .pill").first).to_contain_text("Đã kết thúc")
    officer.shoot(f"life-{paper.slug}-9-closed")
    assert page.goto(f"{plan}issue/").status in {200, 403, 409, 422}
    expect(page.locator("main form button.btn-primary")).to_have_count(0)
