"""The kinds of report: what each is about, who may have it and how it is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment
from plans.models import Plan
from reports.contexts import AssessmentReport, ProgressReport, Report, assessment_report, progress_report
from reports.models import ReportJob
from units.access import UnitScopedQuerySet, get_allowed
from units.models import User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_ID = 19  # digits of 2**63 - 1
LANGUAGE = "vi"  # of administrative documents, whoever asks for them


class NoAccess(Exception):
    """The one who asked may not see (or no longer see) what the report is about."""


class InvalidParams(ValueError):
    """The parameters do not name what the report is about."""


@dataclass(frozen=True, kw_only=True)
class ReportKind:
    """`parameter` is the name of the one parameter, the id of the subject. `template` has the page, `print_template`
    the body of the document. `choose` names the page where one chooses a subject."""

    slug: str
    title: _StrPromise
    description: _StrPromise
    choose_label: _StrPromise
    choose: str
    icon: str
    parameter: str
    subjects: Callable[[], UnitScopedQuerySet[Any]]
    view: Permission
    compose: Callable[..., Report]
    value: type[Report]
    template: str
    print_template: str
    queue: ReportJob.Queue = ReportJob.Queue.INTERACTIVE

    def clean(self, params: Mapping[str, Any]) -> dict[str, int]:
        """The parameters in their one canonical form, so that equal requests are equal. Raises InvalidParams."""
        unknown = set(params) - {self.parameter}
        given = params.get(self.parameter)
        is_number = isinstance(given, int) and not isinstance(given, bool)
        if unknown or not (is_number or (isinstance(given, str) and given.isascii() and given.isdigit())):
            raise InvalidParams(self.parameter)
        if len(str(given)) > LONGEST_ID:  # int() refuses thousands of digits in its own way
            raise InvalidParams(self.parameter)
        key = int(given)  # type: ignore[arg-type]
        if not 0 < key < 2**63:
            raise InvalidParams(self.parameter)
        return {self.parameter: key}

    def get_subject(self, *, user: User, params: Mapping[str, int], then: Permission | None = None) -> models.Model:
        """What the report is about: 404 if `user` may not see it, 403 if they may see it but not do `then`."""
        visible = self.subjects().allowed_to(user, self.view)
        subject: models.Model = get_allowed(visible, user, Permission.REPORT_VIEW, then, pk=params[self.parameter])
        return subject

    def find_subject(self, *, user: User, params: Mapping[str, int]) -> models.Model:
        """The same rule for work without a page: raises NoAccess."""
        visible = self.subjects().allowed_to(user, self.view).allowed_to(user, Permission.REPORT_REQUEST)
        subject: models.Model | None = visible.filter(pk=params[self.parameter]).first()
        if subject is None:
            raise NoAccess
        return subject

    def build(self, *, user: User, params: Mapping[str, int]) -> Report:
        """The report as `user` may see it now, in the language of documents. Raises NoAccess."""
        with translation.override(LANGUAGE):
            return self.compose(self.find_subject(user=user, params=params), user=user)


KINDS: dict[str, ReportKind] = {
    kind.slug: kind
    for kind in (
        ReportKind(
            slug="progress",
            title=_("Report on the progress of a plan"),
            description=_(
                "Tasks done, under way and overdue, what the units reported and, for those who may see it, the money: "
                "as an administrative document with a schedule by month, or as a workbook."
            ),
            choose_label=_("Choose a plan"),
            choose="plans:list",
            icon="clipboard-list",
            parameter="plan",
            subjects=lambda: Plan.objects.select_related("unit__parent"),
            view=Permission.PLAN_VIEW,
            compose=progress_report,
            value=ProgressReport,
            template="reports/progress.html",
            print_template="reports/progress_print.html",
        ),
        ReportKind(
            slug="assessment",
            title=_("Result of an assessment"),
            description=_(
                "A unit's score sheet with the arithmetic of every total, or with its traffic lights by quadrant: as "
                "an administrative document or as a workbook."
            ),
            choose_label=_("Choose a score sheet"),
            choose="assessments:list",
            icon="clipboard-check",
            parameter="assessment",
            subjects=lambda: Assessment.objects.with_sheet_head().select_related(
                "unit__parent", "round__criteria_set__standard", "round__unit"
            ),
            view=Permission.ASSESSMENT_VIEW,
            compose=assessment_report,
            value=AssessmentReport,
            template="reports/assessment.html",
            print_template="reports/assessment_print.html",
        ),
    )
}
