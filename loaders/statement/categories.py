"""The categories an answer may hold, for the access log."""

from loaders.nouns import NOUNS, Noun
from loaders.policy.conditions import row_rule
from loaders.policy.doors import column_rule
from loaders.policy.rules import Rule
from loaders.statement.connection import selections_of
from loaders.statement.question import (
    Categories,
    ConnectionQuestion,
    Leaf,
    NodeQuestion,
    NodesQuestion,
    Question,
    Selection,
    Step,
)
from schema.vocabulary import Audience, Category


def categories_of(audience: Audience, question: Question) -> Categories:
    """The categories an answer holds or depends on, for the access log."""
    found = _Gathered(audience)
    match question:
        case ConnectionQuestion():
            noun = NOUNS[question.noun]
            found.noun(noun)
            # What rows are filtered and ordered by is told by which rows are there.
            for name in (noun.orders[question.order].column, *(wanted.column for wanted in question.filters)):
                found.column(noun, name)
            for selection in selections_of(question.parts):
                found.selection(selection)
        case NodeQuestion(selection=selection):
            found.selection(selection)
        case NodesQuestion(selections=several):
            for _, selection in several:
                found.selection(selection)
    return Categories(tuple(sorted(found.read)), tuple(sorted(found.conditional - found.read)), case=found.case)


class _Gathered:
    """What has been found so far."""

    def __init__(self, audience: Audience) -> None:
        self.read: set[str] = set()
        self.conditional: set[str] = set()
        self.case = False
        self._audience = audience

    def noun(self, noun: Noun) -> None:
        self.case = self.case or noun.case

    def column(self, noun: Noun, name: str) -> None:
        category = noun.table.c[name].info["category"]
        if category is Category.KEY:
            return
        rule = column_rule(self._audience, noun, name)
        rows = row_rule(self._audience, noun.table) or Rule(frozenset())
        (self.read if rule is None or rule.implied_by(rows) else self.conditional).add(category.value)

    def selection(self, selection: Selection) -> None:
        noun = NOUNS[selection.noun]
        self.noun(noun)
        for field in selection.fields:
            if isinstance(field, Leaf):
                self.column(noun, field.column)
            elif isinstance(field, Step):
                relation = noun.relations[field.relation]
                if relation.category:
                    self.read.add(relation.category.value)
                self.selection(field.selection)
