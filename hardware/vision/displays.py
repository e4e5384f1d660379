"""What one frame shows of one phone's display, and the sighting that becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.readings import Frame, Quad, Screen, Sighting, Stand
from hardware.vision.symbol import Match


@dataclass(frozen=True)
class DisplaySeen:
    """A phone's display in one frame."""

    screen: Screen
    lit: bool = False
    score: float = 0.0
    ppm: float | None = None
    z: float = 0.0
    form: int | None = None
    mirrored: bool = False
    taught: str | None = None


def code_seen(match: Match, form: int) -> DisplaySeen:
    """The expected code, in this of its forms."""
    return DisplaySeen("code", True, match.score, match.ppm, match.z, form, match.mirrored)


def sighting_of(frame: Frame, stand: Stand, seen: DisplaySeen, phones: int, quad: Quad | None, taken: float) -> Sighting:
    """`quad`: the display's corners in frame pixels; `taken`: milliseconds."""
    return Sighting(
        frame.number,
        frame.at,
        stand,
        seen.screen,
        phones,
        score=seen.score,
        quad=quad,
        ppm=seen.ppm,
        milliseconds=taken,
        z=seen.z,
        form=seen.form,
        mirrored=seen.mirrored,
        taught=seen.taught,
    )
