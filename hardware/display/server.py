"""The service's half of the attached screen: a Unix socket on which the window of the kiosk session attaches.

The window is a process of its own, because the service has no access to the session's Wayland socket. It blanks by itself when the
connection ends, so whoever closes it has a blank screen or a window that is stuck. Nothing is ever shown again by itself: a window
that attaches is told to be blank.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from hardware.display import protocol
from hardware.display.connection import Connection, stuck
from hardware.display.drawing import Drawable, NotDrawn
from hardware.display.legibility import Legibility, Screen, by_long_side
from hardware.display.listening import listening_socket, peer_uid
from hardware.errors import DeviceLost, HardwareError

logger = logging.getLogger(__name__)

_START_IT = "start sixtap-display.service, or look why it stopped"


class DisplayServer:
    """The attached screen, as the service uses it. Belongs to the event loop in which `start` ran.

    path: the Unix socket. allowed_uids: users whose windows may attach; None leaves it to the socket file, which then only the
    service's own user may open. ping_seconds: how often the window is asked whether it lives, None never (in simulated time a
    regular ping would drive the clock; the end of the connection tells enough). answer_seconds: how long a picture may take.
    screen_mm: the long side of the screen's picture where a person measured it; it counts before what the window says.
    `on_change` is called when a window attaches or goes; `on_form` for each form of a code that is really up, the first one too,
    with the event loop's time and the form's index.
    """

    def __init__(
        self,
        path: Path,
        *,
        allowed_uids: set[int] | None = None,
        ping_seconds: float | None = None,
        answer_seconds: float = 3.0,
        screen_mm: float | None = None,
    ) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self.on_form: Callable[[float, int], None] = lambda at, form: None
        self._path = path
        self._allowed_uids = allowed_uids
        self._ping_seconds = ping_seconds
        self._answer_seconds = answer_seconds
        self._screen_mm = screen_mm
        self._step = ""
        self._numbers = itertools.count(1)
        self._server: asyncio.Server | None = None
        self._window: Connection | None = None
        self._connections: dict[asyncio.Task[None], Connection] = {}

    @property
    def attached(self) -> bool:
        """A window is there and its screen is under control."""
        return self._window is not None and self._window.ready

    @property
    def simulated(self) -> bool:
        """The attached window said that it is no real screen. False while none is attached."""
        return self._window is not None and self._window.simulated

    @property
    def legibility(self) -> Legibility | None:
        """How large the modules of the code that is up are on the screen. None when none is up, or the size is not known."""
        return self._window.legibility if self._window is not None else None

    async def start(self) -> None:
        """Listen. DeviceNotOpened when the socket cannot be made."""
        listening = listening_socket(self._path, 0o600 if self._allowed_uids is None else 0o666)
        self._server = await asyncio.start_unix_server(self._converse, sock=listening, limit=protocol.LONGEST_LINE)

    async def close(self) -> None:
        """End every connection (each window blanks at that) and stop listening."""
        if self._server is None:
            return
        self._server.close()
        for window in self._connections.values():
            window.writer.transport.abort()
        await asyncio.gather(*self._connections, return_exceptions=True)
        self._server = None
        self._path.unlink(missing_ok=True)

    async def show(self, forms: Sequence[Drawable], caption: str = "") -> None:
        """Put a code up, its forms taking turns; returns when the window says that the first is really up.

        DeviceLost when no window is attached, it goes away or does not answer in time; NotDrawn when the code does not fit its
        screen or its forms differ in size. When it does not return, cancelled or by an error, the code is taken back.
        """
        window = self._attached()
        number = next(self._numbers)
        raw = protocol.show(number, forms, caption, self._step)
        window.showing, window.forms, window.size = number, len(forms), forms[0].size
        await self._put_up(window, number, raw)

    def say(self, step: str) -> None:
        """The line below the caption, of the code that is up and of those that will be, until another is said; empty: none."""
        if step != self._step:
            self._step = step
            if self._window is not None and self._window.showing is not None:
                self._window.send(protocol.line({"do": "step", "number": self._window.showing, "step": step}))

    def _attached(self) -> Connection:
        if self._window is None or not self._window.ready:
            raise DeviceLost(f"no window of the attached screen is there: {_START_IT}")
        return self._window

    async def _put_up(self, window: Connection, number: int, raw: bytes) -> None:
        """Ask for a picture, and take it back when nobody waits for it any more."""
        try:
            await self._ask(window, number, raw)
        except asyncio.CancelledError:
            window.showing = None
            window.send(protocol.line({"do": "blank", "number": next(self._numbers)}))
            raise

    async def page(self, name: Literal["calibration", "blank"]) -> None:
        """Show people a page in place of whatever is up; returns and fails as `show` and `blank` do."""
        if name == "blank":
            await self.blank()
            return
        window = self._attached()
        window.showing = None
        number = next(self._numbers)
        await self._put_up(window, number, protocol.line({"do": "page", "number": number, "page": name, "long_side": self._screen_mm}))

    async def blank(self) -> None:
        """Take down whatever is up; returns when the window says so, at once when none is attached: then nothing is up.

        DeviceLost when a window does not answer: its screen may still show the code, and someone must look.
        """
        window = self._window
        if window is None:
            if any(gone.stuck for gone in self._connections.values()):
                raise stuck()
            return
        try:
            await self._blank(window)
        except DeviceLost:
            if window.stuck:
                raise

    async def _blank(self, window: Connection) -> None:
        window.showing = None
        number = next(self._numbers)
        await self._ask(window, number, protocol.line({"do": "blank", "number": number}))

    async def _ask(self, window: Connection, number: int, raw: bytes) -> None:
        """Send a picture and wait for its acknowledgement."""
        answer = window.answers[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._answer_seconds):
                window.send(raw)
                error = await answer
        except TimeoutError:
            self._let_go(window)
            raise stuck() from None
        finally:
            del window.answers[number]
        if error is not None:
            raise error

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its hello to its end."""
        window = Connection(reader, writer)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (start_unix_server runs this in a task)
        self._connections[task] = window
        try:
            refusal = await self._greet(window)
            if refusal:
                logger.warning("a window of the attached screen was refused: %s", refusal)
                window.send(protocol.line({"do": "refuse", "reason": refusal}))
                return
            async with asyncio.TaskGroup() as group:
                companion = group.create_task(self._accompany(window))
                await self._listen(window)
                companion.cancel()
        finally:
            del self._connections[task]
            self._forget(window)
            writer.close()

    async def _greet(self, window: Connection) -> str:
        """Hear who it is; reserves the screen for it. Returns why it is refused, else nothing."""
        uid = peer_uid(window.writer)
        if self._allowed_uids is not None and uid not in self._allowed_uids:
            return f"user {uid} may not be the attached screen"
        try:
            async with asyncio.timeout(self._answer_seconds):
                hello = protocol.parse(await window.reader.readline())
        except (TimeoutError, ValueError, ConnectionError):
            return "it did not say hello"
        if hello.get("say") != "hello":
            return "it did not say hello"
        if self._window is not None:
            return "another window is the attached screen already"
        self._window = window
        window.simulated = hello.get("simulated") is not False
        window.screen = self._measured(hello)
        window.send(protocol.line({"do": "welcome", "ping_seconds": self._ping_seconds}))
        return ""

    async def _accompany(self, window: Connection) -> None:
        """Blank the new window, declare it attached, then ping it."""
        try:
            await self._blank(window)
        except HardwareError as error:
            logger.warning("the attached screen: %s", error)
            return
        window.ready = True
        self.on_change()
        while self._ping_seconds is not None and window.ready:
            await asyncio.sleep(self._ping_seconds)
            window.send(protocol.line({"do": "ping"}))

    async def _listen(self, window: Connection) -> None:
        """Hear its answers until its end of the connection closes, which is when its screen is blank or gone."""
        while True:
            limit = 3 * self._ping_seconds if self._ping_seconds and not window.stuck else None
            try:
                async with asyncio.timeout(limit):
                    raw = await window.reader.readline()
            except TimeoutError:
                self._let_go(window)
                continue
            except (ValueError, ConnectionError):
                return
            if not raw:
                return
            try:
                self._hear(window, protocol.parse(raw))
            except protocol.NotUnderstood as error:
                logger.warning("the attached screen's window was not understood: %s", error)
                return

    def _hear(self, window: Connection, message: dict[str, Any]) -> None:
        match message.get("say"):
            case "up":
                number = protocol.number(message)
                self._tell_form(window, number, 0)
                window.answer(number, None)
            case "form":
                self._tell_form(window, protocol.number(message), protocol.form(message))
            case "refused":
                window.answer(protocol.number(message), NotDrawn(str(message.get("reason", ""))[:300]))
            case "screen":
                window.screen = self._measured(message)
            case "pong":
                pass
            case _:
                raise protocol.NotUnderstood("a message that no window says")

    def _measured(self, message: dict[str, Any]) -> Screen | None:
        screen = protocol.screen(message)
        if screen is None or self._screen_mm is None:
            return screen
        return Screen(screen.width, screen.height, *by_long_side(screen.width, screen.height, self._screen_mm))

    def _tell_form(self, window: Connection, number: int, form: int) -> None:
        """Of a picture that has been taken down meanwhile nothing is told."""
        if window is self._window and number == window.showing and form < window.forms:
            self.on_form(asyncio.get_running_loop().time(), form)

    def _let_go(self, window: Connection) -> None:
        """It does not answer. Our end closes, so that it blanks should it wake; it is remembered until its own end does."""
        if window.stuck:
            return
        window.stuck = True
        with contextlib.suppress(OSError):
            window.writer.write_eof()
        self._detach(window, stuck())

    def _forget(self, window: Connection) -> None:
        """Its connection ended."""
        window.stuck = False
        self._detach(window, DeviceLost(f"the window of the attached screen went away: {_START_IT}"))

    def _detach(self, window: Connection, error: HardwareError) -> None:
        for number in list(window.answers):
            window.answer(number, error)
        was_ready, window.ready = window.ready, False
        if self._window is window:
            self._window = None
        if was_ready:
            self.on_change()
