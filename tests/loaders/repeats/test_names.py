"""A name is the same whatever the accents, hyphens, case, order; and French hears what it hears."""

import unicodedata
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.repeats.keys import VERSION, Keys, keys_of
from loaders.repeats.known import Known, departments_of, phone_key
from loaders.repeats.names import DIMINUTIVES, PARTICLES, first_names, forms, meaningful, normalised, sound, tokens

LETTERS = "abcdefghijklmnopqrstuvwxyzàâäéèêëîïôöùûüÿçœæñ"
WORD = st.text(LETTERS, min_size=1, max_size=12)
NAME = st.lists(WORD, min_size=1, max_size=4)
ANYTHING = st.text(max_size=40)
FIRST_DAY = date(2025, 6, 1)


@given(ANYTHING)
def test_what_is_normalised_stays_as_it_is(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@given(NAME, st.sampled_from([" ", "-", "  ", " - ", "’", "'", "_", "."]))
def test_spaces_hyphens_and_apostrophes_are_one(words: list[str], between: str) -> None:
    assert normalised(between.join(words)) == normalised(" ".join(words))


@given(NAME, st.randoms(use_true_random=False))
def test_the_order_of_the_words_does_not_matter(words: list[str], chance: Random) -> None:
    shuffled = [*words]
    chance.shuffle(shuffled)
    assert normalised(" ".join(shuffled)) == normalised(" ".join(words))


@given(NAME)
def test_capitals_and_accents_do_not_matter(words: list[str]) -> None:
    text = " ".join(words)
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    for other in (
        text.upper(),
        text.title(),
        plain,
        unicodedata.normalize("NFD", text),
        unicodedata.normalize("NFC", text),
    ):
        assert normalised(other) == normalised(text)


@given(NAME, st.sampled_from(sorted(PARTICLES)))
def test_a_particle_does_not_matter_unless_it_is_all_there_is(words: list[str], particle: str) -> None:
    if set(tokens(" ".join(words))) - PARTICLES:
        assert normalised(f"{particle} {' '.join(words)}") == normalised(" ".join(words))
    assert normalised(particle) == particle


@given(ANYTHING)
def test_a_name_has_words_as_soon_as_it_has_letters(text: str) -> None:
    assert bool(tokens(text)) == bool(normalised(text)) == bool(forms(text))
    assert set(meaningful(text)) <= set(tokens(text)) and set(meaningful(text)) <= set(forms(text))


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=15))
def test_every_word_has_a_sound(word: str) -> None:
    assert sound(word)
    assert sound(word) == sound(word)


@pytest.mark.parametrize(
    "alike",
    [
        "Dupont Dupond Duppont DUPONT", "Renaud Renault Reno Raynaud", "Inès Inez Ines", "Louis Luis", "Chloé Kloé Cloé",
        "Wassim Ouassim", "Lefèvre Lefebvre", "Léa Leah", "Perrot Perreau", "Gauthier Gautier", "Philippe Filip",
        "Schmitt Schmidt", "Camille Kamille", "Yanis Ianis Yannis", "Maëlys Maélis", "Benoit Benoist", "Djamila Jamila",
        "Mathieu Matthieu", "Guérin Guerrin", "Élise Éliz", "Lucas Luka", "Haddad Hadad", "Thomas Tomas", "Martin Martain",
    ],
)  # fmt: skip
def test_french_hears_no_difference(alike: str) -> None:
    assert len({sound(word) for name in alike.split() for word in tokens(name)}) == 1


@pytest.mark.parametrize(
    "different",
    [
        "Martin Marion",
        "Léa Lou",
        "Dupont Dubois",
        "Sarah Sonia",
        "Manon Marine",
        "Guérin Jérin",
        "Clara Chara",
        "Lina Nina",
    ],
)
def test_french_hears_a_difference(different: str) -> None:
    one, other = (sound(tokens(name)[0]) for name in different.split())
    assert one != other


def test_written_together_or_apart() -> None:
    assert set(forms("Le Gall")) & set(forms("Legall"))
    assert set(forms("Marie-Claire")) >= {"marie", "claire", "marieclaire"}
    assert tokens("Œuvré d’Ægir") == ("oeuvre", "d", "aegir")


def test_other_scripts_are_kept() -> None:
    assert tokens("Ольга") == ("ольга",)
    assert sound("ольга")


def test_a_diminutive_leads_to_the_names_it_is_short_for() -> None:
    assert first_names("Alex") & first_names("Alexandra") & first_names("Sandra") == {"alexandra"}
    assert not first_names("Léa") & first_names("Lou")
    assert all(tokens(word) == (word,) for short, names in DIMINUTIVES.items() for word in (short, *names))


@pytest.mark.parametrize(
    ("phone", "key"),
    [("06 39 98 12 34", "639981234"), ("+33 6 39 98 12 34", "639981234"), ("0033639981234", "639981234"), ("12", None), ("", None), (None, None)],
)  # fmt: skip
def test_a_phone_is_its_last_nine_digits(phone: str | None, key: str | None) -> None:
    assert phone_key(phone) == key


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("3 rue des Lilas, 59000 Lille", {"59"}), ("97400 Saint-Denis", {"974"}), ("20200 Bastia", {"2A", "2B"}),
        ("12345678", set()), (None, set()), ("12 rue 1234", set()),
    ],
)  # fmt: skip
def test_a_postal_code_says_the_department(address: str | None, found: set[str]) -> None:
    assert departments_of(address) == found


def test_the_keys_are_those_of_this_version() -> None:
    """Whoever changes them raises VERSION, so that `migrate` makes all keys again; then writes the new ones here."""
    from_age = Known("Anne-Sophie", "Le Gall", FIRST_DAY, age=15, phone="06 39 98 12 34", handles=("@Lune.01",))
    assert VERSION == "1"
    assert keys_of(from_age) == Keys(
        minimal=tuple(f"f:{name}:{year}" for name in ("AN", "ANESOFI", "SOFI") for year in (2009, 2010)),
        identity=(
            "a:lune01", "l:GAL:2009", "l:GAL:2010", "l:LEGAL:2009", "l:LEGAL:2010", "n:AN:GAL", "n:AN:LEGAL", "n:ANESOFI:GAL",
            "n:ANESOFI:LEGAL", "n:GAL:SOFI", "n:LEGAL:SOFI", "p:639981234",
        ),
    )  # fmt: skip


@given(NAME, NAME)
def test_swapped_names_share_a_key(first: list[str], last: list[str]) -> None:
    one = keys_of(Known(" ".join(first), " ".join(last), FIRST_DAY))
    other = keys_of(Known(" ".join(last), " ".join(first), FIRST_DAY))
    assert set(one.identity) & set(other.identity)


@given(st.integers(1, 19), st.integers(-1, 1))
def test_ages_a_year_apart_share_a_key(age: int, more: int) -> None:
    one = Known("Lou", None, FIRST_DAY, age=age)
    other = Known("Lou", None, FIRST_DAY, age=age + more)
    assert set(keys_of(one).minimal) & set(keys_of(other).minimal)


def test_who_is_not_described_has_no_key() -> None:
    assert keys_of(Known(None, None, FIRST_DAY, age=15)) == Keys((), ())
    assert keys_of(Known("Lou", None, FIRST_DAY)) == Keys((), ())
