"""Frames of a bench camera, drawn from a seed with stated degradations, and where in them the code truly lies.

1280 x 720, grey. A phone stands before clutter, its viewfinder shows a code on its attached screen. Drawn with supersampling, so
that a small code is what a sensor's pixels would sum up and not an alias. OpenCV's convention: the first pixel's centre is (0, 0).
Shares nothing with `hardware`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from station.domain.payload import serialise
from station.domain.symbol import KnownSymbol
from tests.benchmarks.vision.codes import MASKS, ORDERS, Length, Level, code, content, token_of
from tests.benchmarks.vision.drawing import attached_screen, put_phone
from tests.benchmarks.vision.lens import degraded
from tests.benchmarks.vision.pose import View
from tests.benchmarks.vision.scenery import scenery

Grey = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Draw = np.random.Generator
Where = Literal["left", "right", "behind"]


@dataclass(frozen=True, slots=True)
class Spec:
    """What a frame is like. Frame pixels, degrees, grey levels of 255.

    ppm: pixels per module, the mean side of the symbol's quad / its size. sigma: of the lens's blur. tilt: of the display
    against the camera's axis, in a direction that the seed chooses. motion: length of the smear. noise: sigma. jpeg: quality.
    glare: a lamp's reflection, at its middle. moire, banding: shares of the brightness. level, length: of the code.
    behind: what the scene holds besides the phone: clutter, or an attached screen behind it (light, without a code).
    """

    ppm: float = 1.5
    sigma: float = 0.0
    tilt: float = 10.0
    motion: float = 0.0
    noise: float = 3.0
    jpeg: int = 90
    glare: float = 0.0
    gamma: float = 1.0
    moire: float = 0.0
    banding: float = 0.0
    mirrored: bool = False
    level: Level = "L"
    length: Length = "short"
    behind: Literal["clutter", "screen"] = "clutter"


@dataclass(frozen=True, slots=True)
class Beside:
    """The station's own attached screen in view: its code, and where that lies against the phone."""

    symbol: KnownSymbol = field(repr=False)
    where: Where = "left"


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A frame. token, text: what the symbol says, empty when it was given to `frame`. quad: corners of the symbol in the viewfinder,
    its own top left first, then along its first row. display_quad: of the phone's display, its own top left first, clockwise."""

    pixels: Grey = field(repr=False)
    quad: Matrix
    display_quad: Matrix
    symbol: KnownSymbol = field(repr=False)
    token: str = field(repr=False)
    text: str = field(repr=False)
    mirrored: bool
    spec: Spec


def plain(seed: int, ppm: float, sigma: float, level: Level = "L", length: Length = "short") -> Spec:
    """The grid's frames: tilt 0 to 20 degrees, noise 3, JPEG 90; every fourth before an attached screen."""
    draw = np.random.default_rng([seed, 1])
    return Spec(ppm, sigma, float(draw.uniform(0, 20)), level=level, length=length, behind="screen" if seed % 4 == 0 else "clutter")


def mixed(seed: int, ppm: float, level: Level = "L", length: Length = "short") -> Spec:
    """Everything at once: tilt to 40 degrees, blur to 1.6, smear to 4 pixels, noise to 10, JPEG down to 50, and glare, gamma,
    moire and banding in some."""
    draw = np.random.default_rng([seed, 2])

    def some(share: float, low: float, high: float) -> float:
        value = float(draw.uniform(low, high))
        return value if draw.random() < share else 0.0

    return Spec(
        ppm=ppm,
        sigma=float(draw.uniform(0.2, 1.6)),
        tilt=float(draw.uniform(0, 40)),
        motion=some(0.5, 0.5, 4.0),
        noise=float(draw.uniform(0, 10)),
        jpeg=int(draw.integers(50, 96)),
        glare=some(0.4, 40, 200),
        gamma=float(math.exp(draw.uniform(math.log(0.6), math.log(2.0)))),
        moire=some(0.3, 0.05, 0.2),
        banding=some(0.4, 0.05, 0.35),
        mirrored=bool(draw.random() < 0.1),
        level=level,
        length=length,
        behind="screen" if draw.random() < 0.25 else "clutter",
    )


def frame(seed: int, spec: Spec = Spec(), *, shown: KnownSymbol | None = None, beside: Beside | None = None) -> Made:
    """One frame. `shown`: the code in the viewfinder instead of the seed's own. The same arguments give the same bytes."""
    draw = np.random.default_rng([seed, 3])
    token = token_of(seed)
    order, mask = int(draw.integers(ORDERS)), int(draw.integers(MASKS))
    symbol = shown if shown is not None else code(token, order, mask, spec.level, spec.length)
    view = View.drawn(draw, spec, symbol.size, beside)
    scene = scenery(draw) if spec.behind == "clutter" and beside is None else attached_screen(draw, beside)
    put_phone(scene, draw, view, symbol)
    pixels = degraded(scene, draw, spec, view.display)
    text = serialise(content(token, spec.length), order)
    token, text = (token, text) if shown is None else ("", "")
    return Made(pixels, view.quad, view.display, symbol, token, text, spec.mirrored, spec)
