"""Who may do what: the socket says who it is, never the message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import aiohttp
import pytest
from pydantic import SecretStr

from station import wire
from station.client import CannotReach, Client
from station.ports import Actor
from tests.unit.station.server.door import NOBODY, Door, at_the_door

QUERIES = (
    "/v1/status",
    "/v1/health",
    "/v1/head",
    "/v1/batches",
    "/v1/batch",
    "/v1/units",
    "/v1/queue",
    "/v1/lookup",
    "/v1/unit",
    "/v1/users",
    "/v1/codes",
    "/v1/taught",
    "/v1/record",
    "/v1/newest",
    "/v1/report",
    "/v1/verify",
    "/v1/settings",
)


def every_command(batch: str, unit: str) -> list[wire.Command]:
    """One of each, in an order in which the later ones still find something to do."""
    return [
        wire.ImportUsers(rows=(wire.UserRow(name="Zoe"),)),
        wire.CreateBatch(name="Tuesday", policy="default"),
        wire.StartBatch(batch=batch),
        wire.PauseBatch(batch=batch),
        wire.EnterLabel(text="SN123456"),
        wire.AnswerQuestion(question="q_1", answer="scanned"),
        wire.AttestScan(enrollment=unit),
        wire.SetAside(enrollment=unit),
        wire.RetryUnit(enrollment=unit),
        wire.MoveUnit(enrollment=unit),
        wire.ReassignUnit(enrollment=unit, user="Zoe"),
        wire.HoldUnit(enrollment=unit),
        wire.ReleaseHold(enrollment=unit),
        wire.SkipUnit(enrollment=unit),
        wire.FailUnit(enrollment=unit),
        wire.DeclareStandEmpty(),
        wire.SelfTest(),
        wire.Calibrate(),
        wire.TeachScreen(kind="error", name="no-network"),
        wire.ForgetScreen(name="no-network"),
        wire.ShowPage(page="calibration"),
        wire.CompareUsers(rows=(wire.UserRow(name="Zoe"),)),
        wire.KeepRows(rows=(wire.UserRow(name="Zoe"),)),
        wire.ImportKept(begun=1, count=1),
        wire.DropRows(begun=1),
        wire.MakeKnown(users=()),
        wire.EditUser(user="Zoe", group="north"),
        wire.AssignUsers(users=(), policy="default"),
        wire.InviteUsers(users=()),
        wire.ShowCode(user="Zoe"),
        wire.RemoveUser(user="Zoe"),
        wire.PutPolicy(name="strict", document={}),
        wire.PushPolicy(name="strict"),
        wire.ReturnDevice(label="SN123456"),
        wire.SetLanguage(language="fr"),
        wire.PutNote(model="Pixel 8a", text="tap the logo"),
        wire.PutCodes(codes=()),
        wire.PurgeCodes(users=()),
        wire.PutDevices(devices=()),
        wire.ConfirmDevice(enrollment=unit),
        wire.SignIn(staff="Lea", pin=SecretStr("4829")),
        wire.HandOver(staff="Lea", pin=SecretStr("4829")),
        wire.SignOut(),
        wire.PutStaff(name="Lea", pin=SecretStr("4829")),
        wire.RemoveStaff(staff="Lea"),
        wire.ChangeSetting(key="times.scan", value="90"),
    ]


def test_the_table_names_every_command_of_the_wire() -> None:
    known = set(get_args(get_args(wire.Command)[0]))
    assert set(wire.LEAST_ROLE) == known
    assert {type(command) for command in every_command("b", "e")} == known


@pytest.mark.parametrize("role", wire.ROLES)
def test_a_command_below_its_least_role_is_refused_and_leaves_no_trace(tmp_path: Path, role: wire.Role) -> None:
    async def scenario(door: Door) -> None:
        batch, units = await door.batch("Anna", "Ben")
        door.actor = Actor("olga", role)
        for command in every_command(batch, units[0]):
            least, before = wire.LEAST_ROLE[type(command)], await door.head()
            status, answer = await door.order(command)
            if wire.ROLES.index(role) >= wire.ROLES.index(least):
                assert answer.get("kind") != "NotAllowed", command
                continue
            assert (status, answer["done"], answer["kind"]) == (403, False, "NotAllowed")
            assert answer["message"] == f"{command.command} needs the role {least}; olga is {role}."
            assert await door.head() == before

    at_the_door(tmp_path, scenario)


@pytest.mark.parametrize("actor", [None, NOBODY])
def test_who_has_no_role_neither_orders_nor_looks_nor_listens(tmp_path: Path, actor: Actor | None) -> None:
    async def scenario(door: Door) -> None:
        batch, units = await door.batch("Anna")
        before, door.actor = await door.head(), actor
        answers = [await door.order(command) for command in every_command(batch, units[0])]
        answers += [await door.ask(path) for path in QUERIES]
        for status, answer in answers:
            assert (status, answer["kind"]) == (403, "NotAllowed")
            assert "mallory has no role on this bench." in answer["message"]
            assert "Anna" not in json.dumps(answer)
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await door.listen()
        async with Client(door.path) as client:
            with pytest.raises(CannotReach, match=r"mallory has no role on this bench\. Ask an administrator"):
                await anext(client.events())
        assert await door.head() == before

    at_the_door(tmp_path, scenario)


def test_no_message_can_name_its_actor(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        batch, units = await door.batch("Anna")
        door.actor = Actor("olga", "operator")
        before = await door.head()
        for command in every_command(batch, units[0]):
            for claim in ({"actor": "grace"}, {"role": "admin"}, {"actor": {"name": "grace", "role": "admin"}}):
                if set(claim) <= set(type(command).model_fields):
                    continue  # the role of whom the command is about
                status, answer = await door.post(json.dumps({**command.model_dump(mode="json"), **claim}).encode())
                assert (status, answer["kind"]) == (400, "WrongUse")
                assert next(iter(claim)) in answer["message"]
        assert await door.head() == before
        headers = {"X-Remote-User": "grace", "Authorization": "Basic Z3JhY2U6", "From": "grace"}
        assert (await door.post(wire.DeclareStandEmpty().model_dump_json().encode(), **headers))[0] == 200
        _, page = await door.ask("/v1/record", after=str(before))
        assert [(event["kind"], event["actor"], event["role"]) for event in page["items"]] == [
            ("StandDeclaredEmpty", "olga", "operator")
        ]

    at_the_door(tmp_path, scenario)


def test_the_snapshot_tells_each_client_who_it_is(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        for role in wire.ROLES:
            door.actor = Actor(f"the {role}", role)
            async with door.listen() as socket:
                first: dict[str, Any] = await socket.receive_json()
            assert (first["type"], first["you"], first["role"]) == ("snapshot", f"the {role}", role)

    at_the_door(tmp_path, scenario)
