"""Every page against axe's rules of WCAG 2.0 to 2.2, A and AA, on a desk and at 320 px; none scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import DESKTOP, Portal

pytestmark = pytest.mark.e2e

NARROW = {"width": 320, "height": 640}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
NOWHERE = "/khong-co/"
YEARLY = "Hoạt động của Ban Chỉ đạo ISO tỉnh năm 2024"
PILOT = "Áp dụng thí điểm Tiêu chuẩn quốc gia TCVN ISO 18091:2020"
# The number of the standard tells a sheet of lights from a sheet of points.
SETS = ("18091", "9001")


def test_pages_before_signing_in_can_be_used_by_everybody(browser: Browser, portal: Portal):
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()

    found = faults(page, portal, ["/accounts/login/", "/accounts/password/reset/", NOWHERE])

    context.close()
    assert found == []


def test_the_officers_pages_can_be_used_by_everybody(person, portal: Portal):
    page = person("officer").page

    found = faults(page, portal, officers_addresses(page, portal))

    assert found == []


def test_the_district_officers_pages_can_be_used_by_everybody(person, portal: Portal):
    page = person("district").page
    sheets = [link(page, portal, "/assessments/", f"tr:has-text('Hiệp Hòa'):has-text('{number}') a") for number in SETS]

    found = faults(page, portal, ["/", *sheets, *units_addresses(page, portal)])

    assert found == []


def test_the_pages_of_a_plans_life_can_be_used_by_everybody(person, portal: Portal):
    page = person("officer").page

    found = faults(page, portal, life_addresses(page, portal))

    assert found == []


def test_the_pages_of_a_round_can_be_used_by_everybody(person, portal: Portal):
    page = person("officer").page

    found = faults(page, portal, scoring_addresses(page, portal))

    assert found == []


def test_the_assessors_pages_can_be_used_by_everybody(person, portal: Portal):
    page = person("assessor").page
    sheet = link(page, portal, "/verification/", "main a[href^='/assessments/']")

    found = faults(page, portal, ["/", "/verification/", sheet, f"{sheet}return/", f"{sheet}appeals/"])

    assert found == []


def officers_addresses(page: Page, portal: Portal) -> Iterator[str]:
    """What the navigation leads to, then one of each kind of page that is known by a number only."""
    yield from ("/", "/plans/", "/plans/import/", "/budgets/", "/assessments/", "/criteria/", "/units/", "/reports/")
    yield from ("/activity/", "/accounts/sessions/", "/accounts/password/change/", NOWHERE)
    for title in (YEARLY, PILOT):
        plan = link(page, portal, "/plans/", f"a:has-text('{title}')")
        yield plan
        yield from (plan + tab if tab.startswith("?") else tab for tab in links(page, portal, plan, ".nav-tabs a"))
    yield link(page, portal, plan, "main a[href^='/tasks/']")
    progress = link(page, portal, plan, "main a[href^='/reports/progress/']")
    yield progress
    yield job_of(page, portal, progress)
    yield link(page, portal, "/budgets/", "main a[href^='/budgets/']")
    for number in SETS:
        sheet = link(page, portal, "/assessments/", f"main tr:has-text('{number}') a[href^='/assessments/']")
        yield sheet
    yield link(page, portal, sheet, "main a[href^='/reports/assessment/']")
    yield link(page, portal, "/assessments/", "main a[href^='/rounds/']")
    yield link(page, portal, "/criteria/", "main a[href^='/criteria/']")
    yield link(page, portal, "/units/", "main a[href^='/units/']")


# What the navigation leads to, and the parts of a plan and of a task that have a page of their own.
LISTS = (
    *("/plans/new/", "/progress/", "/progress/review/", "/progress/board/", "/events/", "/events/new/", "/calendar/"),
    *("/calendar/days-off/", "/calendar/feeds/", "/legal-bases/", "/legal-bases/add/", "/obstacles/", "/chasing/"),
    *("/chasing/new/", "/chasing/register/", "/activity/inbox/", "/activity/preferences/"),
)
PLAN_PARTS = (
    *("edit/", "submit/", "issue/", "cancel/", "schedule/", "schedule/?by=week", "amendments/", "sub-plans/"),
    *("pilots/", "reporting/"),
)
TASK_PARTS = ("dates/", "deliverables/", "dependencies/", "performers/", "structure/", "targets/")


def life_addresses(page: Page, portal: Portal) -> Iterator[str]:
    yield from LISTS
    yearly = link(page, portal, "/plans/", f"a:has-text('{YEARLY}')")
    yield from (yearly + part for part in PLAN_PARTS)
    task = link(page, portal, yearly, "main a[href^='/tasks/']")
    yield from (task + part for part in TASK_PARTS)
    pilot = link(page, portal, "/plans/", f"a:has-text('{PILOT}')")
    yield from (pilot + part for part in ("close/", "amend/", "pilots/", "sub-plans/"))
    yield link(page, portal, f"{pilot}pilots/", "main a[href^='/pilots/']")
    yield link(page, portal, "/events/", "main a[href^='/events/']:not([href$='/new/'])")
    yield link(page, portal, "/obstacles/", "main a[href^='/obstacles/']:not([href*='/new/'])")
    legal = link(page, portal, "/legal-bases/", "main a[href^='/legal-bases/']:not([href$='/add/'])")
    yield from (legal, f"{legal}edit/", f"{legal}replace/", f"{legal}merge/")
    yield link(page, portal, "/chasing/", "main a[href^='/chasing/']:not([href*='/new/']):not([href*='register'])")
    yield link(page, portal, "/progress/review/", "main a[href^='/progress/updates/']")
    yield link(page, portal, "/progress/board/", "main a[href*='/units/']")


RUNNING = "Chấm điểm HTQLCL theo TCVN ISO 9001 (DEMO)"
PUBLISHED = "Chấm điểm HTQLCL năm"
ROUND_PARTS = ("", "dates/", "extend/", "units/", "teams/", "workbooks/", "approval/", "ranking/")
DIAGNOSIS_PARTS = ("", "questions/", "goals/", "actions/", "history/")


def scoring_addresses(page: Page, portal: Portal) -> Iterator[str]:
    """Criteria, rounds, results, diagnosis and comparison, as those who run the programme see them."""
    yield from ("/rounds/", "/rounds/new/", "/criteria/new/", "/compare/", "/diagnosis/", "/verification/")
    running = link(page, portal, "/rounds/", f"main a:has-text('{RUNNING}')")
    yield from (running + part for part in ROUND_PARTS)
    yield link(page, portal, f"{running}teams/", "main a[href*='/teams/']")
    published = link(page, portal, "/rounds/", f"main a:has-text('{PUBLISHED}')")
    yield from (published + part for part in ("", "ranking/", "publication/"))
    sheet = link(page, portal, f"{running}units/", "#units a[href^='/assessments/']")
    yield from (sheet + part for part in ("", "assessors/", "appeals/", "workbook/"))
    yield from (sheet + tab if tab.startswith("?") else tab for tab in links(page, portal, sheet, ".nav-tabs a"))
    diagnosis = link(page, portal, "/diagnosis/", "main a[href^='/diagnosis/']")
    yield from (diagnosis + part for part in DIAGNOSIS_PARTS)
    yield link(page, portal, diagnosis, "main a[href*='/indicators/']")


def units_addresses(page: Page, portal: Portal) -> Iterator[str]:
    """What a unit's officer does: report, raise an obstacle, read and answer a letter."""
    yield from ("/progress/", "/progress/workbook/", "/obstacles/", "/obstacles/new/", "/events/", "/calendar/")
    yield link(page, portal, "/progress/", "main a[href^='/progress/due/']")
    yield link(page, portal, "/obstacles/", "main a[href^='/obstacles/']:not([href*='/new/'])")
    yield link(page, portal, "/", "main a[href^='/chasing/']")


