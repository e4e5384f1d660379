"""A bench on a ledger in memory, behind the server's real socket; its management service is the emulator."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from hardware.display.server import DisplayServer
from hardware.simulated.loop import run_virtual, virtual_loop
from station import wire
from station.assembly.parts import AttachedScreen
from station.assembly.service import WorldClock
from station.bench.bench import Bench
from station.bench.desk import Desk, Timing
from station.domain.errors import NotAllowed
from station.emm.amapi.credentials import load_credentials
from station.emm.amapi.service import AndroidManagementService
from station.emm.emulator import Emulator, serve
from station.ports import Actor, Change, Fact
from station.server.app import Server
from station.store.ledger import open_ledger

T = TypeVar("T")
GRACE = Actor("grace", "admin")
NOBODY = Actor("mallory")
Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class Door:
    """`actor` is whoever connects next; None stands for an account that the resolver turns away."""

    path: Path
    bench: Bench
    server: Server
    emulator: Emulator
    session: aiohttp.ClientSession
    work: list[asyncio.Task[None]]
    stop: Callable[[], Awaitable[None]]
    actor: Actor | None = GRACE

    def resolve(self, _: int) -> Actor:
        if self.actor is None:
            raise NotAllowed("The account mallory has no role on this bench.", "Ask an administrator.")
        return self.actor

    async def ask(self, path: str, **query: str) -> Answer:
        """The status and the document that answer a query."""
        async with self.session.get(f"http://sixtap{path}", params=query) as answer:
            return answer.status, await answer.json()

    async def order(self, command: wire.Command) -> Answer:
        """The status and the document that answer a command."""
        return await self.post(command.model_dump_json().encode())

    async def post(self, body: bytes, **headers: str) -> Answer:
        """The same for a body that no client would write."""
        async with self.session.post("http://sixtap/v1/commands", data=io.BytesIO(body), headers=headers) as answer:
            return answer.status, await answer.json()

    def listen(self) -> Any:
        """`async with door.listen() as socket:` the events."""
        return self.session.ws_connect("http://sixtap/v1/events", max_msg_size=0)

    async def head(self) -> int:
        """The newest event's number."""
        return (await self.bench.record.ledger.head())[0]

    async def note(self, number: int, text: str = "") -> None:
        """So many events come into the record, in one commit each."""
        for _ in range(number):
            await self.bench.record.commit(Change(GRACE, facts=(Fact("Noted", {"text": text}),)))

    async def batch(self, *names: str) -> tuple[str, list[str]]:
        """A batch of these users; its id and its units' ids."""
        rows = tuple(wire.UserRow(name=name, email=f"{name.lower()}@example.org") for name in names)
        _, imported = await self.order(wire.ImportUsers(rows=rows))
        users = tuple(imported["facts"]["users"])
        _, made = await self.order(wire.CreateBatch(name="Monday", policy="default", attestation="operator", users=users))
        batch = str(made["facts"]["batch"])
        _, page = await self.ask("/v1/units", batch=batch)
        return batch, [unit["enrollment"] for unit in page["items"]]


@asynccontextmanager
async def open_door(folder: Path, resolve: Callable[[int], Actor] | None = None) -> AsyncIterator[Door]:
    """The bench runs and listens for the time of the block. `resolve`: who is behind an account; without one, `Door.actor`."""
    loop = virtual_loop()
    clock = WorldClock(loop)
    async with AsyncExitStack() as stack:
        emulator = Emulator(now=lambda: loop.epoch + timedelta(seconds=loop.time()))
        url = await stack.enter_async_context(serve(emulator))
        ledger = await stack.enter_async_context(open_ledger("sqlite://", bench="b", clock=clock))
        credentials = load_credentials(None, endpoint=url)
        service = AndroidManagementService(
            "LC00sixtap", endpoint=url, credentials=credentials, random=random.Random(7), simulated=True
        )
        stack.push_async_callback(service.close)
        screen = DisplayServer(folder / "display.sock")
        bench = Bench(
            Desk("b", Timing(), simulated=True), ledger, clock, service, AttachedScreen(screen, simulated=True), None, None, {}
        )
        path = folder / "sixtap.sock"
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path), force_close=True)))
        holder: list[Door] = []
        server = Server(
            bench, resolve or (lambda uid: holder[0].resolve(uid)), "test", lambda: {"ready_seconds": 0.0}, shared=("sixtap-kiosk",)
        )
        work = [asyncio.create_task(bench.run()), asyncio.create_task(server.hub.run())]
        try:
            async with AsyncExitStack() as ears:
                await ears.enter_async_context(server.listening(path))
                holder.append(Door(path, bench, server, emulator, session, work, ears.aclose))
                yield holder[0]
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)


def at_the_door(folder: Path, scenario: Callable[[Door], Awaitable[T]], *, resolve: Callable[[int], Actor] | None = None) -> T:
    """Run `scenario` in virtual time."""

    async def main() -> T:
        async with open_door(folder, resolve) as door:
            return await scenario(door)

    return run_virtual(main())
