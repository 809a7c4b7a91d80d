"""Figures are asked for in GraphQL, described in full, and lead to no row."""

from types import ModuleType

import strawberry

from loaders.monitoring import authority_indicators, indicators, of_authority
from loaders.monitoring.cubes import CUBES, Dimension, Places
from loaders.monitoring.disclosure import Thresholds
from loaders.monitoring.indicators import Definition
from loaders.monitoring.periods import REPORT_YEAR, period_of
from schema.types.monitoring import NationalMonitoring, PeriodInput
from schema.types.own_monitoring import AuthorityMonitoring
from schema.vocabulary import Audience
from tests.loaders.monitoring.printed import REPORT, seen, tallies


@strawberry.type
class Query:
    """A root for these tests."""

    @strawberry.field
    def national_monitoring(self, period: PeriodInput) -> NationalMonitoring:
        return seen(period=period_of(period))

    @strawberry.field
    def authority_monitoring(self, period: PeriodInput) -> AuthorityMonitoring:
        return of_authority.answer(tallies(REPORT, prefix="OWN_"), Thresholds(), Audience.CRI, period_of(period))


SCHEMA = strawberry.Schema(Query)


def test_a_question_is_answered_through_graphql() -> None:
    document = """{ nationalMonitoring(period: {year: 2023, kind: REPORT}) {
        period { label startsOn complete }
        situations { code definition source denominator unknowns { state label } count { value state label } }
        gender { parts { gender share { percent state count { label } base { value } } } }
    } }"""
    result = SCHEMA.execute_sync(document)
    assert result.errors is None
    assert result.data is not None
    figures = result.data["nationalMonitoring"]
    assert figures["period"] == {"label": "du 3 avril 2023 au 2 avril 2024", "startsOn": "2023-04-03", "complete": True}
    assert figures["situations"]["count"] == {"value": 143, "state": "EXACT", "label": "143"}
    assert figures["situations"]["unknowns"] == {"state": "NOT_AVAILABLE", "label": "sans objet"}
    assert figures["gender"]["parts"][0] == {
        "gender": "BOY",
        "share": {"percent": None, "state": "MASKED", "count": {"label": "masqué"}, "base": {"value": 143}},
    }


def test_everything_is_described_and_no_field_leads_to_a_row() -> None:
    graphql = SCHEMA._schema
    for name, kind in graphql.type_map.items():
        if name.startswith("__") or name == "Query":
            continue
        assert kind.description, name
        for field_name, field in (getattr(kind, "fields", None) or {}).items():
            assert field.description, f"{name}.{field_name}"
    assert not {"Node", "Situation", "Minor", "Contact", "ID"} & set(graphql.type_map)


def test_every_indicator_carries_its_words() -> None:
    figures = seen()
    indicators = [value for value in vars(figures).values() if hasattr(value, "definition")]
    indicators += [item for value in vars(figures).values() if isinstance(value, list) for item in value]
    assert len(indicators) == 30 + 12 + 5 + 4 + 7 + 5
    assert len({indicator.code for indicator in indicators}) == len(indicators)
    assert all(
        indicator.label and indicator.definition and indicator.denominator and indicator.source and indicator.article
        for indicator in indicators
    )


def _definitions(*modules: ModuleType) -> set[str]:
    values = [value for module in modules for value in vars(module).values()]
    nested = [one for value in values if isinstance(value, dict) for one in value.values()]
    return {one.code for one in [*values, *nested] if isinstance(one, Definition)}


def _codes(figures: NationalMonitoring | AuthorityMonitoring) -> set[str]:
    values = [one for value in vars(figures).values() for one in (value if isinstance(value, list) else [value])]
    return {one.code for one in values if hasattr(one, "definition")}


def test_the_menu_has_every_dimension_and_everything_that_has_words_is_told() -> None:
    assert {cube.dimension for cube in CUBES.values()} == set(Dimension)
    assert {cube.places for cube in CUBES.values()} == set(Places)
    own = of_authority.answer(tallies(REPORT, prefix="OWN_"), Thresholds(), Audience.CRI, REPORT_YEAR)
    assert _codes(seen()) | _codes(own) == _definitions(indicators, authority_indicators)
