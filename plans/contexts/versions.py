"""The versions of a plan: as it was issued, and after each amendment; any two can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from plans.contexts.content import PlanContent, content_of
from plans.contexts.diff import Change, diff
from plans.models import Amendment, Plan
from units.models import Unit


@dataclass(frozen=True, slots=True)
class Version:
    """`key` is "0" for the plan as first issued, else the order of the amendment that made it."""

    key: str
    content: PlanContent
    amendment: Amendment | None = None

    @property
    def day(self) -> date | None:
        return self.amendment.issued_on if self.amendment else None


def versions_of(plan: Plan) -> list[Version]:
    """Oldest first; the last one is the plan as it is. Twelve queries."""
    issued = list(
        plan.amendments.filter(status=Amendment.Status.ISSUED)
        .select_related("created_by", "signed_file")
        .order_by("issued_at", "pk")
    )
    contents = [PlanContent.from_json(each.before) for each in issued]
    versions = [Version("0", contents[0] if contents else content_of(plan))]
    for place, amendment in enumerate(issued):
        # What an amendment made is what the next one found: changes of the schedule in between are seen there.
        after = PlanContent.from_json(amendment.content) if place + 1 < len(issued) else content_of(plan)
        versions.append(Version(str(amendment.order), after, amendment))
    return versions


def compared(before: PlanContent, after: PlanContent) -> list[Change]:
    """The difference, with the names of the units that are linked. One query."""
    linked = {each.unit for content in (before, after) for task in content.tasks for each in task.performers}
    linked |= {each.unit for content in (before, after) for each in content.responsibilities}
    names = {unit.pk: unit.label for unit in Unit.objects.filter(pk__in=[pk for pk in linked if pk])}
    return diff(before, after, units=names)
