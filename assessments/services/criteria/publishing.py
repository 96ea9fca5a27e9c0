"""A draft comes into force, a version goes out of it; and the proof that what was published did not change."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.criteria_content import content_of, digest_of
from assessments.contexts.criteria_problems import Problem, problems_of
from assessments.contexts.criteria_sums import sums_of
from assessments.models import CriteriaSet, Criterion
from assessments.services.criteria.standing import CannotPublish, NotInForce, keep, locked_draft, require_editor
from assessments.services.criteria.writing import measures_of
from units.access import holders
from units.models import User
from units.permissions import Permission


def _fill_sums(draft: CriteriaSet, criteria: list[Criterion]) -> None:
    """A group that does not say its maximum has that of its criteria."""
    if draft.scale != CriteriaSet.Scale.POINTS:
        return
    sums = sums_of(criteria)
    for criterion in criteria:
        if criterion.scoring == Criterion.Scoring.GROUP and criterion.max_score is None:
            Criterion.objects.filter(pk=criterion.pk).update(
                max_score=sums.groups[criterion.pk].quantize(Decimal("0.01"))
            )


def _same_as(draft: CriteriaSet, digest: str) -> CriteriaSet | None:
    versions = CriteriaSet.objects.filter(unit=draft.unit, slug=draft.slug).exclude(status=CriteriaSet.Status.DRAFT)
    return versions.filter(digest=digest).first()


@transaction.atomic
def publish(*, criteria_set: CriteriaSet, by: User, expected: int) -> CriteriaSet:
    """Bring a draft into force, for good: from now on nothing in it changes. Those who manage rounds are told.

    Raises PermissionDenied, NotADraft, StaleDraft, CannotPublish with every problem; then nothing is stored.
    """
    draft = locked_draft(criteria_set, by=by, expected=expected)
    criteria = list(draft.criteria.order_by("order"))
    if problems := problems_of(draft, criteria):
        raise CannotPublish(problems)
    _fill_sums(draft, criteria)
    digest = digest_of(content_of(draft))
    if same := _same_as(draft, digest):
        text = _("The draft says the same as version %(version)s: there is nothing to publish.")
        raise CannotPublish([Problem(where="head", text=text % {"version": same.version})])
    province = require_editor(by, draft.unit)
    return keep(
        draft,
        by=by,
        action="criteria_published",
        changes={"version": [None, draft.version], "digest": digest},
        notify=sorted(holders(Permission.ROUND_MANAGE, province)),
        values=measures_of(draft)
        | {"status": CriteriaSet.Status.PUBLISHED, "published_at": timezone.now(), "digest": digest},
    )


@transaction.atomic
def retire(*, criteria_set: CriteriaSet, by: User) -> CriteriaSet:
    """No new round is opened by this version; rounds that use it go on. Raises PermissionDenied, NotInForce."""
    province = require_editor(by, criteria_set.unit)
    held = CriteriaSet.objects.filter(pk=criteria_set.pk, status=CriteriaSet.Status.PUBLISHED)
    if not held.update(status=CriteriaSet.Status.RETIRED, retired_at=timezone.now()):
        raise NotInForce
    retired = CriteriaSet.objects.get(pk=criteria_set.pk)
    record(
        by=by,
        action="assessments.criteria_retired",
        target=retired,
        changes={"version": [retired.version, None]},
        unit_path=province.path,
    )
    return retired


def changed_since_published() -> Iterator[tuple[CriteriaSet, str]]:
    """Each version that is or was in force and no longer says what it said when it was published, with the digest of
    what it says now."""
    for version in CriteriaSet.objects.exclude(status=CriteriaSet.Status.DRAFT).select_related("standard"):
        found = digest_of(content_of(version))
        if found != version.digest:
            yield version, found
