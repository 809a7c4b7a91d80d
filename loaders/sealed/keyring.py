"""The key-encryption keys: numbered files outside the database, of mode 0600; the newest wraps, all of them open."""

import os
import re
import secrets
from datetime import date
from pathlib import Path

from loaders.sealed.envelope import KEY_BYTES, CannotOpenError, DataKey, WrappedKey, unwrap
from schema.errors import SetupError

_LIVE = re.compile(r"kek-(\d{4})\.key")
_RETIRED = re.compile(r"kek-(\d{4})\.retired-(\d{4}-\d{2}-\d{2})")
_ANYBODY_ELSE = 0o077


class KeyAwayError(CannotOpenError):
    """The version that wraps this data key is not in the folder, or is not the key it was."""


class Keyring:
    """The folder of the key-encryption keys.

    Files are read again where a version is missing and at every wrapping, so that running servers follow a rotation.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[int, bytes] = {}

    @property
    def folder(self) -> Path:
        """Where the keys are."""
        return self._folder

    def create_first(self) -> None:
        """Make the first version in an empty folder; a folder with keys is left as it is."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.live() and not self.retired():
            self._write(1)

    def live(self) -> dict[int, Path]:
        """The versions that may wrap: number -> file."""
        return {int(found[1]): path for path, found in self._matching(_LIVE)}

    def retired(self) -> dict[int, tuple[date, Path]]:
        """The versions that only open old backups: number -> (day of retirement, file)."""
        return {int(found[1]): (date.fromisoformat(found[2]), path) for path, found in self._matching(_RETIRED)}

    def newest(self) -> tuple[int, bytes]:
        """The version that wraps. Raises SetupError where there is none."""
        version = max(self.live(), default=None)
        if version is None:
            raise SetupError(
                f"No key-encryption key in {self._folder}: restore the folder from its backup, or, for a new database, "
                "make the first with `python -m graph data-keys init`."
            )
        return version, self.key(version)

    def key(self, version: int) -> bytes:
        """A version's key. Raises KeyAwayError where its file is missing."""
        if version not in self._keys:
            path = self.live().get(version) or self.retired().get(version, (None, None))[1]
            if path is None:
                raise KeyAwayError
            self._keys[version] = _read(path)
        return self._keys[version]

    def open(self, wrapped: WrappedKey) -> DataKey:
        """The data key. Raises KeyAwayError where its version is missing or is not the key that wrapped it."""
        try:
            return unwrap(wrapped, self.key(wrapped.version))
        except CannotOpenError:
            raise KeyAwayError from None

    def add_version(self) -> int:
        """Make the next version, which wraps from now on."""
        version = max((*self.live(), *self.retired()), default=0) + 1
        self._write(version)
        return version

    def retire(self, version: int, today: date) -> None:
        """A version that wraps nothing any more: it stays for the backups of its time."""
        path = self.live()[version]
        path.rename(path.with_suffix(f".retired-{today.isoformat()}"))

    def destroy(self, version: int) -> None:
        """Remove a retired version: whatever only it could open is gone, in every backup."""
        _, path = self.retired()[version]
        path.unlink()
        self._keys.pop(version, None)

    def _matching(self, pattern: re.Pattern[str]) -> list[tuple[Path, re.Match[str]]]:
        if not self._folder.is_dir():
            return []
        found = ((path, pattern.fullmatch(path.name)) for path in sorted(self._folder.iterdir()))
        return [(path, match) for path, match in found if match]

    def _write(self, version: int) -> None:
        path = self._folder / f"kek-{version:04}.key"
        # Whole or not at all: a crash must not leave half a key under a name that counts.
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)


def _read(path: Path) -> bytes:
    if path.stat().st_mode & _ANYBODY_ELSE:
        raise SetupError(f"{path} can be read by others than its owner: chmod 600.")
    found = path.read_bytes()
    if len(found) != KEY_BYTES:
        raise SetupError(f"{path} is not a key of {KEY_BYTES} bytes: restore it from its backup.")
    return found
