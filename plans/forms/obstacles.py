from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.forms.evidence import WithEvidence
from plans.models import Evidence, Obstacle, Plan, Task, TaskPerformer
from plans.permissions import OPEN
from units.access import allowed_units
from units.models import Unit
from units.permissions import Permission

LONGEST = 8000
FIRST_LEVELS = [Obstacle.Level.STANDING_BODY, Obstacle.Level.UNIT]


def tasks_to_speak_of(user):
    """Tasks that a unit of the person performs, of plans that are open."""
    return Task.objects.allowed_to(user, Permission.TASK_REPORT).filter(plan__status__in=OPEN, is_cancelled=False)


def raising_units(user, task=None, plan=None):
    """The units that perform the task (or any of the plan) and for which the person reports."""
    performing = TaskPerformer.objects.performing().filter(**({"task": task} if task else {"task__plan": plan}))
    units = allowed_units(user, Permission.TASK_REPORT)
    return units.filter(pk__in=performing.values("unit")).order_by("name")


class RaiseForm(WithEvidence):
    """What a unit writes: of one task, or of a plan as a whole."""

    task = forms.ModelChoiceField(
        label=_("Task"), queryset=Task.objects.none(), required=False, empty_label=_("The plan as a whole")
    )
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    title = forms.CharField(
        label=_("What stands in the way, in one line"),
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    text = forms.CharField(label=_("Describe it"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    proposal = forms.CharField(
        label=_("What the unit proposes"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )
    level = forms.TypedChoiceField(
        label=_("Who is to answer"),
        choices=[(level.value, level.label) for level in FIRST_LEVELS],
        coerce=int,
        initial=Obstacle.Level.STANDING_BODY.value,
        widget=forms.RadioSelect,
        help_text=_("What is not answered in time goes up one level by itself."),
    )
    field_order = ["task", "unit", "title", "text", "proposal", "level", "files", "earlier"]

    def __init__(self, *args, user, plan: Plan, task: Task | None = None, **kwargs):
        units = raising_units(user, task=task, plan=plan)
        super().__init__(*args, evidence_of=Evidence.objects.kept().filter(unit__in=units), **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].initial = units[0].pk
            self.fields["unit"].widget = forms.HiddenInput()
        if task:
            del self.fields["task"]
        else:
            tasks = tasks_to_speak_of(user).filter(plan=plan).order_by("order")
            self.fields["task"].queryset = tasks  # type: ignore[attr-defined]


class VersionedForm(WithEvidence):
    """`version` is that of the obstacle as it was when the page was made."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AnswerForm(VersionedForm):
    text = forms.CharField(label=_("Answer"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    document = forms.CharField(
        label=_("Document of the answer"),
        required=False,
        max_length=200,
        help_text=_("Number, symbol and date, where the answer was given on paper."),
    )
    field_order = ["text", "document", "files", "earlier", "version"]

    def __init__(self, *args, records=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["document"].required = records


class DirectForm(AnswerForm):
    """A direction: what is to be done, by whom, until when."""

    title = forms.CharField(label=_("What is to be done"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    units = forms.ModelMultipleChoiceField(
        label=_("Units that are to do it; the first leads"),
        queryset=Unit.objects.none(),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    due_on = forms.DateField(label=_("Deadline"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    field_order = ["title", "units", "due_on", "text", "document", "files", "earlier", "version"]

    def __init__(self, *args, obstacle: Obstacle, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False
        self.fields["text"].label = _("Words of the direction")
        units = Unit.objects.filter(path__startswith=obstacle.plan.reach).order_by("kind", "name")
        self.fields["units"].queryset = units  # type: ignore[attr-defined]


class WordForm(VersionedForm):
    """A note, a reason, a last word."""

    text = forms.CharField(label=_("Text"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ["text", "files", "earlier", "version"]

    def __init__(self, *args, label="", optional=False, with_files=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = not optional
        if label:
            self.fields["text"].label = label
        if not with_files:
            del self.fields["files"], self.fields["earlier"]
