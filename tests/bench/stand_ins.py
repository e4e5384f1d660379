"""What stands around a bench in these tests: a clock, an attached screen, phones, a camera. All stateful, none knows the bench.

Phones read the modules that are really up, with a decoder that did not draw them. The management service is in `cloud`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
import zxingcpp

from hardware.simulated.loop import EPOCH
from station.domain.errors import PartLost
from station.ports import CodeStep, Legibility, ScreenPage, Sighting, Symbol

TOKEN_EXTRA = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105  # the name of an extra
BUNDLE = "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"
PICTURE_SECONDS = 0.05  # until a picture is really up
FORM_SECONDS = 0.4  # how long each form of a code stays


@dataclass(frozen=True, slots=True)
class LoopClock:
    """Virtual time: the loop's seconds since EPOCH."""

    loop: asyncio.AbstractEventLoop

    def now(self) -> float:
        return EPOCH.timestamp() + self.loop.time()

    def moment(self) -> datetime:
        return EPOCH + timedelta(seconds=self.loop.time())


# --- the attached screen ------------------------------------------------------------------------------------------------------


class Screen:
    """The attached screen: `symbol` is the form that is up. It blanks by itself when its window goes; `on_show` hears of each code
    that comes up."""

    simulated = True

    def __init__(self) -> None:
        self.attached = True
        self.refusing = False  # a window that is there and cannot draw
        self.refused = 0
        self.legibility: Legibility | None = None  # of every code, as this screen is
        self.symbol: Symbol | None = None
        self.shown: list[Symbol] = []  # the first forms of all that ever came up, in order
        self.page_up: ScreenPage = "blank"
        self.captions: list[str] = []  # of those
        self.step: CodeStep | None = None
        self.language = ""
        self.on_show: Callable[[Symbol], None] = lambda _: None
        self.on_change: Callable[[], None] = lambda: None
        self.on_form: Callable[[float, int], None] = lambda at, form: None
        self._turn: asyncio.TimerHandle | None = None

    async def show(self, forms: Sequence[Symbol], caption: str = "") -> None:
        if self.refusing:
            self.refused += 1
            raise PartLost("The attached screen is too small for this code.", "Make its window larger.")
        self._must_be_attached()
        await asyncio.sleep(PICTURE_SECONDS)
        self._must_be_attached()
        self.page_up = "blank"
        self.shown.append(forms[0])
        self.captions.append(caption)
        self.on_show(forms[0])
        self._take_turns(forms, 0)

    def say(self, step: CodeStep | None, language: str) -> None:
        self.step, self.language = step, language

    async def page(self, name: ScreenPage) -> None:
        self._must_be_attached()
        self.symbol = None
        self.page_up = name

    async def blank(self) -> None:
        if self.attached:
            await asyncio.sleep(PICTURE_SECONDS)
        self.symbol = None

    def attach(self) -> None:
        self.attached = True
        self.on_change()

    def detach(self) -> None:
        self.attached = False
        self.symbol = None
        self.on_change()

    def _take_turns(self, forms: Sequence[Symbol], form: int) -> None:
        if self._turn is not None:
            self._turn.cancel()
        loop = asyncio.get_running_loop()
        self.symbol = forms[form]
        self.on_form(loop.time(), form)
        self._turn = loop.call_later(FORM_SECONDS, self._go_on, forms, form)

    def _go_on(self, forms: Sequence[Symbol], form: int) -> None:
        if self.symbol is forms[form]:
            self._take_turns(forms, (form + 1) % len(forms))

    def _must_be_attached(self) -> None:
        if not self.attached:
            raise PartLost("No window of the attached screen is there.", "Start it.")


def read_symbol(symbol: Symbol) -> str:
    """What a phone reads from these modules."""
    dark = np.frombuffer(symbol.modules, np.uint8).reshape(symbol.size, symbol.size)
    picture = np.pad((1 - dark) * np.uint8(255), 4, constant_values=255)
    found = zxingcpp.read_barcodes(np.kron(picture, np.ones((3, 3), np.uint8)))
    assert found, "no phone could read what is on the screen"
    return str(found[0].text)


