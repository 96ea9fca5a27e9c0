"""Both seed plans in a browser, by the people who work with them. Screenshots of every page are kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

import openpyxl
import pdfplumber
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import SCREENSHOTS

pytestmark = pytest.mark.e2e

YEARLY = "Hoạt động của Ban Chỉ đạo ISO tỉnh năm 2024"
PILOT = "Áp dụng thí điểm Tiêu chuẩn quốc gia TCVN ISO 18091:2020"


def test_the_officer_opens_both_plans(person):
    officer = person("officer")
    officer.shoot("home")

    page = officer.open("/plans/")
    officer.shoot("plans")
    page.get_by_role("link", name=PILOT).click()
    expect(page.locator("h1")).to_contain_text(PILOT)
    expect(page.locator("main")).to_contain_text("231")
    expect(page.locator("main")).to_contain_text("Khảo sát, chọn đơn vị tham gia thí điểm")
    officer.shoot("plan-thua-thien-hue")

    page = officer.open("/plans/")
    page.get_by_role("link", name=YEARLY).click()
    expect(page.locator("h1")).to_contain_text(YEARLY)
    expect(page.locator(".missing").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("Từ tháng 01 - 12/ 2024")
    expect(page.locator("main")).to_contain_text("84.000.000")
    expect(page.locator("table.gantt")).to_be_visible()
    officer.shoot("plan-bac-giang")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_district_officer_sees_only_their_own_unit_and_reports_forty_percent(person, scripts):
    district = person("district", phone=True, scripts=scripts)
    page = district.page
    if scripts:
        district.shoot("home")
    expect(page.locator("main")).to_contain_text("UBND huyện Hiệp Hòa")
    expect(page.locator("main")).not_to_contain_text("Lục Nam")

    district.open("/plans/")
    page.get_by_role("link", name=YEARLY).click()
    page.locator("main a[href^='/tasks/']", has_text="chấm điểm trên phần mềm").first.click()
    expect(page.locator("main")).not_to_contain_text("Lục Nam")
    page.locator("form label", has_text="40").first.click()
    page.fill("textarea[name=note]", "Đã cử 2 cán bộ dự tập huấn")
    page.locator("form").filter(has=page.locator("textarea[name=note]")).locator("button[type=submit]").first.click()
    expect(page.locator("#progress, main").first).to_contain_text("40")
    expect(page.locator("main")).to_contain_text("Đã cử 2 cán bộ dự tập huấn")
    if scripts:
        district.shoot("task-reported")

    assert page.goto(district.portal.url + "/budgets/").status in {403, 404} or YEARLY not in page.content()


def test_the_district_officer_scores_an_indicator_row_by_row(person):
    district = person("district", phone=True)
    page = district.open("/assessments/")
    district.shoot("sheets")
    page.locator("tr", has_text="Hiệp Hòa").filter(has_text="18091").get_by_role("link").first.click()
    row = page.locator("tbody.line", has_text="Liên kết, hợp tác có cam kết").first
    row.locator("label", has_text="V").first.click()
    expect(row.locator(".save.ok")).to_be_visible()
    page.reload()
    row = page.locator("tbody.line", has_text="Liên kết, hợp tác có cam kết").first
    expect(row.locator("input[value=yellow]")).to_be_checked()
    district.shoot("sheet-18091")

    page = district.open("/assessments/")
    page.locator("tr", has_text="Hiệp Hòa").filter(has_text="9001").get_by_role("link").first.click()
    row = page.locator("tbody.line", has_text="Kiểm soát tài liệu, hồ sơ").first
    row.locator("select").first.select_option(index=2)
    expect(row.locator(".save.ok")).to_be_visible()
    district.shoot("sheet-9001")


def test_the_leader_requests_the_progress_report_watches_it_and_downloads_both_files(person):
    leader = person("leader")
    leader.shoot("home")
    page = leader.open("/plans/")
    page.get_by_role("link", name=YEARLY).click()
    page.get_by_role("link", name="Báo cáo tiến độ").first.click()
    expect(page.locator("main")).to_contain_text("Học tập kinh nghiệm áp dụng ISO 18091 tại TP Hải Phòng")
    leader.shoot("report-progress")
    report = page.url

    pdf = request_and_download(leader, report, "pdf")
    workbook = request_and_download(leader, report, "xlsx")

    with pdfplumber.open(pdf) as read:
        text = "".join(page.extract_text() for page in read.pages)
        fonts = {char["fontname"] for page in read.pages for char in page.chars}
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "BÁO CÁO",
        "DỰ THẢO",
        "BAN CHỈ ĐẠO ISO TỈNH",
        "TM. BAN CHỈ ĐẠO",
    ):
        assert words in text
    assert all("+" in font for font in fonts), "every font is embedded as a subset"
    cells = [
        str(cell.value) for sheet in openpyxl.load_workbook(workbook) for row in sheet for cell in row if cell.value
    ]
    assert any("Học tập kinh nghiệm" in cell for cell in cells)


def request_and_download(leader, report: str, kind: str) -> Path:
    page = leader.page
    page.goto(report)
    page.locator(f"button[name=format][value={kind}]").click()
    page.wait_for_url("**/reports/jobs/**")
    expect(page.locator("#live")).to_be_visible()
    expect(page.locator("#live[data-state=done]")).to_be_visible(timeout=60_000)
    leader.shoot(f"job-{kind}")
    with page.expect_download() as started:
        page.locator("#live a[href*='/reports/files/']").click()
    path = SCREENSHOTS / f"progress.{kind}"
    started.value.save_as(path)
    assert page.locator("#live").get_by_text(hashlib.sha256(path.read_bytes()).hexdigest()).count() == 1
    return path


@pytest.mark.parametrize("username", ["admin", "assessor", "finance", "head", "commune", "observer"])
def test_everybody_lands_on_a_page_of_their_own(person, username):
    somebody = person(username)

    somebody.shoot("home")

    expect(somebody.page.locator("main h1")).to_be_visible()
