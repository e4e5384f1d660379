"""The stand-in for TinyMDM without its client: who may ask, what it keeps, what it refuses, what its console exports."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hardware.simulated.android import check
from station.assembly.exported.pictures import only_code
from station.emm.emulator import Rule
from station.emm.tinymdm_standin import Console, Quirks, StandIn, serve

OWN = {"X-Tinymdm-Apikey-Public": "standin-public", "X-Tinymdm-Apikey-Secret": "standin-secret"}
MANAGER = {
    "X-Tinymdm-Manager-Apikey-Public": "standin-manager-public",
    "X-Tinymdm-Manager-Apikey-Secret": "standin-manager-secret",
    "X-Account-Id": "4711",
}


class Door:
    """Asks the stand-in over HTTP; the clock moves when told."""

    def __init__(self, **settings: Any) -> None:
        self.moment = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
        self.standin = StandIn(1, lambda: self.moment, **{"per_second": None} | settings)
        self.console = Console(self.standin)

    async def ask(self, verb: str, path: str, body: object = None, headers: dict[str, str] = OWN, **query: str) -> tuple[int, Any]:
        url = self.standin.url + ("" if path.startswith(("/phones", "/control", "/pictures")) else "/api/v1") + path
        async with aiohttp.ClientSession() as session, session.request(verb, url, json=body, headers=headers, params=query) as answer:
            raw = await answer.read()
            return answer.status, json.loads(raw) if raw and "json" in answer.content_type else raw

    async def user(self, **more: object) -> str:
        status, made = await self.ask("POST", "/users", {"name": "Ana", "email": "ana@example.com", "is_anonymous": False} | more)
        assert status == 201, made
        return str(made["id"])

    async def enroll(self, secret: str, path: str = "setup_wizard", serial: str = "R58N1") -> tuple[int, Any]:
        hardware = {"manufacturer": "Google", "model": "Pixel 8a", "serialNumber": serial, "imei": "350000000000006"}
        said = {"token": secret, "path": path, "androidVersion": "14", "apiLevel": 34, "hardware": hardware}
        return await self.ask("POST", "/phones/enroll", said, {})


def at(act: Callable[[Door], Awaitable[None]], **settings: Any) -> None:
    async def main() -> None:
        door = Door(**settings)
        async with serve(door.standin):
            await act(door)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (OWN, 200),
        (MANAGER, 200),
        ({}, 401),
        (MANAGER | {"X-Account-Id": "1"}, 401),
        (OWN | {"X-Tinymdm-Apikey-Secret": ""}, 401),
        ({"Authorization": "Bearer standin-secret"}, 401),
    ],
)
def test_one_whole_set_of_keys_is_asked_for(headers: dict[str, str], status: int) -> None:
    async def act(door: Door) -> None:
        assert (await door.ask("GET", "/enterprise/info", headers=headers))[0] == status

    at(act)


def test_more_than_five_calls_in_a_second_are_refused() -> None:
    async def act(door: Door) -> None:
        assert [(await door.ask("GET", "/users"))[0] for _ in range(6)] == [200] * 5 + [429]
        door.moment += timedelta(seconds=1)
        assert (await door.ask("GET", "/users"))[0] == 200

    at(act, per_second=5)


def test_pages_go_to_the_end_and_back() -> None:
    async def act(door: Door) -> None:
        _, first = await door.ask("GET", "/devices", per_page="2")
        _, last = await door.ask("GET", "/devices", per_page="2", page="3")
        assert (len(first["results"]), first["count"], first["previous"]) == (2, 5, None)
        assert "page=2" in first["next"]
        assert (len(last["results"]), last["next"]) == (1, None)
        assert (await door.ask("GET", "/devices", per_page="0"))[0] == 400

    at(act, fleet=5)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"email": "a@b.cd"}, "name"),
        ({"name": "Ana"}, "email"),
        ({"name": "Ana", "email": "no address"}, "email"),
        ({"name": "Ana", "email": "ANA@example.com"}, "duplicate"),
        ({"name": "Ana", "email": "a@b.cd", "is_anonymous": "yes"}, "boolean"),
        ({"name": "Ana", "email": "a@b.cd", "custom_field_1": 5}, "custom"),
        ([], "object"),
    ],
)
def test_a_user_that_the_console_would_refuse_is_refused(body: object, words: str) -> None:
    async def act(door: Door) -> None:
        await door.user()
        status, refusal = await door.ask("POST", "/users", body)
        assert status == 400
        assert words in refusal["error"]
        assert len(door.standin.people.users) == 1

    at(act)


def test_no_code_is_shown_before_a_policy_is_assigned() -> None:
    async def act(door: Door) -> None:
        await door.user()
        group = (await door.ask("POST", "/groups", {"name": "g"}))[1]["id"]
        status, refusal = await door.ask("GET", f"/groups/{group}/enrollment_qr_code", prefix_type="SERIAL_NUMBER")
        assert (status, refusal["error"]) == (400, "No policy")
        policy = door.console.policy("default")
        assert (await door.ask("POST", f"/policies/{policy}/members/{group}"))[0] == 204
        assert (await door.ask("GET", f"/groups/{group}/enrollment_qr_code", prefix_type="SERIAL_NUMBER"))[0] == 200
        assert (await door.ask("GET", f"/groups/{group}/enrollment_qr_code"))[0] == 400

    at(act)


def test_the_console_exports_codes_that_android_accepts_and_the_box_makes_another_one(tmp_path: Path) -> None:
    async def act(door: Door) -> None:
        await door.user()
        await door.user(name="Dock 7", email="", is_anonymous=True)
        door.console.assign_all(door.console.policy("default"))
        first = door.console.export(tmp_path / "wpco", wpco=["ana@example.com", "Dock 7"])
        again = door.console.export(tmp_path / "again")
        other = door.console.export(tmp_path / "other", wpco=False)
        assert [path.name for path in first] == ["ana@example.com.png", "1002.png"]
        wpco, same, full = ([only_code(path.read_bytes()) for path in paths] for paths in (first, again, other))
        assert wpco == same
        assert len({*wpco, *full}) == 4
        kinds = []
        for content in (wpco[0], full[1]):
            _, enrolled = await door.enroll(check(content).token)
            kinds.append((await door.ask("GET", f"/devices/{enrolled['device']}"))[1])
        assert [(one["enrollment_type"], one["serial_number"]) for one in kinds] == [("wpco", None), ("fully_managed", "R58N1")]
        assert [one["user_id"] for one in kinds] == ["1001", "1002"]

    at(act)


def test_a_code_is_permanent_until_the_user_has_ten_devices_or_no_licence_is_left() -> None:
    async def act(door: Door) -> None:
        user = door.standin.people.user(await door.user())
        door.console.assign_all(door.console.policy("default"))
        secret = check(door.console.code(user, wpco=True)).token
        assert [(await door.enroll(secret))[0] for _ in range(11)] == [200] * 10 + [409]
        door.standin.devices.licences = 10
        assert (await door.enroll(secret))[0] == 402
        assert (await door.enroll("no such secret"))[0] == 404

    at(act)


def test_a_personally_owned_phone_is_recorded_as_such_and_refused_by_a_fully_managed_code() -> None:
    async def act(door: Door) -> None:
        user = door.standin.people.user(await door.user())
        door.console.assign_all(door.console.policy("default"))
        status, made = await door.enroll(check(door.console.code(user, wpco=True)).token, "settings")
        assert status == 200
        assert (await door.ask("GET", f"/devices/{made['device']}"))[1]["enrollment_type"] == "work_profile"
        assert (await door.enroll(check(door.console.code(user, wpco=False)).token, "settings"))[0] == 400

    at(act)


def test_dates_are_written_as_the_quirks_say() -> None:
    async def act(door: Door) -> None:
        user = door.standin.people.user(await door.user())
        door.console.assign_all(door.console.policy("default"))
        _, made = await door.enroll(check(door.console.code(user, wpco=True)).token)
        _, record = await door.ask("GET", f"/devices/{made['device']}")
        assert (record["enrollment_timestamp"], record["last_sync_timestamp"]) == ("02-03-2026 08:00:00", None)
        door.moment += timedelta(minutes=2)
        await door.ask("POST", "/phones/report", {"device": made["device"], "phase": "applied"}, {})
        _, record = await door.ask("GET", f"/devices/{made['device']}")
        assert record["last_sync_timestamp"] == "02-03-2026 08:02:00"

    at(act, quirks=Quirks(dates="day_first", empty_numbers=False))


def test_a_picture_is_for_whoever_has_its_address_and_takes_no_keys() -> None:
    async def act(door: Door) -> None:
        await door.user()
        door.console.policy("default")
        _, shown = await door.ask("GET", "/control/code", headers={}, email="ana@example.com", wpco="1")
        address = shown["picture"].removeprefix(door.standin.url)
        assert check(only_code((await door.ask("GET", address, headers={}))[1])).token
        assert (await door.ask("GET", address, headers=OWN))[0] == 400
        assert (await door.ask("GET", "/pictures/0.png", headers={}))[0] == 404

    at(act)


def test_planted_faults_befall_the_api_and_the_journal_tells_without_secrets() -> None:
    async def act(door: Door) -> None:
        planted = {"rules": [{"method": "*", "kind": "status", "status": 503}]}
        assert (await door.ask("POST", "/control/faults", planted, {}))[0] == 200
        assert [(await door.ask("GET", "/users"))[0] for _ in range(2)] == [503, 200]
        door.standin.faults.replace([Rule("tinymdm.users.create", "drop_before")])
        with pytest.raises(aiohttp.ClientError):
            await door.ask("POST", "/users", {"name": "Ana", "email": "ana@example.com"})
        assert not door.standin.people.users
        _, told = await door.ask("GET", "/control/requests", headers={})
        assert [entry["dropped"] for entry in told["requests"]][-1] == "before"
        assert "standin-secret" not in json.dumps(told)
        assert (await door.ask("POST", "/control/faults", {"rules": [{"kind": "status"}]}, {}))[0] == 400

    at(act)


@pytest.mark.parametrize(
    ("verb", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/devices", 405), ("GET", "/devices/x!", 404)]
)
def test_what_nobody_answers_is_refused(verb: str, path: str, status: int) -> None:
    async def act(door: Door) -> None:
        assert (await door.ask(verb, path))[0] == status

    at(act)
