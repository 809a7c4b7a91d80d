"""A sealed value opens with its key, in its place, and nowhere else; a data key opens for its situation only."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from loaders.sealed.envelope import CannotOpenError, Place, new_data_key, rewrap, unwrap
from loaders.sealed.keyring import KeyAwayError, Keyring
from schema.errors import SetupError

TEXT = "Camille Exemple, 01 02 03 04 05 \U0001f600"
KEK = bytes(range(32))


def place() -> Place:
    return Place("caller", "name", uuid4())


def test_a_value_opens_in_its_place_only() -> None:
    key, _ = new_data_key(uuid4(), uuid4(), KEK, 1)
    here = place()
    sealed = key.seal(here, TEXT)
    assert key.open(here, sealed) == TEXT
    assert TEXT.encode() not in sealed
    for elsewhere in (replace(here, row=uuid4()), replace(here, column="email"), replace(here, table="listening_note")):
        with pytest.raises(CannotOpenError):
            key.open(elsewhere, sealed)


def test_the_same_text_is_never_sealed_alike() -> None:
    key, _ = new_data_key(uuid4(), uuid4(), KEK, 1)
    here = place()
    assert len({key.seal(here, TEXT) for _ in range(50)}) == 50


def test_every_altered_byte_is_seen() -> None:
    key, _ = new_data_key(uuid4(), uuid4(), KEK, 1)
    here = place()
    sealed = key.seal(here, "A")
    for index in range(len(sealed)):
        altered = bytearray(sealed)
        altered[index] ^= 1
        with pytest.raises(CannotOpenError):
            key.open(here, bytes(altered))
    for short in (b"", b"\x01", sealed[:12], sealed[:-1]):
        with pytest.raises(CannotOpenError):
            key.open(here, short)


def test_another_situations_key_opens_nothing() -> None:
    here = place()
    mine, _ = new_data_key(uuid4(), uuid4(), KEK, 1)
    other, _ = new_data_key(uuid4(), uuid4(), KEK, 1)
    with pytest.raises(CannotOpenError):
        other.open(here, mine.seal(here, TEXT))


def test_a_wrapped_key_is_bound_to_its_situation_its_id_and_its_version() -> None:
    key, wrapped = new_data_key(uuid4(), uuid4(), KEK, 1)
    here = place()
    assert unwrap(wrapped, KEK).open(here, key.seal(here, TEXT)) == TEXT
    moved = (replace(wrapped, situation=uuid4()), replace(wrapped, id=uuid4()), replace(wrapped, version=2))
    for other in moved:
        with pytest.raises(CannotOpenError):
            unwrap(other, KEK)
    with pytest.raises(CannotOpenError):
        unwrap(wrapped, KEK[::-1])


def test_a_rewrapped_key_opens_what_it_sealed_and_the_old_version_opens_it_no_more() -> None:
    key, wrapped = new_data_key(uuid4(), uuid4(), KEK, 1)
    here = place()
    sealed = key.seal(here, TEXT)
    again = rewrap(wrapped, KEK, KEK[::-1], 2)
    assert unwrap(again, KEK[::-1]).open(here, sealed) == TEXT
    with pytest.raises(CannotOpenError):
        unwrap(again, KEK)


# ---------------------------------------------------------------- the folder of keys


def test_the_newest_version_wraps_and_the_older_ones_still_open(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys")
    keyring.create_first()
    first, key = keyring.newest()
    _, wrapped = new_data_key(uuid4(), uuid4(), key, first)
    assert keyring.add_version() == 2
    assert keyring.newest()[0] == 2
    assert keyring.newest()[1] != key
    assert keyring.open(wrapped).id == wrapped.id
    keyring.retire(1, date(2026, 11, 22))
    assert (sorted(keyring.live()), keyring.retired()[1][0]) == ([2], date(2026, 11, 22))
    assert Keyring(tmp_path / "keys").open(wrapped).id == wrapped.id
    keyring.destroy(1)
    with pytest.raises(KeyAwayError):
        keyring.open(wrapped)
    # A number is never used again.
    assert keyring.add_version() == 3


def test_a_running_server_finds_a_version_made_by_somebody_else(tmp_path: Path) -> None:
    server = Keyring(tmp_path / "keys")
    server.create_first()
    server.newest()
    operator = Keyring(tmp_path / "keys")
    version = operator.add_version()
    assert server.newest() == (version, operator.key(version))


def test_a_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys")
    keyring.create_first()
    path = keyring.live()[1]
    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    path.chmod(0o640)
    with pytest.raises(SetupError, match="chmod 600"):
        Keyring(tmp_path / "keys").newest()


def test_a_folder_without_a_key_says_what_to_do_and_makes_none_by_itself(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="data-keys init"):
        Keyring(tmp_path / "nowhere").newest()
    assert not (tmp_path / "nowhere").exists()


def test_a_key_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys")
    keyring.create_first()
    keyring.live()[1].write_bytes(b"short")
    with pytest.raises(SetupError, match="32 bytes"):
        Keyring(tmp_path / "keys").newest()


def test_the_first_key_is_made_once(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "keys")
    keyring.create_first()
    made = keyring.newest()
    keyring.create_first()
    assert Keyring(tmp_path / "keys").newest() == made
