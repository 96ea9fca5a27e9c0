"""What broken uploads and withdrawn files left on the disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from plans.contexts.evidence import is_used
from plans.models import Evidence
from plans.models.evidence import evidence_root
from plans.upload import store


def tidy_evidence(*, older_than_seconds: float = 24 * 3600) -> dict[str, int]:
    """Remove what broken uploads and withdrawn files left on the disk: drafts, and files that no kept row stands for,
    if they are older than a day. Any number may run at once."""
    root = evidence_root()
    drafts = list(store.drafts_older_than(root, older_than_seconds))
    found = {str(path.relative_to(root)): path for path in store.files_older_than(root, older_than_seconds)}
    removed = _remove(drafts)
    names = list(found)
    orphans = 0
    for start in range(0, len(names), 500):
        some = names[start : start + 500]
        rows = Evidence.objects.filter(stored_as__in=some)
        known = {each.stored_as for each in rows if each.withdrawn_at is None or is_used(each)}
        orphans += _remove(found[name] for name in some if name not in known)
    return {"drafts": removed, "files": orphans}


def _remove(paths: Iterable[Path]) -> int:
    count = 0
    for path in paths:
        path.unlink(missing_ok=True)
        count += 1
    return count
