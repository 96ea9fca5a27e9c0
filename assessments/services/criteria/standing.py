"""Who may change a criteria set, and when: a draft by those who edit criteria in its province; nothing else, ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.models import AuditEvent
from activity.services import record
from assessments.contexts.criteria_problems import Problem
from assessments.contexts.criteria_reading import Fault
from assessments.models import CriteriaSet, Criterion
from isoportal.templatetags.formats import moment
from units.access import holds_in
from units.models import Unit, User
from units.permissions import Permission


class CriteriaRefused(Exception):
    """Why a criteria set was not changed."""


class NotADraft(CriteriaRefused):
    def __str__(self) -> str:
        return _("Only a draft can be changed: this version stays as it is. Begin a new version of it.")


class NotInForce(CriteriaRefused):
    def __str__(self) -> str:
        return _("Only a version in force can be taken out of force.")


class DraftExists(CriteriaRefused):
    def __init__(self, draft: CriteriaSet) -> None:
        super().__init__(draft.pk)
        self.draft = draft

    def __str__(self) -> str:
        return _("There is a draft of this set already: go on with that one.")


class StaleDraft(CriteriaRefused):
    """Somebody changed the draft after it was read. `stored` is what stands there now: the draft, or one of its
    criteria (None where it was removed)."""

    def __init__(self, draft: CriteriaSet, stored: CriteriaSet | Criterion | None) -> None:
        super().__init__(draft.pk, draft.revision)
        self.draft, self.stored = draft, stored
        self.last = (
            AuditEvent.objects.filter(target_model=draft._meta.label_lower, target_id=str(draft.pk))
            .select_related("by")
            .order_by("-pk")
            .first()
        )

    def __str__(self) -> str:
        who = str(self.last.by) if self.last and self.last.by else _("Somebody")
        at = self.last.at if self.last else self.draft.updated_at
        return _("%(who)s changed this draft at %(at)s, after you had opened it. Look at both and save again.") % {
            "who": who,
            "at": moment(at),
        }


class LockedRows(CriteriaRefused):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text


class CriterionInvalid(CriteriaRefused):
    """`faults` say what is wrong, by field."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return " ".join(fault.text for fault in self.faults)


class PolicyInvalid(CriteriaRefused):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text


class CannotPublish(CriteriaRefused):
    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return _("The draft cannot be published yet: %(first)s") % {
            "first": " ".join(problem.text for problem in self.problems[:3])
        }


def edits(user: User, province: Unit | None) -> bool:
    """Whether `user` edits the criteria of `province`; nobody edits those that come with the portal."""
    return province is not None and holds_in(user, Permission.CRITERIA_EDIT, province)


def require_editor(user: User, province: Unit | None) -> Unit:
    if province is None or not edits(user, province):
        raise PermissionDenied
    return province


def locked_draft(
    criteria_set: CriteriaSet, *, by: User, expected: int, criterion: Criterion | None = None
) -> CriteriaSet:
    """The draft under a lock, unchanged since `expected`. `criterion`: the one that is looked at, for who is stale.

    Raises PermissionDenied, NotADraft, StaleDraft.
    """
    draft = (
        CriteriaSet.objects.select_for_update(of=("self",))
        .select_related("unit", "standard", "based_on")
        .filter(pk=criteria_set.pk)
        .first()
    )
    if draft is None:  # discarded meanwhile
        raise NotADraft
    require_editor(by, draft.unit)
    if draft.status != CriteriaSet.Status.DRAFT:
        raise NotADraft
    if draft.revision != expected:
        stored = Criterion.objects.filter(pk=criterion.pk).first() if criterion else draft
        raise StaleDraft(draft, stored)
    return draft


def keep(
    draft: CriteriaSet,
    *,
    by: User,
    action: str,
    changes: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    notify: Sequence[int] = (),
) -> CriteriaSet:
    """Write `values` of a locked draft, count the revision and write down what was done."""
    CriteriaSet.objects.filter(pk=draft.pk).update(
        revision=F("revision") + 1, updated_at=timezone.now(), **(values or {})
    )
    draft.refresh_from_db()
    record(
        by=by,
        action=f"assessments.{action}",
        target=draft,
        changes=dict(changes),
        unit_path=draft.unit.path if draft.unit else "",
        notify=notify,
    )
    return draft
