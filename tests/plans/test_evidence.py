"""Files kept as evidence: who may send and read them, once each, within limits, nothing left behind."""

from __future__ import annotations

import errno
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from activity.models import AuditEvent
from plans.jobs.tidying import tidy_evidence
from plans.models import Evidence, Plan
from plans.models.evidence import evidence_root
from plans.services.evidence import (
    EvidenceInUse,
    FileRefused,
    FileTooLarge,
    MayNotSend,
    NotStored,
    QuotaExceeded,
    keep_all,
    keep_evidence,
    withdraw_evidence,
)
from plans.upload import store
from tests.factories.evidence import evidence_of, pdf, upload
from tests.factories.plans import PlanFactory
from tests.factories.units import MembershipFactory, make_cast
from units.permissions import Permission, Role


def on_disk() -> list[str]:
    return sorted(str(path.relative_to(evidence_root())) for path in evidence_root().rglob("*") if path.is_file())


def test_a_file_is_kept_under_a_random_name_with_its_hash(cast):
    sender = cast[Role.UNIT_OFFICER]

    evidence = keep_evidence(unit=cast.a, file=upload("Biên bản.pdf"), title=" Biên bản\nhọp ", by=sender)

    assert (evidence.name, evidence.title, evidence.media_type) == ("Biên bản.pdf", "Biên bản họp", "application/pdf")
    assert evidence.path.read_bytes() == pdf()
    assert evidence.size == len(pdf())
    assert "Bi" not in evidence.stored_as
    assert on_disk() == [evidence.stored_as]
    event = AuditEvent.objects.get(action="plans.evidence_kept")
    assert (event.by, event.unit_path, event.target_id) == (sender, cast.a.path, str(evidence.pk))


@pytest.mark.parametrize(
    ("person", "allowed"),
    [
        (Role.UNIT_OFFICER, True),
        (Role.UNIT_HEAD, True),
        (Role.PROGRAMME_OFFICER, True),
        (Role.LEADER, True),
        (Role.OBSERVER, False),
        (Role.FINANCE, False),
        ("sibling", False),
        ("foreign", False),
        ("stranger", False),
    ],
)
def test_who_may_attach_files_for_a_unit(cast, person, allowed):
    if allowed:
        assert keep_evidence(unit=cast.a, file=upload(), by=cast[person]).unit == cast.a
        return
    with pytest.raises(MayNotSend):
        keep_evidence(unit=cast.a, file=upload(), by=cast[person])
    assert not evidence_root().exists()


def test_the_same_bytes_again_are_the_same_file(cast):
    sender = cast[Role.UNIT_OFFICER]
    first = keep_evidence(unit=cast.a, file=upload("một.pdf"), by=sender)

    again = keep_evidence(unit=cast.a, file=upload("hai.pdf"), by=sender)
    elsewhere = keep_evidence(unit=cast.b, file=upload("ba.pdf"), by=cast["sibling"])

    assert again == first
    assert elsewhere != first
    assert len(on_disk()) == 2


def test_files_of_one_form_count_once_each(cast):
    sender = cast[Role.UNIT_OFFICER]
    earlier = keep_evidence(unit=cast.a, file=upload(), by=sender)

    kept = keep_all(unit=cast.a, files=[upload(), upload("b.pdf", pdf(b"(b)"))], earlier=[earlier], by=sender)

    assert len(kept) == 2
    assert earlier in kept


@pytest.mark.parametrize(
    ("name", "content"), [("lớn.pdf", b"%PDF-1.7" + b"x" * 2000), ("rỗng.pdf", b""), ("x.exe", b"MZ"), ("x", b"x")]
)
def test_a_refused_file_leaves_nothing(cast, settings, name, content):
    settings.MAX_UPLOAD = 1000

    with pytest.raises((FileRefused, FileTooLarge)):
        keep_evidence(unit=cast.a, file=upload(name, content), by=cast[Role.UNIT_OFFICER])

    assert not Evidence.objects.exists()
    assert on_disk() == []


def test_a_file_that_says_it_is_small_is_counted(cast, settings):
    settings.MAX_UPLOAD = 1000
    file = upload("a.pdf", pdf(b"(" + b"x" * 3000 + b")"))
    file.size = 10

    with pytest.raises(FileTooLarge):
        keep_evidence(unit=cast.a, file=file, by=cast[Role.UNIT_OFFICER])
    assert on_disk() == []


