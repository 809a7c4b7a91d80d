"""Checkpoints that others can keep: an RFC 6962 tree over seals, and its head as a signed note; pure.

The form is C2SP's: `tlog-checkpoint` for the text (origin, number of leaves, root hash), `signed-note` for the
signature (Ed25519). Tools and witnesses of any transparency log read it. The tree tells how often was sealed, not how
much was read: a checkpoint is public, and activity is not.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from schema.errors import BadInputError

HASH_BYTES = 32
_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_DASH = "\N{EM DASH} "
# Well above what a witness adds: the specification asks for room for at least 16 signatures.
_LONGEST_NOTE = 64_000
_HEAD_LINES = 3


# ---------------------------------------------------------------- tree (RFC 6962, section 2.1)


def leaf_hash(body: bytes) -> bytes:
    """The hash of a leaf; the first byte keeps leaves and inner nodes apart."""
    return sha256(b"\x00" + body).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of `size` leaves, as the hashes of its complete subtrees from the largest to the smallest."""

    size: int = 0
    edge: tuple[bytes, ...] = ()

    @classmethod
    def stored(cls, size: int, frontier: bytes) -> Self:
        """From what a seal holds. Raises ValueError where the hashes do not go with the size."""
        if len(frontier) != HASH_BYTES * size.bit_count():
            message = "the stored edge does not go with the number of leaves"
            raise ValueError(message)
        return cls(size, tuple(frontier[at : at + HASH_BYTES] for at in range(0, len(frontier), HASH_BYTES)))

    @property
    def frontier(self) -> bytes:
        """What a seal holds."""
        return b"".join(self.edge)

    @property
    def root(self) -> bytes:
        """The Merkle tree hash."""
        if not self.edge:
            return sha256().digest()
        *rest, root = self.edge
        for left in reversed(rest):
            root = _node_hash(left, root)
        return root

    def add(self, body: bytes) -> "Tree":
        """The tree with one more leaf."""
        edge, grown, full = list(self.edge), leaf_hash(body), self.size
        while full & 1:
            grown = _node_hash(edge.pop(), grown)
            full >>= 1
        return Tree(self.size + 1, (*edge, grown))


def tree_of(bodies: Iterable[bytes]) -> Tree:
    """The tree over these leaves."""
    tree = Tree()
    for body in bodies:
        tree = tree.add(body)
    return tree


# ---------------------------------------------------------------- signed note


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A statement about a tree: its size and its root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name: what a partner keeps beside the checkpoints."""

    name: str
    key: Ed25519PublicKey

    @property
    def encoded(self) -> bytes:
        """The key's type and its 32 bytes."""
        return _ED25519 + self.key.public_bytes_raw()

    @property
    def id(self) -> bytes:
        """The first four bytes of a hash: a hint, not a proof."""
        return sha256(self.name.encode() + b"\n" + self.encoded).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(self.encoded)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """From its text form (`name+id+key`).

        Raises: BadInputError.
        """
        name, _, rest = text.strip().partition("+")
        given_id, _, encoded = rest.partition("+")
        raw = _decoded(encoded)
        if not name or raw is None or raw[:1] != _ED25519 or len(raw) != 1 + HASH_BYTES:
            raise BadInputError("This is no verifier key of the form name+id+key with an Ed25519 key.")
        found = cls(name, Ed25519PublicKey.from_public_bytes(raw[1:]))
        if found.id.hex() != given_id:
            raise BadInputError("The id of this verifier key is not the one of its name and key.")
        return found


@dataclass(frozen=True, slots=True)
class Signer:
    """The private key of the journals. The origin is the key's name, as the specification recommends."""

    origin: str
    key: Ed25519PrivateKey

    @classmethod
    def of(cls, origin: str, seed: bytes) -> Self:
        """From the 32 bytes that the secrets' folder holds."""
        if not origin or any(sign.isspace() or sign == "+" for sign in origin):
            message = "an origin holds neither spaces nor a plus sign"
            raise ValueError(message)
        return cls(origin, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def verifier(self) -> VerifierKey:
        """What others check signatures with."""
        return VerifierKey(self.origin, self.key.public_key())

    def note(self, tree: Tree) -> str:
        """The signed checkpoint of a tree."""
        text = Checkpoint(self.origin, tree.size, tree.root).text
        signature = _base64(self.verifier.id + self.key.sign(text.encode()))
        return f"{text}\n{_DASH}{self.origin} {signature}\n"


def open_note(note: str, key: VerifierKey) -> Checkpoint:
    """The checkpoint in a note that this key has signed; signatures of others are left aside.

    Raises: BadInputError where it is no checkpoint, or the key's signature is missing or wrong.
    """
    text, gap, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if not gap or len(note) > _LONGEST_NOTE or len(lines) < _HEAD_LINES or not all(lines):
        raise BadInputError("This is no signed checkpoint.")
    _signed(f"{text}\n", signatures, key)
    origin, size, root = lines[0], lines[1], _decoded(lines[2])
    if root is None or len(root) != HASH_BYTES or not size.isdecimal() or str(int(size)) != size:
        raise BadInputError("This note is signed, but it is no checkpoint.")
    if origin != key.name:
        raise BadInputError("This checkpoint is of another log.")
    return Checkpoint(origin, int(size), root)


def _signed(text: str, signatures: str, key: VerifierKey) -> None:
    """Raises BadInputError unless the key has signed."""
    for line in signatures.splitlines():
        name, _, signature = line.removeprefix(_DASH).partition(" ")
        raw = _decoded(signature)
        if not line.startswith(_DASH) or name != key.name or raw is None or raw[:_KEY_ID_BYTES] != key.id:
            continue
        try:
            key.key.verify(raw[_KEY_ID_BYTES:], text.encode())
        except InvalidSignature:
            raise BadInputError("The signature of this checkpoint is wrong: it is forged or was changed.") from None
        return
    raise BadInputError("This checkpoint is not signed by the key of this log.")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
