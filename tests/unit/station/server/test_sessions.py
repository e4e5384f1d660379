"""Signing in at an account that many use: who acts then, what is closed before, when it ends, and what is never told."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from station import wire
from station.client import CannotReach, Client, Refused
from station.domain.enrollment import Held, HoldReason, advance
from station.ports import BENCH, Actor, Change
from station.server.sessions import TICKET_LASTS, UNGUARDED
from tests.unit.station.server.door import GRACE, Door, at_the_door
from tests.unit.station.server.test_roles import QUERIES, every_command

KIOSK = Actor("sixtap-kiosk", "operator")
PIN, OTHER_PIN, BADGE = "482915", "730164", "BADGE-77-Xq"
LOCK_AFTER = 300.0
Scenario = Callable[[Door, Client], Awaitable[None]]


def at_the_kiosk(folder: Path, scenario: Scenario) -> None:
    """The staff are Lea, a lead with a PIN and a badge, and Ben, an operator with a PIN; the client is the shared account's."""

    async def arranged(door: Door) -> None:
        for name, role, pin, badge in (("Lea", "lead", PIN, BADGE), ("Ben", "operator", OTHER_PIN, "")):
            command = {"command": "put_staff", "name": name, "role": role, "pin": pin, "badge": badge}
            assert (await door.post(json.dumps(command).encode()))[0] == 200
        door.actor = KIOSK
        async with Client(door.path) as client:
            await scenario(door, client)

    at_the_door(folder, arranged)


def sign_in(who: str = "", *, pin: str = "", badge: str = "") -> wire.SignIn:
    return wire.SignIn(staff=who, pin=SecretStr(pin) if pin else None, badge=SecretStr(badge) if badge else None)


async def kinds(door: Door) -> list[tuple[str, str, Any]]:
    """What the record says of the staff's coming and going: kind, actor, and why or by what."""
    events = await door.bench.record.ledger.events(limit=5000)
    wanted = {"SignedIn", "SignedOut", "SignInRefused", "ShiftHandedOver"}
    return [(one.kind, one.actor, one.body.get("why", one.body.get("by"))) for one in events if one.kind in wanted]


async def grave_hold(door: Door) -> str:
    """A unit that is held for a reason that needs a lead."""
    door.actor = GRACE
    _, units = await door.batch("Anna")
    door.actor = KIOSK
    held = Held(HoldReason.FAULT, "camera")
    moved = advance(await door.bench.record.ledger.enrollment(units[0]), held)
    await door.bench.record.commit(Change(BENCH, moves=((moved, held),)))
    return units[0]


async def refused(client: Client, command: wire.Command) -> wire.Problem:
    with pytest.raises(Refused) as caught:
        await client.command(command)
    return caught.value.problem


