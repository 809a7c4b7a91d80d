"""The nouns of the API: which table stands behind each GraphQL type, how nouns are related, ordered and filtered.

A field of a type is the column of the same name (`openedAt` is `opened_at`), or one of the relations below.
Nothing here decides who sees what: `loaders.doors` does, from the policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table, Text

from schema.tables import (
    breach,
    contact,
    directory,
    journal,
    oauth,
    observation,
    people,
    protection,
    referral,
    repeat,
    report,
    sharing,
    situation,
    surveys,
    webhook,
)
from schema.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Relation:
    """One step from a row to others: `remote` of the target equals `local` of the row.

    `category` is what the step itself says (whom a report is addressed to); a step without one says nothing
    beyond the two rows, which each pass their own door. `many` gives a list in the target's first order.
    `filters_only`: rows are found by it, and no field of the type takes it.
    """

    target: str
    local: str
    remote: str
    many: bool = False
    category: Category | None = None
    filters_only: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A keyset order: by one column that is never null for the rows shown, then by id."""

    column: str
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Noun:
    """One type of the API."""

    name: str
    table: Table
    prefix: str
    orders: Mapping[str, Order]
    relations: Mapping[str, Relation] = field(default_factory=dict)
    filters: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    case: bool = True
    unique: str | None = None

    @property
    def tie(self) -> str:
        """The column that tells rows of equal rank apart: no two rows share it, or pages would skip rows."""
        if self.unique is not None:
            return self.unique
        return "id" if "id" in self.table.c else list(self.table.primary_key.columns)[-1].name

    @property
    def key_is_public(self) -> bool:
        """Whether rows are named by a word that says its type itself (`cli_...`), not by a random number."""
        return "id" in self.table.c and isinstance(self.table.c.id.type, Text)

    @property
    def situation_column(self) -> str | None:
        """The column that says of which situation a row is, for the access log."""
        if self.table is situation.situation:
            return "id"
        return "situation_id" if "situation_id" in self.table.c else None


def _to(target: str, local: str, category: Category | None = None) -> Relation:
    return Relation(target, local, "id", category=category)


def _of(target: str, remote: str) -> Relation:
    return Relation(target, "id", remote, many=True)


def _one(target: str, remote: str) -> Relation:
    """The only row of the target that points here (the column is unique)."""
    return Relation(target, "id", remote)


def _newest(column: str) -> dict[str, Order]:
    return {f"{column.upper()}_NEWEST": Order(column)}


def _named(column: str) -> dict[str, Order]:
    return {f"{column.upper()}_ASCENDING": Order(column, descending=False)}


_IN_SITUATION = _to("Situation", "situation_id")
_STEPS = Category.REPORT_STEPS
_REFERRALS = Category.REFERRALS
_LINK = Category.KNOWN_TO_ASE

