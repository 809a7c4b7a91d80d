"""The answers to the questionnaires of the DLPM: one per campaign, service and department, replaced when given again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, exists, func, literal_column, or_, select

from auth.policy import Act
from loaders.commands.case import same
from loaders.commands.entry import NAME, optional, required
from loaders.commands.work import Command, Row, Work
from loaders.policy.context import NOBODY
from schema.deadlines import earliest_civil_date, latest_civil_date
from schema.errors import DomainRefusalError
from schema.tables.directory import authority_department, department, organisation
from schema.tables.surveys import survey_response
from schema.types.acts_survey import AnswerSurveyInput
from schema.vocabulary import OrgKind, SurveyTarget

# DEF is a head of service of the same council as the ASE, not a kind of organisation.
_QUESTIONNAIRES: Mapping[OrgKind, frozenset[str]] = {
    OrgKind.CRIP: frozenset({SurveyTarget.CRIP.value}),
    OrgKind.ASE: frozenset({SurveyTarget.ASE.value, SurveyTarget.DEF.value}),
    OrgKind.FOYER: frozenset({SurveyTarget.FOYER.value}),
}


def _code() -> Any:
    return bindparam("code", type_=Text)


_DEPARTMENT = select(department.c.code).where(department.c.code == _code())
_OWN_DEPARTMENT = select(organisation.c.id).where(
    same(organisation.c.id, "organisation"),
    or_(
        _code() == func.any(organisation.c.territories),
        exists(
            select(literal_column("1")).where(
                authority_department.c.authority_id == organisation.c.authority_id,
                authority_department.c.department_code == _code(),
            )
        ),
    ),
    exists(select(literal_column("1")).where(department.c.code == _code())),
)
# Answers on paper, typed in by the DLPM, belong to no organisation of the network.
_ANSWERED = select(survey_response.c.id).where(
    same(survey_response.c.campaign_id, "campaign"),
    func.coalesce(survey_response.c.organisation_id, literal_column(f"'{NOBODY}'::uuid"))
    == bindparam("owner", type_=survey_response.c.id.type),
    survey_response.c.department_code == _code(),
)


async def answer(work: Work, wish: AnswerSurveyInput) -> UUID:
    """Answer, or replace one's answer, while the campaign is open."""
    code = required(wish.department_code, "departmentCode", longest=NAME)
    given: dict[str, Any] = {
        "confronted": wish.confronted,
        "needs": optional(wish.needs, "needs"),
        "resources": optional(wish.resources, "resources"),
        "answered_at": work.now,
    }
    # Locked, so that two answers of one service at once become one.
    campaign = await work.lock("SurveyCampaign", wish.campaign, field="campaign")
    _must_be_open(work, campaign)
    owner = await _owner(work, campaign, code)
    known = await work.one(_ANSWERED, campaign=campaign.id, owner=owner or NOBODY, code=code)
    await work.still("SurveyResponse", known, wish.expected_version)
    if known is None:
        identity = await work.insert(
            survey_response, campaign_id=campaign.id, organisation_id=owner, department_code=code, **given
        )
    else:
        identity = known["id"]
        await work.update(survey_response, identity, **given)
    await work.event(
        "survey.answered", identity, situation=None, audiences=sorted({OrgKind.DLPM, work.caller.organisation_kind})
    )
    return identity


def _must_be_open(work: Work, campaign: Row) -> None:
    if campaign["opened_on"] > latest_civil_date(work.now):
        raise DomainRefusalError("WRONG_STATE", "Ce questionnaire n'est pas encore ouvert.", "campaign")
    if campaign["closed_on"] is not None and campaign["closed_on"] < earliest_civil_date(work.now):
        raise DomainRefusalError("WRONG_STATE", "Ce questionnaire est clos.", "campaign")


async def _owner(work: Work, campaign: Row, code: str) -> UUID | None:
    """Whose answer it is: the caller's organisation's, or nobody's for what the DLPM types in from paper."""
    caller = work.caller
    if caller.organisation_kind is OrgKind.DLPM:
        if await work.one(_DEPARTMENT, code=code) is None:
            raise DomainRefusalError(
                "UNKNOWN_DEPARTMENT", "Ce code n'est pas celui d'un département.", "departmentCode"
            )
        return None
    if campaign["target"] not in _QUESTIONNAIRES.get(caller.organisation_kind, frozenset()):
        raise DomainRefusalError(
            "NOT_CONCERNED", "Ce questionnaire s'adresse à d'autres services que le vôtre.", "campaign"
        )
    if await work.one(_OWN_DEPARTMENT, organisation=caller.organisation_id, code=code) is None:
        raise DomainRefusalError(
            "UNKNOWN_DEPARTMENT", "Votre service ne travaille pas dans ce département.", "departmentCode"
        )
    return caller.organisation_id


COMMANDS = {"answerSurvey": Command(Act.ANSWER_SURVEY, "SurveyResponse", answer)}
