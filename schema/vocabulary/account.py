"""The words of accounts: persons, software, and the webhooks that it listens with."""

from schema.vocabulary.word import Word


class SecrecyBasis(Word):
    """On what ground a person is bound by professional secrecy."""

    FUNCTION_ASE_L221_6 = "FUNCTION_ASE_L221_6", "fonction ASE (L221-6)"
    SNATED = "SNATED", "119 (SNATED)"
    PROFESSION = "PROFESSION", "profession"
    MISSION = "MISSION", "mission"


class HabilitationState(Word):
    """Where a person's habilitation stands."""

    PENDING = "PENDING", "en attente"
    ACTIVE = "ACTIVE", "active"
    SUSPENDED = "SUSPENDED", "suspendue"
    EXPIRED = "EXPIRED", "expirée"
    REVOKED = "REVOKED", "révoquée"


class MemberStatus(Word):
    """Where a person's account stands."""

    ACTIVE = "ACTIVE", "actif"
    SUSPENDED = "SUSPENDED", "suspendu"
    REMOVED = "REMOVED", "retiré"


class ClientStatus(Word):
    """Where an organisation's software client stands."""

    ACTIVE = "ACTIVE", "actif"
    SUSPENDED = "SUSPENDED", "suspendu"


class ClientAuthentication(Word):
    """How an organisation's software proves who it is; a secret for organisation tokens only, by decision."""

    PRIVATE_KEY_JWT = "PRIVATE_KEY_JWT", "clef de signature"
    CLIENT_SECRET_BASIC = "CLIENT_SECRET_BASIC", "secret"


class WebhookState(Word):
    """Whether a webhook is told anything."""

    ACTIVE = "ACTIVE", "actif"
    DISABLED = "DISABLED", "désactivé"


class DeliveryState(Word):
    """What became of a notice to a webhook."""

    WAITING = "WAITING", "en attente"
    DELIVERED = "DELIVERED", "remis"
    DEAD = "DEAD", "abandonné"
