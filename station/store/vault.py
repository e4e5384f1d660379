"""Prepared codes at rest: the one secret that the bench keeps, encrypted, one file for each user, until the unit is settled.

AES-256 in GCM (NIST SP 800-38D) with a nonce of its own for each write; the user's id is authenticated with it, so that a file under
another name is refused. The key lies in a file of its own, best a systemd credential: codes without it are of no use, which is what
makes a purge final where a flash disk keeps what was overwritten. Beside the codes lie keyed fingerprints (HMAC-SHA256), which tell
that a code is known for another user and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import stat
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from station.domain.errors import ConfigurationError, PartLost, RefuseUnit, WrongUse
from station.domain.policy import Mode
from station.domain.prepared import PreparedCode, meaning
from station.store.wholefile import sync, write_whole

SHORTEST_KEY, LONGEST_KEY = 32, 4096  # octets
MARK = b"sixtap1\n"  # what a code's file begins with
NONCE = 12  # octets; SP 800-38D, 5.2.1.1
PRIVATE = 0o600
_USER = re.compile(r"[A-Za-z0-9_]{1,80}")


def read_key(path: Path, *, make: bool) -> bytes:
    """The vault's key: all octets of a file. With `make`, one is made where there is none. Raises ConfigurationError."""
    if make and not path.exists():
        _make_key(path)
    try:
        others = stat.S_IMODE(path.stat().st_mode) & 0o007
        key = path.read_bytes()
    except OSError as why:
        raise ConfigurationError(
            f"The vault's key {path} cannot be read: {why.strerror}.", "Put it there, or correct vault_key in the configuration."
        ) from None
    if others:
        raise ConfigurationError(f"Everybody on this machine may open the vault's key {path}.", f"Run: chmod o= {path}")
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise ConfigurationError(
            f"The vault's key {path} has {len(key)} octets; it must have {SHORTEST_KEY} to {LONGEST_KEY} random ones.",
            f"Make one with: head -c {SHORTEST_KEY} /dev/urandom",
        )
    return key


def _make_key(path: Path) -> None:
    try:
        write_whole(path, secrets.token_bytes(SHORTEST_KEY), mode=PRIVATE)
    except OSError as why:
        raise ConfigurationError(f"The vault's key {path} cannot be made: {why.strerror}.", "Check its folder and the disk.") from None


class FolderVault:
    """station.ports.CodeVault in a folder of its own. Opened by `open_vault`."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._known = folder / "known"
        self._cipher = AESGCM(_derived(key, b"codes"))
        self._fingerprints = _derived(key, b"fingerprints")
        self._writing = asyncio.Lock()

    async def put(self, user: str, code: PreparedCode) -> None:
        """Keep a user's code in place of the one before. WrongUse when it is known for another user; PartLost without room."""
        path, mark = self._path(user), self._fingerprint(code.content)
        async with self._writing:
            try:
                await asyncio.to_thread(self._put, path, user, code, mark)
            except OSError as why:
                raise PartLost(f"The code of user {user} cannot be kept: {why.strerror}.", "Make room on the disk.") from None

    async def get(self, user: str) -> PreparedCode | None:
        """None where there is none. RefuseUnit when its file is damaged."""
        try:
            sealed = await asyncio.to_thread(self._path(user).read_bytes)
        except FileNotFoundError:
            return None
        except OSError as why:
            raise PartLost(f"The code of user {user} cannot be read: {why.strerror}.", "Check the disk.") from None
        return self._opened(user, sealed)

    async def known_for(self, content: str) -> str | None:
        """The user whom this code was ever imported for; None for a new one, and after that user was forgotten."""
        return await asyncio.to_thread(_text, self._known / self._fingerprint(content))

    async def purge(self, user: str) -> bool:
        """Overwrite and remove a user's code; False where there was none. The fingerprint stays: no other user gets this code."""
        path = self._path(user)
        async with self._writing:
            return await asyncio.to_thread(_shred, path)

    async def forget(self, user: str) -> None:
        """Purge, and drop the fingerprints too: nothing tells of this user any more."""
        await self.purge(user)
        async with self._writing:
            await asyncio.to_thread(self._drop_known, user)

    async def users(self) -> tuple[str, ...]:
        """Ids of all who have a code."""
        found = await asyncio.to_thread(lambda: [path.stem for path in self._folder.glob("*.code")])
        return tuple(sorted(found))

    def _path(self, user: str) -> Path:
        if not _USER.fullmatch(user):
            raise WrongUse(f"{user[:80]!r} is no user's id.", "")
        return self._folder / f"{user}.code"

    def _put(self, path: Path, user: str, code: PreparedCode, mark: str) -> None:
        owner = _text(self._known / mark)
        if owner not in {None, user}:
            raise WrongUse(f"This code is known for user {owner} already.", "Export each user's own code.")
        if owner is None:
            write_whole(self._known / mark, user.encode(), mode=PRIVATE)  # first: no code is kept that is not known
        nonce = secrets.token_bytes(NONCE)
        plain = json.dumps(asdict(code), ensure_ascii=False).encode()
        write_whole(path, MARK + nonce + self._cipher.encrypt(nonce, plain, user.encode()), mode=PRIVATE)

    def _opened(self, user: str, sealed: bytes) -> PreparedCode:
        damaged = RefuseUnit(f"The prepared code of user {user} is damaged.", "Import it again: sixtap codes import FILE")
        if not sealed.startswith(MARK):
            raise damaged
        nonce, secret = sealed[len(MARK) : len(MARK) + NONCE], sealed[len(MARK) + NONCE :]
        try:
            found = json.loads(self._cipher.decrypt(nonce, secret, user.encode()))
            mode = Mode(found["mode"]) if found["mode"] else None
            return PreparedCode(**{**found, "mode": mode, "varying": tuple(found["varying"])})
        except (InvalidTag, ValueError, KeyError, TypeError):
            raise damaged from None

    def _fingerprint(self, content: str) -> str:
        maker = hmac.HMAC(self._fingerprints, hashes.SHA256())
        maker.update(meaning(content).encode("utf-8", "surrogatepass"))
        return maker.finalize().hex()

    def _drop_known(self, user: str) -> None:
        for path in self._known.iterdir():
            if _text(path) == user:
                path.unlink()
        sync(self._known)


def open_vault(folder: Path, key_file: Path, *, make_key: bool) -> FolderVault:
    """The vault in `folder`, which is made where it is missing. Raises ConfigurationError: another key than its codes were kept with,
    no key, or a folder that cannot be used; nothing is changed then."""
    check = folder / "key-check"
    key = read_key(key_file, make=make_key and not check.exists())
    proof = _derived(key, b"check").hex()
    try:
        for path in (folder, folder / "known"):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = _text(check)
        if kept is None:
            write_whole(check, proof.encode(), mode=PRIVATE)
    except OSError as why:
        raise ConfigurationError(f"The vault {folder} cannot be used: {why.strerror}.", "Check its owner and the disk.") from None
    if kept not in {None, proof}:
        raise ConfigurationError(
            f"The key {key_file} is not the one that the codes in {folder} were kept with.",
            f"Put that key back. If it is lost, remove {folder} and import the codes again.",
        )
    return FolderVault(folder, key)


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"sixtap vault " + purpose).derive(key)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return None


def _shred(path: Path) -> bool:
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return False
    except OSError as why:
        raise PartLost(f"The file {path.name} cannot be overwritten: {why.strerror}.", "Check the disk.") from None
    finally:
        with suppress(FileNotFoundError):
            path.unlink()
            sync(path.parent)
    return True
