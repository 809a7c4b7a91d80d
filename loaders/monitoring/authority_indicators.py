"""What the figures of authorities mean: of one beside the nation, and of all beside each other."""

from loaders.monitoring.indicators import FOLLOW_UPS, MISROUTED, ORIENTATIONS, REPORT_DELAYS, WAIVERS, Definition

_REPORTS, _REFERRALS = REPORT_DELAYS.source, ORIENTATIONS.source
_FOLLOWED = (
    "pour lesquelles l'autorité est ou a été compétente et a reçu une information préoccupante ; une situation de deux "
    "autorités compte pour chacune. Chiffre d'une année entière ; masqué aussi où celui de la France l'est, et où le reste de "
    "la France serait petit."
)
AUTHORITY_REPORT_DELAYS = Definition(
    "AUTHORITY_REPORT_DELAYS",
    REPORT_DELAYS.label,
    "Délai entre le premier contact entrant de la situation et la transmission à l'autorité. Inconnu : situation sans contact "
    "entrant, ou transmise avant lui. Chiffre d'une année entière ; masqué aussi où celui de la France l'est, et où le reste "
    "de la France serait petit.",
    "Informations préoccupantes transmises à l'autorité dans la période.",
    _REPORTS,
    article=REPORT_DELAYS.article,
)
AUTHORITY_ORIENTATIONS = Definition(
    "AUTHORITY_ORIENTATIONS",
    ORIENTATIONS.label,
    f"Orientations, selon la réponse de l'association, des situations {_FOLLOWED}",
    "Orientations de ces situations, proposées dans la période.",
    _REFERRALS,
    article=ORIENTATIONS.article,
)
AUTHORITY_FOLLOW_UPS = Definition(
    "AUTHORITY_FOLLOW_UPS",
    FOLLOW_UPS.label,
    f"Orientations acceptées, selon la façon dont elles ont pris fin, des situations {_FOLLOWED}",
    "Orientations acceptées de ces situations, qui ont pris fin dans la période.",
    _REFERRALS,
    article=FOLLOW_UPS.article,
)
AUTHORITY_WAIVERS = {
    kind: Definition(
        f"AUTHORITY_{of_nation.code}",
        of_nation.label,
        f"Devoirs d'information auxquels il a été renoncé, par quelque service que ce soit, dans les situations {_FOLLOWED}",
        "Devoirs de cette sorte, remplis ou non, enregistrés dans la période pour ces situations.",
        of_nation.source,
        article=of_nation.article,
    )
    for kind, of_nation in WAIVERS.items()
}

_SIDE_BY_SIDE = (
    "Chiffre d'une année entière ; une autorité est montrée avec son effectif ou pas du tout, et d'autres sont masquées pour "
    "qu'aucun total ne la révèle."
)
_OF_CASES = (
    "des situations pour lesquelles l'autorité est ou a été compétente et a reçu une information préoccupante ; une situation "
    "de deux autorités compte pour chacune."
)
COMPARED_MISROUTED = Definition(
    "PER_AUTHORITY_MISROUTED",
    "Mal adressées, par autorité",
    f"Informations préoccupantes que l'autorité destinataire a déclarées hors de sa compétence. {_SIDE_BY_SIDE}",
    "Informations préoccupantes transmises à l'autorité dans la période.",
    _REPORTS,
    article=MISROUTED.article,
)
COMPARED_PROMPT = Definition(
    "PER_AUTHORITY_PROMPT",
    "Transmises en moins d'un jour, par autorité",
    "Informations préoccupantes transmises moins d'un jour après le premier contact entrant de la situation ; un délai inconnu "
    f"n'en est pas un. {_SIDE_BY_SIDE}",
    "Informations préoccupantes transmises à l'autorité dans la période.",
    _REPORTS,
    article=REPORT_DELAYS.article,
)
COMPARED_ACCEPTED = Definition(
    "PER_AUTHORITY_ACCEPTED",
    "Orientations acceptées, par autorité",
    f"Orientations acceptées par l'association, {_OF_CASES} {_SIDE_BY_SIDE}",
    "Orientations de ces situations, proposées dans la période.",
    _REFERRALS,
    article=ORIENTATIONS.article,
)
COMPARED_COMPLETED = Definition(
    "PER_AUTHORITY_COMPLETED",
    "Accompagnements menés à terme, par autorité",
    f"Orientations acceptées qui ont pris fin avec l'accompagnement, {_OF_CASES} {_SIDE_BY_SIDE}",
    "Orientations acceptées de ces situations, qui ont pris fin dans la période.",
    _REFERRALS,
    article=FOLLOW_UPS.article,
)
COMPARED_WAIVED = Definition(
    "PER_AUTHORITY_WAIVED",
    "Devoirs d'information écartés, par autorité",
    f"Devoirs d'information de toutes sortes auxquels il a été renoncé, par quelque service que ce soit, {_OF_CASES} "
    f"{_SIDE_BY_SIDE}",
    "Devoirs d'information, remplis ou non, enregistrés dans la période pour ces situations, des sortes dont le nombre est publié "
    "pour la France.",
    next(iter(WAIVERS.values())).source,
    article=next(iter(WAIVERS.values())).article,
)
