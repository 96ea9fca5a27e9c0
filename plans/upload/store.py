"""Files on the disk: written aside, counted and hashed on the way, synced, moved into place. Pure.

`root` holds `tmp/` and `files/` on one file system, so that the move is atomic: a crash leaves either no file or the
whole one.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


class TooLarge(Exception):
    """More bytes came than may."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    path: Path
    sha256: str
    size: int


def write_aside(root: Path, pieces: Iterable[bytes], *, limit: int) -> Draft:
    """Write what comes into a file of its own. Whatever goes wrong, nothing stays behind. Raises TooLarge, OSError."""
    folder = root / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / secrets.token_hex(16)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            for piece in pieces:
                size += len(piece)
                if size > limit:
                    raise TooLarge
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Draft(path=path, sha256=digest.hexdigest(), size=size)


def keep(root: Path, draft: Draft) -> str:
    """Move a draft to its place under a random name, which is returned relative to `root`."""
    key = secrets.token_hex(20)
    place = root / "files" / key[:2] / key
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(draft.path, place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return str(place.relative_to(root))


def discard(draft: Draft) -> None:
    draft.path.unlink(missing_ok=True)


def drafts_older_than(root: Path, seconds: float) -> Iterator[Path]:
    return _older(root.glob("tmp/*"), seconds)


def files_older_than(root: Path, seconds: float) -> Iterator[Path]:
    return _older(root.glob("files/*/*"), seconds)


def _older(paths: Iterable[Path], seconds: float) -> Iterator[Path]:
    for path in paths:
        try:
            if time.time() - path.stat().st_mtime > seconds:
                yield path
        except FileNotFoundError:  # somebody else took it away
            continue
