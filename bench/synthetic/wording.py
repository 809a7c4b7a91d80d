"""The French texts: plain, brief, without detail of what was suffered; the child is a victim, never an offender."""

from bench.synthetic.case import Case
from schema.vocabulary import Gender, Problematic, Qualification, Urgency

# (feminine, masculine); a trans or other minor is written of as "l'adolescent·e".
_SUBJECT = {Gender.GIRL: "La mineure", Gender.BOY: "Le mineur"}

_INTRODUCTION = {
    Qualification.PRE_PROSTITUTIONAL: "{subject} est décrit{e} comme exposé{e} à des conduites pré-prostitutionnelles.",
    Qualification.PROSTITUTIONAL: "{subject} est repéré{e} comme victime, en situation de prostitution.",
    Qualification.SUSPECTED: "Plusieurs éléments font craindre que {lower} soit en situation de prostitution.",
    Qualification.UNKNOWN: "Une inquiétude est exprimée ; les éléments restent à préciser.",
}
_FACTS = {
    Problematic.RUNAWAY: "Des fugues répétées sont signalées.",
    Problematic.SCHOOL_DISINVESTMENT: "La scolarité est devenue très irrégulière.",
    Problematic.PSYCH_SUFFERING: "Une souffrance psychique est décrite (repli, troubles du sommeil).",
    Problematic.ADDICTION: "Une consommation de produits est évoquée.",
    Problematic.VIOLENCE_SUFFERED: "Des violences subies sont rapportées.",
    Problematic.SEXUAL_VIOLENCE: "Des violences sexuelles anciennes ont été évoquées, sans détail.",
    Problematic.COERCIVE_CONTROL: "Une relation d'emprise avec une personne plus âgée inquiète.",
    Problematic.CYBER: "Des échanges en ligne avec des inconnus sont constatés.",
    Problematic.SELF_HARM: "Des gestes d'auto-agression sont mentionnés.",
    Problematic.PREGNANCY: "Une grossesse est évoquée, à confirmer.",
    Problematic.FORCED_DELINQUENCY: "Des actes commis sous contrainte d'un tiers sont évoqués.",
    Problematic.FAMILY_CONFLICT: "Les relations familiales sont très tendues.",
}
_FACTS_IN_ORDER = tuple(_FACTS.items())
_APPRAISALS = {
    Urgency.STANDARD: "Le 119 estime qu'une évaluation de la situation est nécessaire.",
    Urgency.PRIORITY: "Le 119 estime que la situation appelle une évaluation rapide, compte tenu du risque d'aggravation.",
    Urgency.IMMEDIATE_DANGER: "Le 119 estime que la situation relève d'un danger immédiat ; la CRIP a aussi été jointe par téléphone.",
}
NOTE_OPENINGS = (
    "Appel calme, la personne cherche comment aider.", "Personne inquiète et fatiguée, besoin d'être écoutée.",
    "Appel bref, la personne rappellera.", "Échange long ; la personne a déjà consulté plusieurs services.",
    "La personne craint que l'appel soit connu de la famille.", "Personne orientée vers le 119 par un service local.",
)  # fmt: skip
NOTE_ENDINGS = (
    "Conseils donnés sur la manière d'ouvrir le dialogue.", "Numéro de la brigade locale rappelé.",
    "Convenu d'un nouvel appel dans la semaine.", "Documentation envoyée par courriel.",
    "Relais proposé avec un service de proximité.", "Consigne : composer le 17 en cas de danger immédiat.",
)  # fmt: skip
PARENTS_NOT_TOLD = (
    "Information préalable contraire à l'intérêt de l'enfant : risque de représailles évoqué.",
    "Information préalable contraire à l'intérêt de l'enfant : un proche pourrait être impliqué.",
    "Information différée à la demande de la personne mineure, pour préserver le lien.",
)
NOTES_FOR_ASE = (
    "Rendez-vous honoré ; accord pour une prochaine rencontre avec la référente.",
    "Besoin d'une consultation santé ; accompagnement possible la semaine prochaine.",
    "Souhaite reprendre une scolarité adaptée ; à travailler avec le service.",
    "Contact fragile ; merci de passer par l'équipe avant toute convocation.",
)
ASSOCIATION_NOTES = (
    "Point d'équipe : maintenir un contact court et régulier.", "Entretien consacré aux projets et aux ressources.",
    "Rencontre en présence d'une éducatrice ; climat apaisé.", "Pas de réponse aux messages cette semaine ; relance prévue.",
)  # fmt: skip
EXTRACTS = (
    "Éléments utiles à l'accompagnement : fugues fréquentes en fin de semaine, besoin d'un lieu de mise à l'abri.",
    "Éléments utiles à l'accompagnement : relation d'emprise évoquée, privilégier des rencontres hors du quartier.",
)
JUSTIFICATIONS = (
    "Nécessaire pour mettre en œuvre l'accompagnement décidé.", "Nécessaire pour évaluer la situation avec le service référent.",
    "Strictement limité aux éléments utiles au projet pour l'enfant.",
)  # fmt: skip
SOURCES = ("dit par l'appelant", "dit par un professionnel", "dit par la personne mineure", "constaté par le service")
PLACES = (
    "secteur de la gare",
    "résidence hôtelière en périphérie",
    "appartement loué à la semaine",
    "quartier du port",
    "zone d'activité",
)
PERPETRATOR_LINKS = (
    "majeur rencontré en ligne",
    "connaissance du quartier",
    "petit ami majeur",
    "personne non identifiée",
    "pair plus âgé",
)
DESKS = ("accueil du service", "secrétariat de territoire", "permanence éducative", "référent technique de permanence")
CASEWORKER_TITLES = (
    "Référente ASE, territoire nord",
    "Référent ASE, territoire sud",
    "Référente ASE, territoire centre",
)
JUDICIAL_SENDERS = ("CRIP, cadre de permanence", "CRIP, responsable de cellule", "Direction enfance-famille, astreinte")


def _subject(case: Case) -> tuple[str, str]:
    subject = _SUBJECT.get(case.gender, "L'adolescent·e")
    ending = {Gender.GIRL: "e", Gender.BOY: ""}.get(case.gender, "·e")
    return subject, ending


def summary(case: Case) -> str:
    """The notice's summary: says nothing of who called."""
    subject, ending = _subject(case)
    lower = subject[0].lower() + subject[1:]
    parts = [_INTRODUCTION[case.qualification].format(subject=subject, lower=lower, e=ending)]
    if case.age is not None:
        parts.append(f"Âge indiqué : {case.age} ans.")
    parts += [sentence for kind, sentence in _FACTS_IN_ORDER if kind in case.observed][:5]
    return " ".join(parts)


def appraisal(case: Case) -> str:
    return _APPRAISALS[case.urgency]


def listening_note(case: Case) -> str:
    chance = case.chance
    fact = next((sentence for kind, sentence in _FACTS_IN_ORDER if kind in case.observed), "Inquiétude diffuse.")
    return f"{chance.pick(NOTE_OPENINGS)} {fact} {chance.pick(NOTE_ENDINGS)}"
