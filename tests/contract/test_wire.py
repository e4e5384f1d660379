"""The wire, with the whole service at one end and its client at the other: versions, order, and what never crosses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
import zxingcpp

from hardware.display.memory import MemoryWindow
from hardware.simulated.loop import run_virtual, virtual_loop
from station import wire
from station.assembly.service import running
from station.client import CannotReach, Client, Refused
from station.config import Config
from station.domain.audit import Chain
from station.emm.emulator import Emulator, serve

PASSWORD = "Tr0ub4dor & co"  # noqa: S105 - the secret that is looked for
PATHS = ("status", "health", "head", "batches", "users", "record")
PHONE = {"brand": "google", "manufacturer": "Google", "model": "Pixel 8a", "serialNumber": "S1", "imei": "004999010640000"}
Scenario = Callable[["Station"], Awaitable[None]]


@dataclass(slots=True)
class Station:
    """The service in this loop, its emulator, and a client that keeps every byte it is told."""

    config: Config
    emulator: Emulator
    endpoint: str
    window: MemoryWindow
    http: aiohttp.ClientSession
    bench: aiohttp.ClientSession
    told: list[str] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def ask(self, path: str, **query: str) -> dict[str, Any]:
        async with self.bench.get(f"http://sixtap/v1/{path}", params=query) as answer:
            self.told.append(await answer.text())
        document: dict[str, Any] = json.loads(self.told[-1])
        return document

    async def order(self, command: wire.Command) -> dict[str, Any]:
        async with self.bench.post("http://sixtap/v1/commands", json=command.model_dump(mode="json")) as answer:
            self.told.append(await answer.text())
        document: dict[str, Any] = json.loads(self.told[-1])
        return document

    async def listen(self) -> None:
        async with self.bench.ws_connect("http://sixtap/v1/events") as socket:
            async for message in socket:
                self.told.append(message.data)
                self.heard.append(json.loads(message.data))

    async def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The bench's status, once this is true of it."""
        async with asyncio.timeout(600):
            while True:
                status = await self.ask("status")
                if holds(status):
                    return status
                await asyncio.sleep(0.5)

    async def tell(self, route: str, **body: object) -> dict[str, Any]:
        async with self.http.post(f"{self.endpoint}/{route}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            document: dict[str, Any] = await answer.json()
        return document

    def code(self) -> dict[str, Any]:
        """What a phone before the attached screen reads, by a decoder that did not draw it."""
        (symbol,) = zxingcpp.read_barcodes(np.ascontiguousarray(self.window.pixels))
        document: dict[str, Any] = json.loads(symbol.text)
        return document


def document(folder: Path, endpoint: str) -> dict[str, Any]:
    password = folder / "wifi"
    password.write_text(f"{PASSWORD}\n", encoding="utf-8")
    return {
        "bench": "b",
        "state": folder / "state",
        "socket": folder / "sixtap.sock",
        "emm": {"enterprise": "LC00sixtap", "endpoint": endpoint},
        "hardware": {"display": folder / "display.sock"},
        "extras": {"WIFI_SSID": "bench", "WIFI_SECURITY_TYPE": "WPA"},
        "wifi_password_file": password,
    }


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Station]:
    loop = virtual_loop()
    async with AsyncExitStack() as stack:
        emulator = Emulator(seed=3, now=lambda: loop.epoch + timedelta(seconds=loop.time()))
        endpoint = await stack.enter_async_context(serve(emulator))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        async with http.patch(f"{endpoint}/v1/enterprises/LC00sixtap/policies/default", json={}) as answer:
            assert answer.status == 200
        config = Config.model_validate(document(folder, endpoint))
        window = MemoryWindow(config.hardware.display)
        connector = aiohttp.UnixConnector(str(config.socket), force_close=True)
        bench = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        await stack.enter_async_context(running(config))
        screen = asyncio.create_task(window.run())
        stack.callback(screen.cancel)
        yield Station(config, emulator, endpoint, window, http, bench)


def at_the_station(folder: Path, scenario: Scenario) -> None:
    """Run it in virtual time."""

    async def main() -> None:
        async with opened(folder) as station:
            await scenario(station)

    run_virtual(main())


async def started(station: Station, *names: str) -> str:
    rows = tuple(wire.UserRow(name=name, email=f"{name.lower()}@example.org") for name in names)
    await station.order(wire.ImportUsers(rows=rows))
    batch: str = (await station.order(wire.CreateBatch(name="Monday", policy="default", attestation="operator")))["facts"]["batch"]
    await station.order(wire.StartBatch(batch=batch))
    await station.until(lambda status: status["parts"]["display"]["state"] == "ok")
    await station.order(wire.DeclareStandEmpty())
    return batch


# --- messages -----------------------------------------------------------------------------------------------------------


def every_message() -> list[type[wire.Message]]:
    return [one for one in vars(wire).values() if isinstance(one, type) and issubclass(one, wire.Message)]


@pytest.mark.parametrize("message", every_message())
def test_every_message_is_frozen_and_refuses_fields_that_it_does_not_know(message: type[wire.Message]) -> None:
    assert (message.model_config.get("frozen"), message.model_config.get("extra")) == (True, "forbid")


@pytest.mark.parametrize("command", wire.LEAST_ROLE)
def test_a_command_names_itself_as_its_class_does(command: type[wire.Message]) -> None:
    spelled = "".join(word.capitalize() for word in str(command.model_fields["command"].default).split("_"))
    assert spelled == command.__name__


# --- the whole way ------------------------------------------------------------------------------------------------------


