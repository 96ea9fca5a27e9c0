"""The files of finished reports: written aside, synced, hashed, moved into place; checked again when they are read."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from reports.models import ReportJob
from reports.renderers.process import RenderError

ORPHAN_SECONDS = 3600


class FileDamaged(Exception):
    """The file is missing or is not the one that was stored."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one attempt writes (`draft`) and where its file will stand. Both names hold the lease token, so that two
    attempts never meet, and both are on one file system, so that the move is atomic."""

    job_id: str
    draft: Path
    final: Path

    @property
    def name(self) -> str:
        """The final place as the row keeps it: relative to REPORT_ROOT."""
        return str(self.final.relative_to(settings.REPORT_ROOT))


@dataclass(frozen=True, kw_only=True)
class Stored:
    place: Place
    sha256: str
    size: int


def place_for(job: ReportJob, token: str) -> Place:
    root = Path(settings.REPORT_ROOT)
    key = str(job.pk)
    place = Place(
        job_id=key,
        draft=root / "tmp" / f"{key}.{token}",
        final=root / "files" / key[:2] / f"{key}.{token}.{job.format}",
    )
    for folder in (place.draft.parent, place.final.parent):
        folder.mkdir(parents=True, exist_ok=True)
    return place


def store(place: Place) -> Stored:
    """Sync, hash, move, sync the folder: in this order a crash leaves either no file or the whole one."""
    try:
        with place.draft.open("rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except FileNotFoundError as error:
        raise RenderError("exited", "no file was written") from error
    os.replace(place.draft, place.final)
    _sync_folder(place.final.parent)
    return Stored(place=place, sha256=digest, size=size)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def discard(place: Place) -> None:
    place.draft.unlink(missing_ok=True)
    place.final.unlink(missing_ok=True)


def discard_others(place: Place) -> None:
    """Files of earlier attempts that died before their row was written. Only once the row names this place's file."""
    for other in place.final.parent.glob(f"{place.job_id}.*"):
        if other != place.final:
            other.unlink(missing_ok=True)


def discard_file(name: str) -> None:
    if name:
        (Path(settings.REPORT_ROOT) / name).unlink(missing_ok=True)


def open_checked(job: ReportJob) -> IO[bytes]:
    """The file of a done job, read through once to compare size and SHA-256 with the row, and back at its beginning.
    Raises FileDamaged rather than give a wrong byte."""
    try:
        file = (Path(settings.REPORT_ROOT) / job.file).open("rb")
    except OSError as error:
        raise FileDamaged from error
    if hashlib.file_digest(file, "sha256").hexdigest() != job.sha256 or file.tell() != job.size:
        file.close()
        raise FileDamaged
    file.seek(0)
    return file


def sweep() -> int:
    """Remove files older than an hour that no row stands for: what a killed worker left. Returns how many."""
    root = Path(settings.REPORT_ROOT)
    drafts = [path for path in _old_files(root.glob("tmp/*")) if not _is_being_written(path)]
    finals = list(_old_files(root.glob("files/*/*")))
    known = set(ReportJob.objects.filter(state=ReportJob.State.DONE).values_list("file", flat=True))
    orphans = drafts + [path for path in finals if str(path.relative_to(root)) not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _old_files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        try:
            if time.time() - path.stat().st_mtime > ORPHAN_SECONDS:
                yield path
        except FileNotFoundError:
            continue


def _is_being_written(draft: Path) -> bool:
    return ReportJob.objects.filter(state=ReportJob.State.RUNNING, lease_token=draft.suffix[1:]).exists()
