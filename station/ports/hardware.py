"""The parts of a bench."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol


class Symbol(Protocol):
    """A QR symbol without quiet zone; see hardware.readings.KnownSymbol for the meaning of each value."""

    @property
    def size(self) -> int: ...
    @property
    def modules(self) -> bytes: ...
    @property
    def varies(self) -> bytes: ...
    @property
    def relatives(self) -> Sequence[bytes]: ...


class Sighting(Protocol):
    """What one camera frame shows; see hardware.readings.Sighting for the meaning of each value."""

    @property
    def at(self) -> float: ...
    @property
    def stand(self) -> Literal["empty", "phone", "unsure"]: ...
    @property
    def screen(self) -> Literal["none", "dark", "code", "viewfinder", "before", "other"]: ...
    @property
    def phones(self) -> int: ...
    @property
    def score(self) -> float: ...
    @property
    def z(self) -> float: ...
    @property
    def form(self) -> int | None: ...
    @property
    def taught(self) -> str | None: ...


class Witness(Protocol):
    """The camera's judgement. Callbacks come on the event loop."""

    @property
    def simulated(self) -> bool: ...
    def start(self, heard: Callable[[Sighting], None], lost: Callable[[str], None], back: Callable[[], None]) -> None: ...
    def expect(self, forms: Sequence[Symbol]) -> None:
        """The forms that the attached screen takes turns with from now on; none: no code. With forms a new watch begins."""
        ...

    async def pictures(self) -> tuple[bytes | None, bytes | None]:
        """PNG pictures of the phone's display with every code covered: the last with the code, the newest after it gave way."""
        ...

    @property
    def examiner(self) -> Examiner | None:
        """None for a witness that looks at no pictures."""
        ...

    async def close(self) -> None: ...


class Examiner(Protocol):
    """Examines the camera, and keeps the screens that it was taught. Raises PartLost without pictures, WrongUse where it cannot be."""

    @property
    def calibrated(self) -> bool:
        """A calibration is kept."""
        ...

    async def self_test(self, symbol: Symbol, *, keep_it: bool = False) -> dict[str, object]:
        """Look at the attached screen's code, which is up. Plain facts: `reading`, `advice`, `changes` since the calibration,
        `compared` with one or not, `kept`. With `keep_it` it becomes the calibration, if the code was seen."""
        ...

    async def teach(self, kind: str, name: str) -> None:
        """Keep what the phone on the stand shows; see hardware.vision.taught."""
        ...

    async def forget(self, name: str) -> None: ...
    def taught(self) -> tuple[str, ...]:
        """Names as KIND:NAME."""
        ...


ScreenPage = Literal["calibration", "blank"]
CodeStep = Literal["put_on_stand", "tap_six_times", "point_at_code", "hold_still"]
"""What whoever looks at the code shall do."""


class Legibility(Protocol):
    """How large a module of a code is on the attached screen; see hardware.display.legibility."""

    @property
    def pixels(self) -> int: ...
    @property
    def mm(self) -> float | None: ...
    @property
    def too_small(self) -> bool: ...


class Display(Protocol):
    """The attached screen. `show` and `blank` return when the picture is really up; PartLost when that cannot be had.

    A code's forms, of one size, take turns from the first on. `on_form` is called, on the event loop, for each that is really
    up, the first one too: with the event loop's time (frames' `at` is on the same clock) and the form's index.
    """

    on_form: Callable[[float, int], None]

    @property
    def simulated(self) -> bool: ...
    @property
    def attached(self) -> bool: ...
    @property
    def legibility(self) -> Legibility | None:
        """Of the code that is up; None when none is, or the screen's size is not known."""
        ...

    def say(self, step: CodeStep | None, language: str) -> None:
        """The step beside the code, of the one that is up and of those that will be, until another is said; None: none."""
        ...

    async def show(self, forms: Sequence[Symbol], caption: str = "") -> None: ...
    async def blank(self) -> None: ...
    async def page(self, name: ScreenPage) -> None:
        """A page for people, in place of whatever is up."""
        ...


class Scanner(Protocol):
    """A barcode scanner. Callbacks come on the event loop."""

    def start(self, heard: Callable[[str], None], lost: Callable[[str], None], back: Callable[[], None]) -> None: ...
    async def close(self) -> None: ...


class Pictures(Protocol):
    """Where pictures are kept that are evidence. The record keeps their SHA-256."""

    async def save(self, name: str, content: bytes) -> str:
        """Keep it under this name, whole or not at all; its SHA-256 in hexadecimal. PartLost when it cannot be kept."""
        ...

    async def load(self, name: str) -> bytes | None:
        """None when there is none of that name."""
        ...
