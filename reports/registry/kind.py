"""What a kind of report is, as data: its subject, its choices, its formats, who may have it and how it is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _

from reports.contexts import Report
from reports.models import ReportJob
from reports.registry.options import InvalidParams, NoAccess, Option, clean_id
from units.access import allowed_units
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LANGUAGE = "vi"  # of administrative documents, whoever asks for them


@dataclass(frozen=True, kw_only=True)
class ReportKind:
    """`parameter` is the name of the parameter that holds the id of the subject; `options` are what else may be chosen.
    `choose` names the page where one chooses a subject, `template` is the report's own page. The file is laid out by
    `Report.print_template`, the workbook from `Report.sheets`, which only a kind with the format "xlsx" must have.

    `compose(subject, user=user, **options)` gives the frozen value that page, files and API read; every option is given
    by its name, its default where nothing was chosen.
    """

    slug: str
    title: _StrPromise
    description: _StrPromise
    choose_label: _StrPromise
    choose: str
    icon: str
    parameter: str
    subjects: Callable[[], models.QuerySet[Any]]
    view: Permission
    compose: Callable[..., Report]
    formats: tuple[str, ...]
    options: tuple[Option, ...] = ()
    template: str = "reports/document.html"
    queue: ReportJob.Queue = ReportJob.Queue.INTERACTIVE

    @property
    def expected(self) -> str:
        """The parameters as a programmer writes them: `{"plan": id, "paper"?: "a4" | "a3"}`."""
        told = [f'"{self.parameter}": id', *(f'"{option.name}"?: {option.expected}' for option in self.options)]
        return "{" + ", ".join(told) + "}"

    def clean(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters in their one canonical form, so that equal requests are equal. Raises InvalidParams."""
        if set(params) - {self.parameter, *(option.name for option in self.options)}:
            raise InvalidParams(self.parameter)
        cleaned: dict[str, Any] = {self.parameter: clean_id(self.parameter, params.get(self.parameter))}
        for option in self.options:
            given = option.clean(params.get(option.name, ""))
            if given != option.default:
                cleaned[option.name] = given
        return cleaned

    def visible(self, user: User, *permissions: Permission) -> models.QuerySet[Any]:
        """Subjects on which `user` holds the view permission and all of `permissions`."""
        found = self.subjects()
        for permission in (self.view, *permissions):
            # A unit is a subject as well; it belongs to itself.
            if issubclass(found.model, Unit):
                found = found.filter(pk__in=allowed_units(user, permission).values("pk"))
            else:
                found = found.allowed_to(user, permission)  # type: ignore[attr-defined]
        return found

    def get_subject(self, *, user: User, params: Mapping[str, Any], then: Permission | None = None) -> models.Model:
        """What the report is about: 404 if `user` may not see it, 403 if they may see it but not do `then`."""
        key = params[self.parameter]
        subject: models.Model | None = self.visible(user, Permission.REPORT_VIEW).filter(pk=key).first()
        if subject is None:
            raise Http404
        if then and not self.visible(user, then).filter(pk=key).exists():
            raise PermissionDenied
        return subject

    def find_subject(self, *, user: User, params: Mapping[str, Any]) -> models.Model:
        """The same rule for work without a page: raises NoAccess."""
        visible = self.visible(user, Permission.REPORT_REQUEST)
        subject: models.Model | None = visible.filter(pk=params[self.parameter]).first()
        if subject is None:
            raise NoAccess
        return subject

    def report(self, subject: models.Model, *, user: User, params: Mapping[str, Any]) -> Report:
        """The report on a subject that `user` was found to see. Raises NoAccess where an option is not theirs."""
        chosen = {each.name: each.value(params.get(each.name, each.default), user=user) for each in self.options}
        return self.compose(subject, user=user, **chosen)

    def build(self, *, user: User, params: Mapping[str, Any]) -> Report:
        """The report as `user` may see it now, in the language of documents. Raises NoAccess."""
        with translation.override(LANGUAGE):
            return self.report(self.find_subject(user=user, params=params), user=user, params=params)

    def refusal_of(self, format: str) -> str:
        return _("“%(kind)s” is made as %(formats)s, not as %(format)s.") % {
            "kind": self.title,
            "formats": ", ".join(each.upper() for each in self.formats),
            "format": format.upper(),
        }


def unit_of(subject: Any) -> Unit:
    """The unit that a subject belongs to; a unit belongs to itself."""
    unit: Unit = subject if isinstance(subject, Unit) else subject.unit
    return unit
