"""What a demonstration is filled with: synthetic data, and one client per kind of partner with its own key."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from joserfc.jwk import ECKey
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.dialects.postgresql import insert

from auth.oauth.person_assertion import GRANT_TYPE
from auth.policy import PURPOSES
from bench.synthetic.load import DemoDirectory, DemoMember, DemoOrganisation, load
from graph.demonstration.demo_tool import ACR
from graph.settings import Secrets
from loaders.commands.authorization import create_first_signing_key
from loaders.postgres.dsn import brief_engine
from loaders.sealed.keyring import Keyring
from schema.scopes import Scope
from schema.tables.oauth import client_key, oauth_client
from schema.vocabulary import MandateKind, OrgKind

AUTHORITIES = ("59", "69M", "69D", "2A+2B", "974", "13")
# Whose organisation has a second tool, with bound tokens. The others get Bearer tokens, which are easier to try.
BOUND = frozenset({"cli_dlpm", "cli_crip_59", "cli_ase_59", "cli_asso_measure"})


@dataclass(frozen=True, slots=True)
class DemoClient:
    """One partner's tool."""

    client_id: str
    organisation: DemoOrganisation
    members: tuple[DemoMember, ...]
    dpop: bool = False

    @property
    def scopes(self) -> list[str]:
        """What it may ask for."""
        if self.organisation.kind is OrgKind.OBSERVATORY:
            return [Scope.INDICATORS_READ.value]
        return [scope.value for scope in Scope]

    def document(self, key_file: Path) -> dict[str, Any]:
        """Its entry in demo.json."""
        return {
            "client_id": self.client_id,
            "organisation": self.organisation.name,
            "kind": self.organisation.kind.value,
            "organisation_id": str(self.organisation.id),
            "authority": self.organisation.authority_code,
            "mandate": self.organisation.mandate.value if self.organisation.mandate else None,
            "scopes": self.scopes,
            "dpop": self.dpop,
            "key_file": str(key_file),
            "members": [
                {
                    "id": str(member.id),
                    "name": member.name,
                    "role": member.role.value,
                    "purposes": sorted(purpose.value for purpose in PURPOSES[member.role]),
                }
                for member in self.members
            ],
        }


def _clients(directory: DemoDirectory) -> list[DemoClient]:
    wanted: list[tuple[str, DemoOrganisation]] = [
        ("cli_dlpm", directory.organisation(OrgKind.DLPM)),
        ("cli_operator", directory.organisation(OrgKind.OPERATOR)),
        ("cli_observatory", directory.organisation(OrgKind.OBSERVATORY)),
    ]
    for code in AUTHORITIES:
        name = code.replace("+", "-")
        wanted += [
            (f"cli_crip_{name}", directory.organisation(OrgKind.CRIP, authority=code)),
            (f"cli_ase_{name}", directory.organisation(OrgKind.ASE, authority=code)),
        ]
    for mandate in MandateKind:
        wanted.append(
            (f"cli_asso_{mandate.value.lower()}", directory.organisation(OrgKind.ASSOCIATION, mandate=mandate))
        )
    foyer = next(found for found in directory.organisations if found.kind is OrgKind.FOYER)
    wanted.append(("cli_foyer", foyer))
    made = [DemoClient(client_id, found, directory.members_of(found)) for client_id, found in wanted]
    # The same tools as a real network has them: tokens bound to a key, and none other.
    return [
        *made,
        *(replace(one, client_id=f"{one.client_id}_dpop", dpop=True) for one in made if one.client_id in BOUND),
    ]


async def fill(admin_dsn: str, secrets: Secrets, keys: Path, *, scale: int, console: Console) -> list[dict[str, Any]]:
    """Load the synthetic data where the database is empty, and register the demonstration's clients: their entries in demo.json."""
    connection = await asyncpg.connect(admin_dsn)
    try:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM organisation)"):
            directory = await DemoDirectory.read(connection)
        else:
            directory = await _load(connection, admin_dsn, scale, console, secrets.keyring)
    finally:
        await connection.close()
    clients = _clients(directory)
    keys.mkdir(mode=0o700, exist_ok=True)  # noqa: ASYNC240 (before anything is served)
    await _register(admin_dsn, secrets, keys, clients)
    return [client.document((keys / f"{client.client_id}.json").resolve()) for client in clients]


async def _load(
    connection: asyncpg.Connection, dsn: str, scale: int, console: Console, keyring: Keyring
) -> DemoDirectory:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Données synthétiques", total=None)
        return await load(
            connection,
            scale=scale,
            now=datetime.now(UTC),
            dsn=dsn,
            workers=min(scale, os.cpu_count() or 1),
            keyring=keyring,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
            told=lambda step: progress.update(task, description=f"Données synthétiques : {step}"),
        )


async def _register(admin_dsn: str, secrets: Secrets, keys: Path, clients: Iterable[DemoClient]) -> None:
    async with brief_engine(admin_dsn) as engine, engine.begin() as connection:
        await create_first_signing_key(connection, secrets.sealing)
        for client in clients:
            key = _key(keys / f"{client.client_id}.json")
            row = {
                "id": client.client_id,
                "organisation_id": client.organisation.id,
                "name": f"Outil de {client.organisation.name}",
                "scopes": client.scopes,
                "grants": ["client_credentials", GRANT_TYPE],
                "accepted_acr": [ACR],
                "dpop_bound": client.dpop,
                "bearer_for_persons": not client.dpop,
            }
            kept = {name: row[name] for name in ("dpop_bound", "bearer_for_persons")}
            added = insert(oauth_client).values(**row).on_conflict_do_update(index_elements=["id"], set_=kept)
            await connection.execute(added)
            public = {
                "client_id": client.client_id,
                "organisation_id": client.organisation.id,
                "kid": key.kid,
                "public_jwk": key.as_dict(private=False),
                "thumbprint": key.thumbprint(),
            }
            await connection.execute(insert(client_key).values(**public).on_conflict_do_nothing())


def _key(path: Path) -> ECKey:
    """The client's private key: made once, in a file only its owner reads."""
    if path.exists():
        return ECKey.import_key(json.loads(path.read_text()))
    made = ECKey.generate_key("P-256", auto_kid=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(made.as_dict(private=True), file)
    return made


__all__ = ["fill"]
