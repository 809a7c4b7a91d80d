"""Invented French people and real French towns; phones are of the ranges that ARCEP keeps for fiction."""

from bench.synthetic.chance import Chance

GIRLS = (
    "Inès Léa Manon Chloé Camille Sarah Emma Jade Louna Lina Anaïs Océane Maëlys Yasmine Nina Zoé Éva Clara Lola Romane Lou "
    "Alicia Margaux Élise Noémie Célia Maëva Jeanne Alix Amina Fatou Aya Salomé Kenza Assia Mélina Julia Louise Agathe "
    "Apolline Coline Mathilde Justine Pauline Marion Solène Lucie Charlotte Anouk Malika Sirine Lila Sofia Élodie Ambre "
    "Rose Capucine Victoire Tess Ninon"
).split()
BOYS = (
    "Lucas Enzo Nathan Hugo Théo Mathis Léo Yanis Noah Rayan Tom Axel Maxime Antoine Baptiste Ilyès Nolan Gabriel Sacha Mehdi"
).split()
OTHERS = ("Alex", "Charlie", "Camille", "Sacha", "Andréa", "Sasha")
MEN = (
    "Philippe Laurent Thierry Karim Stéphane Olivier David Frédéric Christophe Nicolas Sébastien Julien Bruno Mohamed Vincent "
    "Guillaume Pascal Jérôme Éric Fabrice Arnaud Cédric Samuel Grégory Moussa Franck Denis Hervé Ludovic Yann"
).split()
WOMEN = (
    "Nathalie Sandrine Isabelle Stéphanie Céline Valérie Christelle Sophie Karine Virginie Aurélie Delphine Laurence Fatima "
    "Émilie Hélène Sabrina Corinne Séverine Aïcha Élisabeth Florence Béatrice Claire Anne Mariam Patricia Magali Nadia Carole"
).split()
_LAST_NAMES = (
    "Martin Bernard Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre Leroy Roux David Bertrand Morel "
    "Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefebvre Faure André Mercier Blanc Guérin Boyer "
    "Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier "
    "Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun Blanchard Giraud Joly Rivière Lucas "
    "Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy Leroux Colin Vidal Caron Picard Roger Fabre "
    "Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre Benoit Rey Leclerc Payet Rolland Leclercq "
    "Guillaume Lecomte Lopez Jean Dupuy Guillot Hubert Berger Carpentier Sanchez Dupuis Moulin Louis Deschamps Huet Vasseur "
    "Perez Boucher Fleury Royer Klein Jacquet Adam Paris Poirier Marty Aubry Guyot Carré Charles Renault Charpentier Ménard "
    "Maillard Baron Bertin Bailly Hervé Schneider Fernandez Le_Gall Collet Léger Bouvier Julien Prévost Millet Perrot Daniel "
    "Diallo Traoré Benali Haddad Nguyen Da_Silva Santini Casanova Hoarau Grondin"
).split()
# A space inside a name is written as an underscore above.
LAST_NAMES = [name.replace("_", " ") for name in _LAST_NAMES]

STREETS = (
    "rue des Lilas|rue Jean-Jaurès|avenue de la République|rue Pasteur|rue Victor-Hugo|allée des Tilleuls|rue du Moulin|"
    "impasse des Cerisiers|boulevard Gambetta|rue de la Gare|rue des Écoles|avenue Pierre-Mendès-France|rue Louise-Michel|"
    "chemin des Vignes|rue George-Sand|place du Marché|rue Olympe-de-Gouges|résidence Les Peupliers"
).split("|")
SCHOOLS = (
    "collège Jean-Moulin|collège Simone-Veil|collège Louis-Pasteur|collège George-Sand|lycée Marie-Curie|lycée Jean-Monnet|"
    "lycée professionnel Louis-Armand|collège Joséphine-Baker|lycée Rosa-Parks|collège Jules-Ferry|lycée Émile-Zola"
).split("|")
NICKNAMES = (
    "lune soleil nuage luciole comete pluie violette corail oceane azur plume brume pepite cerise menthe aurore".split()
)
LANGUAGES = ("français",) * 18 + (
    "arabe",
    "anglais",
    "portugais",
    "roumain",
    "langue des signes française",
    "créole réunionnais",
)

