"""Who works where, and what waits for them in the demonstration."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg

from bench.synthetic.load import DemoDirectory
from schema.reference import authorities
from schema.vocabulary import MandateKind, OrgKind, Role
from tests.bench.synthetic.database import DEMO_AUTHORITIES, NOW, Database


def test_each_demo_authority_has_live_work(db: Database) -> None:
    for code in DEMO_AUTHORITIES:
        live = db.rows(
            "SELECT r.status, r.due_at FROM concern_report r JOIN authority a ON a.id = r.to_authority_id JOIN situation s ON s.id = r.situation_id"
            " WHERE a.code = $1 AND s.opened_at > $2 AND r.due_at IS NOT NULL",
            code, NOW - timedelta(days=90),
        )  # fmt: skip
        assert any(due < NOW for _, due in live), f"{code}: nothing overdue"
        assert any(NOW < due < NOW + timedelta(days=7) for _, due in live), f"{code}: nothing due soon"
        assert {"SENT", "EVALUATING"} <= {status for status, _ in live}, code
        links = db.value(
            "SELECT count(*) FROM ase_link l JOIN organisation o ON o.id = l.ase_org_id JOIN authority a ON a.id = o.authority_id"
            " WHERE a.code = $1 AND l.state = 'CONFIRMED' AND l.proposed_at > $2",
            code, NOW - timedelta(days=90),
        )  # fmt: skip
        assert links > 0, code


def test_the_demo_associations_have_open_referrals(db: Database, directory: DemoDirectory) -> None:
    for mandate in MandateKind:
        association = directory.organisation(OrgKind.ASSOCIATION, mandate=mandate)
        states = {row[0] for row in db.rows("SELECT status FROM referral WHERE to_org_id = $1", association.id)}
        assert {"PROPOSED", "ACCEPTED", "ENGAGED", "ONGOING", "COMPLETED", "DECLINED"} <= states, mandate


ROLES_OF = {
    OrgKind.CRIP: {Role.CRI: 2, Role.COO: 1, Role.DEL: 1, Role.DPO: 1},
    OrgKind.ASE: {Role.ASE: 2, Role.COO: 1, Role.DEL: 1},
}


def _roles(directory: DemoDirectory, organisation: Any) -> dict[Role, int]:
    roles: dict[Role, int] = {}
    for member in directory.members_of(organisation):
        roles[member.role] = roles.get(member.role, 0) + 1
    return roles


def test_every_authority_has_a_crip_and_an_ase(directory: DemoDirectory) -> None:
    codes = {authority.code for authority in authorities()}
    for kind, lone in ((OrgKind.CRIP, Role.CRI), (OrgKind.ASE, Role.ASE)):
        found = [organisation for organisation in directory.organisations if organisation.kind is kind]
        assert sorted(organisation.authority_code or "" for organisation in found) == sorted(codes)
        for organisation in found:
            demo = organisation.authority_code in DEMO_AUTHORITIES
            assert _roles(directory, organisation) == (ROLES_OF[kind] if demo else {lone: 1})


def test_the_other_organisations_are_staffed(directory: DemoDirectory) -> None:
    expected = {
        OrgKind.DLPM: {Role.LIS: 6, Role.SUP: 2, Role.ANA: 1, Role.DPO: 1, Role.DEL: 1},
        OrgKind.OPERATOR: {Role.ADM: 2},
        OrgKind.OBSERVATORY: {Role.ONP: 1},
        OrgKind.FOYER: {Role.ASM: 2, Role.COO: 1, Role.DEL: 1},
    }
    for organisation in directory.organisations:
        if organisation.kind is OrgKind.ASSOCIATION:
            worker = Role.ASO if organisation.mandate is MandateKind.OUTSIDE_MISSION else Role.ASM
            assert _roles(directory, organisation) == {worker: 2, Role.COO: 1, Role.DEL: 1}
        elif organisation.kind in expected:
            assert _roles(directory, organisation) == expected[organisation.kind]
    assert {o.mandate for o in directory.organisations if o.kind is OrgKind.ASSOCIATION} == set(MandateKind)


def test_habilitations_live_at_now_and_last_a_year_at_most(db: Database, directory: DemoDirectory) -> None:
    rows = db.rows("SELECT state, valid_from, valid_to, revoked_at FROM habilitation")
    for state, start, end, revoked in rows:
        assert end <= start + timedelta(days=366)
        assert (revoked is not None) == (state == "REVOKED")
        if state == "ACTIVE":
            assert start < NOW < end
    assert len(directory.members) == sum(state == "ACTIVE" for state, *_ in rows)
    assert {state for state, *_ in rows} == {"ACTIVE", "EXPIRED", "SUSPENDED", "REVOKED", "PENDING"}
    assert (
        db.rows(
            "SELECT h.id FROM habilitation h JOIN member m ON m.id = h.member_id WHERE m.organisation_id <> h.organisation_id"
        )
        == []
    )


def test_the_directory_can_be_read_again(db: Database, directory: DemoDirectory) -> None:
    async def again() -> DemoDirectory:
        connection = await asyncpg.connect(db.dsn)
        try:
            return await DemoDirectory.read(connection)
        finally:
            await connection.close()

    assert asyncio.run(again()) == directory
    document = directory.document()
    crip = directory.organisation(OrgKind.CRIP, authority="59")
    assert {"id": str(crip.id), "name": crip.name, "kind": "CRIP", "authority_code": "59", "mandate": None} in document[
        "organisations"
    ]
    assert {member["role"] for member in document["members"]} == {role.value for role in Role}
