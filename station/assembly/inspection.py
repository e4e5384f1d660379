"""The witness on picture files: is this code in these pictures? Nothing of a running bench takes part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hardware.errors import HardwareError
from hardware.pictures import Grey, one_thread, read_grey, read_modules
from hardware.vision.symbol import Pattern
from hardware.vision.witnessing import Examined, examine
from station.domain.errors import WrongUse
from station.domain.foreign import foreign, padded
from station.domain.symbol import KnownSymbol, known


@dataclass(frozen=True, slots=True)
class Inspected:
    """One picture: what it shows, or why it could not be read."""

    frame: Path
    found: Examined | None
    problem: str = ""

    def document(self) -> dict[str, object]:
        """For machines."""
        if self.found is None:
            return {"frame": str(self.frame), "seen": False, "error": self.problem}
        one = self.found
        return {
            "frame": str(self.frame),
            "seen": one.seen,
            "z": round(one.z, 2),
            "threshold": one.threshold,
            "quad": [[round(x, 2), round(y, 2)] for x, y in one.quad] if one.quad is not None else None,
            "ppm": round(one.ppm, 3) if one.ppm is not None else None,
            "mirrored": one.mirrored,
            "ms": round(one.milliseconds, 2),
            "score": round(one.score, 3),
            "another": one.another,
        }

    def sentence(self) -> str:
        """For people."""
        if self.found is None:
            return self.problem
        one = self.found
        answer = "seen" if one.seen else "not seen"
        if one.another:
            answer = "not counted: a smaller code that is another is in view, and nobody can say from this which is the phone's"
        size = f", {one.ppm:.2f} pixels per module" if one.ppm is not None else ""
        return f"{self.frame}: {answer} (z {one.z:.1f}, {one.threshold:.1f} needed{size}, {one.milliseconds:.0f} ms)"


def symbols(payload: bytes | None, level: str, mask: int | None, varies: range | None, matrix: Path | None) -> Sequence[KnownSymbol]:
    """The symbol that is looked for, in the forms that encoders give it. BadPayload or WrongUse say what is wrong with it."""
    if matrix is not None:
        try:
            size, modules = read_modules(matrix)
        except HardwareError as why:
            raise WrongUse(f"--matrix: {why}.", "Correct the file.") from None
        return [foreign(modules, size, varies)]
    if payload is None:
        raise WrongUse("Neither a payload nor a matrix is given.", "Give --payload FILE, or --matrix FILE.")
    drawn = known(payload, level, mask, varies)
    # the standard's padding differs from our encoder's: whoever drew the picture may have kept to it
    return [drawn, padded(drawn)]


def inspect(frames: Sequence[Path], forms: Sequence[KnownSymbol]) -> Iterator[Inspected]:
    """Each picture in turn; the second form is looked for where the first is not found."""
    one_thread()
    patterns = [Pattern(form) for form in forms]
    for path in frames:
        try:
            yield Inspected(path, _first_seen(read_grey(path), patterns))
        except HardwareError as why:
            yield Inspected(path, None, str(why))


def _first_seen(pixels: Grey, patterns: Sequence[Pattern]) -> Examined:
    likeliest, taken = None, 0.0
    for pattern in patterns:
        found = examine(pixels, pattern)
        taken += found.milliseconds
        likeliest = found if likeliest is None or found.z > likeliest.z else likeliest
        if found.seen or found.another:
            break
    assert likeliest is not None  # noqa: S101 - there is one form at the least
    return replace(likeliest, milliseconds=taken)
