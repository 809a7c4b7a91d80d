"""The reach table says at every commit what its definition says, whatever was changed, by whom and in which order."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.cluster import Cluster, start

SEEDS = range(6)
STEPS = 120
CASES = 2


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of its own: what is compared here is a whole table."""
    folder = tmp_path_factory.mktemp("reach")
    postgres, cluster = start(folder / "pg")
    yield cluster
    postgres.stop()
    shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def connected(cluster: Cluster) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(cluster.admin)
    try:
        yield connection
    finally:
        await connection.close()


class Town:
    """A few organisations, people and cases, and every way in which they change."""

    def __init__(self, connection: "asyncpg.Connection[Any]", chance: random.Random) -> None:
        self.connection = connection
        self.chance = chance
        self.authorities: list[UUID] = []
        self.organisations: dict[str, list[UUID]] = {}
        self.people: dict[UUID, list[UUID]] = {}
        self.cases: list[UUID] = []

    async def insert(self, table: str, **values: Any) -> UUID:
        values.setdefault("id", self.new_id())
        names = list(values)
        places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
        await self.connection.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", *values.values())
        identity: UUID = values["id"]
        return identity

    def new_id(self) -> UUID:
        """Drawn from the seed, so that a history can be told again."""
        return UUID(int=self.chance.getrandbits(128), version=4)

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

    async def _person(self, office: UUID, role: str) -> UUID:
        member = await self.insert("member", organisation_id=office, name="Personne")
        await self.habilitate(member, office, role)
        return member

    async def habilitate(self, member: UUID, office: UUID, role: str) -> None:
        now = datetime.now(UTC)
        await self.insert(
            "habilitation",
            member_id=member,
            organisation_id=office,
            role=role,
            secrecy_basis=self.chance.choice(["PROFESSION", "PROFESSION", "MISSION", None]),
            valid_from=now - timedelta(days=9),
            valid_to=now + timedelta(days=90),
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

    # ---------------------------------------------------------------- chance

    def moment(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.chance.choice([-90, -30, -9, 9, 30, 90]))

    def period(self) -> tuple[datetime, datetime | None]:
        first = self.moment()
        return first, self.chance.choice([None, self.moment(), first + timedelta(days=20)])

    def day(self) -> Any:
        return self.moment().date()

    def birth(self) -> Any:
        years = self.chance.choice([12, 16, 17, 19])
        return self.chance.choice([None, datetime.now(UTC).date() - timedelta(days=365 * years)])

    def case(self) -> UUID:
        return self.chance.choice(self.cases)

    def office(self, *kinds: str) -> UUID:
        return self.chance.choice([office for kind in kinds for office in self.organisations[kind]])

    def person(self, *kinds: str) -> UUID:
        return self.chance.choice(self.people[self.office(*kinds)])

    async def some(self, table: str) -> UUID | None:
        found = [row["id"] for row in await self.connection.fetch(f"SELECT id FROM {table} ORDER BY id")]
        return self.chance.choice(found) if found else None

    async def change(self, table: str, **values: Any) -> None:
        identity = await self.some(table)
        if identity is None:
            return
        assigned = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, 2))
        await self.connection.execute(f"UPDATE {table} SET {assigned} WHERE id = $1", identity, *values.values())

    async def remove(self, table: str) -> None:
        await self.connection.execute(f"DELETE FROM {table} WHERE id = $1", await self.some(table))

    # ---------------------------------------------------------------- what happens

    async def step(self) -> str:
        """One change by raw SQL; its name."""
        name = self.chance.choice(EVENTS)
        await getattr(self, name)()
        return name

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

    def report_status(self) -> str:
        return self.chance.choice(["DRAFT", "VALIDATED", "SENT", "SENT", "MISROUTED", "RETURNED_TO_119"])

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

    def referral_status(self) -> str:
        return self.chance.choice(
            ["DRAFT", "PROPOSED", "ACCEPTED", "IDENTITY_RELEASED", "ONGOING", "COMPLETED", "WITHDRAWN", "DECLINED"]
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


EVENTS = sorted(
    name
    for name in vars(Town)
    if name
    not in {
        "__init__",
        "insert",
        "new_id",
        "settle",
        "share",
        "open_case",
        "_person",
        "habilitate",
        "moment",
        "period",
        "day",
        "birth",
        "case",
        "office",
        "person",
        "some",
        "change",
        "remove",
        "step",
        "report_status",
        "referral_status",
    }
    and not name.startswith("__")
)

_DIFFERENCES = """
SELECT coalesce(t.via, d.via) AS via, t.starts_at, t.ends_at, d.starts_at AS should_start, d.ends_at AS should_end
FROM (SELECT * FROM reach WHERE ends_at > now()) t FULL JOIN reach_definition d USING (viewer, situation_id, via)
WHERE (t.starts_at, t.ends_at) IS DISTINCT FROM (d.starts_at, d.ends_at)"""
_OF_CASES = _DIFFERENCES.replace("ends_at > now()", "ends_at > now() AND situation_id = ANY ($1)").replace(
    "reach_definition d", "(SELECT * FROM reach_definition WHERE situation_id = ANY ($1)) d"
)


async def differences(connection: "asyncpg.Connection[Any]", cases: list[UUID] | None = None) -> list[dict[str, Any]]:
    """Where the table is not what its definition says, for some cases or for all."""
    rows = await (connection.fetch(_OF_CASES, cases) if cases else connection.fetch(_DIFFERENCES))
    return [dict(row) for row in rows]


async def test_the_table_is_its_definition_after_any_history(alone: Cluster) -> None:
    seen: set[str] = set()
    happened: set[str] = set()
    async with connected(alone) as connection:
        for seed in SEEDS:
            town = Town(connection, random.Random(f"history {seed}"))
            await town.settle()
            history: list[str] = []
            seen |= {row["via"].split(":")[0] for row in await connection.fetch("SELECT DISTINCT via FROM reach")}
            for _ in range(STEPS):
                history.append(await town.step())
                seen |= {row["via"].split(":")[0] for row in await connection.fetch("SELECT DISTINCT via FROM reach")}
                assert not await differences(connection, town.cases), (seed, history)
            assert not await differences(connection), (seed, history)
            happened |= set(history)
    assert happened == set(EVENTS)
    # The histories reach every relation, or comparing them would prove little.
    assert seen >= {
        "REPORTED", "REPORTED_CLOSED", "CASEWORKER", "LISTENING", "ASE_LINKED", "ENTRUSTED", "MANDATED", "ASSIGNED",
        "SUPPORTS", "CONSULTS", "STAKE", "GRANT", "OPENED", "NETWORK", "ARCHIVED",
    }  # fmt: skip


async def test_rebuilding_changes_nothing(alone: Cluster) -> None:
    async with connected(alone) as connection:
        town = Town(connection, random.Random("rebuild"))
        await town.settle()
        for _ in range(STEPS):
            await town.step()
        everything = (
            "SELECT viewer, situation_id, via, starts_at, ends_at FROM reach WHERE ends_at > now() ORDER BY 1, 2, 3"
        )
        before = await connection.fetch(everything)
        assert before
        await connection.execute("SELECT refresh_reach_all()")
        assert await connection.fetch(everything) == before


@pytest.mark.parametrize("seed", range(4))
async def test_two_transactions_on_one_case_leave_the_table_exact(alone: Cluster, seed: int) -> None:
    """Each sees only its own changes while it runs; whoever commits second has seen both."""
    async with connected(alone) as one, connected(alone) as two:
        town = Town(one, random.Random(f"one {seed}"))
        await town.settle()
        town.cases = town.cases[:1]
        other = Town(two, random.Random(f"two {seed}"))
        vars(other).update({name: value for name, value in vars(town).items() if name not in {"connection", "chance"}})
        adding = [name for name in EVENTS if name in {"jurisdiction", "report", "contact", "link", "measure", "grant"}]

        async def work(who: Town, names: list[str]) -> None:
            async with who.connection.transaction():
                for name in names:
                    await getattr(who, name)()
                    await asyncio.sleep(0.01)

        for _ in range(3):
            await asyncio.gather(work(town, town.chance.sample(adding, 3)), work(other, other.chance.sample(adding, 3)))
            assert not await differences(one)


async def test_who_is_suspended_while_a_grant_is_written_shares_nothing(alone: Cluster) -> None:
    """Neither transaction sees the other: one of them has to wait."""
    async with connected(alone) as giving, connected(alone) as suspending:
        town = Town(giving, random.Random("suspend"))
        await town.settle()
        # A case in which nothing is shared yet: the suspension finds nothing there to wait for.
        await town.open_case()
        case, dlpm, ase = town.cases[-1], town.organisations["DLPM"][-1], town.organisations["ASE"][-2]
        giver, approver = town.people[dlpm]
        receiver = town.people[ase][0]
        await giving.execute("UPDATE habilitation SET secrecy_basis = 'PROFESSION'")
        await town.insert(
            "ase_link",
            situation_id=case,
            ase_org_id=ase,
            state="CONFIRMED",
            proposed_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        now = datetime.now(UTC)
        duty = await town.insert("information_duty", situation_id=case, duty="SHARING", person="mère", done_at=now)

        async def grants() -> None:
            async with giving.transaction():
                await town.insert(
                    "sharing_grant", situation_id=case, from_member_id=giver, from_org_id=dlpm, to_member_id=receiver,
                    to_org_id=ase, duty_id=duty, approved_by_id=approver, purpose="EVALUATE", field_groups=["G19"],
                    justification="Nécessaire", state="ACTIVE", starts_at=now - timedelta(days=1),
                    expires_at=now + timedelta(days=30),
                )  # fmt: skip
                await asyncio.sleep(0.2)

        async def suspends() -> None:
            async with suspending.transaction():
                await suspending.execute("UPDATE member SET status = 'SUSPENDED' WHERE id = $1", giver)
                await asyncio.sleep(0.2)

        await asyncio.gather(grants(), suspends())
        assert not await differences(giving)
        assert not await giving.fetch("SELECT 1 FROM reach WHERE situation_id = $1 AND via LIKE 'GRANT:%'", case)
        # The proof that the grant was good: it comes back with its giver.
        await giving.execute("UPDATE member SET status = 'ACTIVE' WHERE id = $1", giver)
        assert await giving.fetch("SELECT 1 FROM reach WHERE situation_id = $1 AND via LIKE 'GRANT:G19:%'", case)


async def test_of_two_periods_that_do_not_touch_the_gap_is_closed(alone: Cluster) -> None:
    """A jurisdiction of last month and one of next month are not a jurisdiction of today."""
    async with connected(alone) as connection:
        town = Town(connection, random.Random("gap"))
        await town.settle()
        case, authority, now = town.cases[0], town.authorities[1], datetime.now(UTC)
        await town.insert(
            "concern_report",
            situation_id=case,
            controller_org_id=town.organisations["DLPM"][0],
            to_authority_id=authority,
            status="SENT",
        )
        held = "SELECT 1 FROM reach WHERE situation_id = $1 AND viewer = $2 AND via = 'REPORTED' AND starts_at <= now() AND ends_at > now()"

        async def competent(first: int, last: int) -> None:
            await town.insert(
                "situation_jurisdiction", situation_id=case, authority_id=authority, department_code="13", role="RESIDENCE",
                starts_at=now + timedelta(days=first), ends_at=now + timedelta(days=last),
            )  # fmt: skip

        await competent(-30, -9)
        await competent(9, 30)
        assert not await connection.fetch(held, case, authority)
        await competent(-1, 1)
        assert await connection.fetch(held, case, authority)


async def test_an_end_in_the_future_needs_no_trigger(alone: Cluster) -> None:
    """What runs out does so by the clock: the row carries its end."""
    async with connected(alone) as connection:
        town = Town(connection, random.Random("clock"))
        await town.settle()
        case, foyer = town.cases[0], town.organisations["FOYER"][-1]
        soon = datetime.now(UTC).date() + timedelta(days=3)
        await town.insert(
            "measure", situation_id=case, authority_id=town.authorities[0], organisation_id=foyer, decision="JUDICIAL",
            nature="15", starts_on=soon - timedelta(days=9), ends_on=soon,
        )  # fmt: skip
        ends = await connection.fetchval(
            "SELECT ends_at FROM reach WHERE situation_id = $1 AND viewer = $2 AND via = 'ENTRUSTED'", case, foyer
        )
        assert ends == await connection.fetchval("SELECT ($1::date + 1)::timestamp AT TIME ZONE 'Europe/Paris'", soon)
