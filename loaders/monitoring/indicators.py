"""What each figure of national monitoring means, in the words of its readers."""

from dataclasses import dataclass

from schema.vocabulary import DlpmActionKind, InformationDutyKind, Problematic, SurveyTarget


@dataclass(frozen=True, slots=True)
class Definition:
    """The words that go with a figure; `decimals` belong to the figure, not to the page that prints it.

    `article`: the article of the CASF, or the decision, that the figure answers to.
    """

    code: str
    label: str
    definition: str
    denominator: str
    source: str
    decimals: int = 0
    article: str = "L226-3-3"


CAVEAT = (
    "Les pourcentages indiquent une tendance : ils reposent sur ce que les appelants disent, et les appelants ne savent "
    "pas tout. Les petits effectifs sont masqués."
)

_SITUATIONS = "Situations ouvertes dans la période."
_MINORS = "Mineurs des situations ouvertes dans la période."
_CASES = "Situations enregistrées par la DLPM (119)."
_NONE = "Sans dénominateur : dénombrement."
_NETWORK = "Vie du réseau enregistrée par la DLPM (119) ; aucune personne n'est comptée."

SITUATIONS = Definition(
    "SITUATIONS",
    "Situations",
    "Situations dont la date d'ouverture, en heure de Paris, tombe dans la période.",
    _NONE,
    _CASES,
)
CONTACTS = Definition(
    "CONTACTS",
    "Contacts",
    "Contacts entrants rattachés aux situations ouvertes dans la période, quelle que soit la date du contact.",
    _NONE,
    "Contacts enregistrés par la DLPM (119).",
)
MINORS = Definition("MINORS", "Mineurs", _MINORS, _NONE, _CASES)
GENDER = Definition(
    "GENDER",
    "Genre des mineurs",
    "Mineurs selon leur genre ; « autres » réunit garçons, trans ou autre, et genre non connu.",
    _MINORS,
    _CASES,
)
MEAN_AGE = Definition(
    "MEAN_AGE",
    "Âge moyen",
    "Moyenne des âges, en années, au premier contact.",
    "Mineurs dont l'âge est connu.",
    _CASES,
    decimals=1,
)
DEPARTMENTS = Definition(
    "DEPARTMENTS",
    "Départements concernés",
    "Départements distincts du premier domicile connu des situations ouvertes dans la période.",
    _SITUATIONS,
    "Compétences territoriales au titre du domicile.",
)
ALREADY_KNOWN = Definition(
    "ALREADY_KNOWN",
    "Déjà connus de la protection de l'enfance",
    "Situations dont il est dit ou confirmé qu'elles étaient déjà connues de la protection de l'enfance.",
    _SITUATIONS,
    _CASES,
)
CALLERS = Definition(
    "CALLERS",
    "Profil des appelants",
    "Appelant principal : celui du premier contact entrant. Un appelant inconnu compte parmi ceux qui ne souhaitent pas "
    "être désignés ; n'est pas connu l'appelant d'une situation sans contact entrant.",
    _SITUATIONS,
    "Contacts enregistrés par la DLPM (119).",
)
PER_MONTH = Definition(
    "PER_MONTH",
    "Évolution mensuelle",
    "Situations par mois d'ouverture, et contacts entrants rattachés à ces situations.",
    _SITUATIONS,
    _CASES,
)
PER_DEPARTMENT = Definition(
    "PER_DEPARTMENT",
    "Situations par département",
    "Situations par département du premier domicile connu : une situation compte une fois.",
    _SITUATIONS,
    "Compétences territoriales au titre du domicile.",
)
WORKING_SESSIONS = Definition(
    "WORKING_SESSIONS", "Temps de travail", "Temps de travail tenus dans la période.", _NONE, _NETWORK
)
ACTORS = Definition(
    "ACTORS", "Acteurs rencontrés", "Acteurs distincts des temps de travail tenus dans la période.", _NONE, _NETWORK
)
SURVEY_DEPARTMENTS = Definition(
    "SURVEY_DEPARTMENTS",
    "Départements répondants",
    "Départements d'où est venue, dans la période, au moins une réponse à l'un des quatre questionnaires.",
    _NONE,
    "Réponses des services aux questionnaires de la DLPM.",
)
AWARENESS_EVENTS = Definition(
    "AWARENESS_EVENTS", "Interventions", "Interventions de sensibilisation tenues dans la période.", _NONE, _NETWORK
)
AWARENESS_PARTICIPANTS = Definition(
    "AWARENESS_PARTICIPANTS",
    "Professionnels sensibilisés",
    "Somme des participants aux interventions tenues dans la période.",
    _NONE,
    _NETWORK,
)
PODCASTS = Definition("PODCASTS", "Podcasts", "Épisodes de podcast publiés dans la période.", _NONE, _NETWORK)