# The chief town of each department of the generator, and the postal code of that town.
TOWNS: dict[str, tuple[str, str]] = {
    "02": ("Laon", "02000"), "06": ("Nice", "06000"), "10": ("Troyes", "10000"), "13": ("Marseille", "13005"),
    "14": ("Caen", "14000"), "16": ("Angoulême", "16000"), "17": ("La Rochelle", "17000"), "18": ("Bourges", "18000"),
    "21": ("Dijon", "21000"), "22": ("Saint-Brieuc", "22000"), "24": ("Périgueux", "24000"), "25": ("Besançon", "25000"),
    "28": ("Chartres", "28000"), "29": ("Quimper", "29000"), "2A": ("Ajaccio", "20000"), "2B": ("Bastia", "20200"),
    "30": ("Nîmes", "30000"), "31": ("Toulouse", "31000"), "33": ("Bordeaux", "33000"), "34": ("Montpellier", "34000"),
    "35": ("Rennes", "35000"), "37": ("Tours", "37000"), "38": ("Grenoble", "38000"), "42": ("Saint-Étienne", "42000"),
    "44": ("Nantes", "44000"), "45": ("Orléans", "45000"), "47": ("Agen", "47000"), "49": ("Angers", "49000"),
    "50": ("Saint-Lô", "50000"), "51": ("Reims", "51100"), "54": ("Nancy", "54000"), "56": ("Vannes", "56000"),
    "57": ("Metz", "57000"), "59": ("Lille", "59000"), "60": ("Beauvais", "60000"), "61": ("Alençon", "61000"),
    "62": ("Arras", "62000"), "63": ("Clermont-Ferrand", "63000"), "64": ("Pau", "64000"), "66": ("Perpignan", "66000"),
    "67": ("Strasbourg", "67000"), "69": ("Lyon", "69003"), "72": ("Le Mans", "72000"), "75": ("Paris", "75019"),
    "76": ("Rouen", "76000"), "77": ("Melun", "77000"), "78": ("Versailles", "78000"), "80": ("Amiens", "80000"),
    "83": ("Toulon", "83000"), "84": ("Avignon", "84000"), "86": ("Poitiers", "86000"), "87": ("Limoges", "87000"),
    "91": ("Évry-Courcouronnes", "91000"), "92": ("Nanterre", "92000"), "93": ("Bobigny", "93000"),
    "94": ("Créteil", "94000"), "95": ("Cergy", "95000"), "971": ("Basse-Terre", "97100"), "974": ("Saint-Denis", "97400"),
}  # fmt: skip


def mobile(chance: Chance) -> str:
    """A mobile number that no operator gives out."""
    digits = f"{chance.bits(14) % 10000:04}"
    return f"06 39 98 {digits[:2]} {digits[2:]}"


def landline(chance: Chance) -> str:
    """A landline number that no operator gives out."""
    digits = f"{chance.bits(14) % 10000:04}"
    return f"01 99 00 {digits[:2]} {digits[2:]}"


def adult(chance: Chance, *, woman: bool | None = None) -> str:
    """A grown-up's full name."""
    is_woman = chance.happens(0.5) if woman is None else woman
    return f"{chance.pick(WOMEN if is_woman else MEN)} {chance.pick(LAST_NAMES)}"


def address(chance: Chance, department: str) -> str:
    town, postal_code = TOWNS[department]
    return f"{chance.whole(1, 148)} {chance.pick(STREETS)}, {postal_code} {town}"


def handle(chance: Chance) -> str:
    return f"@{chance.pick(NICKNAMES)}.{chance.pick(NICKNAMES)}{chance.whole(2, 99):02}"
