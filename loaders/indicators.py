"""What each figure of national monitoring means, in the words of its readers."""

from dataclasses import dataclass

from schema.vocabulary import DlpmActionKind, Problematic, SurveyTarget


@dataclass(frozen=True, slots=True)
class Definition:
    """The words that go with a figure; `decimals` belong to the figure, not to the page that prints it."""

    code: str
    label: str
    definition: str
    denominator: str
    source: str
    decimals: int = 0


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
    "Départements de domicile distincts des situations ouvertes dans la période.",
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
    "Situations par département de domicile ; une situation compte dans chacun de ses départements de domicile.",
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
