"""A zip of many workbooks, sent while it is made: the first bytes leave before the last workbook exists."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator

from django.utils import timezone

from assessments.contexts.workbooks import Workbook
from assessments.renderers.scoring_workbook.writing import render
from plans.upload.names import harmless_name


class _Outlet(io.RawIOBase):
    """Takes what is written until it is fetched; zipfile then writes sizes behind the entries."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes, /) -> int:  # type: ignore[override]
        self._pieces.append(bytes(piece))
        return len(piece)

    def fetch(self) -> bytes:
        pieces, self._pieces = b"".join(self._pieces), []
        return pieces


def stream(workbooks: Iterable[Workbook]) -> Iterator[bytes]:
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:  # workbooks are packed already
        for workbook in workbooks:
            name = harmless_name(f"{workbook.unit} {workbook.assessment_id}.xlsx")[0]
            moment = timezone.localtime(workbook.made_at).timetuple()[:6]
            archive.writestr(zipfile.ZipInfo(name, date_time=moment), render(workbook))
            yield outlet.fetch()
    yield outlet.fetch()
