"""Who is answered national figures, and from which columns."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from loaders.monitoring import rollups
from loaders.monitoring.document import MONITORING_COLUMNS
from loaders.monitoring.national import AUDIENCES, national_monitoring
from loaders.monitoring.of_authority import authority_monitoring
from loaders.monitoring.periods import REPORT_YEAR
from schema.errors import ForbiddenError
from schema.tables import metadata
from schema.vocabulary import Audience
from tests.loaders.monitoring.printed import REPORT, tallies


def test_no_column_of_names_or_texts_is_granted() -> None:
    granted = {(name, column) for name, columns in MONITORING_COLUMNS.items() for column in columns}
    categories = {metadata.tables[name].c[column].info["category"].value for name, column in granted}
    # The directory and the network's life: of the cases it reads sums, through the view, and no row.
    assert categories == {"KEY", "G33", "G34", "G35"}
    assert not set(MONITORING_COLUMNS) & {"monitoring_cell", "monitoring_part", "monitoring_mark", *rollups.WATCHED}


@pytest.mark.parametrize("audience", list(Audience))
async def test_only_audiences_with_indicators_are_answered(audience: Audience) -> None:
    asked: list[str] = []

    async def fetch(sql: str, _: list[Any]) -> dict[str, Any]:
        asked.append(sql)
        return dict(tallies(REPORT).document)

    if audience in {Audience.COO, Audience.DEL, Audience.ADM}:
        with pytest.raises(ForbiddenError):
            await national_monitoring(fetch, audience, REPORT_YEAR)
        assert asked == []
    else:
        assert (await national_monitoring(fetch, audience, REPORT_YEAR)).situations.count.value == 143
        assert len(asked) == 1


def test_audiences_are_those_of_the_policy() -> None:
    assert set(Audience) - AUDIENCES == {Audience.COO, Audience.DEL, Audience.ADM}


async def test_authority_figures_need_an_authority_and_its_service() -> None:
    async def fetch(_: str, __: list[Any]) -> bytes:
        return orjson.dumps(dict(tallies(REPORT, prefix="OWN_").document))

    authority = UUID(int=7)
    assert (await authority_monitoring(fetch, Audience.CRI, authority, REPORT_YEAR)).situations.count.value == 143
    for audience, own in ((Audience.ANA, authority), (Audience.ASM, authority), (Audience.CRI, None)):
        with pytest.raises(ForbiddenError):
            await authority_monitoring(fetch, audience, own, REPORT_YEAR)
