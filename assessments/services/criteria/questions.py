"""The five general sub-indicators of a diagnosis, added to the indicators of ISO 18091 that have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.contexts.criteria_content import Entry
from assessments.contexts.criteria_reading import read_entries
from assessments.models import CriteriaSet, Criterion
from assessments.services.criteria.standing import CriteriaRefused, CriterionInvalid, keep, locked_draft
from assessments.services.criteria.writing import measures_of, respect_locked, stored_entries, write_rows
from units.models import User

# What any indicator can be asked for, in the order of the work: the title of the set's content in its two languages.
# The words are the portal's own.
QUESTIONS = (
    (
        "Có tập thể hoặc cá nhân chịu trách nhiệm về lĩnh vực này, được giao bằng văn bản",
        "A body or person is responsible for this field, named in writing",
    ),
    (
        "Đã khảo sát, đánh giá hiện trạng, có số liệu làm cơ sở so sánh",
        "The present state was surveyed, with figures to compare with later",
    ),
    (
        "Đã ban hành quy định và kế hoạch có mục tiêu, thời hạn",
        "Regulations were issued, and a plan with targets and deadlines",
    ),
    (
        "Có cơ chế phối hợp và chương trình được bố trí người, kinh phí để thực hiện",
        "There are ways of working together, and programmes with people and money",
    ),
    (
        "Kết quả được đo lường, công khai và dùng để cải tiến",
        "Results are measured, made public and used to improve",
    ),
)


class NoIndicators(CriteriaRefused):
    def __str__(self) -> str:
        return _("General sub-indicators are for the indicators of ISO 18091: this set has none.")


def lacks_questions(entries: Sequence[Entry]) -> list[Entry]:
    """The indicators that the standard fixes and that have no sub-indicators."""
    above = {entry.parent for entry in entries}
    return [
        entry
        for entry in entries
        if entry.locked and entry.scoring != Criterion.Scoring.GROUP and entry.code not in above
    ]


def _questions(indicator: Entry) -> list[dict[str, Any]]:
    return [
        {
            "code": f"{indicator.code}.{place}",
            "title": title,
            "title_en": title_en,
            "parent": indicator.code,
            "scoring": Criterion.Scoring.RAG.value,
            "skippable": indicator.skippable,
        }
        for place, (title, title_en) in enumerate(QUESTIONS, start=1)
    ]


@transaction.atomic
def add_default_questions(*, criteria_set: CriteriaSet, revision: int, by: User) -> tuple[CriteriaSet, int]:
    """Give each indicator that has no sub-indicators the five general ones, and say how many were added. Indicators
    that were worked on stay as they are; a second time adds nothing.

    Raises PermissionDenied, NotADraft, StaleDraft, NoIndicators, CriterionInvalid, LockedRows.
    """
    draft = locked_draft(criteria_set, by=by, expected=revision)
    before = stored_entries(draft)
    if not any(entry.locked for entry in before):
        raise NoIndicators
    indicators = lacks_questions(before)
    if not indicators:
        return draft, 0
    added = [question for indicator in indicators for question in _questions(indicator)]
    # With sub-indicators below it, an indicator becomes the worst of them.
    after, faults = read_entries([asdict(entry) for entry in before] + added)
    if faults:
        raise CriterionInvalid(faults)
    respect_locked(before, after)
    write_rows(draft, after)
    changes = {"indicators": [None, len(indicators)], "criteria": [len(before), len(after)]}
    return keep(draft, by=by, action="criteria_edited", changes=changes, values=measures_of(draft)), len(added)
