"""The case file: the situation, its minors, its contacts, and what may be the same case."""

from loaders.nouns.noun import IN_SITUATION, Noun, Order, Relation, newest, of, one, to
from schema.tables import contact, repeat, situation
from schema.vocabulary import Category

SITUATION = (
    Noun(
        "Situation",
        situation.situation,
        "sit",
        newest("opened_at"),
        {
            "minors": of("Minor", "situation_id"),
            "jurisdictions": of("Jurisdiction", "situation_id"),
            "parentalHolders": of("ParentalHolder", "situation_id"),
            "contacts": of("Contact", "situation_id"),
            "concernReports": of("ConcernReport", "situation_id"),
            "evaluations": of("Evaluation", "situation_id"),
            "returns": of("ConcernReturn", "situation_id"),
            "judicialReferrals": of("JudicialReferral", "situation_id"),
            "problematics": of("ProblematicObservation", "situation_id"),
            "sensitiveProblematics": of("SensitiveObservation", "situation_id"),
            "exploitationFacts": of("ExploitationFact", "situation_id"),
            "liveDangers": of("LiveDanger", "situation_id"),
            "allegedPerpetrators": of("AllegedPerpetrator", "situation_id"),
            "aseLinks": of("AseLink", "situation_id"),
            "measures": of("Measure", "situation_id"),
            "referrals": of("Referral", "situation_id"),
            "followUps": of("FollowUp", "situation_id"),
            "actions": of("DlpmAction", "situation_id"),
            "transfers": of("DepartmentTransfer", "situation_id"),
            "informationDuties": of("InformationDuty", "situation_id"),
            "sharingGrants": of("SharingGrant", "situation_id"),
            "disclosures": of("Disclosure", "situation_id"),
            "emergencyAccesses": of("EmergencyAccess", "situation_id"),
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
        newest("starts_at"),
        {"situation": IN_SITUATION, "authority": to("Authority", "authority_id", Category.JURISDICTIONS)},
    ),
    Noun(
        "Minor",
        situation.minor,
        "min",
        {"ID": Order("id")},
        {"situation": IN_SITUATION, "parentalHolders": of("ParentalHolder", "minor_id")},
        {"ageBand": ("age_band", "in")},
    ),
    Noun(
        "ParentalHolder",
        situation.parental_holder,
        "par",
        {"ID": Order("id")},
        {"situation": IN_SITUATION, "minor": to("Minor", "minor_id")},
    ),
    Noun(
        "Contact",
        contact.contact,
        "con",
        newest("at"),
        {
            "situation": IN_SITUATION,
            "caller": one("Caller", "contact_id"),
            "listeningNotes": of("ListeningNote", "contact_id"),
        },
        {"channel": ("channel", "in"), "since": ("at", "since"), "before": ("at", "before")},
    ),
    Noun(
        "Caller",
        contact.caller,
        "cal",
        {"ID": Order("id")},
        {"situation": IN_SITUATION, "contact": to("Contact", "contact_id")},
    ),
    Noun(
        "ListeningNote",
        contact.listening_note,
        "not",
        newest("at"),
        {"situation": IN_SITUATION, "contact": to("Contact", "contact_id")},
    ),
    Noun(
        "RepeatCandidate",
        repeat.repeat_candidate,
        "rpt",
        {"STRONGEST": Order("weight")},
        {
            "situation": IN_SITUATION,
            # Who asks names it. A step to it would read a second situation of which the access log would know nothing.
            "askedAbout": Relation("Situation", "for_situation_id", "id", filters_only=True),
            "decidedBy": to("Member", "decided_by_id", Category.REPEATS),
        },
        {"situation": ("for_situation_id", "id"), "state": ("state", "in")},
    ),
)
