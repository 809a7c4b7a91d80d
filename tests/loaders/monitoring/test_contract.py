"""Figures are asked for in GraphQL, described in full, and lead to no row."""

import strawberry

from loaders.disclosure import Thresholds
from loaders.monitoring import of_authority
from loaders.monitoring.periods import period_of
from schema.types.monitoring import AuthorityMonitoring, NationalMonitoring, PeriodInput
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
    assert len(indicators) == 30 + 12 + 5 + 4 + 7
    assert len({indicator.code for indicator in indicators}) == len(indicators)
    assert all(
        indicator.label and indicator.definition and indicator.denominator and indicator.source
        for indicator in indicators
    )