def test_a_unit_has_a_quota_of_its_own(cast, settings):
    settings.UPLOAD_QUOTA = int(len(pdf(b"(0)")) * 2.5)
    sender = cast[Role.UNIT_OFFICER]
    for number in range(2):
        keep_evidence(unit=cast.a, file=upload(content=pdf(b"(%d)" % number)), by=sender)

    with pytest.raises(QuotaExceeded):
        keep_evidence(unit=cast.a, file=upload(content=pdf(b"(2)")), by=sender)

    assert keep_evidence(unit=cast.b, file=upload(content=pdf(b"(2)")), by=cast["sibling"])
    assert len(on_disk()) == 3
    withdraw_evidence(evidence=Evidence.objects.filter(unit=cast.a).first(), by=sender)
    assert keep_evidence(unit=cast.a, file=upload(content=pdf(b"(2)")), by=sender)


def test_a_full_disk_is_told_and_leaves_nothing(cast, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(store.os, "fsync", full)

    with pytest.raises(NotStored):
        keep_evidence(unit=cast.a, file=upload(), by=cast[Role.UNIT_OFFICER])
    assert on_disk() == []
    assert not Evidence.objects.exists()


def test_an_upload_that_breaks_off_leaves_nothing(cast):
    file = upload()

    def broken(chunk_size=None):
        yield b"%PDF-1.7"
        raise ConnectionResetError

    file.chunks = broken
    with pytest.raises(NotStored):
        keep_evidence(unit=cast.a, file=file, by=cast[Role.UNIT_OFFICER])
    assert on_disk() == []


def test_what_a_killed_process_left_is_tidied_away_after_a_day(cast, capsys):
    kept = keep_evidence(unit=cast.a, file=upload(), by=cast[Role.UNIT_OFFICER])
    with transaction.atomic():
        keep_evidence(unit=cast.a, file=upload(content=pdf(b"(rolled back)")), by=cast[Role.UNIT_OFFICER])
        transaction.set_rollback(True)
    draft = evidence_root() / "tmp" / "half"
    draft.write_bytes(b"%PDF")
    young = evidence_root() / "tmp" / "young"
    young.write_bytes(b"%PDF")
    old = time.time() - 25 * 3600
    for path in evidence_root().rglob("*"):
        if path.is_file() and path != young:
            os.utime(path, (old, old))
    assert len(on_disk()) == 4

    call_command("tidy_evidence")

    assert on_disk() == sorted([kept.stored_as, "tmp/young"])
    assert "1 drafts, 1 files" in capsys.readouterr().out


def test_a_file_that_nothing_uses_is_withdrawn_and_its_bytes_go_later(cast):
    sender = cast[Role.UNIT_OFFICER]
    evidence = keep_evidence(unit=cast.a, file=upload(), by=sender)

    withdraw_evidence(evidence=evidence, by=sender)
    withdraw_evidence(evidence=evidence, by=sender)

    assert AuditEvent.objects.filter(action="plans.evidence_withdrawn").count() == 1
    assert tidy_evidence()["files"] == 0
    assert tidy_evidence(older_than_seconds=-1)["files"] == 1
    assert keep_evidence(unit=cast.a, file=upload(), by=sender) != evidence


def test_a_file_in_use_stays(cast):
    evidence = keep_evidence(unit=cast.a, file=upload(), by=cast[Role.UNIT_OFFICER])
    PlanFactory(unit=cast.a, signed_file=evidence)

    with pytest.raises(EvidenceInUse):
        withdraw_evidence(evidence=evidence, by=cast[Role.UNIT_OFFICER])
    with pytest.raises(MayNotSend):
        withdraw_evidence(evidence=evidence, by=cast["sibling"])


@pytest.mark.django_db(transaction=True)
def test_eight_send_the_same_file_at_once_and_it_is_kept_once():
    cast = make_cast()
    people = [MembershipFactory(unit=cast.a, role=Role.UNIT_OFFICER).user for _ in range(8)]
    start = Barrier(8, timeout=30)

    def send(person):
        try:
            start.wait()
            return keep_evidence(unit=cast.a, file=upload(), by=person).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(send, people))

    assert len(kept) == 1
    assert len(on_disk()) == 1


# -- Reading -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", [*Role, "sibling", "commune", "foreign", "stranger"])
@pytest.mark.parametrize("route", ["evidence", "evidence_preview", "evidence_picture"])
def test_who_reads_a_file_of_a_unit(cast, client, person, route):
    evidence = evidence_of(cast.a, cast[Role.UNIT_OFFICER])
    client.force_login(cast[person])

    response = client.get(reverse(f"plans:{route}", args=[evidence.pk]))
    response.close()

    assert response.status_code == (200 if person in Role.values else 404)


