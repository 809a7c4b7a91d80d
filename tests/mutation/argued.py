"""Mutants that may live on: why no test can tell them from the policy, precisely enough to be refuted."""

import re

from tests.mutation.mutants import Mutant

# (pattern over the whole text of the mutant, why). A pattern that fits no survivor any more fails the slow test.
ARGUED: tuple[tuple[str, str], ...] = ()


def argument(mutant: Mutant) -> str | None:
    """Why this mutant is no other policy; None where nobody has said so."""
    text = " ".join(str(mutant).split())
    return next((reason for pattern, reason in ARGUED if re.search(pattern, text)), None)