def job_of(page: Page, portal: Portal, report: str) -> str:
    """The page of a job, once its file is made."""
    page.goto(portal.url + report)
    page.locator("button[name=format][value=xlsx]").click()
    page.wait_for_url("**/reports/jobs/**")
    page.locator("#live[data-state=done]").wait_for(timeout=60_000)
    return page.url.removeprefix(portal.url)


def links(page: Page, portal: Portal, address: str, selector: str) -> list[str]:
    page.goto(portal.url + address)
    return page.eval_on_selector_all(selector, "found => found.map(each => each.getAttribute('href'))")


def link(page: Page, portal: Portal, address: str, selector: str) -> str:
    found = links(page, portal, address, selector)
    assert found, f"{address} has no {selector}"
    return found[0]


def faults(page: Page, portal: Portal, addresses: Iterable[str]) -> list[str]:
    """One line for each rule a page breaks at a width, with the first places where it does."""
    axe = Axe()
    found = []
    for address in addresses:
        answer = page.goto(portal.url + address)
        expected = 404 if address == NOWHERE else 200
        if answer is None or answer.status != expected:
            found.append(f"{address} is not answered with {expected}")
        for size in (DESKTOP, NARROW):
            page.set_viewport_size(size)
            seen = f"{address} at {size['width']} px"
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if overflow > 0:
                found.append(f"{seen}: {overflow} px too wide")
            for broken in axe.run(page, options=RULES).response["violations"]:
                places = "; ".join(node["html"][:200] for node in broken["nodes"][:3])
                found.append(f"{seen}: {broken['id']} ({len(broken['nodes'])}): {places}")
    return found
