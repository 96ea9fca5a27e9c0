"""Lists made of rows: the serializer names the columns, `values()` reads them, orjson writes them.

No model instance and no serializer runs per row, which is what makes a page of two hundred rows cheap; the serializer
stays the one description of a row, from which the OpenAPI schema is made too.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import django_filters
import orjson
from django import forms
from django.core.exceptions import ValidationError as InvalidValue
from django.db import DataError
from django.db.models import F, Field, Model, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, pagination, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from units.models import User

Row = dict[str, Any]
LARGEST_ID = 2**63 - 1


class IdFilter(django_filters.Filter):
    """Things are filtered by the id of what they belong to, without saying whether a foreign id exists."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=LARGEST_ID, **kwargs)


class CursorPagination(pagination.BasePagination):
    """Pages by the last row's place in the order, so that no row is shown twice or missed while others are written.

    `ordering` is one of the view's `ordering_fields` (never null), ties are broken by id; `next` is the address of the
    next page or null.
    """

    page_size = 50
    max_page_size = 200
    parameters = frozenset({"page_size", "cursor", "ordering"})

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any]:
        size = self._size(request)
        ordering = request.query_params.get("ordering") or view.ordering
        name = ordering.removeprefix("-")
        if name not in view.ordering_fields:
            allowed = ", ".join(f"{field}, -{field}" for field in view.ordering_fields)
            raise exceptions.ValidationError({"ordering": [_("Use one of: %s.") % allowed]})
        down = ordering.startswith("-")
        if cursor := request.query_params.get("cursor"):
            queryset = queryset.filter(self._after(queryset.model, name, down, cursor))
        order = ["-pk" if down else "pk"] if name == "id" else [ordering, "-pk" if down else "pk"]
        rows = list(queryset.order_by(*order)[: size + 1])
        self._next = None
        if len(rows) > size:
            rows.pop()
            cursor = base64.urlsafe_b64encode(orjson.dumps([rows[-1][name], rows[-1]["id"]], default=str)).decode()
            query = {**request.query_params.dict(), "cursor": cursor}
            self._next = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
        return rows

    def _size(self, request: Request) -> int:
        given = request.query_params.get("page_size", str(self.page_size))
        if not (given.isascii() and given.isdigit() and len(given) < 5 and 1 <= int(given) <= self.max_page_size):
            raise exceptions.ValidationError({"page_size": [_("Use a number from 1 to %d.") % self.max_page_size]})
        return int(given)

    @staticmethod
    def _after(model: type[Model], name: str, down: bool, cursor: str) -> Q:
        step = "lt" if down else "gt"
        column: Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]
        try:
            value, pk = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
            value, pk = column.to_python(value), model._meta.pk.to_python(pk)
            if value is None or pk is None or (isinstance(pk, int) and not 0 <= pk <= LARGEST_ID) or "\0" in str(value):
                raise ValueError(cursor)
        except (ValueError, TypeError, OverflowError, binascii.Error, InvalidValue) as error:
            raise exceptions.ValidationError(
                {"cursor": [_("Take the cursor from the last answer's `next`.")]}
            ) from error
        return Q(**{f"{name}__{step}": value}) | Q(**{name: value, f"pk__{step}": pk})

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": ["string", "null"], "format": "uri", "description": "The next page, null on the last"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        orders = [sign + name for name in view.ordering_fields for sign in ("", "-")]
        size = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        order = {"type": "string", "enum": orders, "default": view.ordering}
        return [
            {"name": "page_size", "in": "query", "required": False, "schema": size},
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "ordering", "in": "query", "required": False, "schema": order},
        ]


@lru_cache
def parameters_of(filters: type[django_filters.FilterSet]) -> frozenset[str]:
    """The names by which a request gives the filters: a range has one for each of its ends."""
    names: set[str] = set()
    for name, each in filters.base_filters.items():
        suffixes = getattr(each.field_class.widget, "suffixes", None)
        names |= {f"{name}_{suffix}" for suffix in suffixes} if suffixes else {name}
    return frozenset(names)


@lru_cache
def columns_of(serializer: type[serializers.ModelSerializer[Any]]) -> tuple[tuple[str, ...], dict[str, F]]:
    """The columns a serializer describes, and those it renames. Nested parts are left to `complete` and `parts`."""
    own, renamed = [], {}
    for name, field in serializer().fields.items():
        if isinstance(field, serializers.BaseSerializer) or name in getattr(serializer.Meta, "completed", ()):
            continue
        if (source := str(field.source).replace(".", "__")) == name:
            own.append(name)
        else:
            renamed[name] = F(source)
    return tuple(own), renamed


class ListAPI(viewsets.GenericViewSet[Any]):
    """A read-only resource: a list of rows and one row with its parts. Each costs the same queries for 1 and 200 rows.

    A view says `queryset`, `serializer_class` (the row), `filterset_class`, `ordering_fields`, and in `allowed()` what
    the caller may see; `complete(rows)` adds what a row holds beside its columns, `parts(row)` what only one row shows.
    """

    pagination_class = CursorPagination
    ordering = "id"
    ordering_fields: tuple[str, ...] = ("id",)
    serializer_class: type[serializers.ModelSerializer[Any]]
    detail_serializer_class: type[serializers.ModelSerializer[Any]] | None = None
    lookup_value_converter = "int"

    @property
    def caller(self) -> User:
        """Who asks: the permission class lets nobody in who is not signed in."""
        return self.request.user  # type: ignore[return-value]

    def allowed(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        own, renamed = columns_of(self.serializer_class)
        return self.allowed().values(*own, **renamed)

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        detail = self.detail_serializer_class if self.action == "retrieve" else None
        return detail or self.serializer_class

    def complete(self, rows: list[Row]) -> None:
        """Add to the rows of a page what `values()` cannot give, in a constant number of queries."""

    def parts(self, row: Row) -> Row:
        return {}

    def refuse_unknown(self, request: Request) -> None:
        """A misspelt filter would silently answer everything."""
        filters = getattr(self, "filterset_class", None)
        known = CursorPagination.parameters | (parameters_of(filters) if filters else set())
        wrong = {name: [_("There is no such parameter.")] for name in request.query_params if name not in known}
        wrong |= {
            name: [_("Give this parameter once.")]
            for name, values in request.query_params.lists()
            if len(values) > 1 and name not in wrong
        }
        if wrong:
            raise exceptions.ValidationError(wrong)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.refuse_unknown(request)
        try:
            rows: list[Row] = list(self.paginate_queryset(self.filter_queryset(self.get_queryset())) or ())
        except (OverflowError, DataError) as error:  # a moment that in UTC lies outside of the years 1 to 9999
            raise exceptions.ParseError(_("The request is not valid.")) from error
        self.complete(rows)
        return self.get_paginated_response(rows)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.row(self.kwargs["pk"]))

    def row(self, pk: Any) -> Row:
        """One row with its parts, as `retrieve` shows it and as a write answers; 404 outside the caller's reach."""
        row: Row = get_object_or_404(self.get_queryset().order_by(), pk=pk)
        self.complete([row])
        return row | self.parts(row)
