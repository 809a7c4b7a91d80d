"""What is recorded of the minor's life: difficulties (plain and starred apart), exploitation, danger, who exploits."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Table

from auth.policy import Act
from loaders.commands.case import EVERYBODY, open_case, optional_minor
from loaders.commands.entry import NAME, coming, distinct, names, optional, past
from loaders.commands.work import Command, Work
from schema.errors import BadInputError, DomainRefusalError
from schema.tables.observation import (
    alleged_perpetrator,
    exploitation_fact,
    live_danger,
    problematic,
    sensitive_problematic,
)
from schema.types.acts_observation import (
    RecordAllegedPerpetratorInput,
    RecordExploitationFactInput,
    RecordLiveDangerInput,
    RecordProblematicInput,
    RecordSensitiveProblematicInput,
)

# Retention (domain, section 9): a live danger is forgotten after 30 days at most.
LONGEST_DANGER = timedelta(days=30)
LONGEST_URL = 2000


async def record_problematic(work: Work, wish: RecordProblematicInput) -> UUID:
    """A plain difficulty: the listener, the CRIP or the ASE, each within its reach."""
    if wish.kind.starred:
        raise DomainRefusalError(
            "SENSITIVE_KIND", "Cette difficulté relève des données sensibles : elle ne s'enregistre pas ici.", "kind"
        )
    return await _observe(work, wish, problematic, "problematic.recorded")


async def record_sensitive_problematic(work: Work, wish: RecordSensitiveProblematicInput) -> UUID:
    """A starred difficulty (P4): the listener only."""
    if not wish.kind.starred:
        raise DomainRefusalError(
            "PLAIN_KIND", "Cette difficulté n'est pas une donnée sensible : enregistrez-la comme les autres.", "kind"
        )
    return await _observe(work, wish, sensitive_problematic, "sensitive_problematic.recorded")


async def _observe(
    work: Work, wish: RecordProblematicInput | RecordSensitiveProblematicInput, table: Table, event: str
) -> UUID:
    case = await open_case(work, wish.situation)
    identity = await work.insert(
        table,
        situation_id=case.id,
        minor_id=await optional_minor(work, wish.minor, case.id),
        kind=wish.kind,
        value=wish.value,
        source=optional(wish.source, "source", NAME),
        at=past(wish.at, "at", work.now),
    )
    await work.event(event, identity, situation=case.id, audiences=EVERYBODY)
    return identity


async def record_exploitation_fact(work: Work, wish: RecordExploitationFactInput) -> UUID:
    """Form, venue, recruitment, mode, signs."""
    case = await open_case(work, wish.situation)
    identity = await work.insert(
        exploitation_fact,
        situation_id=case.id,
        minor_id=await optional_minor(work, wish.minor, case.id),
        form=wish.form,
        venue=wish.venue,
        recruitment=wish.recruitment,
        mode=wish.mode,
        signs=distinct(wish.signs),
        at=work.now,
    )
    await work.event("exploitation_fact.recorded", identity, situation=case.id, audiences=EVERYBODY)
    return identity


async def record_live_danger(work: Work, wish: RecordLiveDangerInput) -> UUID:
    """A place or an advertisement, for a time."""
    case = await open_case(work, wish.situation)
    place, ad_url = optional(wish.place, "place"), optional(wish.ad_url, "adUrl", LONGEST_URL)
    if place is None and ad_url is None:
        raise BadInputError("`place` and `adUrl` are both empty.", reason="EMPTY")
    until = coming(wish.until, "until", work.now)
    if until > work.now + LONGEST_DANGER:
        raise DomainRefusalError("TOO_LONG", "Un danger en cours se conserve 30 jours au plus.", "until")
    identity = await work.insert(
        live_danger, situation_id=case.id, place=place, ad_url=ad_url, until=until, at=work.now
    )
    await work.event("live_danger.recorded", identity, situation=case.id, audiences=EVERYBODY)
    return identity


async def record_alleged_perpetrator(work: Work, wish: RecordAllegedPerpetratorInput) -> UUID:
    """Identifiers of somebody who is said to exploit."""
    case = await open_case(work, wish.situation)
    identifiers = names(wish.identifiers, "identifiers")
    if not identifiers:
        raise BadInputError("`identifiers` is empty.", reason="EMPTY")
    identity = await work.insert(
        alleged_perpetrator,
        situation_id=case.id,
        identifiers=identifiers,
        relation=optional(wish.relation, "relation", NAME),
    )
    await work.event("alleged_perpetrator.recorded", identity, situation=case.id, audiences=EVERYBODY)
    return identity


# G17 to G19 are written by listeners only (permissions, section 3), hence their act.
COMMANDS = {
    "recordProblematic": Command(Act.RECORD_OBSERVATION, "ProblematicObservation", record_problematic),
    "recordSensitiveProblematic": Command(Act.RECORD_SITUATION, "SensitiveObservation", record_sensitive_problematic),
    "recordExploitationFact": Command(Act.RECORD_SITUATION, "ExploitationFact", record_exploitation_fact),
    "recordLiveDanger": Command(Act.RECORD_SITUATION, "LiveDanger", record_live_danger),
    "recordAllegedPerpetrator": Command(Act.RECORD_SITUATION, "AllegedPerpetrator", record_alleged_perpetrator),
}
