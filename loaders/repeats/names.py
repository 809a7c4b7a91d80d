"""A name without its accidents (accents, hyphens, case, particles, order), and how it sounds in French.

Pure. Stored keys are made of this, so whoever changes a rule raises `keys.VERSION`.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType

# Letters that NFKD does not take apart, as a French keyboard without them would type them.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_NOT_A_LETTER = re.compile(r"[^a-z]+")
PARTICLES = frozenset(
    "a al ben bin bint d da das de del della der des di do dos du el l la las le les lo van von y".split()
)


def tokens(text: str | None) -> tuple[str, ...]:
    """The words of a name in their order, in plain lower case Latin letters; other scripts keep theirs."""
    folded = (text or "").casefold().translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    # A second fold: the compatibility form of a letter may be a capital (𝐀).
    words = _NOT_A_LETTER.sub(" ", bare.casefold().translate(_LETTERS)).split()
    return tuple(words) if words else tuple("".join(c if c.isalpha() else " " for c in bare.casefold()).split())


def meaningful(text: str | None) -> tuple[str, ...]:
    """The words that tell people apart: without particles, unless nothing else is there."""
    words = tokens(text)
    return tuple(word for word in words if word not in PARTICLES) or words


def normalised(text: str | None) -> str:
    """The same for `Dupont-Martin`, `MARTIN DUPONT` and `dupont  martin`."""
    return " ".join(sorted(meaningful(text)))


def forms(text: str | None) -> tuple[str, ...]:
    """Every form under which a name may have been typed: its words, and all of them written together (`Legall`)."""
    words = tokens(text)
    return tuple(dict.fromkeys((*meaningful(text), *(("".join(words),) if len(words) > 1 else ()))))


# ---------------------------------------------------------------- how it sounds

# Groups of letters that French pronounces alike, after the idea of FONEM (Bouchard, Brard, Lavoie 1981): an ordered list
# of rewritings that yields a readable code. 1, 2, 3 are the nasal vowels of `in`, `an`, `on`; `c` is the sound of `ch`.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"T?SCH|TCH|SH", "c"),
        (r"CH(?=[LR])", "K"),
        (r"CH", "c"),
        (r"PH", "F"),
        (r"([BDGKRT])H", r"\1"),
        (r"H", ""),
        (r"DJ", "J"),
        (r"GN", "NI"),
        (r"CC(?=[EIY])", "KS"),
        (r"S?C(?=[EIY])", "S"),
        (r"QU|C?Q|C?K|C", "K"),
        (r"GE(?=[AOU])|G(?=[EIY])", "J"),
        (r"GU(?=[EIY])", "G"),
        (r"B(?=VR)", ""),
        (r"(?:E?AU)(?:[LTDXS]*)$|O[TDS]+$", "O"),
        (r"E?AU", "O"),
        (r"O?EU", "E"),
        (r"(?:OU|U|W)(?=[AEIOY])|W", "V"),
        (r"OU", "U"),
        (r"(?<=I)E[NM](?=$|[BDFGJKLPRSTVXZ])", "1"),
        (r"(?:[AE]I|I|Y|U)[NM](?=$|[BDFGJKLPRSTVXZ])", "1"),
        (r"[AE][NM](?=$|[BDFGJKLPRSTVXZ])", "2"),
        (r"O[NM](?=$|[BDFGJKLPRSTVXZ])", "3"),
        (r"[AE][IY]", "E"),
        (r"Y", "I"),
        (r"(?<=.)X$", ""),
        (r"X", "KS"),
        (r"Z", "S"),
        (r"([A-Zc])\1+", r"\1"),
        (r"(?<=..)ER$", "E"),
        (r"(?<=..)E+$", ""),
        (r"(?<=..)[TDSP]+$", ""),
        (r"(?<=..)E+$", ""),
    )
)


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """How a word (one of `tokens`) sounds in French; the word itself where nothing is left of it."""
    code = word.upper()
    for pattern, replacement in _SOUNDS:
        code = pattern.sub(replacement, code)
    return code or word


# ---------------------------------------------------------------- diminutives

_DIMINUTIVES = """
alex: alexandra alexandre alexia alexis axel; sandra: alexandra cassandra; sacha: alexandra alexandre; lexie: alexia alexandra
lili: elisabeth lilia liliane aurelie emilie elise; babeth: elisabeth; lisa: elisabeth elisa; betty: elisabeth; elsa: elisabeth
manu: emmanuelle emmanuel manuela; manue: emmanuelle; manon: marie; maelle: armelle; nico: nicolas nicole; nat: nathalie natacha nathan
nath: nathalie nathan; steph: stephanie stephane; seb: sebastien; fred: frederic frederique; flo: florence florian flora
caro: caroline carole; cathy: catherine; kathy: katherine; cath: catherine; chris: christine christophe christelle christian
jojo: joel joelle georges josephine; josie: josephine; jo: joelle joanna josephine jonathan johanna; johan: jonathan yohann
max: maxime maximilien maxence; mimi: emilie myriam michele mireille yasmine; mel: melanie melissa melina; melo: melodie
momo: mohamed maurice; moha: mohamed; med: mohamed mehdi ahmed; ben: benjamin benoit; benji: benjamin; tom: thomas
lulu: lucie lucien louise lucile; lou: louise louane marilou; loulou: louise louis; louison: louise; margot: marguerite
marg: margaux marguerite marguerita; gaby: gabrielle gabriel; gab: gabrielle gabriel; sam: samuel samantha samia samir
vero: veronique; virg: virginie; val: valerie valentin valentine; vic: victoire victor victoria; vicky: victoria
isa: isabelle; bella: isabella; titi: thierry; tif: tiffany; ju: julie julien juliette justine; juju: julie juliette justine
clem: clemence clementine clement; cha: charlotte; charlie: charlotte charles; char: charlotte; lotte: charlotte; oce: oceane
mathou: mathilde; math: mathilde mathieu mathis; tilde: mathilde; ines: agnes; nana: anna anais; ana: anais anastasia; anny: anne
so: sophie sonia solene; soso: sophie sonia; sofi: sophie; yas: yasmine yassine yasmina; yaya: yasmina; fati: fatima fatoumata
fatou: fatoumata fatima; mina: amina yasmina; aicha: aissatou; kenz: kenza; salo: salome; apo: apolline; pau: pauline paul paula
popo: pauline; cam: camille camelia; milla: camille; jess: jessica; jenny: jennifer; jen: jennifer; kim: kimberley; ally: alison
theo: theodore theophile; leo: leonard leonie leopold; leon: leonard; nono: noah nolan arnaud; gus: augustin auguste; bast: bastien
bapt: baptiste; guigui: guillaume; guill: guillaume; toto: thomas antoine; tony: anthony antoine; anto: antoine; greg: gregory
"""


def _diminutives() -> Mapping[str, tuple[str, ...]]:
    entries = (entry.split(":") for line in _DIMINUTIVES.strip().splitlines() for entry in line.split(";"))
    return MappingProxyType({short.strip(): tuple(names.split()) for short, names in entries})


DIMINUTIVES = _diminutives()


def first_names(text: str | None) -> frozenset[str]:
    """The words of a first name, and the first names that they are known to be short for."""
    words = forms(text)
    return frozenset(words) | {name for word in words for name in DIMINUTIVES.get(word, ())}


@dataclass(frozen=True)
class Name:
    """A name with all that is asked of it in a comparison, each found out once."""

    text: str | None

    @cached_property
    def normal(self) -> str:
        """Its words in order of the alphabet; empty where there is no name."""
        return normalised(self.text)

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The forms under which it may have been typed."""
        return forms(self.text)

    @cached_property
    def sounds(self) -> frozenset[str]:
        """How these forms sound."""
        return frozenset(sound(form) for form in self.forms)

    @cached_property
    def first_names(self) -> frozenset[str]:
        """The first names that it may be short for, itself among them."""
        return first_names(self.text)


__all__ = ["DIMINUTIVES", "PARTICLES", "Name", "first_names", "forms", "meaningful", "normalised", "sound", "tokens"]
