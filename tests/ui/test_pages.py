"""The pages that belong to no app: sign-in, account, lock-out, errors, and the shell around every page."""

from __future__ import annotations

import re
from http import HTTPStatus
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.utils import translation

from tests.factories.units import MembershipFactory

ERRORS = ["400", "403", "403_csrf", "404", "429", "500", "503"]
PASSWORD = "một-mật-khẩu-dài"
# A style attribute, an inline script or handler would be refused by the Content-Security-Policy.
INLINE = re.compile(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\bsrc=)(?![^>]*application/json)")


@pytest.fixture
def person(db):
    person = MembershipFactory().user
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_needs_nothing_around_it(name):
    with translation.override("vi"):
        page = get_template(f"{name}.html").render()

    assert '<html lang="vi"' in page
    assert "<h1>" in page
    assert 'href="/"' in page
    assert not INLINE.search(page)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_gives_the_number_of_the_request(name):
    request = RequestFactory().get("/")
    request.id = "0f8c2e6d5b7a"

    assert "0f8c2e6d5b7a" in render_to_string(f"{name}.html", {"request": request})
    assert "<code" not in get_template(f"{name}.html").render()


def test_the_page_for_a_failure_asks_nothing_of_database_or_session():
    request = RequestFactory().get("/plans/")
    request.id = "0f8c2e6d5b7a"  # no user, no session, and this test may not touch the database

    response = get_resolver().resolve_error_handler(500)(request)

    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "0f8c2e6d5b7a" in response.text


@pytest.mark.django_db
def test_a_missing_page_is_404_in_the_house_looks(client):
    response = client.get("/không-có/")

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.headers["X-Request-ID"] in response.text
    assert "css/theme.css" in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_reset_password_done", "account_signup"]
)
def test_the_way_in_is_plain_and_in_both_languages(client, name):
    vietnamese = client.get(reverse(name))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = client.get(reverse(name))

    for response, language in ((vietnamese, "vi"), (english, "en")):
        assert response.status_code == HTTPStatus.OK
        assert f'<html lang="{language}"' in response.text
        assert 'class="plain"' in response.text
        assert not INLINE.search(response.text)
    assert vietnamese.text != english.text


@pytest.mark.django_db
def test_nobody_signs_up(client):
    assert client.get(reverse("account_signup")).text.count("<input") == client.get("/accounts/signup/").text.count(
        "<input"
    )
    assert 'name="password1"' not in client.get(reverse("account_signup")).text
    assert reverse("account_signup") not in client.get(reverse("account_login")).text


@pytest.mark.django_db
def test_a_wrong_password_is_said_in_words_and_the_name_typed_is_kept(client, person):
    response = client.post(reverse("account_login"), {"login": person.username, "password": "sai"})

    assert "notice bad" in response.text
    assert f'value="{person.username}"' in response.text
    assert 'role="alert"' in response.text


@pytest.mark.django_db
def test_a_locked_account_says_how_long_to_wait(client, person, settings):
    settings.AXES_FAILURE_LIMIT = 2
    for _attempt in range(2):
        response = client.post(reverse("account_login"), {"login": person.username, "password": "sai"})

    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert f" {minutes} " in response.text
    assert reverse("account_reset_password") in response.text


def test_a_form_sent_from_elsewhere_is_refused_in_the_house_looks(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)

    response = client.post(reverse("account_logout"))

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert 'class="plain"' in response.text


@pytest.mark.parametrize("name", ["account_change_password", "account_email", "usersessions_list", "account_logout"])
def test_account_pages_stand_in_the_shell(client, person, name):
    client.force_login(person)

    response = client.get(reverse(name))

    assert response.status_code == HTTPStatus.OK
    assert 'class="shell"' in response.text
    assert str(person) in response.text
    assert not INLINE.search(response.text)


def test_a_person_sees_where_they_are_signed_in_and_may_end_it(client, person):
    agent = "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36"
    elsewhere = Client(headers={"user-agent": agent})
    for browser in (client, elsewhere):
        browser.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})

    listed = client.get(reverse("usersessions_list"))
    assert "Chrome, Windows" in listed.text
    client.post(reverse("usersessions_list"))

    assert elsewhere.get(reverse("usersessions_list")).status_code == HTTPStatus.FOUND
    assert client.get(reverse("usersessions_list")).status_code == HTTPStatus.OK


def test_a_new_password_is_taken_and_too_short_a_one_is_refused_beside_its_field(client, person):
    client.force_login(person)
    url = reverse("account_change_password")

    refused = client.post(url, {"oldpassword": PASSWORD, "password1": "ngắn", "password2": "ngắn"})
    taken = client.post(
        url, {"oldpassword": PASSWORD, "password1": "mật-khẩu-mới-dài", "password2": "mật-khẩu-mới-dài"}
    )

    assert "invalid-feedback" in refused.text
    assert taken.status_code == HTTPStatus.FOUND
    person.refresh_from_db()
    assert person.check_password("mật-khẩu-mới-dài")


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ('"><script>', "light"), (None, "light")]
)
def test_the_theme_of_the_last_visit_comes_with_the_page(client, person, cookie, theme):
    client.force_login(person)
    if cookie:
        client.cookies["theme"] = cookie

    assert f'data-bs-theme="{theme}"' in client.get(reverse("usersessions_list")).text


def test_the_shell_leads_where_the_person_may_go_and_out(client, person):
    client.force_login(person)

    page = client.get(reverse("usersessions_list")).text

    assert 'href="#main"' in page
    assert 'id="main"' in page
    for address in (reverse("plans:list"), reverse("units:list"), reverse("home")):
        assert f'href="{address}"' in page
    assert f'action="{reverse("account_logout")}"' in page
    assert f'action="{reverse("set_language")}"' in page


def test_messages_are_told_once_good_news_as_a_toast_and_bad_news_as_a_notice():
    messages = [SimpleNamespace(message=f"tin-{tag}", level_tag=tag) for tag in ("success", "error", "warning", "info")]

    page = render_to_string("base.html", {"messages": [SimpleNamespace(**vars(m), __str__=None) for m in messages]})

    toasts = page.split('id="toasts"')[1].split("</template>")[0]
    assert "tin-success" in toasts
    assert "tin-info" in toasts
    assert "tin-error" not in toasts
    assert page.count('class="notice bad"') == 1
    assert page.count('class="notice warn"') == 1
