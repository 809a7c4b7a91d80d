"""The services of the network and the people who work there, each with a habilitation that lives at `now`."""

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from bench.synthetic.chance import Chance
from bench.synthetic.names import adult
from bench.synthetic.rows.batch import Batch
from bench.synthetic.rows.directory import Habilitation, Member, Organisation, ResourceCard
from loaders.setup.reference import authority_id
from schema.reference import Authority, authorities
from schema.vocabulary import (
    HabilitationState,
    MandateKind,
    OrgKind,
    ResourceVisibility,
    Role,
    SecrecyBasis,
)

# Where the demonstration shows live work.
DEMO_AUTHORITIES = ("59", "69M", "69D", "2A+2B", "974", "13")
DEMO_DEPARTMENTS = ("59", "69", "2A", "2B", "974", "13")
NETWORK_START = datetime(2023, 3, 1, 7, tzinfo=UTC)

_NORTH = ("02", "14", "18", "21", "22", "25", "28", "29", "35", "37", "44", "45", "49", "50", "51", "54", "56", "57", "60", "61",
          "67", "72", "75", "76", "77", "78", "80", "91", "92", "93", "94", "95", "10")  # fmt: skip
_SOUTH = (
    "06",
    "16",
    "17",
    "24",
    "30",
    "31",
    "33",
    "34",
    "38",
    "42",
    "47",
    "63",
    "64",
    "66",
    "83",
    "84",
    "86",
    "87",
    "971",
)
_DEMO = (*DEMO_DEPARTMENTS, "62")

# Name, mandate, where it works, the codes of its convention. The first of each mandate is the demonstration's.
ASSOCIATIONS: tuple[tuple[str, MandateKind, tuple[str, ...], str], ...] = (
    ("Association Rive Claire", MandateKind.MEASURE, _DEMO, "CONV-2024-017"),
    ("Association Passerelles 18", MandateKind.ASE_MISSION, _DEMO, "CONV-2024-031"),
    ("Collectif Écoute et Repères", MandateKind.OUTSIDE_MISSION, (*_DEMO, *_NORTH, *_SOUTH), "CHARTE-2023-004"),
    ("Association Le Gué du Nord", MandateKind.MEASURE, _NORTH, "CONV-2023-112"),
    ("Association Grand Large Jeunesse", MandateKind.ASE_MISSION, _NORTH, "CONV-2023-098"),
    ("Association Terre d'Appui", MandateKind.MEASURE, _SOUTH, "CONV-2023-140"),
    ("Association Les Amarres", MandateKind.ASE_MISSION, _SOUTH, "CONV-2024-009"),
    ("Réseau Parole Libre", MandateKind.OUTSIDE_MISSION, (*_NORTH, *_SOUTH), "CHARTE-2023-011"),
)  # fmt: skip
FOYERS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("MECS Les Tilleuls", ("59", "62"), "CONV-2022-201"),
    ("MECS La Croix-Verte", ("69",), "CONV-2022-219"),
    ("Foyer Le Mistral", ("13", "83", "84", "2A", "2B"), "CONV-2023-233"),
    ("Maison d'enfants La Ravine", ("974",), "CONV-2023-240"),
    ("Foyer départemental Les Glycines", _NORTH, "CONV-2022-260"),
    ("Foyer Le Chêne blanc", _SOUTH, "CONV-2022-261"),
)

_DEMO_CRIP = (Role.CRI, Role.CRI, Role.COO, Role.DEL, Role.DPO)
_DEMO_ASE = (Role.ASE, Role.ASE, Role.COO, Role.DEL)
_DLPM = (Role.LIS, Role.LIS, Role.LIS, Role.LIS, Role.LIS, Role.LIS, Role.SUP, Role.SUP, Role.ANA, Role.DPO, Role.DEL)
_BOUND_BY_FUNCTION = {OrgKind.CRIP, OrgKind.ASE}
# Delegates, administrators and observers read no case: nothing binds them, and the text demands nothing.
_UNBOUND_ROLES = {Role.DEL, Role.ADM, Role.ONP}