def test_whoever_sees_what_a_file_is_attached_to_reads_it(cast, client):
    evidence = evidence_of(cast.province, cast[Role.PROGRAMME_OFFICER])
    plan = PlanFactory(unit=cast.province)
    plan.tasks.create(order=1, title="Việc").performers.create(order=1, unit=cast.a, text="A")
    assert not Evidence.objects.allowed_to(cast[Role.UNIT_OFFICER], Permission.PLAN_VIEW).exists()

    Plan.objects.filter(pk=plan.pk).update(signed_file=evidence)

    assert Evidence.objects.allowed_to(cast[Role.UNIT_OFFICER], Permission.PLAN_VIEW).get() == evidence
    assert not Evidence.objects.allowed_to(cast["sibling"], Permission.PLAN_VIEW).exists()
    assert not Evidence.objects.allowed_to(cast[Role.UNIT_OFFICER], Permission.PLAN_EDIT).exists()


def test_a_download_is_guarded(cast, client):
    evidence = evidence_of(cast.a, cast[Role.UNIT_OFFICER], name="Biên bản số 1.pdf")
    client.force_login(cast[Role.UNIT_OFFICER])

    response = client.get(reverse("plans:evidence", args=[evidence.pk]), headers={"Range": "bytes=0-3"})

    assert b"".join(response.streaming_content) == evidence.path.read_bytes()
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Bi%C3%AAn")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response.headers["Cache-Control"]
    assert not {"ETag", "Last-Modified", "Accept-Ranges"} & set(response.headers)


@pytest.mark.parametrize("harm", ["changed", "cut", "missing"])
def test_a_damaged_file_is_not_handed_out(cast, client, harm):
    evidence = evidence_of(cast.a, cast[Role.UNIT_OFFICER])
    if harm == "missing":
        evidence.path.unlink()
    else:
        content = evidence.path.read_bytes()
        evidence.path.write_bytes(content[:-1] + b"x" if harm == "changed" else content[:-1])
    client.force_login(cast[Role.UNIT_OFFICER])

    assert client.get(reverse("plans:evidence", args=[evidence.pk])).status_code == 410
    assert client.get(reverse("plans:evidence_preview", args=[evidence.pk])).status_code == 410
    assert client.get(reverse("plans:evidence_picture", args=[evidence.pk])).status_code == 404


def test_a_withdrawn_file_is_gone(cast, client):
    evidence = evidence_of(cast.a, cast[Role.UNIT_OFFICER])
    Evidence.objects.update(withdrawn_at=timezone.now() - timedelta(minutes=1))
    client.force_login(cast[Role.UNIT_OFFICER])

    assert client.get(reverse("plans:evidence", args=[evidence.pk])).status_code == 404


def test_text_is_shown_as_text(cast, client):
    evidence = evidence_of(cast.a, cast[Role.UNIT_OFFICER], name="a.txt", content="Nội dung & <b>đậm</b>".encode())
    Evidence.objects.update(media_type="text/plain")
    client.force_login(cast[Role.UNIT_OFFICER])

    page = client.get(reverse("plans:evidence_preview", args=[evidence.pk])).content.decode()

    assert "Nội dung &amp; &lt;b&gt;đậm&lt;/b&gt;" in page


def test_a_page_of_a_pdf_is_drawn_as_a_picture(cast, client):
    evidence = evidence_of(cast.a, cast[Role.UNIT_OFFICER])
    client.force_login(cast[Role.UNIT_OFFICER])
    url = reverse("plans:evidence_picture", args=[evidence.pk])

    drawn = client.get(url)

    assert drawn.headers["Content-Type"] == "image/png"
    assert drawn.content.startswith(b"\x89PNG")
    assert client.get(url, {"page": "2"}).status_code == 404


@pytest.mark.parametrize(("person", "status"), [(Role.UNIT_OFFICER, 302), (Role.OBSERVER, 302), ("sibling", 404)])
def test_a_file_is_withdrawn_from_its_page(cast, client, person, status):
    evidence = evidence_of(cast.a, cast[Role.UNIT_OFFICER])
    client.force_login(cast[person])

    response = client.post(reverse("plans:evidence_withdraw", args=[evidence.pk]), {"next": "//evil.example/"})

    evidence.refresh_from_db()
    assert response.status_code == status
    assert (evidence.withdrawn_at is not None) == (person == Role.UNIT_OFFICER)
    assert "evil" not in response.headers.get("Location", "")
