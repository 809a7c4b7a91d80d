"""The nouns of the API: which table stands behind each GraphQL type, how nouns are related, ordered and filtered.

A field of a type is the column of the same name (`openedAt` is `opened_at`), or one of the relations.
Nothing here decides who sees what: `loaders.policy.doors` does, from the policy.
"""

from collections.abc import Mapping

from loaders.nouns.journal import JOURNAL
from loaders.nouns.network import NETWORK
from loaders.nouns.noun import Noun, Order, Relation
from loaders.nouns.observation import OBSERVATION
from loaders.nouns.protection import PROTECTION
from loaders.nouns.referral import REFERRAL
from loaders.nouns.report import REPORT
from loaders.nouns.sharing import SHARING
from loaders.nouns.situation import SITUATION
from loaders.nouns.survey import SURVEY

_ALL = (
    *NETWORK,
    *SITUATION,
    *REPORT,
    *OBSERVATION,
    *PROTECTION,
    *REFERRAL,
    *SHARING,
    *SURVEY,
    *JOURNAL,
)

AGGREGATES = frozenset({"YearlyReport"})
"""Types that mutations change and that are no rows for anybody: the indicator service reads them."""

NOUNS: Mapping[str, Noun] = {noun.name: noun for noun in _ALL}
BY_PREFIX: Mapping[str, Noun] = {noun.prefix: noun for noun in _ALL}
BY_TABLE: Mapping[str, Noun] = {noun.table.name: noun for noun in _ALL}

__all__ = ["AGGREGATES", "BY_PREFIX", "BY_TABLE", "NOUNS", "Noun", "Order", "Relation"]
