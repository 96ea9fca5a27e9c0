"""The register of legal bases: a list, a record with what cites it, and what its keepers may do with it."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from plans.contexts.legal import citations_of, keeps_register, outdated, successors_of, validity, with_usage
from plans.filters import LegalDocumentFilter
from plans.forms.legal import LegalDocumentForm, MergeForm, ReplaceForm
from plans.models import Evidence, LegalDocument
from plans.services import register
from plans.services.evidence import EvidenceRefused, keep_evidence
from units.access import allowed_units, get_allowed
from units.http import UserRequest
from units.models import Unit
from units.permissions import Permission

PER_PAGE = 50
SORTS = {"date": "issued_on", "number": "number", "kind": "kind", "usage": "usage"}


@login_required
@require_safe
def legal_list(request: UserRequest) -> HttpResponse:
    visible = LegalDocument.objects.allowed_to(request.user, Permission.PLAN_VIEW)
    filtered = LegalDocumentFilter(request.GET, queryset=visible, request=request)
    sort = request.GET.get("sort", "")
    name = SORTS.get(sort.lstrip("-"), SORTS["date"])
    sign = "" if sort and not sort.startswith("-") else "-"
    documents = with_usage(filtered.qs.select_related("replaced_by"), request.user)
    page = Paginator(documents.order_by(f"{sign}{name}", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "filter": filtered,
        "page": page,
        "rows": [(document, validity(document, today)) for document in page.object_list],
        "may_add": bool(registers_of(request)),
    }
    return render(request, "legal/legal_list.html", context)


def registers_of(request: UserRequest) -> list[Unit]:
    """The provinces whose registers the person keeps."""
    return list(allowed_units(request.user, Permission.PLAN_EDIT).filter(parent=None).order_by("name"))


def load(request: UserRequest, pk: int, then: Permission | None = None) -> LegalDocument:
    documents = LegalDocument.objects.select_related("unit", "replaced_by", "file")
    return get_allowed(documents, request.user, Permission.PLAN_VIEW, then, pk=pk)


@login_required
@require_safe
def legal_detail(request: UserRequest, pk: int) -> HttpResponse:
    document = load(request, pk)
    today = timezone.localdate()
    context = {
        "document": document,
        "state": validity(document, today),
        "outdated": outdated(document, today),
        "successors": list(successors_of(document).values()),
        "replaces": list(document.replaces.order_by("-issued_on", "pk")),
        "citations": citations_of(document, request.user),
        "may_change": keeps_register(document, request.user),
    }
    return render(request, "legal/legal_detail.html", context)


def file_of(form, document_unit: Unit, by) -> Evidence | None:
    file = form.cleaned_data.get("file")
    return keep_evidence(unit=document_unit, file=file, title=str(form.cleaned_data["number"]), by=by) if file else None


@login_required
@require_http_methods(["GET", "POST"])
def legal_add(request: UserRequest) -> HttpResponse:
    registers = registers_of(request)
    if not registers:
        raise PermissionDenied
    # Who keeps the registers of several provinces says which one.
    chosen = next((unit for unit in registers if str(unit.pk) == request.POST.get("register")), registers[0])
    context: dict = {"registers": registers, "chosen": chosen}
    if request.method != "POST":
        return render(request, "legal/legal_form.html", context | {"form": LegalDocumentForm()})
    form = context["form"] = LegalDocumentForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            file = file_of(form, chosen, request.user)
            document = register.add_legal_document(register=chosen, by=request.user, file=file, **form.values())
        except EvidenceRefused as refused:
            form.add_error("file", str(refused))
        except register.AlreadyRegistered as refused:
            form.add_error("number", str(refused))
            context["known"] = refused.document
        except register.RegisterRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The document is in the register."))
            return redirect("plans:legal", pk=document.pk)
    return render(request, "legal/legal_form.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@login_required
@require_http_methods(["GET", "POST"])
def legal_edit(request: UserRequest, pk: int) -> HttpResponse:
    document = load(request, pk, Permission.PLAN_EDIT)
    context: dict = {"document": document}
    if request.method != "POST":
        form = LegalDocumentForm(instance=document, initial={"version": document.version, "file": None})
        return render(request, "legal/legal_form.html", context | {"form": form})
    given = request.POST.copy()
    form = context["form"] = LegalDocumentForm(given, request.FILES)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            register.change_legal_document(
                document=document,
                version=form.cleaned_data["version"] or 0,
                by=request.user,
                file=file_of(form, document.unit, request.user),
                **form.values(),
            )
        except register.RecordChanged as changed:
            form.add_error(None, str(changed))
            given["version"] = str(changed.document.version)
            context["differences"] = differences(form, changed.document)
            status = HTTPStatus.CONFLICT
        except EvidenceRefused as refused:
            form.add_error("file", str(refused))
        except register.AlreadyRegistered as refused:
            form.add_error("number", str(refused))
            context["known"] = refused.document
        except register.RegisterRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The record is saved."))
            return redirect("plans:legal", pk=pk)
    return render(request, "legal/legal_form.html", context, status=status)


def differences(form: LegalDocumentForm, now: LegalDocument) -> list[tuple[str, object, object]]:
    """(field, what is saved now, what the person typed) where the two differ."""
    rows = []
    for name, typed in form.values().items():
        saved = getattr(now, name)
        if saved != typed:
            if name == "kind":
                saved, typed = LegalDocument.Kind(saved).label, LegalDocument.Kind(typed).label
            rows.append((str(form.fields[name].label), saved, typed))
    return rows


@login_required
@require_http_methods(["GET", "POST"])
def legal_replace(request: UserRequest, pk: int) -> HttpResponse:
    document = load(request, pk, Permission.PLAN_EDIT)
    context: dict = {"document": document, "usage": len(citations_of(document, request.user))}
    given = request.POST.copy()
    sent = (given,) if request.method == "POST" else ()
    form = context["form"] = ReplaceForm(*sent, document=document, others=others_of(document))
    if request.method != "POST":
        return render(request, "legal/legal_replace.html", context)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            now = register.replace_legal_document(document=document, by=request.user, **form.cleaned_data)
        except register.RecordChanged as changed:
            form.add_error(None, str(changed))
            given["version"] = str(changed.document.version)
            status = HTTPStatus.CONFLICT
        except register.RegisterRefused as refused:
            form.add_error("successor", str(refused))
        else:
            said = _("The plans that cite it now warn and name its successor.") if now.replaced_by_id else ""
            messages.success(request, said or _("The document counts as not replaced."))
            return redirect("plans:legal", pk=pk)
    return render(request, "legal/legal_replace.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def legal_merge(request: UserRequest, pk: int) -> HttpResponse:
    document = load(request, pk, Permission.PLAN_EDIT)
    form = MergeForm(request.POST if request.method == "POST" else None, others=others_of(document))
    if request.method == "POST" and form.is_valid():
        try:
            register.merge_legal_documents(kept=document, duplicate=form.cleaned_data["duplicate"], by=request.user)
        except register.RegisterRefused as refused:
            form.add_error("duplicate", str(refused))
        else:
            messages.success(request, _("The two records are one now."))
            return redirect("plans:legal", pk=pk)
    context = {"document": document, "form": form}
    return render(request, "legal/legal_merge.html", context, status=422 if form.errors else 200)


def others_of(document: LegalDocument):
    return LegalDocument.objects.filter(unit=document.unit).exclude(pk=document.pk).order_by("-issued_on", "number")
