"""Every count of persons in an answer, wherever it stands."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from schema.types.monitoring import Count

NOT_OF_PERSONS = {
    "working_sessions",
    "actors",
    "survey_departments",
    "confronted",
    "awareness_events",
    "awareness_participants",
    "podcasts",
}


def counts_of(value: Any, path: str) -> Iterator[tuple[str, Count]]:
    if isinstance(value, Count):
        yield path, value
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from counts_of(item, f"{path}.{place}")
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if not (path == "" and field.name in NOT_OF_PERSONS):
                yield from counts_of(getattr(value, field.name), f"{path}.{field.name}")
