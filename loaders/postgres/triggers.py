"""What the texts of triggers have in common."""

from collections.abc import Iterable


def changed(columns: Iterable[str]) -> str:
    """Whether an UPDATE gives any of these columns another value: a condition over OLD and NEW."""
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