def test_before_anybody_is_signed_in_only_the_bench_s_state_can_be_seen(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        before = await door.head()
        for command in every_command("b", "e"):
            if not isinstance(command, wire.SignIn):
                status, answer = await door.order(command)
                assert (status, answer["message"]) == (403, "Nobody is signed in here."), command
        for path in QUERIES:
            if path not in UNGUARDED:
                assert (await door.ask(path))[0] == 403, path
        assert (await client.status()).bench == "b"
        assert [(one.name, one.has_pin, one.has_badge) for one in await client.staff()] == [("Ben", True, False), ("Lea", True, True)]
        assert (await client.me()).locked
        assert await door.head() == before

    at_the_kiosk(tmp_path, scenario)


def test_with_nobody_on_the_list_a_shared_account_is_as_any_other(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        door.actor = KIOSK
        assert (await door.ask("/v1/batches"))[0] == 200
        assert (await door.order(wire.SetLanguage(language="fr")))[0] == 200
        _, me = await door.ask("/v1/me")
        assert (me["you"], me["shared"], me["locked"]) == ("sixtap-kiosk", True, False)

    at_the_door(tmp_path, scenario)


def test_who_signs_in_acts_under_their_own_id_and_role(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        unit = await grave_hold(door)
        done = await client.command(sign_in("Lea", pin=PIN))
        me = await client.me()
        assert (me.you, me.role, me.signed_in) == ("Lea", "lead", True)
        await client.command(wire.ReleaseHold(enrollment=unit))
        released = (await door.bench.record.ledger.events(enrollment=unit))[-1]
        assert (released.actor, released.role) == (done.facts["staff"], "lead")
        assert (await refused(client, wire.RemoveStaff(staff="Ben"))).kind == "NotAllowed"

    at_the_kiosk(tmp_path, scenario)


def test_a_badge_alone_cannot_release_a_grave_hold(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        unit = await grave_hold(door)
        await client.command(sign_in(badge=BADGE))
        assert (await client.me()).role == "operator"
        assert (await refused(client, wire.ReleaseHold(enrollment=unit))).message == "A unit held as fault needs a lead."
        await client.command(sign_in(badge=BADGE, pin=PIN))
        await client.command(wire.ReleaseHold(enrollment=unit))

    at_the_kiosk(tmp_path, scenario)


def test_a_wrong_pin_says_how_many_tries_are_left_and_then_how_long_to_wait(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        problems = [await refused(client, sign_in("Ben", pin="0000")) for _ in range(6)]
        assert [problem.kind for problem in problems] == ["SignInRefused"] * 6
        assert [problem.args["left"] for problem in problems] == [4, 3, 2, 1, 0, 0]
        assert problems[-1].args["wait"] == 30
        await asyncio.sleep(30)
        await client.command(sign_in("Ben", pin=OTHER_PIN))
        assert client.session

    at_the_kiosk(tmp_path, scenario)


def test_a_session_ends_when_nothing_is_asked_for_its_time_whatever_is_listened_to(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        await client.command(sign_in("Ben", pin=OTHER_PIN))
        events = client.events(heartbeat=None)
        assert isinstance(first := await anext(events), wire.Snapshot)
        assert (first.you, first.signed_in, first.locked) == ("Ben", True, False)
        await asyncio.sleep(LOCK_AFTER - 1)
        await client.batches()
        await asyncio.sleep(LOCK_AFTER - 1)
        assert (await client.me()).signed_in
        await asyncio.sleep(LOCK_AFTER + 1)
        assert (await client.me()).locked
        with pytest.raises(Refused, match="Nobody is signed in here"):
            await client.batches()
        await to_the_end(events)
        assert [(kind, why) for kind, _, why in await kinds(door)] == [("SignedIn", "pin"), ("SignedOut", "idle")]

    at_the_kiosk(tmp_path, scenario)


def test_what_a_terminal_asks_by_itself_keeps_nobody_signed_in(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        await client.command(sign_in("Ben", pin=OTHER_PIN))
        loop, touched = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        client.idle = lambda: loop.time() - touched
        for _ in range(int(LOCK_AFTER / 20)):
            await asyncio.sleep(19.0)
            await client.batches()
        await asyncio.sleep(20.0)
        assert (await client.me()).locked
        client.idle = lambda: -5.0
        await client.command(sign_in("Ben", pin=OTHER_PIN))
        assert (await client.me()).signed_in

    at_the_kiosk(tmp_path, scenario)


def test_who_is_removed_or_changed_is_out_at_once_and_terminals_learn_it(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        await client.command(sign_in("Ben", pin=OTHER_PIN))
        async with door.session.ws_connect("http://sixtap/v1/events", headers={wire.SESSION: client.session}) as socket:
            assert json.loads((await socket.receive()).data)["you"] == "Ben"
            door.actor = GRACE
            await door.order(wire.RemoveStaff(staff="Ben"))
            door.actor = KIOSK
            assert await closed(socket)
        assert (await client.me()).locked
        await client.command(sign_in("Lea", pin=PIN))
        door.actor = GRACE
        await door.order(wire.PutStaff(staff="Lea", name="Lea", role="operator"))
        door.actor = KIOSK
        assert (await client.me()).locked

    at_the_kiosk(tmp_path, scenario)


def test_the_first_pin_locks_terminals_that_are_open(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        door.actor = KIOSK
        async with door.listen() as socket:
            assert json.loads((await socket.receive()).data)["locked"] is False
            door.actor = GRACE
            await door.order(wire.PutStaff(name="Lea", pin=SecretStr(PIN)))
            assert await closed(socket)
            door.actor = KIOSK
        async with door.listen() as socket:
            assert json.loads((await socket.receive()).data)["locked"] is True

    at_the_door(tmp_path, scenario)


async def ticket(events: AsyncIterator[wire.Event]) -> SecretStr:
    """What the terminal hears of a badge that the bench's scanner read."""
    async for event in events:
        if isinstance(event, wire.BadgeHeard):
            return event.ticket
    raise AssertionError("the connection ended without a badge")


def test_a_badge_before_the_bench_s_scanner_signs_in_at_the_terminal_once(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        events = client.events()
        await anext(events)
        door.bench.badge_heard(BADGE)
        heard = await ticket(events)
        await client.command(wire.SignIn(ticket=heard))
        assert ((await client.me()).you, (await client.me()).role) == ("Lea", "operator")
        assert (await refused(client, wire.SignIn(ticket=heard))).message == "That scan was used already."
        assert [(kind, by) for kind, _, by in await kinds(door)] == [("SignedIn", "badge")]

    at_the_kiosk(tmp_path, scenario)


def test_a_scanned_badge_takes_over_the_shift_and_an_older_scan_counts_no_more(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        await client.command(sign_in("Ben", pin=OTHER_PIN))
        events = client.events()
        await anext(events)
        door.bench.badge_heard("BADGE-of-before")
        older = await ticket(events)
        door.bench.badge_heard(BADGE)
        assert (await refused(client, wire.HandOver(ticket=older))).kind == "SignInRefused"
        await client.command(wire.HandOver(ticket=await ticket(events)))
        assert (await client.me()).you == "Lea"

    at_the_kiosk(tmp_path, scenario)


def test_a_scanned_badge_is_forgotten_after_a_while_and_told_to_shared_terminals_alone(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        door.actor = GRACE
        async with Client(door.path) as own:
            hers = own.events()
            await anext(hers)
            door.actor = KIOSK
            events = client.events()
            await anext(events)
            door.bench.badge_heard(BADGE)
            late = await ticket(events)
            await asyncio.sleep(TICKET_LASTS + 1.0)
            assert (await refused(client, wire.SignIn(ticket=late))).message == "That scan is too long ago."
            assert (await client.me()).locked
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(5.0):
                    await ticket(hers)

    at_the_kiosk(tmp_path, scenario)


def test_a_shift_is_handed_over_with_the_phones_under_way(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        await grave_hold(door)
        ben = (await client.command(sign_in("Ben", pin=OTHER_PIN))).facts["staff"]
        before = client.session
        problem = await refused(client, wire.HandOver(staff="Lea", pin=SecretStr("0000")))
        assert (problem.kind, (await client.me()).you) == ("SignInRefused", "Ben")
        lea = (await client.command(wire.HandOver(staff="Lea", pin=SecretStr(PIN)))).facts["staff"]
        assert ((await client.me()).you, (await client.me()).role) == ("Lea", "lead")
        client.session = before
        assert (await client.me()).locked
        handed = [one for one in await door.bench.record.ledger.events(limit=5000) if one.kind == "ShiftHandedOver"]
        assert [(one.actor, one.body["from"], one.body["to"], one.body["trays"]) for one in handed] == [(ben, ben, lea, [])]

    at_the_kiosk(tmp_path, scenario)


def test_a_session_belongs_to_its_account_and_ends_by_signing_out(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        await client.command(sign_in("Lea", pin=PIN))
        door.actor = Actor("olga", "operator")
        assert ((await client.me()).you, (await client.me()).role) == ("olga", "operator")
        assert (await refused(client, sign_in("Lea", pin=PIN))).kind == "WrongUse"
        door.actor = KIOSK
        token = client.session
        await client.command(wire.SignOut())
        client.session = token
        assert (await client.me()).locked
        assert [(kind, why) for kind, _, why in await kinds(door)] == [("SignedIn", "pin"), ("SignedOut", "signed out")]

    at_the_kiosk(tmp_path, scenario)


def test_neither_pin_nor_badge_nor_session_is_recorded_logged_or_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    secrets = [PIN, OTHER_PIN, BADGE, "55555", "BADGE-wrong"]

    async def scenario(door: Door, client: Client) -> None:
        for command in (sign_in("Ben", pin=OTHER_PIN), sign_in(badge=BADGE), wire.HandOver(staff="Ben", pin=SecretStr(OTHER_PIN))):
            await client.command(command)
            secrets.append(client.session)
            said.append(repr(command))
        said.append(str(await refused(client, sign_in("Ben", pin="55555"))))
        said.append(str(await refused(client, sign_in(badge="BADGE-wrong"))))
        for wrong in ([PIN], PIN * 20, {"pin": PIN}):
            status, answer = await door.post(json.dumps({"command": "sign_in", "pin": wrong}).encode())
            assert status == 400
            said.append(str(answer))
        said.append(repr(await door.bench.record.ledger.events(limit=5000)))

    at_the_kiosk(tmp_path, scenario)
    told = "\n".join((*said, caplog.text))
    assert not [text for text in secrets if text in told]


async def to_the_end(events: AsyncIterator[wire.Event]) -> None:
    """Read on until the service ends the connection."""
    with pytest.raises(CannotReach):
        [event async for event in events]


async def closed(socket: aiohttp.ClientWebSocketResponse) -> bool:
    """Read on until the service hangs up."""
    async with asyncio.timeout(60):
        async for _ in socket:
            pass
    return socket.closed


def test_the_bench_reads_the_language_of_who_is_signed_in_at_its_own_terminal(tmp_path: Path) -> None:
    async def scenario(door: Door, client: Client) -> None:
        await anext(client.events())
        assert door.bench.desk.reader == KIOSK.name
        lea = (await client.command(sign_in("Lea", pin=PIN))).facts["staff"]
        await anext(client.events())
        assert door.bench.desk.reader == lea
        door.actor = GRACE
        async with Client(door.path) as other:
            await anext(other.events())
        assert door.bench.desk.reader == lea

    at_the_kiosk(tmp_path, scenario)