PROBLEMATICS = {
    kind: Definition(
        f"PROBLEMATIC_{kind.name}",
        kind.label,
        f"Situations où l'observation « {kind.label} » vaut oui au moins une fois. Non connue : ni oui ni non.",
        _SITUATIONS,
        "Observations enregistrées.",
    )
    for kind in Problematic
}
ACTIONS = {
    kind: Definition(
        f"ACTION_{kind.name}",
        kind.label,
        f"Situations où l'action « {kind.label} » a eu lieu au moins une fois. Les actions se cumulent.",
        _SITUATIONS,
        "Actions enregistrées par la DLPM (119).",
    )
    for kind in DlpmActionKind
}
# The report prints the rates of CRIP and DEF without decimals, the two others with one.
_SURVEY_DECIMALS = {SurveyTarget.FOYER: 1, SurveyTarget.ASE: 1, SurveyTarget.CRIP: 0, SurveyTarget.DEF: 0}
CONFRONTED = {
    target: Definition(
        f"CONFRONTED_{target.name}",
        f"Services confrontés ({target.label})",
        "Services qui répondent oui à la question de savoir s'ils sont confrontés à l'exploitation sexuelle de mineurs.",
        "Réponses reçues dans la période à ce questionnaire.",
        "Réponses des services aux questionnaires de la DLPM.",
        decimals,
    )
    for target, decimals in _SURVEY_DECIMALS.items()
}
AUTHORITY_SITUATIONS = Definition(
    "AUTHORITY_SITUATIONS",
    "Situations transmises à l'autorité",
    "Situations ouvertes dans la période pour lesquelles l'autorité est ou a été compétente et a reçu une information "
    "préoccupante.",
    _NONE,
    "Informations préoccupantes transmises par la DLPM (119).",
)


_REPORTS = "Informations préoccupantes transmises par la DLPM (119)."
_DUE = "Retours attendus : leur échéance tombe dans la période."
_SENT = "Informations préoccupantes transmises dans la période."
_RETURNS = "Informations préoccupantes et retours enregistrés."
_REFERRALS = "Orientations vers les associations."

PER_REGION = Definition(
    "PER_REGION",
    "Situations par région",
    "Situations par région du premier domicile connu : une situation compte une fois.",
    _SITUATIONS,
    "Compétences territoriales au titre du domicile.",
)
AGE_BANDS = Definition("AGE_BANDS", "Âge des mineurs", "Mineurs selon leur tranche d'âge.", _MINORS, _CASES)
QUALIFICATIONS = Definition(
    "QUALIFICATIONS",
    "Qualification",
    "Situations selon leur qualification par la DLPM.",
    _SITUATIONS,
    _CASES,
    article="L221-1 5° ter A",
)
FORMS = Definition(
    "FORMS",
    "Formes d'exploitation",
    "Situations où la forme est relevée au moins une fois. Les formes se cumulent.",
    _SITUATIONS,
    "Faits d'exploitation enregistrés.",
    article="L221-1 5° ter A",
)
RETURNS = Definition(
    "RETURNS",
    "Retours des départements",
    "Retours attendus selon qu'ils sont venus dans le délai, après le délai, ou pas encore.",
    _DUE,
    _RETURNS,
    article="convention du GIP (retour sous trois mois)",
)
RETURN_RATE = Definition(
    "RETURN_RATE",
    "Taux de retour",
    "Retours venus, dans le délai ou après.",
    _DUE,
    _RETURNS,
    article="convention du GIP (retour sous trois mois)",
)
OVERDUE = Definition(
    "OVERDUE",
    "Retours en retard",
    "Retours attendus qui ne sont pas encore venus : leur échéance est passée.",
    _DUE,
    _RETURNS,
    article="convention du GIP (retour sous trois mois)",
)
RETURN_DELAY = Definition(
    "RETURN_DELAY",
    "Délai médian du retour",
    "Classe où tombe la médiane du délai entre la transmission et le retour ; un délai exact serait celui de quelqu'un.",
    "Retours venus, dont l'échéance tombe dans la période.",
    _RETURNS,
    article="convention du GIP (retour sous trois mois)",
)
PER_AUTHORITY = Definition(
    "PER_AUTHORITY",
    "Retours par autorité",
    "Retours attendus et venus, et délai médian, par autorité destinataire.",
    _DUE,
    _RETURNS,
    article="convention du GIP (retour sous trois mois)",
)
MISROUTED = Definition(
    "MISROUTED",
    "Mal adressées",
    "Informations préoccupantes que l'autorité destinataire a déclarées hors de sa compétence.",
    _SENT,
    _REPORTS,
    article="L226-3",
)
REPORT_DELAYS = Definition(
    "REPORT_DELAYS",
    "Du contact à la transmission",
    "Délai entre le premier contact entrant de la situation et la transmission.",
    _SENT,
    _REPORTS,
    article="L226-6",
)
CONCLUSIONS = Definition(
    "CONCLUSIONS",
    "Conclusions des départements",
    "Retours selon leur conclusion.",
    "Retours reçus dans la période.",
    _RETURNS,
    article="L226-5",
)
ORIENTATIONS = Definition(
    "ORIENTATIONS",
    "Réponse aux orientations",
    "Orientations selon la réponse de l'association.",
    "Orientations proposées dans la période.",
    _REFERRALS,
    article="L221-1 5° ter A",
)
FOLLOW_UPS = Definition(
    "FOLLOW_UPS",
    "Issue des accompagnements",
    "Orientations acceptées selon la façon dont elles ont pris fin.",
    "Orientations acceptées qui ont pris fin dans la période.",
    _REFERRALS,
    article="L221-1 5° ter A",
)
WAIVERS = {
    kind: Definition(
        f"WAIVERS_{kind.name}",
        kind.label,
        "Devoirs d'information auxquels il a été renoncé dans l'intérêt de l'enfant.",
        "Devoirs de cette sorte, remplis ou non, enregistrés dans la période.",
        "Registre des devoirs d'information.",
        article="L226-2-1, L226-2-2",
    )
    for kind in InformationDutyKind
}
