"""Cases made by hand beside the synthetic data, so that every condition of the matrix holds somewhere and fails elsewhere.

Rows are written as the administrator, without triggers, then the table `reach` is rebuilt once: what the triggers do
is the business of tests/loaders/reach.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from loaders.sealed.envelope import DataKey
from loaders.sealed.keyring import Keyring
from tests.cases.builder import Builder
from tests.cases.crossings import crossings
from tests.cases.departments import departments
from tests.cases.grants import grants
from tests.cases.moments import LONG_AGO, NOW
from tests.cases.network_life import network_life, repeats
from tests.cases.openings import officers, openings
from tests.cases.protection import services_of_protection
from tests.cases.referrals import referrals
from tests.cases.rows import Service
from tests.sealed import fresh_key, in_the_clear, keyring_of, sealed

EXTRA_OFFICERS = ("cli_ase_59", "cli_asso_measure", "cli_foyer")


async def write_cases(admin_dsn: str, card: dict[str, Any]) -> dict[str, UUID]:
    """Write the cases, and add officers where the demonstration has none (`card` learns of them)."""
    connection = await asyncpg.connect(admin_dsn)
    scopes = card["clients"][0]["scopes"]
    try:
        # The demonstration's observatory may ask for figures only: here the directory is asked of it too.
        await connection.execute("UPDATE oauth_client SET scopes = $1 WHERE id = 'cli_observatory'", scopes)
        next(one for one in card["clients"] if one["client_id"] == "cli_observatory")["scopes"] = scopes
        builder = Builder({one["client_id"]: await _service(connection, one) for one in card["clients"]})
        for one in card["clients"]:
            if one["client_id"] in EXTRA_OFFICERS:
                _officer(builder, one)
        for part in (
            departments,
            services_of_protection,
            referrals,
            grants,
            openings,
            officers,
            crossings,
            network_life,
            repeats,
        ):
            part(builder)
        await _write(connection, _sealed(builder.rows, keyring_of(card)), builder.dlpm)
    finally:
        await connection.close()
    return builder.names


def _officer(builder: Builder, client: dict[str, Any]) -> None:
    organisation = builder.services[client["client_id"]].id
    member = builder.add("member", organisation_id=organisation, name="Déléguée", created_at=builder.instant())
    builder.add(
        "habilitation",
        member_id=member,
        organisation_id=organisation,
        role="DPO",
        secrecy_basis="MISSION",
        state="ACTIVE",
        valid_from=LONG_AGO,
        valid_to=NOW + timedelta(days=100),
    )
    client["members"].append({"id": str(member), "name": "Déléguée", "role": "DPO", "purposes": ["CONTROL"]})


async def _service(connection: "asyncpg.Connection[Any]", client: dict[str, Any]) -> Service:
    organisation = await connection.fetchrow(
        "SELECT o.id, o.authority_id FROM organisation o JOIN oauth_client c ON c.organisation_id = o.id WHERE c.id = $1",
        client["client_id"],
    )
    assert organisation
    people: dict[str, list[UUID]] = {}
    for member in client["members"]:
        people.setdefault(member["role"], []).append(UUID(member["id"]))
    return Service(organisation["id"], organisation["authority_id"], {role: tuple(ids) for role, ids in people.items()})


def _sealed(rows: Iterable[tuple[str, dict[str, Any]]], keyring: Keyring) -> list[tuple[str, dict[str, Any]]]:
    """The rows as they are stored, and the keys of their situations."""
    keys: dict[UUID, tuple[DataKey, dict[str, Any]]] = {}
    made = []
    for table, values in rows:
        if in_the_clear(table, values):
            key, _ = keys.setdefault(values["situation_id"], fresh_key(keyring, values["situation_id"]))
            made.append((table, sealed(key, table, values)))
        else:
            made.append((table, values))
    return [*made, *(("situation_key", row) for _, row in keys.values())]


async def _write(
    connection: "asyncpg.Connection[Any]", rows: Iterable[tuple[str, dict[str, Any]]], dlpm: Service
) -> None:
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for table, values in rows:
            names = list(values)
            places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
            await connection.execute(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", *(values[name] for name in names)
            )
        # One listener loses their habilitation after the fact: what they shared ends with it.
        await connection.execute("UPDATE habilitation SET state = 'SUSPENDED' WHERE member_id = $1", dlpm.one("LIS", 5))
    await connection.execute("SELECT refresh_reach_all()")
    await connection.execute("SELECT refresh_clocks_all()")
    await connection.execute("SELECT ledger_catch_up()")
