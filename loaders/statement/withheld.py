"""The notices of a row: which of the selected fields are withheld, why, and what may be done about it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, not_, select, union_all
from sqlalchemy.dialects.postgresql import JSON

from loaders.nouns import NOUNS
from loaders.policy.conditions import row_rule
from loaders.policy.context import word
from loaders.policy.doors import Door, column_rule, onward, relation_rule
from loaders.policy.rules import Rule
from loaders.statement.names import ROW, camel, empty_list, response_name
from loaders.statement.question import Leaf, Selection, Step, Withheld
from schema.vocabulary import WithheldReason

HOW_TO_REQUEST = {
    WithheldReason.NEEDS_GRANT: "Ask the DLPM or the CRIP for a sharing grant (CASF L226-2-2).",
    WithheldReason.NEEDS_AGREEMENT: "Shown once the sender has released the identity with the minor's agreement.",
    WithheldReason.NEEDS_PERSON: "Ask with a token for a named person.",
    WithheldReason.NEEDS_PURPOSE: "Ask with a token for a purpose that allows it.",
    WithheldReason.NEEDS_BREAK_GLASS: "A second person has to open it, with a reason.",
    WithheldReason.OUT_OF_MANDATE: "Your mandate does not include it.",
    WithheldReason.ENDED: "Your access ended with the referral.",
}


def withheld(gate: Door, selection: Selection, field: Withheld) -> ColumnElement[Any]:
    notices = list(notices_of(gate, selection))
    if not notices:
        return empty_list()
    values = {"field": 0, "reason": 1, "howToRequest": 2, "__typename": 3}
    entries = [
        select(
            *tuple(
                word((name, reason.value, HOW_TO_REQUEST[reason], "WithheldField")[values[part]]).label(
                    response_name(out)
                )
                for out, part in field.parts
            )
            if field.parts
            else (literal_column("'{}'::json", JSON).label(ROW),)
        )
        .where(not_(shown))
        .correlate(gate.row)
        for name, reason, shown in notices
    ]
    union = (union_all(*entries) if len(entries) > 1 else entries[0]).subquery("notice$")
    # Every part may be left out by `@skip`: then a notice is an empty object.
    notice = union.table_valued() if field.parts else union.c[ROW]
    return select(func.coalesce(func.json_agg(notice), empty_list())).correlate(gate.row).scalar_subquery()


def notices_of(gate: Door, selection: Selection) -> Iterator[tuple[str, WithheldReason, ColumnElement[bool]]]:
    """For each selected field that can be withheld: its name, the reason, and when it is shown. Never its value."""
    for field in selection.fields:
        if isinstance(field, Leaf):
            rule = column_rule(gate.audience, gate.noun, field.column)
            if rule and rule.reason and not rule.implied_by(gate.rows):
                yield camel(field.column), rule.reason, gate.shows(rule)
        elif isinstance(field, Step):
            yield from _step_notices(gate, field)


def _step_notices(gate: Door, step: Step) -> Iterator[tuple[str, WithheldReason, ColumnElement[bool]]]:
    relation = gate.noun.relations[step.relation]
    own = relation_rule(gate.audience, gate.noun, relation)
    if own and own.reason and not own.implied_by(gate.rows):
        yield step.relation, own.reason, gate.shows(own)
        return
    rule = row_rule(gate.audience, NOUNS[relation.target].table)
    if rule is None or rule.reason is None or rule.implied_by(gate.rows):
        return
    if all(atom.of_situation for conjunction in rule.any_of for atom in conjunction):
        yield step.relation, rule.reason, gate.shows(rule)
    elif not relation.many:
        # Shown, or not: whether there is a row that is not shown is not said.
        target = onward(gate, relation)
        seen = (
            select(literal_column("1"))
            .where(target.row.c[relation.remote] == gate.link(relation), target.where)
            .select_from(target.source)
            .correlate(gate.row)
            .exists()
        )
        yield step.relation, rule.reason, seen
    else:
        yield step.relation, rule.reason, gate.shows(_about_situation(rule))


def _about_situation(rule: Rule) -> Rule:
    """The part of a rule that a parent row can answer: the relation to the situation."""
    return Rule(
        frozenset(frozenset(a for a in conjunction if a.of_situation) for conjunction in rule.any_of), rule.reason
    )
