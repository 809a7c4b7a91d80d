"""How sensitive a group of fields is."""

from schema.vocabulary.word import Word


class Protection(Word):
    """How sensitive a category is; the identifiers sort from open to closed."""

    P0 = "P0", "public"
    P1 = "P1", "interne"
    P2 = "P2", "personnel, codé"
    P3 = "P3", "secret"
    P4 = "P4", "santé, vie sexuelle, infraction"
    P5 = "P5", "ne sort pas du 119"


class Category(Word):
    """A group of fields with one sensitivity; the value is the group's code, the name says what it holds."""

    protection: Protection

    # The default is the most protective class; a test compares every member with the data model.
    def __init__(self, value: str, label: str = "", protection: str = "P5") -> None:
        super().__init__(value, label)
        self.protection = Protection(protection)

    KEY = "KEY", "clé technique", "P1"
    CASE_HEADER = "G01", "en-tête de la situation", "P2"
    CODED_PROFILE = "G02", "profil codé", "P2"
    MINOR_MINIMAL = "G03", "mineur, minimum", "P3"
    FULL_IDENTITY = "G04", "identité complète", "P3"
    PARENTS = "G05", "parents", "P3"
    CALLER_IDENTITY = "G06", "identité de l'appelant", "P5"
    CALLER_CATEGORY = "G07", "qualité de l'appelant, exacte", "P3"
    CALLER_CATEGORY_COARSE = "G08", "qualité de l'appelant, regroupée", "P2"
    CONTACTS = "G09", "contacts", "P3"
    LISTENING_NOTES = "G10", "notes d'écoute", "P5"
    REPORT_TEXT = "G11", "texte de l'IP", "P4"
    REPORT_STEPS = "G12", "étapes de l'IP", "P2"
    RETURN_CODES = "G13", "codes de retour", "P3"
    JUDICIAL_REFERRAL = "G14", "saisine judiciaire, fait", "P3"
    JUDICIAL_MOTIVE = "G15", "saisine judiciaire, motif", "P3"
    PROBLEMATICS = "G16", "problématiques", "P3"
    PROBLEMATICS_STARRED = "G17", "problématiques sensibles", "P4"
    EXPLOITATION = "G18", "faits d'exploitation", "P4"
    LIVE_DANGER = "G19", "danger en cours, auteurs présumés", "P4"
    KNOWN_TO_ASE = "G20", "connu de l'ASE, contact", "P3"
    MEASURES = "G21", "mesures, référent", "P3"
    JURISDICTIONS = "G22", "autorités compétentes", "P3"
    REFERRALS = "G23", "orientation, suivi", "P2"
    NOTE_FOR_ASE = "G24", "note pour l'ASE", "P4"
    ASSOCIATION_NOTES = "G25", "notes de l'association", "P4"
    DLPM_ACTIONS = "G26", "actions de la DLPM", "P3"
    INFORMATION_DUTIES = "G27", "obligations d'information", "P3"
    GRANTS = "G28", "partages", "P3"
    DISCLOSURE_LEDGER = "G29", "registre des communications", "P3"
    ACCESS_LOG = "G30", "journal d'accès", "P2"
    ACCOUNTS = "G31", "utilisateurs, clients, clés", "P2"
    REQUESTS = "G32", "demandes, conservation", "P3"
    # Part of the directory is P0; a category has one class, so the more protective of the two.
    DIRECTORY = "G33", "annuaire", "P1"
    SURVEYS = "G34", "enquêtes, temps de travail", "P1"
    # P0 once published: publishing copies a cube, it does not declassify this category.
    INDICATORS = "G35", "indicateurs", "P1"
    TRANSFERS = "G36", "transferts entre départements", "P3"
    REPEATS = "G37", "rapprochements de situations", "P3"
    ALERTS = "G38", "alertes du 119 sur ses propres délais", "P3"
