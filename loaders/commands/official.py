"""The official lists of CASF annexe 2-8, as acts check the codes they are given."""

from collections.abc import Sequence

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from loaders.commands.work import Work
from loaders.policy.context import word
from schema.errors import DomainRefusalError
from schema.reference import yes_no_variables
from schema.tables.report import official_code

_YES_NO = "OUINON"
_WRITTEN = official_code.c.list.concat(word(":")).concat(official_code.c.code)
_KNOWN = select(func.array_agg(_WRITTEN).label("known")).where(
    _WRITTEN == func.any(bindparam("codes", type_=ARRAY(Text)))  # noqa: SIM300 (in SQL, ANY stands on the right)
)


async def check_codes(work: Work, codes: Sequence[str], field: str) -> None:
    """Each LIST:CODE stands in the official lists; a yes/no variable takes the codes of the list OUINON.

    Raises: DomainRefusalError UNKNOWN_CODE.
    """
    if not codes:
        return
    wanted = {_looked_up(code) for code in codes}
    found = await work.one(_KNOWN, codes=sorted(wanted))
    if wanted - set((found and found["known"]) or ()):
        raise DomainRefusalError(
            "UNKNOWN_CODE", "Un code n'existe pas dans les listes de l'annexe 2-8 du CASF (forme LISTE:CODE).", field
        )


def _looked_up(code: str) -> str:
    variable, _, value = code.partition(":")
    return f"{_YES_NO}:{value}" if variable in yes_no_variables() else code
