"""How criteria sets are written over the API: a draft begun, changed, filled from a document, published, retired."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.contexts.criteria_content import as_document, content_of
from assessments.models import CriteriaSet
from assessments.services import criteria as services
from assessments.services.criteria.workbook import CheckedFile, check_file
from isoportal.changes import IF_MATCH, NotNow, Stale, require_match
from isoportal.rows import LARGEST_ID
from isoportal.writes import Input
from plans.models import Standard
from units.access import allowed_units
from units.permissions import Permission

NOTHING = _("There is nothing with this id.")


class ContentInvalid(exceptions.ValidationError):
    """What is wrong with the content, by place: ("criteria[3].code", "4.6", "policy")."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        said: dict[str, list[str]] = {}
        for where, text in problems:
            said.setdefault(where or "non_field_errors", []).append(text)
        super().__init__(said)


class CriteriaInput(Input):
    unit = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="The province whose set it is to be.")
    based_on = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, help_text="A published version that the draft goes on from."
    )
    title = serializers.CharField(max_length=200, required=False, help_text="Of a new set.")
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    standard = serializers.CharField(max_length=60, required=False, help_text='Its code, for example "TCVN ISO 9001".')
    standard_edition = serializers.CharField(max_length=10, required=False, allow_blank=True, default="")
    scale = serializers.ChoiceField(choices=CriteriaSet.Scale.choices, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        own = [name for name in ("title", "title_en", "standard", "scale") if name in attrs]
        if "based_on" in attrs and own:
            said = _("Name the version it is based on, or a title, standard and scale of a new set: not both.")
            raise exceptions.ValidationError({name: [said] for name in own})
        needed = [] if "based_on" in attrs else ["title", "standard", "scale"]
        if lacking := [name for name in needed if name not in attrs]:
            raise exceptions.ValidationError({name: [_("This must be given.")] for name in lacking})
        return attrs


class CriteriaChange(Input):
    title = serializers.CharField(max_length=200)
    title_en = serializers.CharField(max_length=200, allow_blank=True)
    note = serializers.CharField(max_length=4000, allow_blank=True)
    policy = serializers.DictField(help_text="The whole policy: what is left out has its usual value.")


class CriteriaDocument(serializers.Serializer[Any]):
    """As `document` gives it: what has its usual value is left out of a criterion."""

    format = serializers.CharField()
    slug = serializers.CharField(required=False)
    version = serializers.IntegerField(required=False)
    digest = serializers.CharField(required=False)
    title = serializers.CharField()
    title_en = serializers.CharField(required=False)
    note = serializers.CharField(required=False)
    standard = serializers.DictField(help_text="`code` and `edition`.")
    scale = serializers.ChoiceField(choices=CriteriaSet.Scale.choices)
    policy = serializers.DictField(required=False)
    criteria = serializers.ListField(child=serializers.DictField())


class ContentChange(serializers.Serializer[Any]):
    what = serializers.CharField(help_text="In the caller's language.")
    before = serializers.CharField()
    after = serializers.CharField()


class ContentChecked(serializers.Serializer[Any]):
    changes = ContentChange(many=True)


CHECK = OpenApiParameter(
    name="check",
    location=OpenApiParameter.QUERY,
    type=str,
    enum=["1"],
    description="1: say what would change, save nothing.",
)
CONTENT_MATCH = OpenApiParameter(
    name="If-Match",
    location=OpenApiParameter.HEADER,
    type=str,
    description="The `ETag` of the draft as it was read. Not needed for a check.",
)


def done(service: Callable[..., CriteriaSet], **given: Any) -> CriteriaSet:
    """What the service answers; its refusals as the API says them."""
    try:
        return service(**given)
    except services.StaleDraft as error:
        raise Stale(str(error)) from error
    except services.CannotPublish as error:
        raise ContentInvalid((problem.code or problem.where, problem.text) for problem in error.problems) from error
    except services.PolicyInvalid as error:
        raise ContentInvalid([("policy", str(error))]) from error
    except services.LockedRows as error:
        raise ContentInvalid([("criteria", str(error))]) from error
    except services.NotAProvince as error:
        raise exceptions.ValidationError({"unit": [str(error)]}) from error
    except services.BaseIsDraft as error:
        raise exceptions.ValidationError({"based_on": [str(error)]}) from error
    except services.CriteriaRefused as error:
        raise NotNow(str(error)) from error


class CriteriaDrafts:
    """By those who edit criteria in the province of the set."""

    caller: Any
    allowed: Callable[[], QuerySet[CriteriaSet]]
    row: Any
    tagged: Any

    def act(self, data: dict[str, Any]) -> int:
        province = allowed_units(self.caller, Permission.UNIT_VIEW).filter(pk=data["unit"]).first()
        if province is None:
            raise exceptions.ValidationError({"unit": [NOTHING]})
        if "based_on" in data:
            base = self.allowed().filter(pk=data["based_on"]).first()
            if base is None or base.unit_id not in {None, province.pk}:
                raise exceptions.ValidationError({"based_on": [NOTHING]})
            return done(services.begin_draft, province=province, based_on=base, by=self.caller).pk
        standard = Standard.objects.filter(code=data["standard"], edition=data["standard_edition"]).first()
        if standard is None:
            raise exceptions.ValidationError({"standard": [_("The portal knows no such standard and edition.")]})
        made = done(
            services.begin_set,
            province=province,
            title=data["title"],
            title_en=data.get("title_en", ""),
            standard=standard,
            scale=data["scale"],
            by=self.caller,
        )
        return made.pk

    def may_change(self, pk: int) -> bool:
        return CriteriaSet.objects.allowed_to(self.caller, Permission.CRITERIA_EDIT).filter(pk=pk).exists()

    @transaction.atomic
    def change(self, pk: int, data: dict[str, Any], version: int) -> None:
        draft = self._set(pk)
        given = dict(data)
        policy = given.pop("policy", None)
        if given:
            head = {name: given.get(name, getattr(draft, name)) for name in ("title", "title_en", "note")}
            version = done(services.edit_head, criteria_set=draft, by=self.caller, expected=version, **head).revision
        if policy is not None:
            done(services.edit_policy, criteria_set=draft, policy=policy, by=self.caller, expected=version)

    def _set(self, pk: int) -> CriteriaSet:
        found: CriteriaSet = get_object_or_404(self.allowed().select_related("standard", "unit"), pk=pk)
        return found

    def _edited(self, pk: int) -> CriteriaSet:
        found = self._set(pk)
        if not services.edits(self.caller, found.unit):
            raise PermissionDenied
        return found

    @extend_schema(
        summary="A criteria set as one document", request=None, responses={200: CriteriaDocument}, filters=False
    )
    @action(detail=True, methods=["get"])
    def document(self, request: Request, pk: int) -> Response:
        found = self._set(pk)
        said = as_document(content_of(found), slug=found.slug, version=found.version)
        return Response(said, headers={"ETag": f'"{found.revision}"'})

    @extend_schema(
        summary="Make a draft say what a document says",
        description="Whole or not at all; 422 names the places of what is wrong.",
        request=CriteriaDocument,
        responses={200: ContentChecked},
        parameters=[CHECK, CONTENT_MATCH],
        filters=False,
    )
    @action(detail=True, methods=["put"])
    def content(self, request: Request, pk: int) -> Response:
        """Answers with what changed. The standard and the scale of a draft stay."""
        draft = self._edited(pk)
        if draft.status != CriteriaSet.Status.DRAFT:
            raise NotNow(str(services.NotADraft()))
        is_check = self._is_check(request)
        if not is_check:
            require_match(request, draft.revision)
        data = orjson.dumps(request.data)
        checked = check_file(draft=draft, name="document.json", data=data, by=self.caller)
        if checked.problems or checked.content is None:
            raise ContentInvalid((problem.cell, problem.text) for problem in checked.problems)
        if not is_check:
            given = {"criteria_set": draft, "content": checked.content, "by": self.caller}
            draft = done(services.replace_content, expected=draft.revision, **given)
        return Response(_told(checked), headers={"ETag": f'"{draft.revision}"'})

    @staticmethod
    def _is_check(request: Request) -> bool:
        if wrong := request.query_params.keys() - {"check"}:
            raise exceptions.ValidationError({name: [_("There is no such parameter.")] for name in sorted(wrong)})
        given = request.query_params.get("check", "")
        if given not in {"", "1"}:
            raise exceptions.ValidationError({"check": [_("Use one of: %s.") % "1"]})
        return given == "1"

    @extend_schema(
        summary="Bring a draft into force",
        description="For good: nothing in it changes from then on. 422 names everything that keeps it from that.",
        request=None,
        parameters=[IF_MATCH],
        filters=False,
    )
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: int) -> Response:
        draft = self._edited(pk)
        require_match(request, draft.revision)
        done(services.publish, criteria_set=draft, by=self.caller, expected=draft.revision)
        return self.tagged(self.row(pk))

    @extend_schema(
        summary="Take a version out of force",
        description="No new round is opened by it; rounds that use it go on.",
        request=None,
        filters=False,
    )
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: int) -> Response:
        done(services.retire, criteria_set=self._edited(pk), by=self.caller)
        return self.tagged(self.row(pk))


def _told(checked: CheckedFile) -> dict[str, Any]:
    changes = checked.changes
    return {"changes": [{"what": each.what, "before": each.before, "after": each.after} for each in changes]}
