from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from isoportal.rows import ListAPI
from plans.contexts.legal import is_outdated
from plans.document.spelling import fold, tidy
from plans.models import LegalDocument
from units.permissions import Permission


class LegalDocumentRow(serializers.ModelSerializer[LegalDocument]):
    class Meta:
        model = LegalDocument
        fields = [
            "id",
            "unit",
            "kind",
            "number",
            "issued_on",
            "issuer",
            "abstract",
            "valid_from",
            "valid_to",
            "replaced_by",
            "replaced_on",
            "version",
            "updated_at",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "unit": {"help_text": "The province whose register it is."},
            "number": {"help_text": "Number and symbol as written; a law may lack it and is called by its abstract."},
            "valid_to": {"help_text": "Last day, inclusive; null where none is set."},
        }


class LegalDocumentFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=LegalDocument.Kind.choices)
    number = django_filters.CharFilter()
    issued_on = django_filters.DateFromToRangeFilter()
    updated_since = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")
    outdated = django_filters.BooleanFilter(
        method="holds_no_more", help_text="Whether it was replaced or has ended by today."
    )
    search = django_filters.CharFilter(method="by_words", help_text="Words, with or without their marks.")

    class Meta:
        model = LegalDocument
        fields: list[str] = []

    def holds_no_more(self, queryset: QuerySet[LegalDocument], name: str, value: bool) -> QuerySet[LegalDocument]:
        rule = is_outdated(timezone.localdate())
        return queryset.filter(rule) if value else queryset.exclude(pk__in=LegalDocument.objects.filter(rule))

    def by_words(self, queryset: QuerySet[LegalDocument], name: str, value: str) -> QuerySet[LegalDocument]:
        for word in tidy(fold(value)).split():
            queryset = queryset.filter(search_text__contains=word)
        return queryset


@extend_schema_view(
    list=extend_schema(summary="Legal bases"), retrieve=extend_schema(summary="One document of the register")
)
class LegalDocumentAPI(ListAPI):
    """The register of legal documents that plans cite: one row for each document, however many plans cite it."""

    queryset = LegalDocument.objects.all()
    serializer_class = LegalDocumentRow
    filterset_class = LegalDocumentFilter
    ordering_fields = ("id", "updated_at")

    def allowed(self) -> QuerySet[LegalDocument]:
        return LegalDocument.objects.allowed_to(self.caller, Permission.PLAN_VIEW)
