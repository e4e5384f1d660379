"""The twin's bench without its service: what stands on it is set by a script, and its camera films it at any moment."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hardware.display.drawing import blank, draw
from hardware.simulated import screens
from hardware.simulated.attached import SCREEN_MM, TORN
from hardware.simulated.lens import Lens
from hardware.simulated.optics import BenchCamera, Conditions, Pose, Shown, Spot
from station.domain.dealing import deal
from station.domain.symbol import KnownSymbol
from tests.benchmarks.vision.codes import code, token_of

Grey = NDArray[np.uint8]
Shows = screens.Name | Literal["viewfinder", "photograph", "strange photograph"]

FORM_SECONDS = 0.4
SCREEN = (1080, 1920)  # the attached screen's columns and rows; it stands upright


@dataclass
class Standing:
    """A phone on the stand. Its viewfinder shows the attached screen `lens.delay` late."""

    number: int
    pose: Pose
    lens: Lens
    dark: bool
    shows: Shows = "welcome"
    views: dict[str, Grey] = field(default_factory=dict, repr=False)


class Stage:
    """One bench and one user's code in two forms. `seed` decides the bench, its light and lens, and the code; with `day` also
    the phones."""

    def __init__(self, seed: int, day: str = "") -> None:
        self._draw = random.Random(f"{seed}:stage{day}")
        self.forms = tuple(code(token_of(seed), form.key_order, form.mask, "L", "full") for form in deal(seed, 1))
        self._pictures: dict[str, Grey] = {"blank": blank(*SCREEN)}
        stranger = code(token_of(-seed), deal(seed, 1)[0].key_order, self.forms[0].mask, "L", "full")
        for name, symbol in (("0", self.forms[0]), ("1", self.forms[1]), ("stranger", stranger)):
            self._pictures[name] = _drawn(symbol)
        self._camera = BenchCamera(seed, _conditions(random.Random(f"{seed}:light")))
        self._numbers = count(1)
        self.up_at: float | None = None
        self.phones: list[Standing] = []
        self.hand = False

    def put_up(self, at: float) -> None:
        """The code is on the attached screen from then on, its forms taking turns."""
        self.up_at = at

    def form_at(self, at: float) -> int | None:
        """Which form the attached screen shows."""
        if self.up_at is None or at < self.up_at:
            return None
        return int((at - self.up_at) / FORM_SECONDS) % len(self.forms)

    def place(self, spot: Spot = "middle") -> Standing:
        """Another phone on the stand."""
        draw = self._draw
        phone = Standing(next(self._numbers), Pose.drawn(draw, spot), Lens.drawn(draw), draw.random() < 0.5)
        self.phones.append(phone)
        return phone

    def nudge(self, phone: Standing) -> None:
        """Moves a phone by some millimetres."""
        draw, pose = self._draw, phone.pose
        shift = (pose.column + draw.uniform(-14, 14), pose.row + draw.uniform(-10, 10))
        aim = (pose.aim[0], pose.aim[1], pose.aim[2] + draw.uniform(-1.5, 1.5))
        phone.pose = replace(pose, column=shift[0], row=shift[1], aim=aim)

    def picture(self, at: float) -> Grey:
        """The bench camera's frame."""
        screen = self._screen(at)
        phones = [(phone.pose, self._shown(phone, at)) for phone in self.phones]
        return self._camera.frame(Shown(screen, lambda: self._pictures[screen]), phones, self.hand, at)

    def _screen(self, at: float) -> str:
        form = self.form_at(at)
        return "blank" if form is None else str(form)

    def _shown(self, phone: Standing, at: float) -> Shown:
        match phone.shows:
            case "viewfinder":
                return self._through(phone, at - phone.lens.delay)
            case "photograph":
                return self._kept(phone, "photo", lambda: screens.gallery(self._view(phone, "0")))
            case "strange photograph":
                return self._kept(phone, "strange", lambda: screens.gallery(self._view(phone, "stranger")))
            case name:
                return Shown(f"{name} {phone.dark}", lambda: screens.screen(name, phone.dark))

    def _through(self, phone: Standing, at: float) -> Shown:
        now, before = self._screen(at), self._screen(at - TORN)
        if now == before:
            return self._kept(phone, now, lambda: screens.viewfinder(self._view(phone, now)))
        rows = len(self._view(phone, now))
        row = round(rows * (0.1 + 0.8 * (at / TORN % 1)))  # a rolling shutter: the old picture above, the new one below
        torn = np.concatenate([self._view(phone, before)[:row], self._view(phone, now)[row:]])
        return Shown(f"{phone.number} {before}/{now}/{row}", lambda: screens.viewfinder(torn))

    def _kept(self, phone: Standing, name: str, make: Callable[[], Grey]) -> Shown:
        key = f"display {name}"
        if key not in phone.views:
            phone.views[key] = make()
        return Shown(f"{phone.number} {key}", lambda: phone.views[key])

    def _view(self, phone: Standing, name: str) -> Grey:
        if name not in phone.views:
            phone.views[name] = phone.lens.view(self._pictures[name], SCREEN_MM / max(SCREEN))
        return phone.views[name]


def _drawn(symbol: KnownSymbol) -> Grey:
    return draw(symbol, *SCREEN)


def _conditions(draw: random.Random) -> Conditions:
    return Conditions(
        blur=draw.uniform(0.4, 1.0),
        noise=draw.uniform(2, 5),
        glare=draw.uniform(0, 50),
        moire=draw.choice((0.0, 0.0, draw.uniform(0.02, 0.1))),
        exposure=draw.uniform(0.7, 1.1),
    )
