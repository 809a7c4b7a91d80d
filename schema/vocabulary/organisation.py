"""The words of organisations: what they are, on what mandate, and where they stand."""

from schema.vocabulary.word import Word


class AuthorityKind(Word):
    """What kind of local authority holds child protection."""

    DEPARTMENT = "DEPARTMENT", "département"
    METROPOLE = "METROPOLE", "métropole"
    COLLECTIVITY = "COLLECTIVITY", "collectivité"


class OrgKind(Word):
    """What kind of organisation is in the network."""

    DLPM = "DLPM", "DLPM (119)"
    CRIP = "CRIP", "CRIP"
    ASE = "ASE", "ASE"
    FOYER = "FOYER", "foyer"
    ASSOCIATION = "ASSOCIATION", "association"
    OBSERVATORY = "OBSERVATORY", "observatoire"
    OPERATOR = "OPERATOR", "opérateur du réseau"


class MandateKind(Word):
    """On what mandate an association works: a hard ceiling on what it may see."""

    MEASURE = "MEASURE", "mesure"
    ASE_MISSION = "ASE_MISSION", "mission ASE"
    OUTSIDE_MISSION = "OUTSIDE_MISSION", "hors mission"


class OrganisationStatus(Word):
    """Where an organisation's membership of the network stands."""

    PENDING = "PENDING", "en attente"
    ACTIVE = "ACTIVE", "active"
    SUSPENDED = "SUSPENDED", "suspendue"
    CLOSED = "CLOSED", "fermée"


class ResourceVisibility(Word):
    """Who may see a resource card; a secret shelter is never exported."""

    PUBLIC = "PUBLIC", "publique"
    NETWORK = "NETWORK", "réseau"
    SECRET = "SECRET", "secrète"
