"""What the API answers, as the pages hold it: decoded JSON, in the names of the contract."""

from collections.abc import Mapping
from typing import Any

Node = Mapping[str, Any]
"""One object of an answer."""

Fault = Mapping[str, Any]
"""Why an act was refused: its field, code and sentence."""

__all__ = ["Fault", "Node"]
