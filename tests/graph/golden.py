"""The golden SQL: what each question becomes for each audience that may ask it; `python -m tests.graph.golden` writes it.

One folder of `tests/golden` per case: `question.graphql`, and `<AUDIENCE>.sql` for every audience whose schema accepts
the question. A changed file is reviewed like code.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import FieldNode, get_argument_values
from graphql.execution.values import VariableValues, get_variable_values

from graph.arguments import parse_id
from graph.documents import Documents, Prepared, ResponseError
from graph.http.limits import Limits
from graph.plan import Planner
from loaders.calendar import deadlines
from loaders.statement import Statement, compose
from loaders.statement.question import ConnectionQuestion, Question
from schema.types.query import ROOTS
from schema.vocabulary import Audience

FOLDER = Path(__file__).resolve().parent.parent / "golden"


def cases() -> list[str]:
    """The names of the cases."""
    return sorted(path.parent.name for path in FOLDER.glob("*/question.graphql"))


def expected(case: str) -> dict[Audience, str]:
    """What a case becomes for each audience that may ask it."""
    return {
        audience: "\n".join(_text(statement) for statement in statements)
        for audience, statements in statements_of(case).items()
    }


def statements_of(case: str) -> dict[Audience, list[Statement]]:
    """The statements of a case, for each audience that may ask it."""
    query = (FOLDER / case / "question.graphql").read_text(encoding="utf-8")
    made = {}
    for audience in Audience:
        try:
            prepared = Documents(Limits()).prepare(audience, query, None)
        except ResponseError:
            continue
        made[audience] = list(_statements(prepared))
    return made


def _statements(prepared: Prepared) -> Iterator[Statement]:
    values = get_variable_values(prepared.schema, prepared.operation.variable_definitions or (), {})
    assert isinstance(values, VariableValues)
    for field in prepared.operation.selection_set.selections:
        assert isinstance(field, FieldNode)
        question = _question(prepared, field, values)
        if isinstance(question, ConnectionQuestion) and question.noun == deadlines.NOUN:
            yield deadlines.compose(prepared.audience, question)
        else:
            statement = compose(prepared.audience, question)
            yield statement
            if statement.whole is not None:
                yield statement.whole


def _question(prepared: Prepared, field: FieldNode, values: VariableValues) -> Question:
    root = prepared.schema.query_type
    assert root is not None
    name = field.name.value
    arguments: dict[str, Any] = get_argument_values(root.fields[name], field, values)
    planner = Planner(prepared.schema, prepared.fragments, values.coerced)
    if name == "deadlines":
        return planner.deadlines([field], arguments)
    if name in ROOTS:
        return planner.connection(ROOTS[name], [field], arguments)
    nouns = [found[0] for found in map(parse_id, arguments.get("ids") or [arguments["id"]]) if found]
    if name == "node":
        return planner.node(nouns[0].name, [field])
    return planner.nodes({noun.prefix: noun.name for noun in nouns}, [field])


def _text(statement: Statement) -> str:
    assert not statement.constants
    lines = [
        f"-- binds: {', '.join(statement.binds)}",
        f"-- access log: {', '.join(statement.categories.read) or '-'}"
        f"; on condition: {', '.join(statement.categories.conditional) or '-'}",
        *(line.rstrip() for line in statement.sql.splitlines()),
    ]
    return "\n".join(lines) + "\n"


def write() -> None:
    """Write every case, and remove what no audience asks any more."""
    for case in cases():
        texts = {f"{audience.value}.sql": text for audience, text in expected(case).items()}
        for stale in (FOLDER / case).glob("*.sql"):
            if stale.name not in texts:
                stale.unlink()
        for name, text in texts.items():
            (FOLDER / case / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
