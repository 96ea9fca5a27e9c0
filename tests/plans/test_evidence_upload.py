"""Uploads that are too large, that lie about their length or break off: told, and nothing left behind."""

from __future__ import annotations

import io

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from isoportal.whole_bodies import BrokenOff, WholeBody
from isoportal.wsgi import application
from plans.models import Evidence, Obstacle
from plans.models.evidence import evidence_root
from tests.factories.evidence import pdf, upload
from tests.factories.plans import PlanFactory, task_of
from tests.factories.units import make_cast
from units.permissions import Role

BOUNDARY = "limit"


def body_of(fields: dict[str, str], name: str, content: bytes) -> bytes:
    out = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    )
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    return out + head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def send(client: Client, path: str, body: bytes, length: int) -> str:
    """The request as a server hands it to the application, whatever length it says; gives the status."""
    statuses = []
    token = client.cookies["csrftoken"].value
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path.partition("?")[0],
        "QUERY_STRING": path.partition("?")[2],
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
        "CONTENT_LENGTH": str(length),
        "HTTP_COOKIE": "; ".join(f"{name}={value.value}" for name, value in client.cookies.items()),
        "HTTP_X_CSRFTOKEN": token,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.version": (1, 0),
    }
    response = application(environ, lambda status, headers, *rest: statuses.append(status))
    b"".join(response)
    response.close()
    return statuses[0]


@pytest.fixture
def form(transactional_db):
    """A signed-in unit officer, the address of the form and what is typed into it."""
    cast = make_cast()
    task = task_of(PlanFactory(unit=cast.province), cast.a)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast[Role.UNIT_OFFICER])
    path = f"{reverse('plans:obstacle_new')}?task={task.pk}"
    client.get(path)
    return client, path, {"unit": str(cast.a.pk), "title": "Thiếu người", "text": "Chưa có ai", "level": "2"}


def nothing_is_left() -> bool:
    files = [path for path in evidence_root().rglob("*") if path.is_file()]
    return not files and not Evidence.objects.exists() and not Obstacle.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_whole_form_arrives(form):
    client, path, typed = form
    body = body_of(typed, "a.pdf", pdf())

    assert send(client, path, body, len(body)).startswith("302")
    assert Evidence.objects.count() == Obstacle.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.999])
def test_an_upload_that_breaks_off_is_no_upload(form, share):
    client, path, typed = form
    body = body_of(typed, "a.txt", "Nội dung ".encode() * 10_000)

    status = send(client, path, body[: int(len(body) * share)], len(body))

    assert status[:3] in {"400", "403", "422"}
    assert nothing_is_left()


@pytest.mark.django_db(transaction=True)
def test_a_length_that_says_less_than_comes_keeps_no_part_of_a_file(form):
    client, path, typed = form
    body = body_of(typed, "a.pdf", pdf())

    send(client, path, body, len(body) - 100)

    assert not Evidence.objects.exists()
    assert not [each for each in evidence_root().rglob("*") if each.is_file()]


@pytest.mark.django_db(transaction=True)
def test_a_length_beyond_the_limit_is_answered_before_anybody_reads(form):
    client, path, typed = form

    status = send(client, path, body_of(typed, "a.pdf", pdf()), django_settings.MAX_UPLOAD * 2)

    assert status.startswith("413")
    assert nothing_is_left()


@pytest.mark.django_db
def test_a_file_beyond_the_limit_is_told_with_what_was_typed(cast, client, settings):
    settings.MAX_UPLOAD = 100
    task = task_of(PlanFactory(unit=cast.province), cast.a)
    client.force_login(cast[Role.UNIT_OFFICER])

    response = client.post(
        f"{reverse('plans:obstacle_new')}?task={task.pk}",
        {"unit": cast.a.pk, "title": "Thiếu người", "text": "Chưa có", "level": 2, "files": upload()},
    )

    assert response.status_code == 413
    assert "Thiếu người" in response.content.decode()
    assert nothing_is_left()


@pytest.mark.django_db
def test_a_thousand_small_files_are_not_taken_at_a_time(cast, client):
    task = task_of(PlanFactory(unit=cast.province), cast.a)
    client.force_login(cast[Role.UNIT_OFFICER])
    url, typed = reverse("plans:obstacle_new") + f"?task={task.pk}", {"unit": cast.a.pk, "title": "a", "text": "b"}
    few = [upload(f"{number}.txt", str(number).encode()) for number in range(21)]
    many = [upload(f"{number}.txt", str(number).encode()) for number in range(1000)]

    assert client.post(url, {**typed, "level": 2, "files": few}).status_code == 422
    assert client.post(url, {**typed, "level": 2, "files": many}).status_code == 400
    assert nothing_is_left()


def test_a_body_that_is_whole_reads_as_before():
    body = WholeBody(io.BytesIO(b"ab\ncd"), 5)

    assert (body.readline(), body.read(1), body.read(), body.read()) == (b"ab\n", b"c", b"d", b"")


def test_a_body_that_ends_too_soon_raises():
    body = WholeBody(io.BytesIO(b"ab"), 5)

    assert body.read(2) == b"ab"
    with pytest.raises(BrokenOff):
        body.read(2)
