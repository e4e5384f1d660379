"""Prepared codes at rest: encrypted, each user's own, gone after a purge; a wrong key or a damaged file loses nothing else."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

import pytest

from station.domain.errors import ConfigurationError, PartLost, RefuseUnit, WrongUse
from station.domain.policy import Mode
from station.domain.prepared import PreparedCode
from station.store.vault import FolderVault, open_vault

T = TypeVar("T")
SECRET = "enrollmentId-0123456789abcdef"  # noqa: S105 - part of a code
CODE = PreparedCode(f'{{"a": "{SECRET}", "b": "č"}}', "provisioning", "Anna Meier.png", Mode.WPCO, 1.8e9, 1.7e9, ("a",))
OTHER = PreparedCode('{"a": "another"}', "provisioning")


def do(work: Coroutine[object, object, T]) -> T:
    return asyncio.run(work)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "codes"


def opened(folder: Path, *, make: bool = True) -> FolderVault:
    return open_vault(folder, folder.parent / "vault.key", make_key=make)


def test_what_is_put_is_got_again_after_a_restart(folder: Path) -> None:
    assert do(opened(folder).get("u_1")) is None
    do(opened(folder).put("u_1", CODE))
    do(opened(folder).put("u_2", OTHER))
    vault = opened(folder, make=False)
    assert do(vault.get("u_1")) == CODE
    assert do(vault.get("u_2")) == OTHER
    assert do(vault.users()) == ("u_1", "u_2")


def test_a_newer_code_takes_the_older_one_s_place(folder: Path) -> None:
    vault = opened(folder)
    do(vault.put("u_1", CODE))
    do(vault.put("u_1", OTHER))
    assert do(vault.get("u_1")) == OTHER
    assert do(vault.users()) == ("u_1",)


def test_nothing_of_a_code_or_a_name_can_be_read_in_the_folder(folder: Path) -> None:
    vault = opened(folder)
    do(vault.put("u_1", CODE))
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 3  # the code, its fingerprint, the key's check
    for path in [*files, folder.parent / "vault.key"]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for part in (SECRET, "Anna", "wpco"):
            assert part.encode() not in path.read_bytes()
            assert part not in path.name
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    before = (folder / "u_1.code").read_bytes()
    do(vault.put("u_1", CODE))
    assert (folder / "u_1.code").read_bytes() != before, "a nonce of its own for each write"


def test_a_code_is_nobody_else_s_not_even_in_other_words_and_after_a_purge(folder: Path) -> None:
    vault = opened(folder)
    do(vault.put("u_1", CODE))
    same = PreparedCode(f'{{"b":"č","a":"{SECRET}"}}', "provisioning")
    for _ in range(2):
        with pytest.raises(WrongUse, match="known for user u_1"):
            do(vault.put("u_2", same))
        assert do(vault.known_for(same.content)) == "u_1"
        assert do(vault.get("u_2")) is None
        do(vault.purge("u_1"))
    do(vault.put("u_1", same))


def test_a_purge_overwrites_before_it_removes(folder: Path) -> None:
    vault = opened(folder)
    do(vault.put("u_1", CODE))
    do(vault.put("u_2", OTHER))
    os.link(folder / "u_1.code", folder.parent / "seen")
    sealed = (folder.parent / "seen").read_bytes()
    assert do(vault.purge("u_1"))
    assert not do(vault.purge("u_1"))
    after = (folder.parent / "seen").read_bytes()
    assert len(after) == len(sealed)
    assert sum(a == b for a, b in zip(sealed, after, strict=True)) < len(sealed) / 10
    assert do(vault.users()) == ("u_2",)


def test_of_a_user_who_is_forgotten_no_fingerprint_stays(folder: Path) -> None:
    vault = opened(folder)
    do(vault.put("u_1", CODE))
    do(vault.put("u_2", OTHER))
    do(vault.forget("u_1"))
    assert do(vault.known_for(CODE.content)) is None
    assert do(vault.known_for(OTHER.content)) == "u_2"
    do(vault.put("u_3", CODE))


# --- what goes wrong ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", [b"", b"sixtap1\n", b"sixtap1\n" + bytes(60), b"something else"])
def test_a_damaged_file_is_said_and_the_others_stay(folder: Path, damage: bytes) -> None:
    vault = opened(folder)
    do(vault.put("u_1", CODE))
    do(vault.put("u_2", OTHER))
    (folder / "u_1.code").write_bytes(damage)
    with pytest.raises(RefuseUnit, match=r"u_1 is damaged. Import it again"):
        do(vault.get("u_1"))
    assert do(vault.get("u_2")) == OTHER
    do(vault.put("u_1", CODE))
    assert do(vault.get("u_1")) == CODE


def test_a_file_under_another_user_s_name_is_refused(folder: Path) -> None:
    vault = opened(folder)
    do(vault.put("u_1", CODE))
    (folder / "u_1.code").rename(folder / "u_2.code")
    with pytest.raises(RefuseUnit, match="u_2 is damaged"):
        do(vault.get("u_2"))


def test_another_key_is_refused_and_nothing_is_lost(folder: Path) -> None:
    key = folder.parent / "vault.key"
    do(opened(folder).put("u_1", CODE))
    kept = key.read_bytes()
    key.write_bytes(bytes(32))
    with pytest.raises(ConfigurationError, match="is not the one that the codes"):
        opened(folder)
    key.unlink()
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        opened(folder)  # a new key would make the codes useless: none is made where there are codes
    key.touch(mode=0o600)
    key.write_bytes(kept)
    assert do(opened(folder).get("u_1")) == CODE


@pytest.mark.parametrize(
    ("octets", "mode", "says"), [(b"x" * 31, 0o600, "has 31 octets"), (b"x" * 32, 0o604, "Everybody on this machine")]
)
def test_a_key_that_is_short_or_open_to_all_is_refused(folder: Path, octets: bytes, mode: int, says: str) -> None:
    key = folder.parent / "vault.key"
    key.write_bytes(octets)
    key.chmod(mode)
    with pytest.raises(ConfigurationError, match=says):
        opened(folder)
    assert not folder.exists()


def test_no_key_is_made_where_that_is_not_allowed(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        opened(folder, make=False)
    assert list(folder.parent.iterdir()) == []


def test_a_disk_that_takes_nothing_is_said_and_the_old_code_stays(folder: Path) -> None:
    vault = opened(folder)
    do(vault.put("u_1", CODE))
    (folder / "u_1.code.part").mkdir()
    with pytest.raises(PartLost, match="u_1 cannot be kept"):
        do(vault.put("u_1", OTHER))
    assert do(vault.get("u_1")) == CODE


@pytest.mark.parametrize("user", ["", "../u_1", "u/1", "u 1", "u_1\n", "x" * 81])
def test_other_names_than_ids_are_refused(folder: Path, user: str) -> None:
    vault = opened(folder)
    for work in (vault.get(user), vault.put(user, CODE), vault.purge(user)):
        with pytest.raises(WrongUse):
            do(work)


def test_errors_and_logs_tell_no_content(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    vault = opened(folder)
    do(vault.put("u_1", CODE))
    with pytest.raises(WrongUse) as refused:
        do(vault.put("u_2", CODE))
    assert SECRET not in f"{refused.value} {vault!r} {caplog.text}"
