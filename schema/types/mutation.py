"""The root of every act."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from strawberry.types.base import StrawberryObjectDefinition
from strawberry.utils.str_converters import to_camel_case

from schema.types.described import public_type
from schema.types.mutation_accounts import AccountsMutation
from schema.types.mutation_control import ControlMutation
from schema.types.mutation_dlpm import DlpmMutation
from schema.types.mutation_monitoring import MonitoringMutation
from schema.types.mutation_partners import PartnerMutation
from schema.types.mutation_sharing import SharingMutation
from schema.types.mutation_webhook import WebhookMutation


@public_type
class Mutation(
    DlpmMutation,
    PartnerMutation,
    SharingMutation,
    ControlMutation,
    AccountsMutation,
    WebhookMutation,
    MonitoringMutation,
):
    """What can be done."""


def _inputs() -> dict[str, type[Any]]:
    definition: StrawberryObjectDefinition = Mutation.__dict__["__strawberry_definition__"]
    return {to_camel_case(field.python_name): cast("type[Any]", field.arguments[0].type) for field in definition.fields}


INPUTS: Mapping[str, type[Any]] = MappingProxyType(_inputs())
"""Mutation -> the class of its input."""
