"""People, units and the fixed cast of the tests."""

from __future__ import annotations

from dataclasses import dataclass, field

import factory

from units.models import Membership, Unit, User
from units.permissions import Role
from units.services import create_unit


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence("person{}".format)
    full_name = factory.Sequence("Người {}".format)
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.gov.vn")


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit

    kind = Unit.Kind.DISTRICT
    name = factory.Sequence("UBND huyện {}".format)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        # The service owns the path, as everywhere.
        return create_unit(by=None, **kwargs)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(UnitFactory)
    role = Role.UNIT_OFFICER


@dataclass
class Cast:
    """Units by name and people by role. `a` and `b` are sibling districts, `a1` a commune under `a`."""

    province: Unit
    department: Unit
    a: Unit
    a1: Unit
    b: Unit
    foreign: Unit
    people: dict[str, User] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.people[name]


PROVINCE_ROLES = [Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.ASSESSOR, Role.LEADER, Role.FINANCE]
UNIT_ROLES = [Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.OBSERVER]


def make_cast() -> Cast:
    province = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Mẫu", place="Mẫu")
    foreign = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Khác", place="Khác")
    a = UnitFactory(parent=province, name="UBND huyện A")
    cast = Cast(
        province=province,
        department=UnitFactory(parent=province, kind=Unit.Kind.DEPARTMENT, name="Sở Khoa học và Công nghệ"),
        a=a,
        a1=UnitFactory(parent=a, kind=Unit.Kind.COMMUNE, name="UBND xã A1"),
        b=UnitFactory(parent=province, name="UBND huyện B"),
        foreign=foreign,
    )
    for role in PROVINCE_ROLES:
        cast.people[role] = MembershipFactory(unit=province, role=role).user
    for role in UNIT_ROLES:
        cast.people[role] = MembershipFactory(unit=a, role=role).user
    cast.people["sibling"] = MembershipFactory(unit=cast.b, role=Role.UNIT_OFFICER).user
    cast.people["commune"] = MembershipFactory(unit=cast.a1, role=Role.UNIT_OFFICER).user
    cast.people["foreign"] = MembershipFactory(unit=foreign, role=Role.PROGRAMME_OFFICER).user
    cast.people["stranger"] = UserFactory()
    return cast
