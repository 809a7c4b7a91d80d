"""Who asks in the tests of the matrix, and the network with the cases made by hand that they ask."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import pytest

from loaders.tokens import last_calls
from tests.cluster import SECRET
from tests.filled import cases_of, filled_cluster
from tests.matrix_columns import GROUP_OF_COLUMN
from tests.matrix_words import oracle_name
from tests.matrix_world import Viewer, World, read_world
from tests.network import Network, running_network
from tests.sealed import keyring_of


@dataclass(frozen=True)
class Stage:
    """The running network with the cases made by hand, and all its rows."""

    network: Network
    world: World
    cases: Mapping[str, UUID]


@pytest.fixture(scope="module", name="stage")
def made_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A network of its own: other tests do not expect these cases."""
    folder = tmp_path_factory.mktemp("matrix")
    with filled_cluster(folder, cases=True) as cluster, pytest.MonkeyPatch.context() as patch:
        # What the server writes of these very questions, a minute later, is not what the oracle has read before them.
        patch.setattr(last_calls, "MINUTE", 86_400.0)
        with running_network(cluster, SECRET, folder / "demo") as network:
            cases = cases_of(folder / "demo", network.card)
            world = asyncio.run(read_world(cluster.admin, [*GROUP_OF_COLUMN], keyring_of(network.card)))
            yield Stage(network, world, cases)


@dataclass(frozen=True)
class Seat:
    """Somebody who asks: a client, one of its members by role and place, for a purpose."""

    client: str
    role: str | None = None
    place: int = 0
    purpose: str | None = None

    @property
    def audience(self) -> str:
        if self.role:
            return self.role
        kind = self.client.split("_")[1].upper()
        return "ORG_" + {"ASSO": "ASSOCIATION", "FOYER": "ASSOCIATION"}.get(kind, kind)

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.client, self.role, self.place or None, self.purpose) if part)


SEATS = [
    Seat("cli_dlpm", "LIS", 0, "EVALUATE"),
    Seat("cli_dlpm", "LIS", 1, "DETERMINE"),
    Seat("cli_dlpm", "LIS", 2, "EVALUATE"),
    Seat("cli_dlpm", "SUP", 0, "EVALUATE"),
    Seat("cli_dlpm", "SUP", 1, "EVALUATE"),
    Seat("cli_dlpm", "ANA"),
    Seat("cli_crip_59", "CRI", 0, "EVALUATE"),
    Seat("cli_crip_59", "CRI", 1, "DETERMINE"),
    Seat("cli_crip_13", "CRI", 0, "EVALUATE"),
    Seat("cli_ase_59", "ASE", 0, "EVALUATE"),
    Seat("cli_ase_59", "ASE", 0, "DETERMINE"),
    Seat("cli_ase_59", "ASE", 0, "IMPLEMENT"),
    Seat("cli_ase_59", "ASE", 1, "EVALUATE"),
    Seat("cli_ase_13", "ASE", 0, "EVALUATE"),
    Seat("cli_asso_measure", "ASM", 0),
    Seat("cli_asso_measure", "ASM", 1),
    Seat("cli_asso_ase_mission", "ASM", 0),
    Seat("cli_foyer", "ASM", 0),
    Seat("cli_asso_outside_mission", "ASO", 0),
    Seat("cli_asso_outside_mission", "ASO", 1),
    Seat("cli_crip_59", "COO", 0, "EVALUATE"),
    Seat("cli_ase_59", "COO", 0, "IMPLEMENT"),
    Seat("cli_asso_measure", "COO", 0, "IMPLEMENT"),
    Seat("cli_asso_outside_mission", "COO", 0, "CONSULTATION"),
    Seat("cli_foyer", "COO", 0, "IMPLEMENT"),
    Seat("cli_dlpm", "DEL"),
    Seat("cli_crip_59", "DEL"),
    Seat("cli_foyer", "DEL"),
    Seat("cli_operator", "ADM"),
    Seat("cli_dlpm", "DPO"),
    Seat("cli_crip_59", "DPO"),
    Seat("cli_ase_59", "DPO"),
    Seat("cli_asso_measure", "DPO"),
    Seat("cli_foyer", "DPO"),
    Seat("cli_observatory", "ONP"),
    Seat("cli_crip_59"),
    Seat("cli_crip_13"),
    Seat("cli_ase_59"),
    Seat("cli_asso_measure"),
    Seat("cli_asso_outside_mission"),
    Seat("cli_foyer"),
    Seat("cli_dlpm"),
    Seat("cli_observatory"),
]


def viewer_of(stage: Stage, seat: Seat) -> tuple[Viewer, str | None]:
    """The viewer as the facts need it, and the member's id for the token."""
    client = next(one for one in stage.network.card["clients"] if one["client_id"] == seat.client)
    members = [one["id"] for one in client["members"] if one["role"] == seat.role]
    member = members[seat.place] if seat.role else None
    rows = stage.world.tables["oauth_client"]
    organisation = next(row["organisation_id"] for row in rows if row["id"] == seat.client)
    name = oracle_name(seat.audience, client["kind"])
    return Viewer(name, organisation, UUID(member) if member else None, seat.purpose), member
