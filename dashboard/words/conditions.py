"""The numbered conditions of the matrix in French, for whoever reads a cell; their meaning is the policy's alone."""

from collections.abc import Mapping

from auth.conditions import Condition

# A test refuses a condition that has no sentence here.
SENTENCES: Mapping[Condition, str] = {
    Condition.IN_JURISDICTION_WITH_REPORT: "Mon autorité est compétente, et une information préoccupante lui a été transmise sans être mal adressée.",
    Condition.GRANTED: "Un partage en cours me nomme et porte sur ce groupe de champs (CASF L226-2-2).",
    Condition.REFERRAL_ACCEPTED_AND_MINOR_AGREED: "L’identité m’a été transmise avec l’accord du mineur.",
    Condition.BREAK_GLASS: "Une seconde personne m’a ouvert ce groupe, pour 60 minutes au plus.",
    Condition.MEASURE_NAMES_US: "Une mesure en cours, confiée au titre d’un mandat, nomme mon organisation.",
    Condition.OWN_TEAM: "Toute l’écoute de la DLPM lit ; seul qui a pris le contact écrit.",
    Condition.TRANSMISSIBLE_CALLER: "L’appelant a accepté d’être nommé à la CRIP.",
    Condition.COORDINATION: "Seulement la référence, les dates, l’état et l’urgence ; le profil codé tant que l’orientation est proposée.",
    Condition.TWO_PERSONS: "Un second superviseur l’a approuvé, pour un seul appelant et 60 minutes.",
    Condition.DPO_SCOPE: "Tout le réseau pour le délégué à la protection des données du 119, sa seule structure pour tout autre.",
    Condition.DISCLOSURE_CONTROL: "Les petits nombres sont masqués : sous 5 pour la DLPM et pour une CRIP sur sa propre autorité, sous 11 sinon.",
    Condition.CODED_ONLY: "Des étayages codés seulement, sans lien avec la situation ni le mineur.",
    Condition.SHARED_KIND: "Cette difficulté est de celles que partage une orientation acceptée et en cours.",
    Condition.EVALUATOR_IS_NOT_CASEWORKER: "Qui évalue ne suit pas la famille (CASF D226-2-5).",
    Condition.TO_IMPLEMENT: "Le partage a pour finalité la mise en œuvre.",
    Condition.CONTACT_ONLY: "Seulement le service à joindre.",
    Condition.TECHNICAL: "Des colonnes techniques seulement : aucun dossier, pas même sa référence.",
    Condition.OWN_CARD: "Fiches secrètes : la DLPM et leur propriétaire seuls ; chacun n’écrit que la sienne.",
}
