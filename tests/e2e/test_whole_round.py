"""A round of each kind from its opening to the next year: three kinds of units score, are verified, one appeals, the
results are approved, ranked, published, mended and compared.

It adds rounds of the year after this one, so its name puts it after the tests that look for those of the demo.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e
YEAR = timezone.localdate().year + 1
DUE = (timezone.localdate() + timedelta(days=30)).isoformat()


@dataclass(frozen=True)
class Kind:
    """A criteria set as the portal brings it, and how strict the assessor is: with which criterion, and its answer."""

    slug: str
    criteria_set: str
    lowered: str
    title: str
    previous: str


KINDS = [
    Kind(
        slug="points",
        criteria_set="Bộ tiêu chí mẫu chấm điểm",
        lowered="2.1",
        title=f"Chấm điểm năm {YEAR}",
        previous=f"Chấm điểm HTQLCL năm {YEAR - 2} (DEMO)",
    ),
    Kind(
        slug="lights",
        criteria_set="39 chỉ số của ISO 18091",
        lowered="4.6",
        title=f"Chẩn đoán năm {YEAR}",
        previous="",
    ),
]
# Who scores and who submits, by the unit: three kinds of units.
UNITS = {
    "UBND huyện Hiệp Hòa": ("district", "head"),
    "UBND thị trấn Thắng": ("commune", "communehead"),
    "Sở Khoa học và Công nghệ": ("department", "department"),
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_a_round_goes_from_its_opening_to_the_next_year(person, kind, tmp_path):
    officer = person("officer")
    round_url = opened(officer, kind)
    sheets = {unit: sheet_of(officer, round_url, unit) for unit in UNITS}
    for unit, (scorer, head) in UNITS.items():
        if kind.slug == "points" and scorer == "commune":
            scored_in_excel(person(scorer), kind, sheets[unit], tmp_path)
        else:
            scored(person(scorer), kind, sheets[unit])
        submitted(person(head), kind, sheets[unit])
    assessor = person("assessor")
    for unit in UNITS:
        verified(assessor, kind, sheets[unit])
    appealed(person("district"), person("head", phone=True), kind, sheets["UBND huyện Hiệp Hòa"])
    decided(assessor, kind, sheets["UBND huyện Hiệp Hòa"])
    approved(officer, person("leader"), kind, round_url)
    published(officer, kind, round_url)
    ranked(person("commune"), kind, round_url)
    compared(officer, kind, round_url)
    mended(officer, person("department"), kind, sheets["Sở Khoa học và Công nghệ"])


def opened(officer, kind: Kind) -> str:
    page = officer.open("/rounds/new/")
    page.select_option("select[name=unit]", label="UBND tỉnh Bắc Giang")
    choose(page, "criteria_set", kind.criteria_set)
    page.fill("input[name=title]", kind.title)
    page.fill("input[name=year]", str(YEAR))
    now = timezone.localtime()
    for name, moment in {
        "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(days=1),
        "verify_opens_at": now - timedelta(minutes=30),
        "verify_closes_at": now + timedelta(days=2),
        "appeal_opens_at": now - timedelta(minutes=30),
        "appeal_closes_at": now + timedelta(days=3),
    }.items():
        page.fill(f"input[name={name}]", moment.strftime("%Y-%m-%dT%H:%M"))
    if kind.previous:
        choose(page, "previous", kind.previous)
    officer.shoot(f"round-{kind.slug}-1-new")
    page.locator("main form button.btn-primary[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/rounds/\d+/"))
    round_url = re.match(r".*/rounds/\d+/", page.url)[0]
    # The units of the seed documents have ended since: the round is of the day on which they were there.
    page.goto(f"{round_url}units/?kinds=district&kinds=commune&kinds=department&as_of=2024-12-31")
    page.evaluate(
        """(wanted) => document.querySelectorAll("#preview input[name=leave]").forEach((box) => {
            box.checked = !wanted.includes(box.closest("tr").querySelector("th").innerText.trim());
        })""",
        list(UNITS),
    )
    page.locator("#preview button[type=submit]").click()
    for unit in UNITS:
        expect(page.locator("#units")).to_contain_text(unit)
    page.goto(f"{round_url}teams/")
    page.fill("input[name=title]", "Tổ thẩm định số 1")
    page.locator("label", has_text="Người thẩm định (DEMO)").first.click()
    choose(page, "chair", "Người thẩm định (DEMO)")
    officer.shoot(f"round-{kind.slug}-2-team")
    page.locator("main form", has=page.locator("input[name=title]")).locator("button[type=submit]").first.click()
    page.goto(f"{round_url}teams/")
    page.locator("form[action$='/assign/'] button").click()
    page.goto(f"{round_url}units/")
    page.locator("form[action$='/open/'] button").click()
    page.goto(round_url)
    officer.shoot(f"round-{kind.slug}-3-open")
    return round_url


def choose(page: Page, name: str, words: str) -> None:
    field = page.locator(f"select[name={name}]").first
    options = field.locator("option")
    texts = options.all_inner_texts()
    place = next(at for at, text in enumerate(texts) if words in text)
    field.select_option(value=options.nth(place).get_attribute("value"))


def sheet_of(officer, round_url: str, unit: str) -> str:
    page = officer.page
    page.goto(f"{round_url}units/")
    path = page.locator("#units a", has_text=unit).first.get_attribute("href")
    return officer.portal.url + path


# Answers every row that takes an answer, as a person would: the last level or light, yes, the most, no days late.
FILL = """
(kind) => {
  for (const row of document.querySelectorAll("tbody[data-row]")) {
    const fields = [...document.querySelectorAll("[form=f" + row.dataset.row + "]")];
    let changed = null;
    for (const field of fields) {
      if (field.matches("select")) { field.value = [...field.options].at(kind).value; changed = field; }
      else if (field.matches("input[type=radio][value=green]")) { field.checked = true; changed = field; }
      else if (field.matches("input[type=checkbox][name=items]")) { field.checked = true; changed = field; }
      else if (field.matches("input[name=done]")) { field.value = "96"; changed = field; }
      else if (field.matches("input[name=of]")) { field.value = "100"; changed = field; }
      else if (field.matches("input[name=percent]")) { field.value = "98,5"; changed = field; }
      else if (field.matches("input[name=count]")) { field.value = "4"; changed = field; }
      else if (field.matches("input[name=days_late]")) { field.value = "0"; changed = field; }
      else if (field.matches("textarea[name=explanation]")) field.value = "Hồ sơ lưu tại bộ phận ISO.";
    }
    if (changed) changed.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
"""


def scored(unit_person, kind: Kind, sheet: str) -> None:
    page = unit_person.page
    page.goto(sheet)
    unit_person.shoot(f"round-{kind.slug}-4-empty")
    page.evaluate(FILL, -1 if unit_person.username != "department" else 1)
    all_saved(page)
    page.reload()
    unit_person.shoot(f"round-{kind.slug}-5-scored")


def all_saved(page: Page) -> None:
    """Every row was answered with its version: none waits, none was refused."""
    page.wait_for_function(
        """() => [...document.querySelectorAll("tbody[data-row]")].every(
            (row) => row.querySelector("input[name=version]") && row.querySelector("input[name=version]").value !== "0"
        )""",
        timeout=60_000,
    )


def scored_in_excel(unit_person, kind: Kind, sheet: str, folder) -> None:
    """Download the workbook, answer every row in it, send it back, look at the dry run, take it."""
    page = unit_person.page
    page.goto(f"{sheet}workbook/")
    with page.expect_download() as download:
        page.locator("a[href$='/workbook/file/']").first.click()
    path = folder / "phieu.xlsx"
    download.value.save_as(path)
    book = load_workbook(path)
    answer_workbook(book)
    book.save(path)
    page.locator("input[type=file]").first.set_input_files(path)
    page.locator("form", has=page.locator("input[type=file]")).locator("button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/workbook-uploads/\d+/"))
    unit_person.shoot(f"round-{kind.slug}-5-dry-run")
    page.locator("form[action$='/take/'] button.btn-primary").click()
    page.goto(sheet)
    unit_person.shoot(f"round-{kind.slug}-5-scored")


LEVEL = {"Kết quả": "Thực hiện đầy đủ"}
RATIO = {"Kết quả": 90, "Trên tổng số": 100}
ALL_ITEMS = {"Mục 1": "x", "Mục 2": "x", "Mục 3": "x"}
IN_EXCEL: dict[str, dict[str, object]] = {
    "1.1": {"Kết quả": 0},
    "1.2": {"Kết quả": "Có"},
    "1.3": LEVEL,
    "1.4": {"Kết quả": "Có"},
    "2.1": RATIO,
    "2.2": LEVEL,
    "2.3": {"Kết quả": 4},
    "2.4": RATIO,
    "3.1": RATIO,
    "3.2": {"Kết quả": "97,5"},
    "3.3": LEVEL,
    "3.4": LEVEL,
    "4.1": {"Kết quả": "Có"},
    "4.2": ALL_ITEMS,
    "5.1": ALL_ITEMS,
    "5.2": LEVEL,
    "5.3": RATIO,
    "5.4": LEVEL,
    "6.1": RATIO,
    "6.2": {"Kết quả": 1.5},
    "7.1": {"Kết quả": 0},
    "8.1": LEVEL,
}


def answer_workbook(book) -> None:
    page = book["Chấm điểm"]
    heads = {cell.value: cell.column for cell in page[6] if cell.value}
    for row in range(7, page.max_row + 1):
        code = str(page.cell(row, heads["Mã"]).value)
        for head, value in IN_EXCEL.get(code, {}).items():
            page.cell(row, heads[head]).value = value
        if code in IN_EXCEL:
            page.cell(row, heads["Giải trình"]).value = "Hồ sơ lưu tại bộ phận ISO."


def submitted(head, kind: Kind, sheet: str) -> None:
    page = head.page
    page.goto(f"{sheet}submit/")
    head.shoot(f"round-{kind.slug}-6-submit")
    page.locator("form[action$='/submit/'] button.btn-primary").click()
    page.goto(sheet)
    expect(page.locator(".page-head .pill")).to_contain_text("Đã nộp")


def verified(assessor, kind: Kind, sheet: str) -> None:
    """One criterion lower, with a reason; the rest as scored."""
    page = assessor.page
    page.goto(sheet)
    page.locator("form[action$='/verification/begin/'] button").click()
    row = page.locator(
        "tbody[data-row]", has=page.locator("td.code", has_text=re.compile(f"^{re.escape(kind.lowered)}$"))
    )
    if kind.slug == "points":
        row.locator("input[name=done]").fill("85")
        row.locator("input[name=of]").fill("100")
        row.locator("input[name=of]").blur()
    else:
        row.locator("label[for$='-yellow']").click()
    expect(row.locator(".invalid-feedback").first).to_be_visible()  # a reason is owed
    row.locator("textarea").first.fill("Minh chứng chưa đủ.")
    row.locator("textarea").first.blur()
    expect(row.locator("input[name=version]")).not_to_have_value("0")
    assessor.shoot(f"round-{kind.slug}-7-verifying")
    page.goto(sheet)
    page.locator("form[action$='/accept/'] button").click()
    page.locator("form[action$='/verification/finish/'] button").click()
    page.locator("form[action$='/verification/tell/'] button").click()
    page.goto(sheet)
    expect(page.locator(".page-head .pill")).to_contain_text("Có kết quả sơ bộ")
    assessor.shoot(f"round-{kind.slug}-8-verified")


def appealed(unit_person, head, kind: Kind, sheet: str) -> None:
    page = unit_person.page
    page.goto(f"{sheet}appeals/")
    unit_person.shoot(f"round-{kind.slug}-9-appeals")
    page.locator("a[href*='/appeals/new/']", has_text=kind.lowered).first.click()
    page.fill("textarea[name=text]", "Đề nghị xem lại: hồ sơ đã gửi bổ sung.")
    page.locator("main form button.btn-primary[type=submit]").click()
    page = head.page
    page.goto(f"{sheet}appeals/")
    page.locator("form[action$='/appeals/send/'] button").click()
    head.shoot(f"round-{kind.slug}-10-appealed")
    expect(page.locator(".page-head .pill")).to_contain_text("Đang phúc tra")


def decided(assessor, kind: Kind, sheet: str) -> None:
    page = assessor.page
    page.goto(f"{sheet}appeals/")
    page.locator("label[for$=upheld]").first.click()
    form = page.locator("form[action$='/decide/']").first
    if kind.slug == "points":
        form.locator("input[name=done]").fill("96")
        form.locator("input[name=of]").fill("100")
    else:
        form.locator("label[for$='-green']").click()
    form.locator("textarea[name=explanation]").fill("Đã xem hồ sơ bổ sung.")
    assessor.shoot(f"round-{kind.slug}-11-deciding")
    form.locator("button[type=submit]").click()
    page.locator("form[action$='/appeals/close/'] button").click()
    page.goto(sheet)
    expect(page.locator(".page-head .pill")).to_contain_text("Có kết quả sơ bộ")


def approved(officer, leader, kind: Kind, round_url: str) -> None:
    page = officer.page
    page.goto(f"{round_url}approval/")
    page.fill("textarea[name=reason]", "Các đơn vị không còn đề nghị phúc tra.")
    page.locator("button[form=propose]").click()
    page = leader.page
    page.goto(f"{round_url}approval/")
    page.fill("input[name=number]", "15/QĐ-BCĐ")
    leader.shoot(f"round-{kind.slug}-12-approval")
    page.locator("#approve button[type=submit]").click()
    page.goto(f"{round_url}publication/")
    leader.shoot(f"round-{kind.slug}-13-approved")
    expect(page.locator("main")).to_contain_text("15/QĐ-BCĐ")


def published(officer, kind: Kind, round_url: str) -> None:
    page = officer.page
    page.goto(f"{round_url}publish/")
    page.fill("input[name=number]", "16/TB-BCĐ")
    page.locator("main form button.btn-primary[type=submit]").click()
    page.goto(f"{round_url}publication/")
    expect(page.locator("main")).to_contain_text("16/TB-BCĐ")
    officer.shoot(f"round-{kind.slug}-14-published")


def ranked(unit_person, kind: Kind, round_url: str) -> None:
    """A unit reads the ranking once it is published, all three units with it."""
    page = unit_person.page
    page.goto(f"{round_url}ranking/")
    for unit in UNITS:
        expect(page.locator("main")).to_contain_text(unit)
    unit_person.shoot(f"round-{kind.slug}-15-ranking")


def mended(officer, unit_person, kind: Kind, sheet: str) -> None:
    """Low results lead to corrective actions; one closes only after somebody outside the unit found it effective."""
    page = officer.page
    page.goto(f"{sheet}corrective-actions/")
    if page.locator("input[name=percent]").is_visible():
        page.fill("input[name=percent]", "100")
    page.fill("input[name=due_on]", DUE)
    page.locator("main form button.btn-primary").click()
    path = page.locator("#raised a[href^='/corrective-actions/']").first.get_attribute("href")
    address = officer.portal.url + path
    plan = {"cause": "Chưa phân công rõ.", "measure": "Phân công lại.", "owner": "Thư ký ISO", "due_on": DUE}
    acted(unit_person, address, "plan", plan)
    acted(
        unit_person,
        address,
        "report",
        {"result": "Đã làm.", "done_on": timezone.localdate().isoformat(), "explanation": "Lưu tại đơn vị."},
    )
    page.goto(address)
    form = page.locator("form[action$='/check/']")
    form.locator("label", has=page.locator("[value=yes]")).or_(form.locator("label[for$=effective_0]")).first.click()
    form.locator("textarea[name=text]").fill("Đã xem hồ sơ: không lặp lại.")
    officer.shoot(f"round-{kind.slug}-17-corrective-action")
    form.locator("button[type=submit]").click()
    page.goto(address)
    expect(page.locator(".page-head .pill")).to_contain_text("Đã đóng")


def acted(unit_person, address: str, act: str, fields: dict[str, str]) -> None:
    page = unit_person.page
    page.goto(address)
    form = page.locator(f"form[action$='/{act}/']")
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button[type=submit]").click()


def compared(officer, kind: Kind, round_url: str) -> None:
    """With the round of the year before, where there is one."""
    page = officer.page
    page.goto(f"{officer.portal.url}/compare/?round={re.findall(r'[0-9]+', round_url)[-1]}")
    expect(page.locator("main table").first).to_contain_text("UBND huyện Hiệp Hòa")
    officer.shoot(f"round-{kind.slug}-16-compare")