def test_no_secret_ever_crosses_the_wire(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secrets: set[str] = set()

    async def scenario(station: Station) -> None:
        listening = asyncio.create_task(station.listen())
        batch = await started(station, "Anna", "Ben", "Carla")
        asked = await station.until(lambda status: status["question"] is not None)
        code = station.code()
        token = next(iter(code["android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"].values()))
        assert code["android.app.extra.PROVISIONING_WIFI_PASSWORD"] == PASSWORD  # so it was there to be told
        await station.order(wire.AnswerQuestion(question=asked["question"]["id"], answer="scanned"))
        made = await station.tell("phones/enroll", token=token, path="setup_wizard", androidVersion="14", apiLevel=34, hardware=PHONE)
        await station.tell("phones/report", device=made["device"], phase="applied")
        await station.until(lambda status: status["batch"]["users"]["verified"] == 1)
        # the second is set aside while its code is up, and the service fails meanwhile
        await station.order(wire.DeclareStandEmpty())
        asked = await station.until(lambda status: status["question"] is not None)
        rules = [{"method": "*", "kind": kind, "status": 503, "times": 2} for kind in ("status", "drop_before", "drop_after")]
        await station.tell("control/faults", rules=rules)
        refused = await station.order(wire.SetAside(enrollment=asked["question"]["enrollment"], reason="locked"))
        await station.order(wire.EnterLabel(text="SN 123 456"))
        await station.order(wire.AttestScan(enrollment="e_none"))
        await asyncio.sleep(300)
        for path in PATHS:
            await station.ask(path)
        for unit in (await station.ask("units", batch=batch))["items"]:
            await station.ask("unit", id=unit["enrollment"])
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        assert refused["kind"] == "ServiceUnreachable"  # and what such an error says is among what was told
        secrets.update(station.emulator.tokens._by_value, {PASSWORD, "android.app.extra"})
        assert token in secrets
        assert len(secrets) > 4
        told = "\n".join(station.told)
        assert "Verified" in told
        assert [secret for secret in secrets if secret in told] == []

    at_the_station(tmp_path, scenario)
    written = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert [secret for secret in secrets if secret.encode() in written or secret in caplog.text] == []


def test_what_is_heard_is_the_record_without_a_gap(tmp_path: Path) -> None:
    async def scenario(station: Station) -> None:
        early = asyncio.create_task(station.listen())
        await asyncio.sleep(1)
        await started(station, "Anna", "Ben")
        async with Client(station.config.socket) as client:
            late = client.events()
            first = await anext(late)
            assert isinstance(first, wire.Snapshot)
            asked = await station.until(lambda status: status["question"] is not None)
            await station.order(wire.AnswerQuestion(question=asked["question"]["id"], answer="scanned"))
            head = (await client.head()).seq
            later: list[int] = []
            async for event in late:
                assert not isinstance(event, wire.Snapshot)
                if isinstance(event, wire.Recorded):
                    later.append(event.seq)
                    if event.seq == head:
                        break
            await late.aclose()  # type: ignore[attr-defined]  # an async generator, said to be an iterator
            record = [event.model_dump(mode="json") for event in (await client.record()).items]
        heard = [message for message in station.heard if message["type"] == "recorded"]
        assert [message["type"] for message in station.heard].count("snapshot") == 1
        assert station.heard[0]["type"] == "snapshot"
        assert heard == record[: len(heard)]
        assert len(heard) >= head
        assert later == list(range(first.status.seq + 1, head + 1))
        chain = Chain()
        chain.feed([{name: value for name, value in event.items() if name != "type"} for event in heard])
        assert chain.finish() is None
        early.cancel()
        await asyncio.gather(early, return_exceptions=True)

    at_the_station(tmp_path, scenario)


def test_the_client_asks_and_orders_as_a_person_would(tmp_path: Path) -> None:
    async def scenario(station: Station) -> None:
        async with Client(station.config.socket) as client:
            assert (await client.status()).step.id == "no_batch"
            done = await client.command(wire.ImportUsers(rows=tuple(wire.UserRow(name=f"User {n}") for n in range(5))))
            assert (done.facts["added"], done.facts["changed"]) == (5, 0)
            made = await client.command(wire.CreateBatch(name="B", policy="default", users=tuple(done.facts["users"][::-1])))
            assert [one.id for one in await client.batches()] == [made.facts["batch"]]
            assert await client.batch("B") == (await client.batches())[0]
            page = await client.units("B", limit=2)
            assert [unit.user for unit in page.items] == ["User 4", "User 3"]
            rest = await client.units("B", after=page.after or 0)
            assert ([unit.user for unit in rest.items], rest.after) == (["User 2", "User 1", "User 0"], None)
            window = await client.queue("B", offset=1, limit=2, search="user", states="queued", sort="-position")
            assert ([unit.user for unit in window.items], window.offset, window.total) == (["User 1", "User 2"], 1, 5)
            assert len((await client.users(limit=3)).items) == 3
            story = await client.unit(rest.items[0].enrollment)
            assert (story.unit, story.attempts, story.device) == (rest.items[0], (), None)
            health, head = await client.health(), await client.head()
            assert (health.head, head.seq, health.simulated) == (head, 3, True)
            with pytest.raises(Refused) as caught:
                await client.command(wire.StartBatch(batch="C"))
            assert caught.value.problem == wire.Problem(
                kind="NotFound", message="There is no batch C.", remedy="List the batches to see their names."
            )

    at_the_station(tmp_path, scenario)


def test_a_client_learns_that_the_service_stopped(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncExitStack() as stack:
            station = await stack.enter_async_context(opened(tmp_path))
            async with Client(station.config.socket) as client:
                events = client.events()
                assert isinstance(await anext(events), wire.Snapshot)
                await stack.aclose()
                with pytest.raises(CannotReach, match="No service answers at"):
                    async for _ in events:
                        pass
                with pytest.raises(CannotReach, match="Start it with: sixtap serve"):
                    await client.status()

    run_virtual(main())
