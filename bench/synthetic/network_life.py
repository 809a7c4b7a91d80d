"""The year of the network itself: questionnaires, working sessions, awareness events, the podcast. No child's data."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from bench.synthetic.chance import Chance
from bench.synthetic.figures import (
    ACTORS,
    PARTICIPANTS,
    PERIOD,
    PODCASTS,
    RESIDENCES,
    SURVEYED_DEPARTMENTS,
    SURVEYS,
    WORKING_SESSIONS,
)
from bench.synthetic.organisations import Network
from bench.synthetic.rows.batch import Batch
from bench.synthetic.rows.network_life import (
    Actor,
    AwarenessEvent,
    PodcastEpisode,
    SurveyCampaign,
    SurveyResponse,
    WorkingSession,
    WorkingSessionActor,
)
from schema.deadlines import is_working_day
from schema.reference import authorities_of
from schema.vocabulary import SurveyTarget, TriState

_TITLES = {
    SurveyTarget.FOYER: "Les foyers face à l'exploitation sexuelle des mineurs", SurveyTarget.CRIP: "Repérage et traitement par les CRIP",
    SurveyTarget.ASE: "Accompagnement par les services de l'ASE", SurveyTarget.DEF: "Pilotage départemental (directions enfance-famille)",
}  # fmt: skip
_NEEDS = (
    "formation des équipes",
    "lieux de mise à l'abri",
    "outils de repérage",
    "référent identifié",
    "lien avec le parquet",
)
_RESOURCES = (
    "commission départementale",
    "convention avec une association",
    "équipe mobile",
    "protocole local",
    "aucune ressource identifiée",
)
_SUBJECTS = (
    "Circuit de traitement des situations", "Présentation de la plateforme", "Cartographie des ressources locales",
    "Partage d'informations à caractère secret", "Formation des écoutants", "Coordination avec les parquets", "Accueil et mise à l'abri",
)  # fmt: skip
_BODIES = (
    "Département", "Association nationale", "Tribunal judiciaire", "Rectorat", "Service de pédiatrie", "Brigade des mineurs",
    "Direction de la PJJ", "Fédération d'établissements", "Observatoire départemental", "Mission locale",
)  # fmt: skip
_EVENTS = (
    "Journée départementale de la protection de l'enfance", "Webinaire des professionnels de l'ASE", "Rencontre des foyers",
    "Colloque sur les conduites prostitutionnelles", "Formation des personnels de l'éducation nationale", "Journée des CRIP",
    "Séminaire des équipes de la PJJ", "Conférence des professionnels de santé",
)  # fmt: skip


def build(seed: int, network: Network) -> Batch:
    """Once, whatever the scale: these are figures of the network, not of its cases."""
    chance, batch = Chance(seed, "network life"), Batch()
    _surveys(chance, network, batch)
    _sessions(chance, batch)
    for title, participants in zip(_EVENTS, PARTICIPANTS, strict=True):
        batch.add(AwarenessEvent(chance.uuid(), _day(chance), title, participants))
    for number, title in enumerate(PODCASTS, start=1):
        batch.add(PodcastEpisode(chance.uuid(), number, title, _day(chance)))
    return batch


def _day(chance: Chance) -> date:
    """A working day of the period."""
    days = [PERIOD[0] + timedelta(days=count) for count in range((PERIOD[1] - PERIOD[0]).days + 1)]
    return chance.pick([day for day in days if is_working_day(day)])


def _surveys(chance: Chance, network: Network, batch: Batch) -> None:
    """One response per department and questionnaire; each department answered at least one."""
    surveyed = sorted(chance.some([code for code, _ in RESIDENCES], SURVEYED_DEPARTMENTS))
    # The directors' answers start from the end of the list, so that nobody is left without any answer.
    crip, directors = surveyed[: SURVEYS["CRIP"][1]], surveyed[-SURVEYS["DEF"][1] :]
    answering = {
        SurveyTarget.CRIP: crip,
        SurveyTarget.DEF: directors,
        SurveyTarget.ASE: chance.some(surveyed, SURVEYS["ASE"][1]),
        SurveyTarget.FOYER: chance.some(surveyed, SURVEYS["FOYER"][1]),
    }
    for target, departments in answering.items():
        confronted, responses = SURVEYS[target.value]
        campaign, opened = chance.uuid(), date(2023, 9, 18)
        closed = opened + timedelta(days=75)
        batch.add(SurveyCampaign(campaign, target.value, _TITLES[target], opened, closed))
        others = [(TriState.NO, responses - confronted - 1), (TriState.UNKNOWN, 1)]
        answers = chance.shuffled([(TriState.YES, confronted), *others])
        for department, answer in zip(departments, answers, strict=True):
            day = opened + timedelta(days=chance.whole(1, 70))
            at = datetime.combine(day, time(chance.whole(8, 16)), UTC)
            organisation = _answering(network, target, department)
            needs, resources = chance.pick(_NEEDS), chance.pick(_RESOURCES)
            batch.add(
                SurveyResponse(chance.uuid(), campaign, organisation, department, answer.value, needs, resources, at)
            )


def _answering(network: Network, target: SurveyTarget, department: str) -> UUID | None:
    """The service in the network that answered; directors and most foyers are not in it."""
    authority = authorities_of(department)[0].code
    if target is SurveyTarget.CRIP:
        return network.crip[authority].id
    return network.ase[authority].id if target is SurveyTarget.ASE else None


def _sessions(chance: Chance, batch: Batch) -> None:
    """Each body took part at least once, each session had at least one body."""
    actors = [chance.uuid() for _ in range(ACTORS)]
    for index, actor in enumerate(actors):
        batch.add(Actor(actor, f"{_BODIES[index % len(_BODIES)]} - partenaire {index + 1}"))
    for index in range(WORKING_SESSIONS):
        session = chance.uuid()
        batch.add(WorkingSession(session, _day(chance), chance.pick(_SUBJECTS)))
        present = {actors[index % ACTORS], *chance.some(actors, chance.whole(0, 3))}
        for actor in sorted(present):
            batch.add(WorkingSessionActor(session, actor))
