"""Evidence pictures at the door: who may have them, and what is said of one that is gone or changed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from hardware.simulated.loop import virtual_loop
from station.client import Client, Refused
from station.domain.enrollment import Attempt
from station.domain.evidence import Evidence
from station.ports import CAMERA, Actor, Change
from station.store.pictures import PictureFolder
from tests.unit.station.cli.sixtap import Ran, sixtap
from tests.unit.station.server.door import Door, at_the_door

PNG = b"\x89PNG\r\n\x1a\n and so on"
OPERATOR, LEAD = Actor("olga", "operator"), Actor("lea", "lead")


async def scanned(door: Door, folder: Path, *, after: bool = True) -> str:
    """A unit whose scan was witnessed, with pictures; its id."""
    pictures = door.bench.pictures = PictureFolder(folder)
    _, (unit,) = await door.batch("Ada")
    attempt = Attempt("a_1", unit, 1)
    facts: dict[str, str | int | float | bool | None] = {"frames": 3, "picture_before": await pictures.save("a_1-before.png", PNG)}
    if after:
        facts["picture_after"] = await pictures.save("a_1-after.png", PNG + b"!")
    witness = Evidence("witness", 1.0, "camera", "a_1", facts)
    await door.bench.record.commit(Change(CAMERA, attempts=(attempt,)))
    await door.bench.record.commit(Change(CAMERA, evidence=(witness,)))
    return unit


def test_a_lead_gets_both_pictures_as_they_were_kept(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        unit = await scanned(door, tmp_path / "evidence")
        door.actor = LEAD
        async with door.session.get("http://sixtap/v1/picture", params={"id": unit, "which": "before"}) as answer:
            assert (answer.status, answer.content_type, await answer.read()) == (200, "image/png", PNG)
        async with Client(door.path) as client:
            assert await client.picture(unit, "after") == PNG + b"!"

    at_the_door(tmp_path, scenario)


def test_an_operator_gets_none(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        unit = await scanned(door, tmp_path / "evidence")
        door.actor = OPERATOR
        status, answer = await door.ask("/v1/picture", id=unit, which="before")
        assert (status, answer["kind"]) == (403, "NotAllowed")
        assert "lead" in answer["message"]

    at_the_door(tmp_path, scenario)


def test_what_is_not_kept_is_not_found(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        unit = await scanned(door, tmp_path / "evidence", after=False)
        door.actor = LEAD
        for query, status, says in (
            ({"id": unit, "which": "after"}, 404, "No picture"),
            ({"id": unit, "which": "during"}, 409, "before, after"),
            ({"id": "e_none", "which": "before"}, 404, "e_none"),
            ({}, 409, "before, after"),
        ):
            found, answer = await door.ask("/v1/picture", **query)
            assert found == status
            assert says in answer["message"] + answer["remedy"]

    at_the_door(tmp_path, scenario)


def test_a_picture_that_was_changed_or_taken_away_is_not_given_and_the_audit_says_so(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        folder = tmp_path / "evidence"
        unit = await scanned(door, folder)
        async with Client(door.path) as client:
            whole = await client.pictures()
            assert (whole.checked, whole.findings, whole.after) == (2, (), None)
            (folder / "a_1-before.png").write_bytes(PNG + b"?")
            (folder / "a_1-after.png").unlink()
            findings = (await client.pictures()).findings
            assert {(one.file, one.what) for one in findings} == {("a_1-before.png", "changed"), ("a_1-after.png", "missing")}
            with pytest.raises(Refused, match="was changed"):
                await client.picture(unit, "before")
            with pytest.raises(Refused, match="not there any more"):
                await client.picture(unit, "after")

    at_the_door(tmp_path, scenario)


def test_the_audit_of_pictures_comes_in_pages(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        await scanned(door, tmp_path / "evidence")
        async with Client(door.path) as client:
            checked, after = 0, 0
            for _ in range(50):
                page = await client.pictures(after=after, limit=1)
                checked += page.checked
                if page.after is None:
                    break
                after = page.after
            assert checked == 2

    at_the_door(tmp_path, scenario)


# --- on the command line -------------------------------------------------------------------------------------------------------


async def typed(door: Door, *arguments: str) -> Ran:
    with virtual_loop().lend():  # the command waits for what the bench's own threads answer
        return await asyncio.to_thread(sixtap, *arguments, "--socket", str(door.path))


def test_the_pictures_of_a_unit_are_saved_to_a_folder(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        unit = await scanned(door, tmp_path / "evidence", after=False)
        out = tmp_path / "for the report" / unit
        ran = await typed(door, "unit", "pictures", unit, "--out", str(out))
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.strip() == str(out / f"{unit}-before.png")
        assert (out / f"{unit}-before.png").read_bytes() == PNG
        (tmp_path / "file").write_text("in the way")
        refused = await typed(door, "unit", "pictures", unit, "--out", str(tmp_path / "file"))
        assert (refused.code, "--out" in refused.err) == (2, True)

    at_the_door(tmp_path, scenario)


def test_a_unit_without_pictures_says_so(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        _, (unit,) = await door.batch("Ada")
        ran = await typed(door, "unit", "pictures", unit, "--out", str(tmp_path / "out"))
        assert (ran.code, "No picture" in ran.err) == (1, True)
        assert not (tmp_path / "out").exists()
        door.actor = OPERATOR
        ran = await typed(door, "unit", "pictures", unit, "--out", str(tmp_path / "out"))
        assert (ran.code, "lead" in ran.err) == (2, True)

    at_the_door(tmp_path, scenario)


def test_the_audit_names_each_picture_that_is_not_as_the_record_says(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        await scanned(door, tmp_path / "evidence")
        assert (await typed(door, "audit", "verify")).code == 0
        (tmp_path / "evidence" / "a_1-before.png").write_bytes(b"another")
        (tmp_path / "evidence" / "a_1-after.png").unlink()
        ran = await typed(door, "audit", "verify")
        assert ran.code == 1
        assert "The record holds" in ran.out
        assert "a_1-before.png" in ran.err
        assert "was changed after it was kept" in ran.err
        assert "is not there any more" in ran.err
        told = json.loads((await typed(door, "audit", "verify", "--json")).out)
        assert (told["flaw"], [one["what"] for one in told["pictures"]]) == (None, ["changed", "missing"])

    at_the_door(tmp_path, scenario)
