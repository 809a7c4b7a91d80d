"""The caller inside SQL: the same five facts as bind parameters (doors) or as transaction settings (walls)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, cast, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as Uuid

from auth.caller import Caller
from schema.vocabulary import Audience, OrgKind

# Stands for "none": no row has it, and unlike NULL or '' it can be compared without a special case.
NOBODY = UUID(int=0)
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, as SQL expressions."""

    organisation: ColumnElement[UUID]
    authority: ColumnElement[UUID]
    member: ColumnElement[UUID]
    kind: ColumnElement[str]
    purpose: ColumnElement[str]
    # Walls look relations up in the views `reach_of_...`, which know the viewer by themselves.
    by_view: bool = False


def bind(name: str, kind: Any) -> ColumnElement[Any]:
    """A value that each execution gives under this name; `kind` is its SQL type."""
    return bindparam(name, required=False, type_=kind)


def word(value: str) -> ColumnElement[str]:
    """A text literal of our own (a status, a GraphQL name): no caller's value ever passes here."""
    return literal_column("'" + value.replace("'", "''") + "'", Text)


def one_of(column: ColumnElement[str], words: Iterable[str]) -> ColumnElement[bool]:
    """`column = 'A'`, or `column = ANY (ARRAY['A', 'B'])`: written out, so the golden SQL reads as it runs."""
    known = sorted(words)
    if len(known) == 1:
        return column == word(known[0])
    listed = ", ".join(str(word(value)) for value in known)
    return column == func.any(literal_column(f"ARRAY[{listed}]", ARRAY(Text)))


def nobody() -> ColumnElement[UUID]:
    """The viewer of relations that hold for the whole network."""
    return literal_column(f"'{NOBODY}'::uuid", Uuid(as_uuid=True))


def _setting(name: str) -> ColumnElement[str]:
    # In a sub-select, or the planner reads the setting before the statement has set it (database.md, section 3).
    return select(func.current_setting(word(f"app.{name}"))).scalar_subquery()


def _setting_id(name: str) -> ColumnElement[UUID]:
    return select(cast(func.current_setting(word(f"app.{name}")), Uuid(as_uuid=True))).scalar_subquery()


_IDENTITY = Uuid(as_uuid=True)
BOUND = Viewer(
    bind("viewer_organisation", _IDENTITY),
    bind("viewer_authority", _IDENTITY),
    bind("viewer_member", _IDENTITY),
    bind("viewer_kind", Text()),
    bind("viewer_purpose", Text()),
)
SETTINGS = Viewer(
    _setting_id("organisation"),
    _setting_id("authority"),
    _setting_id("member"),
    _setting("kind"),
    _setting("purpose"),
    by_view=True,
)


# The names under which a statement is given its caller.
CALLER = frozenset(
    {
        "viewer_organisation",
        "viewer_authority",
        "viewer_member",
        "viewer_kind",
        "viewer_purpose",
        "viewer_token",
    }
)


def values(caller: Caller) -> Mapping[str, Any]:
    """The bind values of a caller, by parameter name."""
    return {
        "viewer_organisation": caller.organisation_id,
        "viewer_authority": _authority(caller) or NOBODY,
        "viewer_member": caller.member_id or NOBODY,
        "viewer_kind": caller.organisation_kind.value,
        "viewer_purpose": caller.purpose.value if caller.purpose else NOTHING,
        "viewer_token": caller.token_id,
    }


def _authority(caller: Caller) -> UUID | None:
    # Condition 1 makes an authority's reports visible to its CRIP; the coordinator and the DPO of an ASE service
    # belong to the same authority but reach cases by their own links only.
    if caller.audience in {Audience.COO, Audience.DPO} and caller.organisation_kind is not OrgKind.CRIP:
        return None
    return caller.authority_id


def opened() -> ColumnElement[bool]:
    """True once the five settings are written for this transaction and the token still stands.

    Goes into `CASE WHEN opened() THEN (...)`: CASE fixes the order, so the walls find the settings.
    """
    writes = [
        func.set_config(word(f"app.{name}"), cast(value, Text), true()) != word("")
        for name, value in (
            ("organisation", BOUND.organisation),
            ("authority", BOUND.authority),
            ("member", BOUND.member),
            ("kind", BOUND.kind),
            ("purpose", BOUND.purpose),
        )
    ]
    condition: ColumnElement[bool] = func.standing(bind("viewer_token", Text()))
    for write in reversed(writes):
        condition = write & condition
    return condition
