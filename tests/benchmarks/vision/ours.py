"""The product's matcher, called exactly as `sixtap witness` calls it: a whole frame and the known code, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hardware.vision.symbol import Pattern
from hardware.vision.witnessing import examine

NAME = "sixtap, whole frame"
NEAR = 2.0  # modules: each corner lies so near to the truth

Grey = NDArray[np.uint8]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """seen: as the product says. placed: and the code is truly there. corners: where it believes it, or any code of the family, to be.
    decoys: z of each other token's code
    at the place that was found; none where no code of the family was."""

    seen: bool
    placed: bool
    z: float
    threshold: float
    milliseconds: float
    corners: Matrix | None
    decoys: NDArray[np.float64] = field(repr=False)


def witnessed(pixels: Grey, pattern: Pattern, corners: Matrix, modules: float = NEAR) -> Outcome:
    """What the product says of a frame in which the code's true corners are these, known to so many modules."""
    found = examine(pixels, pattern)
    return Outcome(
        seen=found.seen,
        placed=found.seen and found.quad is not None and near(np.asarray(found.quad), corners, pattern.size, modules),
        z=found.z,
        threshold=found.threshold,
        milliseconds=found.milliseconds,
        corners=None if found.quad is None else np.asarray(found.quad),
        decoys=np.asarray(found.decoy_z if found.quad is not None else (), np.float64),
    )


def near(found: Matrix, corners: Matrix, size: int, modules: float) -> bool:
    """Each corner of the symbol is where it truly is, its own top left being the first."""
    along = np.roll(corners, -1, axis=0) - corners
    module = float(np.hypot(along[:, 0], along[:, 1]).mean()) / size
    return bool(np.hypot(*(found - corners).T).max() <= modules * module)
