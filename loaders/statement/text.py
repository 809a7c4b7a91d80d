"""SQL text out of an expression, with its binds in their order."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from loaders.sealed import sealed_values
from loaders.statement.question import Categories

# Six more than PostgreSQL's 63: SQLAlchemy keeps six for a suffix of its own, and would cut an alias of 58.
_DIALECT = PGDialect_asyncpg(max_identifier_length=69)  # type: ignore[no-untyped-call]  # not annotated in SQLAlchemy


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text, the bind names in their order, their SQL types, the fixed binds, and what the answer may hold.

    `whole` where this statement leaves undone what few have, and then answers with NULL: that one is asked instead.
    """

    sql: str
    binds: tuple[str, ...]
    kinds: tuple[str, ...]
    constants: dict[str, Any]
    categories: Categories
    whole: "Statement | None" = None

    @classmethod
    def of(cls, expression: Any, categories: Categories, whole: "Statement | None" = None) -> Self:
        """The statement that an expression is."""
        result = expression.compile(dialect=_DIALECT)
        names = tuple(result.positiontup or ())
        kinds = tuple(result.binds[name].type.compile(_DIALECT) for name in names)
        return cls(str(result), names, kinds, _constants(result), categories, whole)

    @property
    def sealed(self) -> bool:
        """Whether it selects sealed values, which the answer then shows marked (loaders/sealed/sealed_values.py)."""
        return sealed_values.MARK in self.binds


def compiled(statement: Any) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    """SQL text for asyncpg, the bind names in their order, and the values fixed in the statement."""
    result = statement.compile(dialect=_DIALECT)
    return str(result), tuple(result.positiontup or ()), _constants(result)


def _constants(result: Any) -> dict[str, Any]:
    return {name: value for name, value in result.params.items() if value is not None}


def written_out(statement: Any) -> tuple[str, list[Any]]:
    """SQL text for asyncpg, and all its values, which the statement holds itself."""
    result = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return str(result), [result.params[name] for name in result.positiontup or ()]
