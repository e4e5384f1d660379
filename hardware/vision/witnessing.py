"""One picture and one known symbol (or forms of it): is it there? For pictures without a history, from wherever they come."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from hardware.readings import Quad
from hardware.vision.geometry import Grey, as_quad
from hardware.vision.locate import another_before, everywhere
from hardware.vision.symbol import THRESHOLD, Pattern


@dataclass(frozen=True, slots=True)
class Examined:
    """What one picture shows of the symbol. `quad`: its corners in picture pixels, its own top left first, None where nothing like it
    was found; `z` must reach `threshold`; `score`: correlation over the modules that vary; `ppm`: pixels per module; `decoy_z`: the
    same measure of some hundred other codes of the family at the same place; `another`: it is there, but so is a smaller code that is
    not it, so nobody can say from this picture alone which of them is the phone's."""

    seen: bool
    z: float
    threshold: float
    quad: Quad | None
    ppm: float | None
    mirrored: bool
    milliseconds: float
    score: float
    decoy_z: NDArray[np.float64] = field(repr=False)
    another: bool = False


def examine(pixels: Grey, *forms: Pattern) -> Examined:
    """Looks for the symbol, in any of its forms, all over a grey picture."""
    began = perf_counter()
    form, match = everywhere(forms, pixels)
    another = match is not None and match.accepted and another_before(forms[form], pixels, match)
    taken = (perf_counter() - began) * 1000
    if match is None:
        return Examined(False, 0.0, THRESHOLD, None, None, False, taken, 0.0, np.zeros(0))
    seen = match.accepted and not another
    quad, ppm = (as_quad(match.corners), match.ppm) if match.relative else (None, None)
    return Examined(seen, match.z, THRESHOLD, quad, ppm, match.mirrored, taken, match.score, match.decoys, another)
