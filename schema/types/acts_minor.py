"""The acts on the minors of a situation and on the holders of parental authority."""

import datetime

import strawberry

from schema.types.acts_fields import act_input, optional, version_last_read
from schema.types.described import public_type
from schema.types.links import ToMinor, ToParentalHolder
from schema.types.mutation_parts import Refusable
from schema.types.words import AgePrecision, Gender, TriState


@public_type
class MinorPayload(Refusable):
    """The minor after the act, as the caller may see it now."""

    minor: ToMinor | None = strawberry.field(description="The minor; null when the act was refused.")


@public_type
class ParentalHolderPayload(Refusable):
    """The holder after the act, as the caller may see it now."""

    parental_holder: ToParentalHolder | None = strawberry.field(
        description="The holder; null when the act was refused."
    )


@act_input
class AddMinorInput:
    """A minor of a situation; the coded age is computed from the age, or from the date of birth."""

    situation: strawberry.ID = strawberry.field(description="Id of the situation.")
    first_name: str | None = optional("First name, or the one the minor uses.")
    gender: Gender = optional("Gender.", Gender.UNKNOWN)
    age: int | None = optional("Age in years at the first contact.")
    age_precision: AgePrecision = optional("How well the age is known.", AgePrecision.UNKNOWN)
    safe_channel: str | None = optional("How the minor can be reached without danger.")
    safe_hours: str | None = optional("When the minor can be reached without danger.")
    language: str | None = optional("Language the minor speaks.")
    last_name: str | None = optional("Family name.")
    birth_date: datetime.date | None = optional("Date of birth.")
    address: str | None = optional("Address.")
    phone: str | None = optional("Phone number.")
    handles: list[str] | None = optional("Accounts on social networks.")
    school: str | None = optional("School.")


@act_input
class UpdateMinorInput:
    """New values; what is left out stays as it is, an empty text erases."""

    minor: strawberry.ID = strawberry.field(description="Id of the minor.")
    first_name: str | None = optional("First name, or the one the minor uses.")
    gender: Gender | None = optional("Gender.")
    age: int | None = optional("Age in years at the first contact; the coded age follows.")
    age_precision: AgePrecision | None = optional("How well the age is known.")
    safe_channel: str | None = optional("How the minor can be reached without danger.")
    safe_hours: str | None = optional("When the minor can be reached without danger.")
    language: str | None = optional("Language the minor speaks.")
    last_name: str | None = optional("Family name.")
    birth_date: datetime.date | None = optional("Date of birth.")
    address: str | None = optional("Address.")
    phone: str | None = optional("Phone number.")
    handles: list[str] | None = optional("Accounts on social networks; they replace those recorded.")
    school: str | None = optional("School.")
    expected_version: str | None = version_last_read()


@act_input
class AddParentalHolderInput:
    """A holder of parental authority; a parent may be the exploiter, so danger is asked for."""

    minor: strawberry.ID = strawberry.field(description="Id of the minor.")
    name: str | None = optional("Name.")
    contact: str | None = optional("How to reach the holder.")
    authority_kind: str | None = optional("Code of the list TITAP (CASF annexe 2-8).")
    danger_if_informed: TriState = optional(
        "Whether telling this holder would put the minor in danger.", TriState.UNKNOWN
    )


@act_input
class UpdateParentalHolderInput:
    """New values; what is left out stays as it is, an empty text erases."""

    parental_holder: strawberry.ID = strawberry.field(description="Id of the holder.")
    name: str | None = optional("Name.")
    contact: str | None = optional("How to reach the holder.")
    authority_kind: str | None = optional("Code of the list TITAP (CASF annexe 2-8).")
    danger_if_informed: TriState | None = optional("Whether telling this holder would put the minor in danger.")
    expected_version: str | None = version_last_read()
