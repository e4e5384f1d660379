"""Pictures beside the ledger: whole or not there, under names of their own kind alone."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from station.domain.errors import PartLost, WrongUse
from station.store.pictures import PictureFolder

NAME = "a_0123-before.png"


def test_what_is_saved_is_loaded_again_and_known_by_its_digest(tmp_path: Path) -> None:
    async def scenario() -> None:
        kept = PictureFolder(tmp_path / "evidence")
        assert await kept.load(NAME) is None
        assert await kept.save(NAME, b"first") == hashlib.sha256(b"first").hexdigest()
        assert await kept.save(NAME, b"second") == hashlib.sha256(b"second").hexdigest()
        assert await PictureFolder(tmp_path / "evidence").load(NAME) == b"second"
        assert [path.name for path in (tmp_path / "evidence").iterdir()] == [NAME]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "name", ["", "../a-before.png", "a/b-before.png", "a-during.png", "a-before.png.exe", "a-before.png\n", "-before.png"]
)
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    async def scenario() -> None:
        kept = PictureFolder(tmp_path)
        with pytest.raises(WrongUse):
            await kept.save(name, b"x")
        with pytest.raises(WrongUse):
            await kept.load(name)

    asyncio.run(scenario())


def test_a_disk_that_will_not_take_it_is_said_and_what_was_kept_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        kept = PictureFolder(tmp_path)
        await kept.save(NAME, b"first")
        (tmp_path / f"{NAME}.part").mkdir()
        with pytest.raises(PartLost, match=f"{NAME} cannot be kept"):
            await kept.save(NAME, b"second")
        assert await kept.load(NAME) == b"first"

    asyncio.run(scenario())
