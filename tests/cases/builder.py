"""Makes situations, each with something in every table."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from tests.cases.case import Case
from tests.cases.moments import LONG_AGO, TODAY
from tests.cases.rows import Rows

# The tool of an authority's CRIP, from when, and until when where it has ended or will.
Jurisdictions = Sequence[tuple[str, datetime, datetime | None]]


def competent(*codes: str) -> Jurisdictions:
    """Authorities that are competent, and have long been."""
    return [(code, LONG_AGO, None) for code in codes]


class Builder(Rows):
    """Collects rows; `case` makes a situation with something in every table."""

    def case(
        self,
        name: str,
        *,
        status: str = "IP_SENT",
        retention: str = "ACTIVE",
        listener: UUID | None = None,
        jurisdictions: Jurisdictions = (),
        reports: Sequence[tuple[str, str]] = (),
        anonymity: str = "KNOWN_119_ONLY",
        taken_by: UUID | None = None,
        callers: int = 2,
        born: date | None = None,
        measures: bool = True,
        rich: bool = True,
    ) -> Case:
        situation = self.add(
            "situation",
            ref="T-" + secrets.token_hex(6),
            controller_org_id=self.dlpm.id,
            assigned_member_id=listener,
            opened_at=self.instant(),
            closed_at=self.instant() if status == "CLOSED" else None,
            status=status,
            urgency="PRIORITY",
            retention_state=retention,
            qualification="SUSPECTED",
            known_to_cp="YES",
            known_source="CALLER_SAID",
        )
        self.names[name] = situation
        case = Case(self, situation, [self._minor(situation, place, born) for place in range(2)])
        self._jurisdictions(situation, jurisdictions)
        first = self._contacts(case, callers, taken_by, anonymity)
        for code, state in reports:
            case.report(code, state, first)
        if rich:
            case.furnish(first, measures=measures)
        return case

    def _minor(self, situation: UUID, place: int, born: date | None) -> UUID:
        return self.add(
            "minor",
            situation_id=situation,
            age_band="A15_17",
            first_name=f"Prénom {self.moment}-{place}",
            gender="GIRL",
            age=15,
            age_precision="DECLARED",
            last_name=f"Nom {self.moment}-{place}",
            birth_date=born or TODAY - timedelta(days=365 * 15),
            handles=["@a"],
            address="1 rue",
            phone="+33 6 00 00 00 00",
            school="Collège",
            safe_channel="SMS",
            safe_hours="18 h",
            language="fr",
        )

    def _jurisdictions(self, situation: UUID, jurisdictions: Jurisdictions) -> None:
        for code, starts, ends in jurisdictions:
            self.add(
                "situation_jurisdiction",
                situation_id=situation,
                department_code="13",
                authority_id=self.services[code].authority,
                role="RESIDENCE",
                starts_at=starts,
                ends_at=ends,
            )

    def _contacts(self, case: Case, callers: int, taken_by: UUID | None, anonymity: str) -> UUID:
        """As many contacts as callers, but one at least; the first of them."""
        contacts = []
        professional = len(self.names) % 2 == 1
        for place in range(max(callers, 1)):
            contact = self.add(
                "contact",
                situation_id=case.id,
                controller_org_id=self.dlpm.id,
                taken_by_id=taken_by if place == 0 else None,
                at=self.instant(),
                channel="PHONE",
                direction="IN",
                outcome="ANSWERED_IP",
                caller_category="PROFESSIONAL" if professional else "MOTHER",
                caller_category_public="PROFESSIONAL" if professional else "FAMILY",
            )
            contacts.append(contact)
            if place < callers:
                case.callers.append(self._caller(case, contact, anonymity if place == 0 else "ANONYMOUS"))
        return contacts[0]

    def _caller(self, case: Case, contact: UUID, anonymity: str) -> UUID:
        return self.add(
            "caller",
            contact_id=contact,
            situation_id=case.id,
            controller_org_id=self.dlpm.id,
            name=f"Appelante {self.moment}",
            phone="1",
            email="a@example.org",
            relation="mère",
            anonymity=anonymity,
            lives_with_child="YES",
        )
