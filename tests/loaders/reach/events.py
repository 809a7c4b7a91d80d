"""Every way in which a town changes, each by raw SQL."""

from datetime import UTC, datetime, timedelta

from tests.loaders.reach.drawn import Drawn


class Events(Drawn):
    """What may happen: each method is an event, and there are no others here."""

    async def jurisdiction(self) -> None:
        first, last = self.period()
        await self.insert(
            "situation_jurisdiction",
            situation_id=self.case(),
            authority_id=self.chance.choice(self.authorities),
            department_code="13",
            role="RESIDENCE",
            starts_at=first,
            ends_at=last,
        )

    async def jurisdiction_ends(self) -> None:
        await self.change("situation_jurisdiction", ends_at=self.chance.choice([None, self.moment()]))

    async def jurisdiction_moves(self) -> None:
        await self.change("situation_jurisdiction", situation_id=self.case())

    async def jurisdiction_removed(self) -> None:
        await self.remove("situation_jurisdiction")

    async def report(self) -> None:
        await self.insert(
            "concern_report",
            situation_id=self.case(),
            controller_org_id=self.organisations["DLPM"][0],
            to_authority_id=self.chance.choice(self.authorities),
            status=self.report_status(),
        )

    async def report_changes(self) -> None:
        await self.change(
            "concern_report", status=self.report_status(), to_authority_id=self.chance.choice(self.authorities)
        )

    async def contact(self) -> None:
        case = self.case()
        contact = await self.insert(
            "contact",
            situation_id=case,
            controller_org_id=self.organisations["DLPM"][0],
            taken_by_id=self.person("DLPM"),
            outcome="ANSWERED_IP",
        )
        await self.insert(
            "caller", contact_id=contact, situation_id=case, controller_org_id=self.organisations["DLPM"][0]
        )

    async def caller_removed(self) -> None:
        await self.remove("caller")

    async def case_changes(self) -> None:
        await self.change(
            "situation",
            status=self.chance.choice(["OPEN", "IP_SENT", "CLOSED", "REOPENED"]),
            retention_state=self.chance.choice(["ACTIVE", "ACTIVE", "ACTIVE", "INTERMEDIATE", "ANONYMISED"]),
            assigned_member_id=self.chance.choice([None, self.person("DLPM")]),
        )

    async def link(self) -> None:
        await self.insert(
            "ase_link",
            situation_id=self.case(),
            ase_org_id=self.office("ASE"),
            caseworker_id=self.chance.choice([None, self.person("ASE")]),
            state="CONFIRMED",
            proposed_at=self.moment(),
        )

    async def link_changes(self) -> None:
        await self.change(
            "ase_link",
            state=self.chance.choice(["PROPOSED", "CONFIRMED", "NO_ANSWER", "ENDED"]),
            ended_at=self.chance.choice([None, None, self.moment()]),
            caseworker_id=self.chance.choice([None, self.person("ASE")]),
        )

    async def measure(self) -> None:
        await self.insert(
            "measure",
            situation_id=self.case(),
            authority_id=self.chance.choice(self.authorities),
            organisation_id=self.chance.choice([None, self.office("ASE", "FOYER", "ASSOCIATION")]),
            caseworker_id=self.chance.choice([None, self.person("ASE")]),
            decision="JUDICIAL",
            nature="15",
            starts_on=self.day(),
            ends_on=self.chance.choice([None, self.day()]),
        )

    async def measure_changes(self) -> None:
        await self.change("measure", starts_on=self.day(), ends_on=self.chance.choice([None, self.day()]))

    async def measure_removed(self) -> None:
        await self.remove("measure")

    async def referral(self) -> None:
        case = self.case()
        office = self.office("FOYER", "ASSOCIATION")
        minor = await self.connection.fetchval("SELECT id FROM minor WHERE situation_id = $1 LIMIT 1", case)
        await self.insert(
            "referral",
            ref=f"O-{self.new_id()}",
            situation_id=case,
            minor_id=minor,
            controller_org_id=self.organisations["DLPM"][0],
            to_org_id=office,
            assigned_member_id=self.chance.choice([None, *self.people[office]]),
            kind=self.chance.choice(["DIRECT_SUPPORT", "DIRECT_SUPPORT", "PROFESSIONAL_CONSULTATION"]),
            status=self.referral_status(),
        )

    async def referral_changes(self) -> None:
        await self.change("referral", status=self.referral_status())

    async def referral_assigned(self) -> None:
        await self.change(
            "referral", assigned_member_id=self.chance.choice([None, self.person("FOYER", "ASSOCIATION")])
        )

    async def grant(self) -> None:
        case = self.case()
        giver, receiver = self.office("DLPM", "DLPM", "CRIP", "ASE"), self.office("ASE", "FOYER", "ASSOCIATION")
        first = self.moment()
        duty = await self.insert(
            "information_duty",
            situation_id=case,
            duty=self.chance.choice(["SHARING", "SHARING", "COMPUTER_FILE"]),
            person="mère",
            done_at=first,
        )
        await self.insert(
            "sharing_grant",
            situation_id=case,
            from_member_id=self.people[giver][0],
            from_org_id=giver,
            to_member_id=self.chance.choice(self.people[receiver]),
            to_org_id=receiver,
            duty_id=duty,
            approved_by_id=self.chance.choice([None, self.people[giver][1], self.people[giver][1]]),
            purpose=self.chance.choice(["EVALUATE", "IMPLEMENT"]),
            field_groups=self.chance.choice([["G11"], ["G17", "G18"], ["G19"], []]),
            justification="Nécessaire",
            state="ACTIVE",
            starts_at=first,
            expires_at=first + timedelta(days=self.chance.choice([10, 60, 90])),
        )

    async def grant_changes(self) -> None:
        await self.change(
            "sharing_grant",
            state=self.chance.choice(["ACTIVE", "ACTIVE", "REVOKED", "EXPIRED"]),
            revoked_at=self.chance.choice([None, None, self.moment()]),
        )

    async def grant_removed(self) -> None:
        await self.remove("sharing_grant")

    async def duty_changes(self) -> None:
        await self.change("information_duty", duty=self.chance.choice(["SHARING", "COMPUTER_FILE"]))

    async def opening(self) -> None:
        began = datetime.now(UTC) + timedelta(minutes=self.chance.choice([-90, -5, 5]))
        await self.insert(
            "emergency_access",
            situation_id=self.case(),
            caller_id=await self.some("caller"),
            member_id=self.people[self.organisations["CRIP"][0]][1],
            organisation_id=self.organisations["CRIP"][0],
            approved_by_id=self.chance.choice(
                [None, self.people[self.organisations["DLPM"][0]][1], self.people[self.organisations["CRIP"][0]][0]]
            ),
            reason_code=self.chance.choice(["COMPLAINT", "IMMEDIATE_DANGER"]),
            reason="Motif",
            field_groups=self.chance.choice([["G06"], ["G03", "G04"]]),
            opened_at=began,
            expires_at=began + timedelta(minutes=60),
        )

    async def minor_changes(self) -> None:
        await self.change(
            "minor", birth_date=self.birth(), age_band=self.chance.choice(["UNKNOWN", "A15_17", "A18_20"])
        )

    async def habilitation_changes(self) -> None:
        now = datetime.now(UTC)
        await self.change(
            "habilitation",
            state=self.chance.choice(["ACTIVE", "ACTIVE", "SUSPENDED"]),
            revoked_at=self.chance.choice([None, None, now]),
            valid_to=now + timedelta(days=self.chance.choice([-1, 50])),
            secrecy_basis=self.chance.choice([None, "PROFESSION"]),
        )

    async def habilitation_added(self) -> None:
        office = self.office("DLPM", "CRIP", "ASE", "ASSOCIATION")
        await self.habilitate(
            self.chance.choice(self.people[office]), office, self.chance.choice(["SUP", "CRI", "ASM"])
        )

    async def habilitation_removed(self) -> None:
        await self.remove("habilitation")

    async def member_changes(self) -> None:
        await self.change("member", status=self.chance.choice(["ACTIVE", "ACTIVE", "SUSPENDED"]))

    async def member_moves(self) -> None:
        await self.change("member", organisation_id=self.office("ASE", "ASSOCIATION"))

    async def organisation_changes(self) -> None:
        office = self.office("FOYER", "ASSOCIATION", "ASE")
        await self.connection.execute(
            "UPDATE organisation SET status = $2, mandate_kind = $3 WHERE id = $1",
            office,
            self.chance.choice(["ACTIVE", "ACTIVE", "SUSPENDED"]),
            self.chance.choice([None, "MEASURE", "ASE_MISSION", "OUTSIDE_MISSION"]),
        )

    async def organisation_moves(self) -> None:
        await self.connection.execute(
            "UPDATE organisation SET authority_id = $2 WHERE id = $1",
            self.office("ASE", "CRIP"),
            self.chance.choice(self.authorities),
        )


EVENTS = sorted(name for name in vars(Events) if not name.startswith("_"))
