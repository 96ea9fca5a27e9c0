"""Whatever a report does to its renderer, the worker lives, and the job says what happened."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from plans.models import Task
from reports import jobs
from reports.contexts import progress_report
from reports.jobs.making import renderer
from reports.models import ReportJob
from reports.renderers import pdf
from reports.renderers.process import RenderError
from reports.renderers.server import code_of
from tests.reports.reading import text_of
from units.permissions import Role

State = ReportJob.State


@pytest.fixture
def tight(settings):
    """Little room and little patience."""
    settings.REPORT_RENDER_MEMORY = 1_000_000_000
    settings.REPORT_RENDER_FILE_SIZE = 1_000_000
    settings.REPORT_RENDER_SECONDS = 20


@pytest.mark.parametrize(
    ("poison", "code"),
    [
        ("raises", "render"),
        ("exits", "exited"),
        ("vanishes", "exited"),
        ("crashes", "crashed"),
        ("devours", "memory"),
        ("overflows", "too_large"),
        ("fetches", "blocked"),
    ],
)
def test_a_poisonous_report_fails_at_once_and_the_next_one_is_made(queued, tight, poisoned, settings, poison, code):
    poisoned(poison)

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.error_code, queued.attempts) == (State.FAILED, code, 1)
    assert [path for path in settings.REPORT_ROOT.rglob("*") if path.is_file()] == []
    assert is_made(queued, poisoned)


def is_made(job, poisoned):
    poisoned("chatters")
    ReportJob.objects.filter(pk=job.pk).update(state=State.QUEUED, attempts=0)
    jobs.run(job.pk)
    job.refresh_from_db()
    return job.state == State.DONE and job.size == len(b"fine")


def test_a_report_that_takes_too_long_is_ended(queued, poisoned, settings):
    poisoned("chatters")
    jobs.run(queued.pk)  # the process is warm now
    ReportJob.objects.update(state=State.QUEUED, attempts=0)
    settings.REPORT_RENDER_SECONDS = 0.5
    poisoned("hangs")

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.error_code) == (State.FAILED, "timeout")
    settings.REPORT_RENDER_SECONDS = 20
    assert is_made(queued, poisoned)


@pytest.mark.parametrize(("poison", "code"), [("is_killed", "killed"), ("ends_its_parent", "gone")])
def test_what_was_killed_from_outside_is_tried_again_but_not_for_ever(queued, poisoned, poison, code):
    poisoned(poison)

    jobs.run(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.attempts, queued.error_code) == (State.QUEUED, 1, code)
    jobs.run(queued.pk)
    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.attempts, queued.error_code) == (State.FAILED, 3, code)
    assert is_made(queued, poisoned)


def test_a_full_disk_passes(queued, poisoned):
    poisoned("finds_no_room")

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.error_code, queued.attempts) == (State.QUEUED, "disk_full", 0)


def test_the_rendering_process_is_kept_warm_and_its_children_end(queued, poisoned):
    poisoned("chatters")
    jobs.run(queued.pk)
    process = renderer.start()
    ReportJob.objects.update(state=State.QUEUED, attempts=0)

    jobs.run(queued.pk)

    assert renderer.start() is process
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    assert not children.exists() or children.read_text() == ""


def test_a_stopped_process_is_started_again(queued, poisoned):
    poisoned("chatters")
    renderer.start()
    renderer.stop()

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert queued.state == State.DONE


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "memory"),
        (OSError(12, "Cannot allocate memory"), "memory"),
        (OSError(122, "Disk quota exceeded"), "disk_full"),
        (OSError(27, "File too large"), "too_large"),
        (OSError(13, "Permission denied"), "render"),
        (SystemExit(1), "exited"),
        (ValueError(), "render"),
    ],
)
def test_every_end_has_its_word(error, code):
    assert code_of(error) == code


def test_an_error_names_its_code():
    assert str(RenderError("memory", "too much")) == "memory: too much"
    assert str(RenderError("memory")) == "memory"


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1:9/">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<style>@import "http://127.0.0.1:9/";</style>',
        '<p style="background: url(file:///etc/passwd)">x</p>',
        '<object data="file:///etc/passwd"></object>',
    ],
)
def test_a_document_that_asks_for_anything_from_outside_is_not_made(cast, plan, monkeypatch, markup):
    """Were text ever to get into the document as markup, it would still reach no file and no address."""
    monkeypatch.setattr(pdf, "markup", lambda report: f"<html lang=vi><title>x</title><body>{markup}</body></html>")

    with pytest.raises(FatalURLFetchingError) as caught:
        pdf.render(progress_report(plan, user=cast[Role.LEADER]), "job")

    assert code_of(caught.value) == "blocked"


def test_markup_in_a_task_s_title_is_printed_as_it_was_typed(cast, queued, plan, settings):
    nasty = '<img src="file:///etc/passwd">'
    Task.objects.filter(plan=plan).update(title=nasty)
    ReportJob.objects.update(format="pdf")

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert queued.state == State.DONE
    content = (settings.REPORT_ROOT / queued.file).read_bytes()
    assert nasty.replace(" ", "") in text_of(content)
    assert b"/EmbeddedFile" not in content


@pytest.fixture
def canary():
    """An address on this machine and the paths that were asked of it."""
    asked = []

    class Canary(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Canary) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/canary.png", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("guarded", [True, False])
def test_a_picture_inside_a_drawing_reaches_no_address(cast, plan, monkeypatch, canary, guarded):
    """WeasyPrint passes over what a drawing cannot have, so the document is made, but nothing was asked for. The
    control: with its own fetcher it does ask."""
    url, asked = canary
    drawing = f'<svg width="9" height="9" viewBox="0 0 9 9"><image width="9" height="9" href="{url}"/></svg>'
    monkeypatch.setattr(pdf, "markup", lambda report: f"<html lang=vi><title>x</title><body>{drawing}</body></html>")
    if not guarded:
        monkeypatch.setattr(pdf, "URLFetcher", lambda **kwargs: URLFetcher())

    assert pdf.render(progress_report(plan, user=cast[Role.LEADER]), "job")

    assert asked == ([] if guarded else ["/canary.png"])
