"""Which fields of an input an audience may fill: those of the categories that it writes, and a few acts within an act."""

from auth.policy import FIELDS_FOR, WRITTEN_BY_ACT, decision
from loaders.nouns import AGGREGATES, NOUNS
from schema.vocabulary import Audience, Category


def may_fill(audience: Audience, noun: str, input_name: str, field: str) -> bool:
    """Whether a field of an input exists for the audience; `noun` is what the act writes."""
    if (input_name, field) in FIELDS_FOR:
        return audience in FIELDS_FOR[input_name, field]
    if noun in WRITTEN_BY_ACT | AGGREGATES:
        return True
    columns = NOUNS[noun].table.c
    if field not in columns or columns[field].info["category"] is Category.KEY:
        return True
    return decision(audience, columns[field].info["category"]).write
