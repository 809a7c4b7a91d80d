"""The words of two situations that may concern the same minor."""

from schema.vocabulary.word import Word


class RepeatState(Word):
    """Where two situations stand that may concern the same minor."""

    PROPOSED = "PROPOSED", "proposé"
    MERGED = "MERGED", "même mineur"
    KEPT_APART = "KEPT_APART", "mineurs différents"
    UNMERGED = "UNMERGED", "rapprochement défait"


class RepeatSide(Word):
    """What a situation is to the other one, once a person has decided that both concern the same minor."""

    PRINCIPAL = "PRINCIPAL", "situation principale"
    DUPLICATE = "DUPLICATE", "situation rattachée"


class RepeatBand(Word):
    """How strongly the facts of two situations speak for the same minor."""

    POSSIBLE = "POSSIBLE", "possible"
    LIKELY = "LIKELY", "probable"
    STRONG = "STRONG", "très probable"


class RepeatFact(Word):
    """A fact on which two situations agree or disagree."""

    FIRST_NAME = "FIRST_NAME", "prénom"
    FIRST_NAME_ALIKE = "FIRST_NAME_ALIKE", "prénom proche ou de même son"
    NICKNAME = "NICKNAME", "diminutif du prénom"
    LAST_NAME = "LAST_NAME", "nom"
    LAST_NAME_ALIKE = "LAST_NAME_ALIKE", "nom proche ou de même son"
    SWAPPED_NAMES = "SWAPPED_NAMES", "nom et prénom intervertis"
    BIRTH_DATE = "BIRTH_DATE", "date de naissance"
    BIRTH_DATE_ALIKE = "BIRTH_DATE_ALIKE", "date de naissance proche"
    AGE = "AGE", "âge"
    PLACE = "PLACE", "département"
    PHONE = "PHONE", "téléphone du mineur"
    HANDLE = "HANDLE", "compte sur un réseau social"