@dataclass(slots=True)
class Office:
    """An organisation and its people, by role."""

    id: UUID
    kind: OrgKind
    mandate: MandateKind | None
    territories: tuple[str, ...] = ()
    people: dict[Role, list[UUID]] = field(default_factory=dict)

    def workers(self) -> list[UUID]:
        """Who follows minors here: mandated workers, or those of an association outside missions."""
        return self.people.get(Role.ASM) or self.people[Role.ASO]


@dataclass(slots=True)
class Network:
    """Every office, as the generator of cases needs them, and their rows."""

    now: datetime
    dlpm: Office
    crip: dict[str, Office]
    ase: dict[str, Office]
    associations: list[Office]
    foyers: list[Office]
    authorities: dict[str, Authority]
    batch: Batch

    def association(self, department: str, mandate: MandateKind) -> Office:
        """The association with such a mandate that works in a department; the demonstration's come first."""
        return next(a for a in self.associations if a.mandate is mandate and department in a.territories)

    def foyer(self, department: str) -> Office:
        return next(office for office in self.foyers if department in office.territories)


def mail_name(name: str) -> str:
    """A person's name as it stands in a mail address."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return ".".join(plain.replace("'", " ").replace("-", " ").split())


class _Registry:
    """Makes organisations and members and remembers their rows."""

    def __init__(self, chance: Chance, now: datetime) -> None:
        self.chance = chance
        self.now = now
        self.batch = Batch()

    def office(
        self, name: str, kind: OrgKind, domain: str, roles: tuple[Role, ...], *, authority: Authority | None = None,
        mandate: MandateKind | None = None, territories: tuple[str, ...] = (), convention: str | None = None,
    ) -> Office:  # fmt: skip
        office = Office(self.chance.uuid(), kind, mandate, territories)
        self.batch.add(
            Organisation(
                office.id, name, kind.value, authority_id(authority.code) if authority else None,
                mandate.value if mandate else None, convention, date(2022, 1, 1) if convention else None,
                date(self.now.year + 2, 12, 31) if convention else None, territories,
                (f"2{self.chance.bits(43) % 10**13:013}",),
            )
        )  # fmt: skip
        # The delegate comes first: the others' habilitations are granted by that person.
        for role in sorted(roles, key=lambda role: role is not Role.DEL):
            self.member(office, role, domain)
        return office

    def member(
        self, office: Office, role: Role, domain: str, state: HabilitationState = HabilitationState.ACTIVE
    ) -> None:
        chance, member_id = self.chance, self.chance.uuid()
        name = adult(chance, woman=chance.happens(0.7))
        # Two people of one service may bear one name; their addresses differ.
        address = f"{mail_name(name)}.{chance.bits(16):04x}@{domain}"
        self.batch.add(Member(member_id, office.id, name, address, chance.later(NETWORK_START, 0, 30)))
        valid_from = self.now - timedelta(days=chance.whole(20, 150), hours=1)
        revoked_at = None
        if state is HabilitationState.EXPIRED:
            valid_from -= timedelta(days=400)
        elif state is HabilitationState.REVOKED:
            revoked_at = self.now - timedelta(days=10)
        grantors = office.people.get(Role.DEL, [])
        self.batch.add(
            Habilitation(
                chance.uuid(), member_id, office.id, role.value, _secrecy(office, role), state.value,
                grantors[0] if grantors else None, valid_from, valid_from + timedelta(days=365), revoked_at,
            )
        )  # fmt: skip
        if state is HabilitationState.ACTIVE:
            office.people.setdefault(role, []).append(member_id)

    def card(
        self, office: Office, title: str, description: str, audiences: tuple[str, ...], visibility: ResourceVisibility
    ) -> None:
        verified = self.now - timedelta(days=self.chance.whole(5, 300))
        territories = office.territories
        self.batch.add(
            ResourceCard(
                self.chance.uuid(), office.id, title, description, territories, audiences, visibility.value, verified
            )
        )


def _secrecy(office: Office, role: Role) -> str | None:
    if role in _UNBOUND_ROLES:
        return None
    if office.kind is OrgKind.DLPM:
        return SecrecyBasis.SNATED.value
    # An association with an ASE mission is bound by the same article as the service (L221-6).
    if office.kind in _BOUND_BY_FUNCTION or office.mandate is MandateKind.ASE_MISSION:
        return SecrecyBasis.FUNCTION_ASE_L221_6.value
    return (SecrecyBasis.PROFESSION if office.mandate is MandateKind.OUTSIDE_MISSION else SecrecyBasis.MISSION).value


def build(seed: int, now: datetime) -> Network:
    """The directory: the same seed and the same `now` give the same rows."""
    registry = _Registry(Chance(seed, "network"), now)
    dlpm = registry.office("DLPM - 119 Allô Enfance en Danger", OrgKind.DLPM, "dlpm.example", _DLPM)
    operator = registry.office("Opérateur du réseau Maillage", OrgKind.OPERATOR, "operateur.example", (Role.ADM,))
    registry.office(
        "Observatoire national de la protection de l'enfance", OrgKind.OBSERVATORY, "observatoire.example", (Role.ONP,)
    )
    crip, ase = {}, {}
    for authority in authorities():
        code, demo = authority.code, authority.code in DEMO_AUTHORITIES
        domain = f"{mail_name(authority.name).replace('.', '-')}.example"
        crip[code] = registry.office(
            f"CRIP - {authority.name}", OrgKind.CRIP, domain, _DEMO_CRIP if demo else (Role.CRI,), authority=authority,
            territories=authority.departments,
        )  # fmt: skip
        ase[code] = registry.office(
            f"ASE - {authority.name}", OrgKind.ASE, domain, _DEMO_ASE if demo else (Role.ASE,), authority=authority,
            territories=authority.departments,
        )  # fmt: skip
    associations = [_association(registry, *entry) for entry in ASSOCIATIONS]
    foyers = [_foyer(registry, *entry) for entry in FOYERS]
    _leavers(registry, dlpm, crip["59"])
    # Whoever asks an organisation in is not who lets it in.
    registry.member(operator, Role.ADM, "operateur.example")
    return Network(now, dlpm, crip, ase, associations, foyers, {a.code: a for a in authorities()}, registry.batch)


def _association(
    registry: _Registry, name: str, mandate: MandateKind, territories: tuple[str, ...], convention: str
) -> Office:
    worker = Role.ASO if mandate is MandateKind.OUTSIDE_MISSION else Role.ASM
    domain = f"{mail_name(name).replace('.', '-')}.example"
    office = registry.office(
        name, OrgKind.ASSOCIATION, domain, (worker, worker, Role.COO, Role.DEL), mandate=mandate, territories=territories,
        convention=convention,
    )  # fmt: skip
    if mandate is MandateKind.OUTSIDE_MISSION:
        registry.card(office, "Étayage de professionnels", "Analyse de situations anonymisées, par téléphone ou visioconférence.",
                      ("professionnels",), ResourceVisibility.PUBLIC)  # fmt: skip
    else:
        registry.card(office, "Accompagnement éducatif et psychologique",
                      "Équipe mobile pour mineures et mineurs en situation de prostitution ou en risque.",
                      ("13-14 ans", "15-17 ans"), ResourceVisibility.NETWORK)  # fmt: skip
    return office


def _foyer(registry: _Registry, name: str, territories: tuple[str, ...], convention: str) -> Office:
    domain = f"{mail_name(name).replace('.', '-')}.example"
    office = registry.office(
        name, OrgKind.FOYER, domain, (Role.ASM, Role.ASM, Role.COO, Role.DEL), mandate=MandateKind.MEASURE, territories=territories,
        convention=convention,
    )  # fmt: skip
    registry.card(office, "Mise à l'abri", "Places d'accueil hors du lieu de vie habituel ; adresse non communiquée.",
                  ("15-17 ans",), ResourceVisibility.SECRET)  # fmt: skip
    return office


def _leavers(registry: _Registry, dlpm: Office, crip: Office) -> None:
    """People whose habilitation does not count: access ends with it."""
    registry.member(dlpm, Role.LIS, "dlpm.example", HabilitationState.EXPIRED)
    registry.member(dlpm, Role.LIS, "dlpm.example", HabilitationState.SUSPENDED)
    registry.member(crip, Role.CRI, "departement-du-nord.example", HabilitationState.REVOKED)
    registry.member(crip, Role.CRI, "departement-du-nord.example", HabilitationState.PENDING)
