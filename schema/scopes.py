"""The OAuth scopes: they only narrow what the policy allows, never widen it."""

from schema.vocabulary import Word


class Scope(Word):
    """What a client may ask a token for."""

    CASES_READ = "cases:read", "lire les situations à sa portée"
    CASES_WRITE = "cases:write", "accomplir les actes de son rôle"
    DIRECTORY_READ = "directory:read", "lire l'annuaire"
    INDICATORS_READ = "indicators:read", "lire la veille nationale"
