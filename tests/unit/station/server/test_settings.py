"""What the bench runs with, at the door and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from station import wire
from station.assembly.configured import configured
from station.client import Client
from station.config import load_config
from station.ports import Actor
from tests.unit.station.server.door import Door, at_the_door
from tests.unit.station.server.test_reports import typed

FILE = '[emm]\nenterprise = "LC1"\nkey = "/nowhere/key"\n[times]\nidle = 700\n'


def known(door: Door, folder: Path) -> wire.Settings:
    """The bench is as configured by this file."""
    path = folder / "sixtap.toml"
    path.write_text(FILE, encoding="utf-8")
    found = configured(load_config(path))
    door.server.configured = found
    return found


@pytest.mark.parametrize("role", ["operator", "lead"])
def test_settings_are_for_admins(tmp_path: Path, role: wire.Role) -> None:
    async def scenario(door: Door) -> None:
        door.actor = Actor("olga", role)
        status, answer = await door.ask("/v1/settings")
        assert (status, answer["kind"]) == (403, "NotAllowed")
        assert (await typed(door, "settings")).code == 2

    at_the_door(tmp_path, scenario)


def test_all_settings_are_told_with_file_and_source_and_those_that_can_be_changed(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        known(door, tmp_path)
        async with Client(door.path) as client:
            found = await client.settings()
            assert found.file == str(tmp_path / "sixtap.toml")
            items = {one.key: one for one in found.items}
            assert (items["times.idle"].live, items["times.idle"].least, items["emm.key"].live) == (True, 30, False)
            done = await client.command(wire.ChangeSetting(key="times.idle", value="900"))
            assert done.facts == {"key": "times.idle", "value": 900.0}
            changed = next(one for one in (await client.settings()).items if one.key == "times.idle")
            assert (changed.value, changed.source, changed.configured) == (900.0, "changed", 700.0)

    at_the_door(tmp_path, scenario)


def test_the_command_prints_sets_and_takes_back(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        known(door, tmp_path)
        printed = await typed(door, "settings")
        assert printed.code == 0
        assert f"Configuration: {tmp_path / 'sixtap.toml'}" in printed.out
        assert "emm.key\tset\tfile\tfile, restart\tservice account's key" in printed.out
        assert "/nowhere/key" not in printed.out
        assert (await typed(door, "settings", "--set", "times.idle=900")).out == "times.idle: 900 s (changed here)\n"
        document = json.loads((await typed(door, "settings", "--json")).out)
        assert next(one for one in document["items"] if one["key"] == "times.idle")["value"] == 900.0
        assert (await typed(door, "settings", "--reset", "times.idle")).out == "times.idle: 600 s (file)\n"
        refused = await typed(door, "settings", "--set", "bench=other")
        assert (refused.code, "cannot be changed while the bench runs" in refused.err) == (2, True)

    at_the_door(tmp_path, scenario)
