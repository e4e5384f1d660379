"""Whether a phone can read a code on this screen: how large its modules are there, in pixels and millimetres. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.display.drawing import pixels_per_module

LEAST_PIXELS = 4
"""Below, a camera's picture of the screen beats with the screen's own pixels (moire) where modules should be."""
LEAST_MM = 0.7
"""Below, a module is finer than a phone resolves from the nearest distance at which it focuses (10 to 15 cm)."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What a window measures: pixels and, where that is known, millimetres."""

    width: int
    height: int
    width_mm: float | None = None
    height_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Legibility:
    """A module of a code on a screen. `mm`: the shorter of its sides, None where the screen's size is not known."""

    pixels: int
    mm: float | None

    @property
    def too_small(self) -> bool:
        """Below what is readable, in pixels or in millimetres."""
        return self.pixels < LEAST_PIXELS or (self.mm is not None and self.mm < LEAST_MM)


def legibility(size: int, screen: Screen) -> Legibility:
    """A symbol of `size` modules on a screen, drawn as drawing.draw does. NotDrawn when it does not fit."""
    pixels = pixels_per_module(size, screen.width, screen.height)
    if not screen.width_mm or not screen.height_mm:
        return Legibility(pixels, None)
    return Legibility(pixels, pixels * min(screen.width_mm / screen.width, screen.height_mm / screen.height))


def by_long_side(width: int, height: int, long_side: float) -> tuple[float, float]:
    """Millimetres of a screen of square pixels, of which only the long side was measured."""
    pitch = long_side / max(width, height)
    return width * pitch, height * pitch
