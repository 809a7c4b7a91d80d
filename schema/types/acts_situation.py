"""The acts on a situation: opened, qualified, assessed, monitored, closed, reopened; who is competent for it."""

import strawberry

from schema.types.acts_fields import act_input, optional, version_last_read
from schema.types.described import public_type
from schema.types.links import ToJurisdiction, ToSituation
from schema.types.mutation_parts import Refusable
from schema.types.words import JurisdictionRole, KnownSource, Qualification, TriState, Urgency


@public_type
class SituationPayload(Refusable):
    """The situation after the act, as the caller may see it now."""

    situation: ToSituation | None = strawberry.field(description="The situation; null when the act was refused.")


@public_type
class JurisdictionPayload(Refusable):
    """The competence after the act, as the caller may see it now."""

    jurisdiction: ToJurisdiction | None = strawberry.field(description="The competence; null when the act was refused.")


@act_input
class OpenSituationInput:
    """A new situation; it is assigned to the listener who opens it and gets a random reference."""

    urgency: Urgency = optional("How fast it must be dealt with.", Urgency.STANDARD)
    qualification: Qualification = optional("How the conduct is qualified.", Qualification.UNKNOWN)
    known_to_cp: TriState = optional("Whether the minor is already known to child protection.", TriState.UNKNOWN)
    known_source: KnownSource = optional("Who said so.", KnownSource.UNKNOWN)


@act_input
class UpdateSituationInput:
    """New values; what is left out stays as it is."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    urgency: Urgency | None = optional("How fast it must be dealt with.")
    qualification: Qualification | None = optional("How the conduct is qualified.")
    known_to_cp: TriState | None = optional("Whether the minor is already known to child protection.")
    known_source: KnownSource | None = optional("Who said so.")
    expected_version: str | None = version_last_read()


@act_input
class AssessSituationInput:
    """The situation is appraised: OPEN or REOPENED becomes ASSESSED."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    expected_version: str | None = version_last_read()


@act_input
class MonitorSituationInput:
    """The DLPM has acted and follows the situation: ADVICE_ONLY, IP_SENT or LINKED_TO_ASE becomes MONITORED."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    expected_version: str | None = version_last_read()


@act_input
class CloseSituationInput:
    """Close a monitored situation: its grants, orientations and ASE links end with it."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    expected_version: str | None = version_last_read()


@act_input
class ReopenSituationInput:
    """Reopen a closed situation; what ended with the closure does not come back."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    expected_version: str | None = version_last_read()


@act_input
class RecordJurisdictionInput:
    """An authority becomes competent; several are at once, and a runaway moves."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    department_code: str = strawberry.field(description="Official code of the place's department.")
    authority: strawberry.ID = strawberry.field(
        description="Id of the authority, one that answers for this department."
    )
    role: JurisdictionRole = strawberry.field(description="Why it is competent: residence, presence or custody.")


@act_input
class EndJurisdictionInput:
    """An authority is no longer competent from now on."""

    jurisdiction: strawberry.ID = strawberry.field(description="Id of the competence.")
    expected_version: str | None = version_last_read()
