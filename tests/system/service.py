"""The service in a thread with a loop of its own, beside its emulator; the test's own thread is free for commands."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import aiohttp

from hardware.display.memory import MemoryWindow
from hardware.display.window import DisplayWindow
from station.assembly.service import running
from station.config import Config
from station.emm.emulator import Emulator, serve
from station.store.ledger import SqlLedger
from tests.unit.station.cli.sixtap import Ran, sixtap

T = TypeVar("T")
PATIENCE = 60  # seconds; a guard against a test that hangs, not a measure
ENTERPRISE = "LC00sixtap"
QUICK = {"poll": 0.05, "first_poll": 0.05, "held_poll": 0.05}


class RealWindow(MemoryWindow):
    """An attached screen that says it is a real one."""

    def __init__(self, path: Path, *, width: int, height: int) -> None:
        super().__init__(path, width=width, height=height)
        self._window = DisplayWindow(path, self, simulated=False)


class Service:
    """`with Service(folder) as service:` runs for the time of the block, with a simulated screen unless `screen` is False.

    `subscription`: of Pub/Sub, made ready in the emulator and listened to. `times`: of the configuration.
    `emm`: its section, instead of the one for the emulator. `mail`, `roles`, `terminal`: their sections.
    `window`: the simulated screen.
    """

    def __init__(
        self,
        folder: Path,
        *,
        screen: bool = True,
        subscription: str = "",
        times: Mapping[str, float] = QUICK,
        emm: Mapping[str, object] | None = None,
        mail: Mapping[str, object] | None = None,
        roles: Mapping[str, object] | None = None,
        terminal: Mapping[str, object] | None = None,
    ) -> None:
        self.socket = folder / "sixtap.sock"
        self.emulator = Emulator(ENTERPRISE)
        self.ledger_file = folder / "state" / "ledger.db"
        self._folder = folder
        self._screen = screen
        self._subscription = subscription
        self._times = times
        self._emm = emm
        self._mail = mail
        self._roles = roles
        self._terminal = terminal
        self.window: MemoryWindow | None = None
        self._ledgers: list[SqlLedger] = []
        self._up: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, str]] = Future()
        self._thread = threading.Thread(target=self._live, name="service")

    def __enter__(self) -> Service:
        self._thread.start()
        self._loop, self._ended, self.endpoint = self._up.result(PATIENCE)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    @property
    def ledger(self) -> SqlLedger:
        """The service's own; its calls belong into `do`."""
        return self._ledgers[0]

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it in the service's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def sixtap(self, *arguments: str) -> Ran:
        """One command to this service."""
        return sixtap(*arguments, "--socket", str(self.socket))

    def until(self, holds: Callable[[dict[str, Any]], bool], *command: str) -> dict[str, Any]:
        """Ask with this command (`status` if none is named) until its answer is as wanted; the answer."""
        deadline = time.monotonic() + PATIENCE
        while True:
            ran = self.sixtap(*(command or ("status",)), "--json")
            assert (ran.code, ran.err) == (0, "")
            said: dict[str, Any] = json.loads(ran.out)
            if holds(said):
                return said
            assert time.monotonic() < deadline, said

    def tell(self, route: str, **body: object) -> dict[str, Any]:
        """What a phone says to the management service, and the answer."""
        return self.do(self._post(route, body))

    def _live(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._up.done():
                raise
            self._up.set_exception(error)

    async def _serve(self) -> None:
        async with AsyncExitStack() as stack:
            endpoint = await stack.enter_async_context(serve(self.emulator))
            self._http = await stack.enter_async_context(aiohttp.ClientSession())
            async with self._http.patch(f"{endpoint}/v1/enterprises/{ENTERPRISE}/policies/default", json={}) as answer:
                answer.raise_for_status()
            written = document(self._folder, endpoint) | {"times": self._times}
            written |= {"emm": self._emm} if self._emm is not None else {}
            written |= {"roles": self._roles} if self._roles is not None else {}
            written |= {"mail": self._mail} if self._mail is not None else {}
            written |= {"terminal": self._terminal} if self._terminal is not None else {}
            if self._subscription:
                self.emulator.notifications.make_ready(self._subscription, self.emulator.now())
                written["emm"]["subscription"] = self._subscription
            config = Config.model_validate(written)
            await stack.enter_async_context(running(config, prepare=self._ledgers.append))
            if self._screen:
                window = RealWindow if self._emm is not None else MemoryWindow  # a bench without emulator refuses simulated parts
                self.window = window(config.hardware.display, width=400, height=400)
                screen = asyncio.create_task(self.window.run())
                stack.callback(screen.cancel)
            ended = asyncio.Event()
            self._up.set_result((asyncio.get_running_loop(), ended, endpoint))
            await ended.wait()

    async def _post(self, path: str, body: object) -> dict[str, Any]:
        async with self._http.post(f"{self.endpoint}/{path}", json=body) as answer:
            answer.raise_for_status()
            document: dict[str, Any] = await answer.json()
        return document


def document(folder: Path, endpoint: str) -> dict[str, Any]:
    """A configuration whose every file is in `folder`."""
    return {
        "bench": "b",
        "state": str(folder / "state"),
        "socket": str(folder / "sixtap.sock"),
        "emm": {"enterprise": ENTERPRISE, "endpoint": endpoint, "calls_per_minute": 600},
        "hardware": {"display": str(folder / "display.sock")},
        "times": QUICK,
    }
