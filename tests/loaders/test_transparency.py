"""Checkpoints are what the specifications say, and nobody without the key makes one."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.journals.transparency import Signer, Tree, VerifierKey, leaf_hash, open_note, tree_of
from schema.errors import BadInputError

SIGNER = Signer.of("example.org/journal", bytes(range(32)))
# RFC 6962, section 2.1.3 has no numbers; these are the known answers of the reference implementation's test tree.
LEAVES = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", bytes(range(0x50, 0x58))]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
}


@pytest.mark.parametrize("size", ROOTS)
def test_the_root_is_the_one_of_rfc_6962(size: int) -> None:
    assert tree_of(LEAVES[:size]).root.hex() == ROOTS[size]


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, read from the top."""
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:half]) + naive_root(leaves[half:])).digest()


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70))
def test_a_tree_grown_leaf_by_leaf_is_the_tree_of_all(leaves: list[bytes]) -> None:
    tree = tree_of(leaves)
    assert tree.root == naive_root(leaves)
    assert Tree.stored(tree.size, tree.frontier) == tree


def test_an_edge_that_does_not_go_with_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="edge"):
        Tree.stored(3, bytes(32))


def test_a_note_has_the_form_of_the_specification() -> None:
    note = SIGNER.note(tree_of(LEAVES[:3]))
    *text, gap, signature, end = note.split("\n")
    assert text == ["example.org/journal", "3", base64.b64encode(bytes.fromhex(ROOTS[3])).decode()]
    assert (gap, end) == ("", "")
    dash, name, encoded = signature.split(" ")
    assert (dash, name) == ("\N{EM DASH}", "example.org/journal")
    raw = base64.b64decode(encoded)
    public = SIGNER.key.public_key().public_bytes_raw()
    assert raw[:4] == hashlib.sha256(b"example.org/journal\n\x01" + public).digest()[:4]
    SIGNER.key.public_key().verify(raw[4:], "\n".join([*text, ""]).encode())


def test_a_note_that_a_witness_has_signed_too_opens() -> None:
    key = VerifierKey.parse(str(SIGNER.verifier))
    note = SIGNER.note(Tree())
    cosigned = note + "\N{EM DASH} witness.example/w1 " + base64.b64encode(bytes(72)).decode() + "\n"
    assert open_note(cosigned, key).size == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("\n3\n", "\n2\n"),
        lambda note: note.replace("\n3\n", "\n03\n"),
        lambda note: note.replace("example.org/journal\n3", "example.org/other\n3"),
        lambda note: note[:-6] + "AAAA=\n",
        lambda note: note.split("\n\n")[0] + "\n",
        lambda note: note.replace("\N{EM DASH} ", "- "),
        lambda note: note.replace("\N{EM DASH} example.org/journal", "\N{EM DASH} example.org/other"),
        lambda note: note.replace("\n\n", "\nadded\n\n"),
        lambda _: "",
        lambda _: "\n\n",
        lambda _: Signer.of("example.org/journal", bytes(32)).note(tree_of(LEAVES[:3])),
        lambda _: Signer.of("example.org/other", bytes(range(32))).note(tree_of(LEAVES[:3])),
        lambda note: note + "x" * 64_000,
    ],
)
def test_a_changed_or_foreign_note_is_refused(change: object) -> None:
    note = SIGNER.note(tree_of(LEAVES[:3]))
    assert open_note(note, SIGNER.verifier).size == 3
    changed = change(note)  # type: ignore[operator]  # a lambda of the parameters
    assert changed != note
    with pytest.raises(BadInputError):
        open_note(changed, SIGNER.verifier)


def test_a_verifier_key_is_read_back_and_a_wrong_one_is_refused() -> None:
    text = str(SIGNER.verifier)
    assert str(VerifierKey.parse(f"{text}\n")) == text
    name, identity, key = text.split("+", 2)
    for wrong in (
        "",
        name,
        f"{name}+{identity}",
        f"{name}+00000000+{key}",
        f"other+{identity}+{key}",
        f"{name}+{identity}+AAAA",
    ):
        with pytest.raises(BadInputError):
            VerifierKey.parse(wrong)


def test_an_origin_without_a_place_in_a_note_is_refused() -> None:
    for origin in ("", "a b", "a+b", "a\nb"):
        with pytest.raises(ValueError, match="origin"):
            Signer.of(origin, bytes(32))