def token_value(symbol: Symbol) -> str:
    """The enrollment token in a symbol, be it a bundle or a link."""
    text = read_symbol(symbol)
    value: str = text.partition("et=")[2] if text.startswith("https:") else json.loads(text)[BUNDLE][TOKEN_EXTRA]
    return value


# --- phones on the stand, and the camera that sees them -----------------------------------------------------------------------


@dataclass(slots=True)
class Handset:
    """One phone. `photo`: what seems to be its viewfinder is a picture of this form of the code; `taught`: the taught screen that it
    shows; `token`: the value that it read; `device`: its record's name, once it is enrolled."""

    serial: str
    imei: str
    showing: Literal["other", "before", "viewfinder", "dark"] = "other"
    photo: int | None = None
    taught: str | None = None
    token: str | None = None
    device: str | None = None
    applied: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A sighting."""

    at: float
    stand: Literal["empty", "phone", "unsure"]
    screen: Literal["none", "dark", "code", "viewfinder", "before", "other"]
    phones: int
    score: float = 0.0
    z: float = 0.0
    form: int | None = None
    taught: str | None = None


class LabelScanner:
    """A barcode scanner: what is scanned is heard at once, however fast one follows on the other."""

    def __init__(self) -> None:
        self._heard: Callable[[str], None] = lambda _: None

    def start(self, heard: Callable[[str], None], lost: Callable[[str], None], back: Callable[[], None]) -> None:
        self._heard = heard

    def scan(self, text: str) -> None:
        self._heard(text)

    async def close(self) -> None:
        self._heard = lambda _: None


class Camera:
    """The witness: tells what is true of the phones on its stand, one frame whenever it is asked to look."""

    simulated = True

    def __init__(self, clock: LoopClock, screen: Screen) -> None:
        self.stand: list[Handset] = []
        self.lost = False
        self.on_frame: Callable[[Seen], None] = lambda _: None
        self.taken: tuple[bytes | None, bytes | None] = (None, None)  # its pictures of the last scan
        self._clock = clock
        self._screen = screen
        self._expected: Sequence[Symbol] = ()
        self._callbacks: tuple[Callable[[Sighting], None], Callable[[str], None], Callable[[], None]] | None = None

    def start(self, heard: Callable[[Sighting], None], lost: Callable[[str], None], back: Callable[[], None]) -> None:
        self._callbacks = (heard, lost, back)
        if self.lost:
            lost("no frames come")

    def expect(self, forms: Sequence[Symbol]) -> None:
        self._expected = forms

    async def pictures(self) -> tuple[bytes | None, bytes | None]:
        return self.taken

    async def close(self) -> None:
        self._callbacks = None

    def look(self) -> Seen | None:
        """One frame; None when there is none."""
        if self._callbacks is None or self.lost:
            return None
        sighting = self._sighting()
        self.on_frame(sighting)
        self._callbacks[0](sighting)
        return sighting

    def lose(self) -> None:
        self.lost = True
        if self._callbacks:
            self._callbacks[1]("no frames come")

    def come_back(self) -> None:
        self.lost = False
        if self._callbacks:
            self._callbacks[2]()

    def _sighting(self) -> Seen:
        now = self._clock.loop.time()
        if not self.stand:
            return Seen(now, "empty", "none", 0)
        phone = self.stand[0]
        lit = sum(one.showing != "dark" for one in self.stand)
        if phone.showing == "viewfinder":
            up = self._screen.symbol
            if phone.photo is not None:
                return Seen(now, "phone", "code", lit, 0.95, 17.0, phone.photo)
            form = next((index for index, one in enumerate(self._expected) if up is not None and one.modules == up.modules), None)
            if form is not None:
                return Seen(now, "phone", "code", lit, 0.95, 17.0, form)
            return Seen(now, "phone", "viewfinder", lit)
        return Seen(now, "phone", phone.showing, lit, taught=phone.taught)
