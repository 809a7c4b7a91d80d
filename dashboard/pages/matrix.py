"""Matrice des droits: the policy as it runs, role by role, and what its letters mean; there is no second copy of it."""

from dataclasses import dataclass

from starlette.responses import Response

from auth.conditions import BY_NUMBER
from auth.policy import Cell, Reach, decision
from dashboard.visit import Visit
from dashboard.words.conditions import SENTENCES
from schema.errors import BadInputError
from schema.vocabulary import Audience, Category, Role

_REACHES = {
    Reach.NONE: "rien : ces champs n’existent pas pour ce rôle",
    Reach.AGGREGATE: "des agrégats seulement",
    Reach.OWN: "ses propres dossiers",
    Reach.JURISDICTION: "les dossiers dont son autorité est compétente",
    Reach.STRUCTURE: "les dossiers liés à son organisation",
    Reach.NETWORK: "tout le réseau",
}
_TONES = {Reach.NONE: "none", Reach.AGGREGATE: "part", Reach.NETWORK: "all"}


@dataclass(frozen=True, slots=True)
class Row:
    """One group of fields for one role, in words."""

    code: str
    label: str
    protection: str
    cell: str
    tone: str
    means: str


async def shown(visit: Visit) -> Response:
    """The whole matrix, or what one role sees."""
    found = await visit.ask("matrix")
    wanted = visit.request.query_params.get("role", "")
    if wanted and wanted not in set(Audience):
        raise BadInputError(reason="ROLE")
    chosen = Audience(wanted) if wanted else None
    categories = [category for category in Category if category is not Category.KEY]
    return visit.page(
        "matrix.html",
        organisation=found["viewer"]["organisation"],
        audiences=list(Audience),
        # Persons come first: an ASE service and its software have the same letters.
        people=len(Role),
        chosen=chosen,
        rows=[_row(chosen, category) for category in categories] if chosen else [],
        table=[(category, [_shown(decision(audience, category)) for audience in Audience]) for category in categories],
        conditions=[(number, SENTENCES[BY_NUMBER[number]]) for number in sorted(BY_NUMBER)],
    )


def _shown(cell: Cell) -> tuple[str, str]:
    return str(cell), _TONES.get(cell.reach, "some")


def _row(audience: Audience, category: Category) -> Row:
    cell = decision(audience, category)
    words = [_REACHES[cell.reach]]
    if cell.write:
        words.append("peut aussi écrire")
    words += [SENTENCES[condition] for condition in sorted(cell.conditions, key=lambda one: one.number)]
    code, tone = _shown(cell)
    return Row(category.value, category.label, category.protection.label, code, tone, " ; ".join(words))


__all__ = ["shown"]