# Filter operators: `in` a list, `eq`, `since`/`before` an instant, `overdue` (the deadline has passed and still runs),
# `due_within` a number of days, `is` a boolean, `id` another row's public id.
_ALL = [
    Noun("Department", directory.department, "dep", _named("code"), case=False),
    Noun(
        "Authority",
        directory.authority,
        "aut",
        _named("code"),
        {"departments": Relation("AuthorityDepartment", "id", "authority_id", many=True)},
        {"code": ("code", "in")},
        case=False,
    ),
    Noun(
        "AuthorityDepartment",
        directory.authority_department,
        "aud",
        _named("department_code"),
        {
            "department": Relation("Department", "department_code", "code"),
            "authority": _to("Authority", "authority_id"),
        },
        case=False,
    ),
    Noun(
        "Organisation",
        directory.organisation,
        "org",
        _named("name"),
        {
            "authority": _to("Authority", "authority_id", Category.DIRECTORY),
            "resourceCards": _of("ResourceCard", "organisation_id"),
            "members": _of("Member", "organisation_id"),
        },
        {"kind": ("kind", "in"), "authority": ("authority_id", "id"), "territory": ("territories", "has")},
        case=False,
    ),
    Noun(
        "ResourceCard",
        directory.resource_card,
        "car",
        _named("title"),
        {"organisation": _to("Organisation", "organisation_id", Category.DIRECTORY)},
        {"territory": ("territories", "has"), "visibility": ("visibility", "in")},
        case=False,
    ),
    Noun(
        "Member",
        people.member,
        "mbr",
        _newest("created_at"),
        {
            "organisation": _to("Organisation", "organisation_id", Category.ACCOUNTS),
            "habilitations": _of("Habilitation", "member_id"),
        },
        {"status": ("status", "in")},
        case=False,
    ),
    Noun(
        "Habilitation",
        people.habilitation,
        "hab",
        _newest("valid_from"),
        {
            "member": _to("Member", "member_id", Category.ACCOUNTS),
            "organisation": _to("Organisation", "organisation_id", Category.ACCOUNTS),
        },
        {"role": ("role", "in"), "state": ("state", "in")},
        case=False,
    ),
    Noun(
        "Tool",
        oauth.oauth_client,
        "cli",
        _newest("created_at"),
        {
            "organisation": _to("Organisation", "organisation_id", Category.ACCOUNTS),
            "keys": _of("ToolKey", "client_id"),
            "secrets": _of("ToolSecret", "client_id"),
        },
        {"status": ("status", "in"), "organisation": ("organisation_id", "id")},
        case=False,
    ),
    Noun("ToolKey", oauth.client_key, "key", _newest("not_before"), {}, case=False),
    Noun("ToolSecret", oauth.client_secret, "sec", _newest("created_at"), {}, case=False),
    Noun(
        "Webhook",
        webhook.webhook,
        "whk",
        _newest("created_at"),
        {"organisation": _to("Organisation", "organisation_id", Category.ACCOUNTS)},
        {"state": ("state", "in"), "organisation": ("organisation_id", "id")},
        case=False,
    ),
    Noun(
        "WebhookDelivery",
        webhook.webhook_delivery,
        "whd",
        _newest("created_at"),
        {"webhook": _to("Webhook", "webhook_id", Category.ACCOUNTS)},
        {"webhook": ("webhook_id", "id"), "state": ("state", "in")},
        case=False,
    ),
    Noun(
        "Situation",
        situation.situation,
        "sit",
        _newest("opened_at"),
        {
            "minors": _of("Minor", "situation_id"),
            "jurisdictions": _of("Jurisdiction", "situation_id"),
            "parentalHolders": _of("ParentalHolder", "situation_id"),
            "contacts": _of("Contact", "situation_id"),
            "concernReports": _of("ConcernReport", "situation_id"),
            "evaluations": _of("Evaluation", "situation_id"),
            "returns": _of("ConcernReturn", "situation_id"),
            "judicialReferrals": _of("JudicialReferral", "situation_id"),
            "problematics": _of("ProblematicObservation", "situation_id"),
            "sensitiveProblematics": _of("SensitiveObservation", "situation_id"),
            "exploitationFacts": _of("ExploitationFact", "situation_id"),
            "liveDangers": _of("LiveDanger", "situation_id"),
            "allegedPerpetrators": _of("AllegedPerpetrator", "situation_id"),
            "aseLinks": _of("AseLink", "situation_id"),
            "measures": _of("Measure", "situation_id"),
            "referrals": _of("Referral", "situation_id"),
            "followUps": _of("FollowUp", "situation_id"),
            "actions": _of("DlpmAction", "situation_id"),
            "transfers": _of("DepartmentTransfer", "situation_id"),
            "informationDuties": _of("InformationDuty", "situation_id"),
            "sharingGrants": _of("SharingGrant", "situation_id"),
            "disclosures": _of("Disclosure", "situation_id"),
            "emergencyAccesses": _of("EmergencyAccess", "situation_id"),
        },
        {
            "status": ("status", "in"),
            "urgency": ("urgency", "in"),
            "openedSince": ("opened_at", "since"),
            "openedBefore": ("opened_at", "before"),
        },
    ),
    Noun(
        "Jurisdiction",
        situation.situation_jurisdiction,
        "jur",
        _newest("starts_at"),
        {"situation": _IN_SITUATION, "authority": _to("Authority", "authority_id", Category.JURISDICTIONS)},
    ),
    Noun(
        "Minor",
        situation.minor,
        "min",
        {"ID": Order("id")},
        {"situation": _IN_SITUATION, "parentalHolders": _of("ParentalHolder", "minor_id")},
        {"ageBand": ("age_band", "in")},
    ),
    Noun(
        "ParentalHolder",
        situation.parental_holder,
        "par",
        {"ID": Order("id")},
        {"situation": _IN_SITUATION, "minor": _to("Minor", "minor_id")},
    ),
    Noun(
        "Contact",
        contact.contact,
        "con",
        _newest("at"),
        {
            "situation": _IN_SITUATION,
            "caller": _one("Caller", "contact_id"),
            "listeningNotes": _of("ListeningNote", "contact_id"),
        },
        {"channel": ("channel", "in"), "since": ("at", "since"), "before": ("at", "before")},
    ),
    Noun(
        "Caller",
        contact.caller,
        "cal",
        {"ID": Order("id")},
        {"situation": _IN_SITUATION, "contact": _to("Contact", "contact_id")},
    ),
    Noun(
        "ListeningNote",
        contact.listening_note,
        "not",
        _newest("at"),
        {"situation": _IN_SITUATION, "contact": _to("Contact", "contact_id")},
    ),
    Noun(
        "RepeatCandidate",
        repeat.repeat_candidate,
        "rpt",
        {"STRONGEST": Order("weight")},
        {
            "situation": _IN_SITUATION,
            # Who asks names it. A step to it would read a second situation of which the access log would know nothing.
            "askedAbout": Relation("Situation", "for_situation_id", "id", filters_only=True),
            "decidedBy": _to("Member", "decided_by_id", Category.REPEATS),
        },
        {"situation": ("for_situation_id", "id"), "state": ("state", "in")},
    ),
    Noun(
        "ConcernReport",
        report.concern_report,
        "rep",
        {
            "SENT_NEWEST": Order("sent_at"),
            "DUE_SOONEST": Order("due_at", descending=False),
            "DRAFTED_NEWEST": Order("drafted_at"),
        },
        {
            "situation": _IN_SITUATION,
            "minor": _to("Minor", "minor_id", Category.CODED_PROFILE),
            "originContact": _to("Contact", "origin_contact_id", Category.CALLER_CATEGORY_COARSE),
            "toAuthority": _to("Authority", "to_authority_id", _STEPS),
            "complements": _to("ConcernReport", "complements_report_id", _STEPS),
            "evaluation": _one("Evaluation", "report_id"),
            "return": _one("ConcernReturn", "report_id"),
            "judicialReferrals": _of("JudicialReferral", "report_id"),
        },
        {
            "status": ("status", "in"),
            "urgency": ("urgency", "in"),
            "overdue": ("due_at", "overdue"),
            "dueWithinDays": ("due_at", "due_within"),
            "sentSince": ("sent_at", "since"),
            "sentBefore": ("sent_at", "before"),
            "situation": ("situation_id", "id"),
        },
    ),
    Noun(
        "Evaluation",
        report.evaluation,
        "eva",
        _newest("notified_at"),
        {
            "situation": _IN_SITUATION,
            "report": _to("ConcernReport", "report_id", _STEPS),
            "authority": _to("Authority", "authority_id", _STEPS),
        },
    ),
    Noun(
        "ConcernReturn",
        report.concern_return,
        "ret",
        _newest("received_at"),
        {"situation": _IN_SITUATION, "report": _to("ConcernReport", "report_id", Category.RETURN_CODES)},
    ),
    Noun(
        "JudicialReferral",
        report.judicial_referral,
        "jud",
        _newest("at"),
        {
            "situation": _IN_SITUATION,
            "report": _to("ConcernReport", "report_id", Category.JUDICIAL_REFERRAL),
            "authority": _to("Authority", "authority_id", Category.JUDICIAL_REFERRAL),
        },
    ),
    Noun(
        "ProblematicObservation",
        observation.problematic,
        "pro",
        _newest("at"),
        {"situation": _IN_SITUATION, "minor": _to("Minor", "minor_id", Category.PROBLEMATICS)},
    ),
    Noun(
        "SensitiveObservation",
        observation.sensitive_problematic,
        "sen",
        _newest("at"),
        {"situation": _IN_SITUATION, "minor": _to("Minor", "minor_id", Category.PROBLEMATICS_STARRED)},
    ),
    Noun(
        "ExploitationFact",
        observation.exploitation_fact,
        "exp",
        _newest("at"),
        {"situation": _IN_SITUATION, "minor": _to("Minor", "minor_id", Category.EXPLOITATION)},
    ),
    Noun("LiveDanger", observation.live_danger, "dan", _newest("at"), {"situation": _IN_SITUATION}),
    Noun(
        "AllegedPerpetrator", observation.alleged_perpetrator, "per", {"ID": Order("id")}, {"situation": _IN_SITUATION}
    ),
    Noun(
        "AseLink",
        protection.ase_link,
        "lnk",
        _newest("proposed_at"),
        {"situation": _IN_SITUATION, "aseOrganisation": _to("Organisation", "ase_org_id", _LINK)},
        {"state": ("state", "in")},
    ),
    Noun(
        "Measure",
        protection.measure,
        "mea",
        _newest("starts_on"),
        {
            "situation": _IN_SITUATION,
            "authority": _to("Authority", "authority_id", Category.MEASURES),
            "organisation": _to("Organisation", "organisation_id", Category.MEASURES),
        },
    ),
    Noun(
        "DlpmAction",
        protection.dlpm_action,
        "act",
        _newest("at"),
        {"situation": _IN_SITUATION, "targetOrganisation": _to("Organisation", "target_org_id", Category.DLPM_ACTIONS)},
    ),
    Noun(
        "DepartmentTransfer",
        protection.department_transfer,
        "tra",
        _newest("requested_at"),
        {
            "situation": _IN_SITUATION,
            "originAuthority": _to("Authority", "origin_authority_id", Category.TRANSFERS),
            "destinationAuthority": _to("Authority", "destination_authority_id", Category.TRANSFERS),
        },
        {"state": ("state", "in")},
    ),
    Noun(
        "Referral",
        referral.referral,
        "ref",
        {"PROPOSED_NEWEST": Order("proposed_at"), "DRAFTED_NEWEST": Order("drafted_at")},
        {
            "situation": _IN_SITUATION,
            "minor": _to("Minor", "minor_id"),
            "toOrganisation": _to("Organisation", "to_org_id", _REFERRALS),
            "followUps": _of("FollowUp", "referral_id"),
            "associationNotes": _of("AssociationNote", "referral_id"),
        },
        {
            "status": ("status", "in"),
            "kind": ("kind", "in"),
            "proposedSince": ("proposed_at", "since"),
            "proposedBefore": ("proposed_at", "before"),
            "ref": ("ref", "eq"),
        },
    ),
    Noun(
        "FollowUp",
        referral.follow_up,
        "fol",
        _newest("recorded_at"),
        {
            "situation": _IN_SITUATION,
            "referral": _to("Referral", "referral_id", _REFERRALS),
            "organisation": _to("Organisation", "organisation_id", _REFERRALS),
        },
        {"status": ("status", "in")},
    ),
    Noun(
        "AssociationNote",
        referral.association_note,
        "ano",
        _newest("at"),
        {"referral": _to("Referral", "referral_id", Category.ASSOCIATION_NOTES)},
    ),
    Noun("InformationDuty", sharing.information_duty, "dut", _newest("recorded_at"), {"situation": _IN_SITUATION}),
    Noun(
        "SharingGrant",
        sharing.sharing_grant,
        "gra",
        _newest("starts_at"),
        {
            "situation": _IN_SITUATION,
            "fromOrganisation": _to("Organisation", "from_org_id", Category.GRANTS),
            "toOrganisation": _to("Organisation", "to_org_id", Category.GRANTS),
        },
        {"state": ("state", "in")},
    ),
    Noun(
        "Disclosure",
        sharing.disclosure,
        "dis",
        _newest("at"),
        {
            "situation": _IN_SITUATION,
            "fromOrganisation": _to("Organisation", "from_org_id", Category.DISCLOSURE_LEDGER),
            "toOrganisation": _to("Organisation", "to_org_id", Category.DISCLOSURE_LEDGER),
            "toAuthority": _to("Authority", "to_authority_id", Category.DISCLOSURE_LEDGER),
        },
    ),
    Noun(
        "EmergencyAccess",
        sharing.emergency_access,
        "eme",
        _newest("requested_at"),
        {"situation": _IN_SITUATION},
        {
            "review": ("review", "in"),
            "reviewOverdue": ("review_due_at", "overdue"),
            "confirmationOverdue": ("confirm_due_at", "overdue"),
            "situation": ("situation_id", "id"),
        },
    ),
    Noun(
        "SubjectRequest",
        sharing.subject_request,
        "req",
        _newest("received_at"),
        {"situation": _IN_SITUATION},
        {"kind": ("kind", "in"), "outcome": ("outcome", "in")},
        case=False,
    ),
    Noun("DataBreach", breach.data_breach, "bre", _newest("noticed_at"), {}, case=False),
    Noun("RetentionJob", sharing.retention_job, "job", _newest("ran_at"), {}, case=False),
    Noun("LegalHold", sharing.legal_hold, "hol", _newest("placed_at"), {"situation": _IN_SITUATION}, case=False),
    Noun(
        "SurveyCampaign",
        surveys.survey_campaign,
        "cam",
        _newest("opened_on"),
        {"responses": _of("SurveyResponse", "campaign_id")},
        {"target": ("target", "in")},
        case=False,
    ),
    Noun(
        "SurveyResponse",
        surveys.survey_response,
        "sur",
        _newest("answered_at"),
        {
            "campaign": _to("SurveyCampaign", "campaign_id"),
            "organisation": _to("Organisation", "organisation_id", Category.SURVEYS),
        },
        case=False,
    ),
    Noun("Actor", surveys.actor, "atr", _named("name"), {}, case=False),
    Noun(
        "WorkingSession",
        surveys.working_session,
        "ses",
        _newest("held_on"),
        {"participants": Relation("WorkingSessionActor", "id", "session_id", many=True)},
        case=False,
    ),
    Noun(
        "WorkingSessionActor",
        surveys.working_session_actor,
        "wsa",
        {"ACTOR": Order("actor_id")},
        {"actor": _to("Actor", "actor_id")},
        case=False,
    ),
    Noun("AwarenessEvent", surveys.awareness_event, "awa", _newest("held_on"), {}, case=False),
    Noun("PodcastEpisode", surveys.podcast_episode, "pod", _newest("published_on"), {}, case=False),
    Noun(
        "AccessRecord",
        journal.access_log,
        "log",
        {"NEWEST": Order("at")},
        {},
        {
            "since": ("at", "since"),
            "before": ("at", "before"),
            "event": ("event", "in"),
            "outcome": ("outcome", "in"),
        },
        case=False,
        # Its key ends with `at`, which many records share; a hash says nothing of where or how much was written.
        unique="hash",
    ),
    Noun(
        "Access",
        journal.case_access,
        "acc",
        _newest("at"),
        {
            "situation": _IN_SITUATION,
            "organisation": _to("Organisation", "organisation_id", Category.ACCESS_LOG),
        },
        {
            "situation": ("situation_id", "id"),
            "organisation": ("organisation_id", "id"),
            "since": ("at", "since"),
            "before": ("at", "before"),
            "event": ("event", "in"),
            "outcome": ("outcome", "in"),
            "reader": ("reader", "in"),
        },
    ),
]

AGGREGATES = frozenset({"YearlyReport"})
"""Types that mutations change and that are no rows for anybody: the indicator service reads them."""

NOUNS: Mapping[str, Noun] = {noun.name: noun for noun in _ALL}
BY_PREFIX: Mapping[str, Noun] = {noun.prefix: noun for noun in _ALL}
BY_TABLE: Mapping[str, Noun] = {noun.table.name: noun for noun in _ALL}
