"""Drafts of criteria sets: begun, edited as a whole, discarded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from activity.services import record
from assessments import scoring
from assessments.contexts.criteria_content import Content
from assessments.contexts.criteria_parameters import tidy
from assessments.contexts.criteria_policy import canonical_policy
from assessments.contexts.criteria_problems import invalid_rule_text
from assessments.models import CriteriaSet, Criterion
from assessments.services.criteria.standing import (
    CriteriaRefused,
    DraftExists,
    PolicyInvalid,
    keep,
    locked_draft,
    require_editor,
)
from assessments.services.criteria.writing import (
    create_rows,
    measures_of,
    respect_locked,
    stored_entries,
    write_rows,
)
from plans.models import Standard
from units.models import Unit, User
from units.permissions import Permission


class NotAProvince(CriteriaRefused):
    def __str__(self) -> str:
        return _("A criteria set belongs to a whole province. Choose the province.")


class BaseIsDraft(CriteriaRefused):
    def __str__(self) -> str:
        return _("A new version is made of one that was published. Publish the draft first, or go on editing it.")


def _version_of(province: Unit, slug: str) -> int:
    last = CriteriaSet.objects.filter(unit=province, slug=slug).aggregate(last=Max("version"))["last"]
    return (last or 0) + 1


def _free_slug(province: Unit, title: str) -> str:
    """Vietnamese letters lose their signs; a number is added where the province or the portal has such a set."""
    plain = slugify(title.replace("đ", "d").replace("Đ", "D"))[:50].strip("-") or "bo-tieu-chi"
    near = CriteriaSet.objects.filter(Q(unit=province) | Q(unit=None), slug__startswith=plain)
    taken = set(near.values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := plain if n == 1 else f"{plain}-{n}") not in taken)


@transaction.atomic
def begin_draft(*, province: Unit, based_on: CriteriaSet, by: User) -> CriteriaSet:
    """A draft of the next version of `based_on`, with all its criteria, each knowing the one it continues. Of a set
    that came with the portal it becomes the province's own.

    Raises PermissionDenied, NotAProvince, BaseIsDraft, DraftExists.
    """
    require_editor(by, province)
    if province.path != province.root_path:
        raise NotAProvince
    allowed = CriteriaSet.objects.allowed_to(by, Permission.ASSESSMENT_VIEW).filter(Q(unit=None) | Q(unit=province))
    base = allowed.select_related("standard").get(pk=based_on.pk)
    if base.status == CriteriaSet.Status.DRAFT:
        raise BaseIsDraft
    draft = _create(
        province,
        by,
        slug=base.slug,
        title=base.title,
        title_en=base.title_en,
        note=base.note,
        standard=base.standard,
        scale=base.scale,
        policy=base.policy,
        based_on=base,
    )
    entries = stored_entries(base)
    create_rows(draft, entries, dict(base.criteria.values_list("code", "pk")))
    return _begun(draft, by, {"based_on": [None, f"{base.title}, {base.version}"]})


@transaction.atomic
def begin_set(
    *,
    province: Unit,
    title: str,
    standard: Standard,
    scale: str,
    by: User,
    title_en: str = "",
    content: Content | None = None,
) -> CriteriaSet:
    """A draft of a set that the province did not have; with what `content` says, or empty.

    Raises PermissionDenied, NotAProvince.
    """
    require_editor(by, province)
    if province.path != province.root_path:
        raise NotAProvince
    values: dict[str, Any] = {"title": tidy(title), "title_en": tidy(title_en)}
    if content:
        values |= {"note": content.note, "policy": dict(content.policy)}
    draft = _create(
        province,
        by,
        slug=_free_slug(province, title),
        standard=standard,
        scale=CriteriaSet.Scale(scale),
        based_on=None,
        **values,
    )
    if content:
        create_rows(draft, content.entries)
    return _begun(draft, by, {"title": [None, draft.title]})


def _create(province: Unit, by: User, *, slug: str, **values: Any) -> CriteriaSet:
    try:
        with transaction.atomic():
            return CriteriaSet.objects.create(
                unit=province, slug=slug, version=_version_of(province, slug), created_by=by, **values
            )
    except IntegrityError:
        draft = CriteriaSet.objects.filter(unit=province, slug=slug, status=CriteriaSet.Status.DRAFT).first()
        if draft is None:
            raise
        raise DraftExists(draft) from None


def _begun(draft: CriteriaSet, by: User, changes: dict[str, Any]) -> CriteriaSet:
    measures = measures_of(draft)
    CriteriaSet.objects.filter(pk=draft.pk).update(**measures)
    for name, value in measures.items():
        setattr(draft, name, value)
    record(
        by=by,
        action="assessments.criteria_drafted",
        target=draft,
        changes={**changes, "version": [None, draft.version]},
        unit_path=draft.unit.path if draft.unit else "",
    )
    return draft


@transaction.atomic
def edit_head(
    *, criteria_set: CriteriaSet, title: str, title_en: str, note: str, by: User, expected: int
) -> CriteriaSet:
    """Raises PermissionDenied, NotADraft, StaleDraft."""
    draft = locked_draft(criteria_set, by=by, expected=expected)
    values = {"title": tidy(title), "title_en": tidy(title_en), "note": tidy(note, lines=True)}
    changes = {name: [getattr(draft, name), value] for name, value in values.items() if getattr(draft, name) != value}
    return keep(draft, by=by, action="criteria_edited", changes=changes, values=values) if changes else draft


@transaction.atomic
def edit_policy(*, criteria_set: CriteriaSet, policy: Mapping[str, Any], by: User, expected: int) -> CriteriaSet:
    """Raises PermissionDenied, NotADraft, StaleDraft, PolicyInvalid."""
    draft = locked_draft(criteria_set, by=by, expected=expected)
    try:
        policy = canonical_policy(policy)
    except scoring.InvalidRule as error:
        raise PolicyInvalid(invalid_rule_text(error)) from error
    if policy == draft.policy:
        return draft
    changes = {"policy": [draft.policy, policy]}
    return keep(draft, by=by, action="criteria_edited", changes=changes, values={"policy": policy})


@transaction.atomic
def edit_mapping(
    *, criteria_set: CriteriaSet, continues: Mapping[int, int | None], by: User, expected: int
) -> CriteriaSet:
    """Say which criterion of the version it is based on each criterion continues: by this, rounds are compared. Ids of
    criteria that are not of these two versions change nothing. Raises PermissionDenied, NotADraft, StaleDraft."""
    draft = locked_draft(criteria_set, by=by, expected=expected)
    earlier = draft.based_on.criteria.all() if draft.based_on else Criterion.objects.none()
    base = dict(earlier.values_list("pk", "code"))
    changes = {}
    for row in draft.criteria.all():
        wanted = continues.get(row.pk, row.predecessor_id)
        if wanted == row.predecessor_id or not (wanted is None or wanted in base):
            continue
        changes[row.code] = [base.get(row.predecessor_id or 0), base.get(wanted or 0)]
        Criterion.objects.filter(pk=row.pk).update(predecessor_id=wanted)
    return keep(draft, by=by, action="criteria_mapped", changes=changes) if changes else draft


@transaction.atomic
def replace_content(*, criteria_set: CriteriaSet, content: Content, by: User, expected: int) -> CriteriaSet:
    """Make the draft say what a file says. What it is of (standard, scale) stays. Saying the same changes nothing.

    Raises PermissionDenied, NotADraft, StaleDraft, LockedRows.
    """
    draft = locked_draft(criteria_set, by=by, expected=expected)
    before = stored_entries(draft)
    respect_locked(before, content.entries)
    values: dict[str, Any] = {name: getattr(content, name) for name in ("title", "title_en", "note")}
    values["policy"] = dict(content.policy)
    if before == content.entries and all(getattr(draft, name) == value for name, value in values.items()):
        return draft
    write_rows(draft, content.entries)
    for name, value in values.items():
        setattr(draft, name, value)
    changes = {"criteria": [len(before), len(content.entries)]}
    return keep(draft, by=by, action="criteria_imported", changes=changes, values=values | measures_of(draft))


@transaction.atomic
def discard_draft(*, criteria_set: CriteriaSet, by: User, expected: int) -> None:
    """Throw a draft away: nothing was scored by it. Raises PermissionDenied, NotADraft, StaleDraft."""
    draft = locked_draft(criteria_set, by=by, expected=expected)
    record(
        by=by,
        action="assessments.criteria_discarded",
        target=draft,
        changes={"title": [draft.title, None], "version": [draft.version, None], "criteria": [draft.size, None]},
        unit_path=draft.unit.path if draft.unit else "",
    )
    draft.delete()
