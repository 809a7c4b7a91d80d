"""A town that has settled, and has a history from then on."""

from datetime import UTC, datetime, timedelta

from tests.loaders.reach.events import EVENTS, Events

CASES = 2


class Town(Events):
    """A few organisations, people and cases, and every way in which they change."""

    async def settle(self) -> None:
        rows = await self.connection.fetch("SELECT id FROM authority ORDER BY code LIMIT 2")
        self.authorities = [row["id"] for row in rows]
        for kind, authority, mandate in (
            ("DLPM", None, None),
            ("CRIP", 0, None),
            ("CRIP", 1, None),
            ("ASE", 0, None),
            ("ASE", 1, None),
            ("FOYER", None, "MEASURE"),
            ("ASSOCIATION", None, "MEASURE"),
            ("ASSOCIATION", None, "ASE_MISSION"),
            ("ASSOCIATION", None, "OUTSIDE_MISSION"),
        ):
            office = await self.insert(
                "organisation",
                name=kind,
                kind=kind,
                authority_id=None if authority is None else self.authorities[authority],
                mandate_kind=mandate,
            )
            self.organisations.setdefault(kind, []).append(office)
            roles = {"DLPM": ("LIS", "SUP"), "CRIP": ("CRI", "DPO"), "ASE": ("ASE", "ASE")}.get(kind, ("ASM", "ASM"))
            self.people[office] = [await self._person(office, role) for role in roles]
        for _ in range(CASES):
            await self.open_case()
        await self.share()

    async def share(self) -> None:
        """A grant and an opening that hold, for the history to end, and a closed case for it to reopen."""
        case, now = self.cases[0], datetime.now(UTC)
        await self.connection.execute(
            "UPDATE concern_report SET status = 'SENT', to_authority_id = $1 WHERE situation_id = ANY ($2)",
            self.authorities[0],
            self.cases,
        )
        await self.connection.execute("UPDATE situation SET status = 'CLOSED' WHERE id = $1", self.cases[-1])
        dlpm, ase = self.organisations["DLPM"][0], self.organisations["ASE"][0]
        giver, supervisor = self.people[dlpm]
        await self.connection.execute(
            "UPDATE habilitation SET secrecy_basis = 'PROFESSION' WHERE organisation_id = ANY ($1)", [dlpm, ase]
        )
        await self.connection.execute(
            "UPDATE minor SET birth_date = NULL, age_band = 'A15_17' WHERE situation_id = $1", case
        )
        duty = await self.insert("information_duty", situation_id=case, duty="SHARING", person="mère", done_at=now)
        await self.insert(
            "sharing_grant",
            situation_id=case,
            from_member_id=giver,
            from_org_id=dlpm,
            to_member_id=self.people[ase][0],
            to_org_id=ase,
            duty_id=duty,
            approved_by_id=supervisor,
            purpose="EVALUATE",
            field_groups=["G11"],
            justification="Nécessaire",
            state="ACTIVE",
            starts_at=now - timedelta(days=1),
            expires_at=now + timedelta(days=30),
        )
        await self.insert(
            "emergency_access",
            situation_id=case,
            member_id=self.people[self.organisations["CRIP"][0]][1],
            organisation_id=self.organisations["CRIP"][0],
            approved_by_id=supervisor,
            reason_code="COMPLAINT",
            reason="Motif",
            field_groups=["G03"],
            opened_at=now - timedelta(minutes=5),
            expires_at=now + timedelta(minutes=50),
        )

    async def open_case(self) -> None:
        case = await self.insert(
            "situation",
            ref=f"R-{self.new_id()}",
            controller_org_id=self.organisations["DLPM"][0],
            assigned_member_id=None,
        )
        self.cases.append(case)
        for _ in range(2):
            await self.insert("minor", situation_id=case, birth_date=self.birth())
        # Something to change from the start, or most histories would end before condition 1 holds once.
        await self.insert(
            "situation_jurisdiction",
            situation_id=case,
            authority_id=self.authorities[0],
            department_code="13",
            role="RESIDENCE",
            starts_at=datetime.now(UTC) - timedelta(days=99),
        )
        await self.report()
        await self.link()
        await self.measure()
        await self.referral()

    async def step(self) -> str:
        """One change by raw SQL; its name."""
        name = self.chance.choice(EVENTS)
        await getattr(self, name)()
        return name
