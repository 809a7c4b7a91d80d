"""Which pages there are, in the order in which they are offered; a role is offered those whose document it may ask."""

from dataclasses import dataclass

from dashboard.documents import document_of
from dashboard.seam import Fits
from schema.vocabulary import Audience


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the menu: its `key` is also the name of its document."""

    key: str
    path: str
    label: str
    sentence: str


ENTRIES = (
    Entry("entry", "/saisie", "Saisie", "Un appel au 119, écrit pendant qu’il dure."),
    Entry("validation", "/validation", "Validation", "Ce que la supervision relit avant transmission."),
    Entry("inbox", "/crip", "Boîte CRIP", "Les informations préoccupantes reçues, les retards d’abord."),
    Entry("deadlines", "/delais", "Nos délais", "Les retours de votre autorité, à côté de ceux de la France."),
    Entry("referrals", "/orientations", "Mes orientations", "Les mineurs qui vous sont confiés, par échéance."),
    Entry("accesses", "/journal", "Journal d’accès", "Qui a lu quoi, quand et à quel titre."),
    Entry("network", "/reseau", "Réseau", "Organisations, membres, habilitations ; aucun dossier."),
    Entry("monitoring", "/veille", "Veille nationale", "Chiffres nationaux, carte et tendances, sans aucun dossier."),
    Entry("bilan", "/bilan", "Bilan annuel", "Le bilan d’une année, figé puis publié, à télécharger."),
    Entry("matrix", "/matrice", "Matrice des droits", "Qui voit quoi, telle que la règle s’exécute."),
    Entry("developers", "/developpeurs", "Développeurs", "Contrats, adresses, jetons."),
)

# In a demonstration and for development, whatever the role: everybody asks what their own schema has.
CONSOLE = Entry("console", "/developpeurs/console", "Console GraphQL", "Le schéma de votre rôle, à interroger.")


def open_to(fits: Fits, key: str, audience: Audience) -> bool:
    """Whether the audience has a document of this name, and its schema still has what it asks."""
    document = document_of(key, audience)
    return document is not None and fits(document, audience)


def entries(fits: Fits, audience: Audience) -> tuple[Entry, ...]:
    """The menu of an audience."""
    return tuple(entry for entry in ENTRIES if open_to(fits, entry.key, audience))


def entry_of(key: str) -> Entry:
    """The page of this name."""
    return next(entry for entry in (*ENTRIES, CONSOLE) if entry.key == key)
