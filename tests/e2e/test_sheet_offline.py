"""A score sheet where the network comes and goes: what is typed is kept, sent once, offered again, never another's."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.e2e


def open_sheet(somebody) -> str:
    """The sheet by points of the person's own unit; its address."""
    page = somebody.open("/assessments/")
    row = page.locator("tr", has_text="9001").first
    row.locator("th a").click()
    page.wait_for_selector("[data-sheet]")
    return page.url


def row(page, code: str):
    return page.locator("tbody.line", has=page.locator("td.code", has_text=re.compile(rf"^{re.escape(code)}$")))


def saved(page, code: str) -> None:
    row(page, code).locator(".save.ok").wait_for()


def test_rows_outlive_a_lost_connection_and_are_sent_once(person):
    district = person("district")
    page = district.page
    address = open_sheet(district)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    district.context.set_offline(True)
    field = row(page, "3.3").locator("select")
    field.select_option(index=1)
    row(page, "3.3").locator(".save.bad").wait_for()
    assert page.locator("[data-unsaved-count]").inner_text().strip().endswith("1")

    district.context.set_offline(False)
    saved(page, "3.3")
    assert page.locator("[data-unsaved-count]").inner_text().strip() == ""
    kept = field.input_value()

    # Typed without a connection, the page closed: offered when it is opened again, and saved when the person says so.
    district.context.set_offline(True)
    row(page, "3.4").locator("select").select_option(index=1)
    row(page, "3.4").locator(".save.bad").wait_for()
    page.evaluate("window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)")
    page.on("dialog", lambda dialog: dialog.accept())
    district.context.set_offline(False)
    page.goto("about:blank")

    somebody_else = district.context.new_page()
    somebody_else.close()
    sent.clear()
    page.goto(address)
    # The connection was back for a moment before the page closed: then the row is stored, otherwise it is offered.
    offered = page.locator("[data-drafts]")
    if offered.is_visible():
        assert row(page, "3.4").locator("select").input_value() != ""
        page.click("[data-drafts-save]")
    saved(page, "3.4")
    assert row(page, "3.3").locator("select").input_value() == kept
    assert len([url for url in sent if "/scores/" in url]) <= 1
    page.reload()
    assert not page.locator("[data-drafts]").is_visible()


def test_a_draft_that_somebody_overtook_shows_both_values_and_stays_its_writers(person):
    district, head = person("district"), person("head")
    page, other = district.page, head.page
    address = open_sheet(district)
    other.goto(address)

    district.context.set_offline(True)
    row(page, "4.1").locator("select").select_option(value="true")
    row(page, "4.1").locator(".save.bad").wait_for()
    row(other, "4.1").locator("select").select_option(value="false")
    saved(other, "4.1")
    district.context.set_offline(False)

    conflict = row(page, "4.1").locator("tr.detail")
    conflict.locator("[role=alert]").wait_for()
    assert conflict.locator("dd").count() == 2

    # Another person on this device meets neither the draft nor the conflict.
    page.on("dialog", lambda dialog: dialog.accept())
    district.context.clear_cookies()
    district.username = "head"
    district.sign_in()
    page.goto(address)
    assert not page.locator("[data-drafts]").is_visible()
    assert row(page, "4.1").locator("select").input_value() == "false"
