"""The directory: departments, the authorities that answer for them, organisations and their resource cards."""

import datetime
from enum import Enum

import strawberry

from schema.types.described import public_enum, public_input, public_type
from schema.types.links import (
    ToAuthority,
    ToAuthorityDepartment,
    ToDepartment,
    ToMember,
    ToOrganisation,
    ToResourceCard,
)
from schema.types.node import Node, Versioned, condition, many
from schema.types.words import AuthorityKind, MandateKind, OrganisationStatus, OrgKind, ResourceVisibility


@public_type
class Department:
    """One of the 101 French departments (96 metropolitan, 5 overseas): a place, not an authority."""

    code: str | None = strawberry.field(description="Official code: 01 to 95, 2A, 2B, 971 to 974, 976.")
    name: str | None = strawberry.field(description="Official name.")
    region_code: str | None = strawberry.field(description="Official code of its region.")
    region_name: str | None = strawberry.field(description="Official name of its region.")
    timezone: str | None = strawberry.field(description="IANA zone of its civil time: deadlines end at its midnight.")


@public_enum
class DepartmentOrder(Enum):
    """In which order departments are listed; rows of equal rank follow their ids."""

    CODE_ASCENDING = strawberry.enum_value("CODE_ASCENDING", description="By official code.")


@public_type
class Authority(Node):
    """Who answers for child protection (CASF L226-3): about 100 authorities for 101 departments."""

    code: str | None = strawberry.field(description="Stable code, made of department codes: 59, 69M, 69D, 2A+2B.")
    name: str | None = strawberry.field(description="Name of the departmental council or of what stands in its place.")
    kind: AuthorityKind | None = strawberry.field(
        description="Departmental council, metropolis or single collectivity."
    )
    timezone: str | None = strawberry.field(description="IANA zone in which its deadlines are counted.")
    ack_working_days: int | None = strawberry.field(
        description="Its target: in how many working days it acknowledges a concern report."
    )
    departments: list[ToAuthorityDepartment] = many("The departments it answers for.")


@public_input
class AuthorityFilter:
    """Which authorities to list: all conditions have to be met."""

    code: list[str] | None = condition("Only the authorities with one of these codes.")


@public_enum
class AuthorityOrder(Enum):
    """In which order authorities are listed; rows of equal rank follow their ids."""

    CODE_ASCENDING = strawberry.enum_value("CODE_ASCENDING", description="By stable code.")


@public_type
class AuthorityDepartment:
    """One department that one authority answers for: Rhône has two authorities, Corsica is one for two departments."""

    department_code: str | None = strawberry.field(description="Official code of the department.")
    department: ToDepartment | None = strawberry.field(description="The department.")
    authority: ToAuthority | None = strawberry.field(description="The authority.")


@public_type
class Organisation(Node, Versioned):
    """A partner of the network; each is the controller of its own rows."""

    name: str | None = strawberry.field(description="Public name.")
    kind: OrgKind | None = strawberry.field(description="What kind of organisation it is.")
    mandate_kind: MandateKind | None = strawberry.field(
        description="The mandate it works on: the hard ceiling of what an association may receive."
    )
    convention_ref: str | None = strawberry.field(description="Reference of its convention with the network.")
    valid_from: datetime.date | None = strawberry.field(description="First day of the convention.")
    valid_to: datetime.date | None = strawberry.field(description="Last day of the convention.")
    territories: list[str] | None = strawberry.field(description="Codes of the departments where it works.")
    sirets: list[str] | None = strawberry.field(description="Its SIRET numbers; a department has several.")
    status: OrganisationStatus | None = strawberry.field(
        description="Where its membership stands: only ACTIVE organisations get tokens."
    )
    epoch: int | None = strawberry.field(description="Raised at each suspension: tokens issued before are dead.")
    authority: ToAuthority | None = strawberry.field(
        description="The authority whose service it is (CRIP, ASE); null for any other."
    )
    resource_cards: list[ToResourceCard] = many("Its cards in the cartography of resources.")
    members: list[ToMember] = many("Its members.")


@public_input
class OrganisationFilter:
    """Which organisations to list: all conditions have to be met."""

    kind: list[OrgKind] | None = condition("Only organisations of one of these kinds.")
    authority: strawberry.ID | None = condition("Only the services of this authority.")
    territory: str | None = condition("Only organisations that work in the department with this code.")


@public_enum
class OrganisationOrder(Enum):
    """In which order organisations are listed; rows of equal rank follow their ids."""

    NAME_ASCENDING = strawberry.enum_value("NAME_ASCENDING", description="By public name.")


@public_type
class ResourceCard(Node, Versioned):
    """A local resource in the cartography."""

    title: str | None = strawberry.field(description="What it offers.")
    description: str | None = strawberry.field(description="For whom it is and how to reach it.")
    territories: list[str] | None = strawberry.field(description="Codes of the departments it serves.")
    audiences: list[str] | None = strawberry.field(description="The publics it receives.")
    visibility: ResourceVisibility | None = strawberry.field(
        description="Who may see it: SECRET cards (shelters) are seen by their owner and the DLPM only."
    )
    verified_at: datetime.datetime | None = strawberry.field(description="When somebody last checked it.")
    organisation: ToOrganisation | None = strawberry.field(description="The organisation that offers it.")


@public_input
class ResourceCardFilter:
    """Which resource cards to list: all conditions have to be met."""

    territory: str | None = condition("Only resources that serve the department with this code.")
    visibility: list[ResourceVisibility] | None = condition("Only cards with one of these visibilities.")


@public_enum
class ResourceCardOrder(Enum):
    """In which order resource cards are listed; rows of equal rank follow their ids."""

    TITLE_ASCENDING = strawberry.enum_value("TITLE_ASCENDING", description="By title.")
