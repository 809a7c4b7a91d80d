"""From raw rows to the oracle's facts, in the plainest Python: what the tables say, read by a person with a pencil.

Nothing of `auth/` is used, and of `loaders/` only what opens sealed texts. `Sight` says which rows of a table exist for a viewer, which of their cells are
shown, and why the others are not; it asks the oracle, then applies the rulings below, which are stricter than a
reading of the matrix alone.

Rulings (by the lead, or the strictest reading of a sentence the oracle leaves open):
 A. A row exists for a viewer when the oracle shows at least one of its cells. For a DPO, a `-4` cell counts as shown
    here, because the row is there with the value withheld.
 B. Contacts and callers of a CRIP: only the origin contact of a report it sees (rule 5.9).
 C. Evaluations, returns and judicial referrals outside the 119: of the own authority only, and of a report that the
    authority may see.
 D. Transfers: the authorities that are party to it. A CRIP or an ASE that is neither knows of no move.
 E. An association knows the minor of the referral assigned to the worker, not the siblings; all minors of a case whose
    live measure names it (rule 5.9).
 F. Dangers vanish after `until`.
 G. Coordinators and DPO of an association or a foyer know no Situation and no Minor rows (rule 5.9).
 H. A coded consultation of a mandated association: the codes of G16 and G18 stay hidden (conditions 2 and 13).
 I. Two-person opening (condition 9) says "one caller": the one it names, in the situation it names, and no other.
 J. Break-glass of ASE and ASM is read by its receipt alone (section 9: no list, no search): no row and no cell here.
 K. A worker's sharing grant, its extract and its line in the ledger: those of a grant of hers that lives and shares
    something; the extract where that very grant lists G11.
 L. A campaign is nobody's: whoever answers surveys (`Sw` of G34) may know that there is one.
 N. A repeat names two situations: it is there for who reaches both (decision 0013).
 N. Accesses to a case: its owner and the organisation that read; never a network administrator, for whom even that a
    case was read is case data (condition 17).
 M. SECRET cards: "DLPM and owner only" names organisations, so every role of the DLPM that reads the directory.
 N. Exceptional accesses: outside the 119, those of one's own organisation's people; an association's worker has grants
    only (condition 2: rows of my grants).
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID

from tests import oracle
from tests.matrix_columns import GROUP_OF_COLUMN, aspect_of
from tests.matrix_relations import authority_of, facts_of, referral_of, two_persons
from tests.matrix_world import Raw, Viewer, World
from tests.oracle import BreakGlass, Facts, Report
from tests.oracle import Row as OracleRow

_OWNER = (
    "controller_org_id",  # of an access: the owner of the case that was read
    "from_org_id",
    "organisation_id",
)

_OF_AUTHORITY = {"evaluation", "concern_return", "judicial_referral", "measure"}


@dataclass
class Sight:
    """What one viewer sees of a world, by the oracle and the rulings."""

    world: World
    viewer: Viewer
    _facts: dict[UUID, Facts] = field(default_factory=dict)
    _known: dict[tuple[int, str, str, str], bool] = field(default_factory=dict)

    @property
    def audience(self) -> str:
        return self.viewer.audience

    @cached_property
    def kind(self) -> str:
        kind: str = self.world.by_id[self.viewer.organisation]["kind"]
        return kind

    @cached_property
    def outside_the_119(self) -> bool:
        return self.kind != "DLPM"

    def facts(self, situation: UUID) -> Facts:
        if situation not in self._facts:
            self._facts[situation] = facts_of(self.world, self.viewer, situation)
        return self._facts[situation]

    def _situation(self, table: str, row: Raw) -> UUID | None:
        found: UUID | None = row["id"] if table == "situation" else row.get("situation_id")
        return None if table in {"subject_request", "legal_hold"} else found

    def _facts_for(self, table: str, row: Raw) -> Facts:
        situation = self._situation(table, row)
        if situation is None:
            own = self.world.by_id[self.viewer.organisation]
            return Facts(org_kind=own["kind"], mandate_kind=own["mandate_kind"], purpose=self.viewer.purpose)
        facts = self.facts(situation)
        if table == "caller":
            return replace(facts, two_persons=two_persons(self.world, situation, self.viewer, row["id"]))
        minor = row["id"] if table == "minor" else row.get("minor_id")
        if self.audience != "ASM" or minor is None:
            return facts
        # Ruling E.
        rows = [one for one in self.world.hanging("referral", situation) if one["minor_id"] == minor]
        return replace(facts, referrals=tuple(referral_of(one, self.viewer) for one in rows))

    def _controlled(self, table: str, row: Raw, column: str) -> bool:
        mine = self.viewer.organisation
        if table == "concern_report" and column == "conclusion":
            return bool(row["to_authority_id"] == authority_of(self.world, mine))  # it concluded
        if table == "organisation":
            return bool(row["id"] == mine)
        if table == "survey_campaign":
            return True  # ruling L
        if table == "information_duty":
            return row["by_id"] is not None and self.world.by_id[row["by_id"]]["organisation_id"] == mine
        if table in _OF_AUTHORITY and row["authority_id"] == authority_of(self.world, mine):
            return True
        return any(row.get(name) == mine for name in _OWNER)

    def _of_my_grant(self, table: str, row: Raw) -> bool:
        """Ruling K."""
        situation = self._situation(table, row)
        if situation is None or table not in {"sharing_grant", "disclosure"}:
            return False
        facts = self.facts(situation)
        grants = [
            one
            for one, grant in zip(self.world.hanging("sharing_grant", situation), facts.grants, strict=True)
            if grant.groups and oracle.grant_lives(self.audience, facts, grant)
        ]
        if table == "sharing_grant":
            return any(one["id"] == row["id"] for one in grants)
        return any(one["duty_id"] == row["duty_id"] and row["to_org_id"] == self.viewer.organisation for one in grants)

    def _oracle_row(self, table: str, row: Raw, column: str) -> OracleRow:
        world, by_id = self.world, self.world.by_id
        referral = row if table == "referral" else by_id.get(row.get("referral_id"))  # type: ignore[arg-type]
        report = row if table == "concern_report" else by_id.get(row.get("report_id"))  # type: ignore[arg-type]
        caller = row if table == "caller" else None
        if table == "contact":
            caller = next(
                (one for one in world.hanging("caller", row["situation_id"]) if one["contact_id"] == row["id"]), None
            )
        contact = row if table == "contact" else by_id.get(row.get("contact_id"))  # type: ignore[arg-type]
        return OracleRow(
            aspect=aspect_of(table, column),
            controlled_by_my_org=self._controlled(table, row, column),
            referral=referral_of(referral, self.viewer) if referral is not None else None,
            report=None
            if report is None
            else Report(report["to_authority_id"] == authority_of(world, self.viewer.organisation), report["status"]),
            recorded_by_me=self.viewer.member is not None and row.get("recorded_by_id") == self.viewer.member,
            copied_into_referral=table == "referral"
            and column in GROUP_OF_COLUMN["referral"]
            and GROUP_OF_COLUMN["referral"][column] != "G23",
            problematic=row.get("kind", "") if table in {"problematic", "sensitive_problematic"} else "",
            caller_anonymity=caller["anonymity"] if caller else "ANONYMOUS",
            contact_taken_by_me=contact is not None and contact["taken_by_id"] == self.viewer.member,
            of_my_grant=self._of_my_grant(table, row),
            card_visibility=row.get("visibility") if table == "resource_card" else None,
        )

    # ------------------------------------------------ rulings

    def _ruled_out(self, table: str, row: Raw) -> bool:
        """Whether a ruling hides the row that the matrix alone would show."""
        situation = self._situation(table, row)
        department = self.audience in {"CRI", "ASE", "COO", "DPO", "CLIENT:CRIP", "CLIENT:ASE"} and self.outside_the_119
        authority = authority_of(self.world, self.viewer.organisation)
        if table == "live_danger":
            return bool(row["until"] <= self.world.now)
        if table == "repeat_candidate":
            return not self.sees("situation", self.world.by_id[row["for_situation_id"]])
        if table in {"contact", "caller"} and self.audience in {"CRI", "CLIENT:CRIP"}:
            contact = row["id"] if table == "contact" else row["contact_id"]
            assert situation
            return not any(
                one["origin_contact_id"] == contact and self.sees("concern_report", one)
                for one in self.world.hanging("concern_report", situation)
            )
        if table in {"evaluation", "concern_return", "judicial_referral"} and department:
            report = self.world.by_id.get(row["report_id"])
            known = report and report["to_authority_id"] == authority and report["status"] in oracle.SENT_OR_LATER
            return row["authority_id"] != authority or not known
        if table == "department_transfer" and self.audience in {"CRI", "ASE"}:
            return authority not in {row["origin_authority_id"], row["destination_authority_id"]}
        if self.audience == "ASM" and table in {"sharing_grant", "disclosure"}:
            return not self._of_my_grant(table, row)
        if table == "emergency_access" and self.audience in {"CRI", "ASE", "ASM"}:
            # Ruling N.
            return self.audience == "ASM" or not self._controlled(table, row, "")
        if table in {"situation", "minor"} and self.kind in {"ASSOCIATION", "FOYER"}:
            return self.audience in {"COO", "DPO"} or self.audience.startswith("CLIENT:")
        return False

    def _by_referral_only(self, table: str, row: Raw) -> bool:
        """A row of a referral that the viewer may not know of."""
        if table not in {"referral", "follow_up", "association_note"} or self.audience == "DPO":
            return False
        shown = self._oracle_row(table, row, "").referral
        situation = self._situation(table, row)
        assert shown and situation
        return not oracle.may_see_referral(self.audience, self.facts(situation), shown)

    # ------------------------------------------------ answers

    def shows(self, table: str, row: Raw, column: str) -> bool:
        """Whether the cell's value is shown, the row being there."""
        group = GROUP_OF_COLUMN[table][column]
        # Columns of one group and aspect share their answer, but for the two that a rule names.
        key = (id(row), group, aspect_of(table, column), column if column in {"extract", "conclusion"} else "")
        if key not in self._known:
            self._known[key] = self._shows(table, row, column, group)
        return self._known[key]

    def _shows(self, table: str, row: Raw, column: str, group: str) -> bool:
        asked = self._oracle_row(table, row, column)
        if self.audience == "ASM" and table == "referral" and group in {"G16", "G18"}:
            return False  # ruling H
        if self.audience == "ASM" and column == "extract" and "G11" not in row["field_groups"]:
            return False  # ruling K
        if table == "resource_card" and self.kind == "DLPM" and oracle.may_exist(self.audience, group):
            return True  # ruling M
        return oracle.may_read(self.audience, group, self._facts_for(table, row), asked)

    def sees(self, table: str, row: Raw) -> bool:
        """Whether the row exists for the viewer."""
        if not any(oracle.may_exist(self.audience, group) for group in GROUP_OF_COLUMN[table].values()):
            return False
        if self._ruled_out(table, row) or self._by_referral_only(table, row):
            return False
        columns = GROUP_OF_COLUMN[table].items()
        if any(self.shows(table, row, column) for column, _ in columns):
            return True
        return any(self._openable(table, row, column, group) for column, group in columns)

    def _openable(self, table: str, row: Raw, column: str, group: str) -> bool:
        if self.audience != "DPO" or 4 not in oracle.MATRIX[group, "DPO"].conditions:
            return False
        # Columns of one group share their answer here too, but for what a rule names.
        key = (id(row), group, aspect_of(table, column), f"opened {column if column == 'conclusion' else ''}")
        if key not in self._known:
            self._known[key] = self._if_opened(table, row, column, group)
        return self._known[key]

    def _if_opened(self, table: str, row: Raw, column: str, group: str) -> bool:
        # Ruling A: what break-glass could open is there.
        opened = BreakGlass(frozenset({group}), "COMPLAINT", second_person=True)
        facts = replace(self._facts_for(table, row), break_glass=opened)
        return oracle.may_read(self.audience, group, facts, self._oracle_row(table, row, column))

    def reason(self, table: str, row: Raw, column: str) -> str | None:
        """What `withheld` says of a cell that is not shown on a row that is."""
        group = GROUP_OF_COLUMN[table][column]
        if self.audience == "ASM" and column == "extract":
            return "NEEDS_GRANT"  # of the row's own grant, where the oracle knows of any
        return oracle.withheld_reason(
            self.audience, group, self._facts_for(table, row), self._oracle_row(table, row, column)
        )
