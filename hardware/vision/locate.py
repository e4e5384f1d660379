"""Where in a picture a QR code may lie: places to start comparing from, cheapest first.

1. where it was a moment ago;
2. everything with a QR code's three corner marks, read without error or not (zxing-cpp gives the corners of both);
3. squares of fine contrast, and grey squares on a lighter ground: what a code becomes when it is too small, too blurred or too striped
   to show its corner marks.

Whether a place holds the expected code is for `symbol` alone to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import cv2
import numpy as np
import zxingcpp

from hardware.vision.geometry import Grey, Homography, Points, area, clockwise, common, cut, inside, overlap, points, sides
from hardware.vision.squares import ALL_LOOKS, SMALL, looks
from hardware.vision.symbol import MIDDLE, SHARP, Match, Pattern, placed

STILL_THERE = 0.20  # correlation of the fixed modules at the last place from which a closer fit is worth trying
GOOD_AS_IT_IS = 0.75  # and from which none is needed
SURELY_HERE = 0.7  # and from which no other way of lying there need be tried: it is this place, and another user's
WORTH_A_FIT = 0.12  # correlation of the fixed modules after a middling fit, below which a place is given up
A_CODES_MARKS = 0.785  # of an outline's corners: other squares' are less so, but for one in several hundred
SMALLEST_KNOWN_APART = 45  # modules: in smaller codes so much looks like corner marks that nothing is told by them
COVERED = 0.25  # correlation in the worst part of a code, below which something may stand before it
LIKE_MARKS = 0.74  # of an outline's corners: nineteen in twenty of other squares' are less so, and half of all codes' more
TRIED = 5  # of the other outlines
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
ENLARGED = 3  # times, for small pictures: the marks of a code of a pixel per module are found no other way
LARGEST_SKEW = 2.2  # longest against shortest side of a code's outline, tilted as far as a phone can stand
SMALLEST = 14.0  # pixels: a code's side; smaller ones have less than a pixel for two modules


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a region: the best match of the expected forms, if any place was worth comparing, of which form it is, and
    whether any QR code (or something that has its three corner marks) is there."""

    match: Match | None
    form: int
    any_code: bool


Effort = Literal["marks", "some", "others", "all"]
"""How much is tried: corner marks that were read; the first form also in outlines whose corners look like marks, of one half of the
looks at the picture or of the other; all forms in all outlines."""


def look_for(forms: Sequence[Pattern], pixels: Grey, region: Points, last: Homography | None = None, effort: Effort = "all") -> Found:
    """Looks for any of the expected forms inside a quad (frame pixels): first where it was.

    A code that is not wholly inside does not count: the attached screen's own code reaches out on both sides of a phone.
    """
    slack = 0.01 * float(sides(region).min())
    if last is not None:
        form, match = _best(enumerate(tracked(pattern, pixels, last) for pattern in forms))
        if match is not None and inside(match.corners, region, slack):
            return Found(match, form, True)
    part, start = cut(pixels, region)
    marked = [corners for corners in marks(part) if inside(corners + start, region, 3 * slack)]
    matches = ((form, match.moved(start)) for form, match in _compared(forms, part, marked, effort))
    form, best = _best((form, match) for form, match in matches if inside(match.corners, region, slack))
    return Found(best, form, bool(marked) or (best is not None and best.relative))


def at_marks(forms: Sequence[Pattern], pixels: Grey) -> tuple[int, Match | None]:
    """Any of the expected forms, large and sharp, anywhere in the frame."""
    return _best(_compared(forms, pixels, list(marks(pixels)), "marks"))


def everywhere(forms: Sequence[Pattern], pixels: Grey) -> tuple[int, Match | None]:
    """Any of the expected forms anywhere in the frame: which, and its best match, accepted or not; None if no place was worth
    comparing."""
    form, best = _best(_compared(forms, pixels, list(marks(pixels)), "all"))
    if best is not None and best.accepted:
        return form, best
    negative = np.asarray(255 - pixels, np.uint8)  # light on dark: in a large picture only where corner marks can be read
    other, match = _best(_compared(forms, negative, list(marks(negative)), "all" if min(pixels.shape) < SMALL else "marks"))
    return (form, best) if better(best, match) is best else (other, match)


def another_before(pattern: Pattern, pixels: Grey, match: Match) -> bool:
    """Whether a smaller code that is not the expected one is in view besides an accepted one: then that may be a phone which shows
    somebody else's, before an attached screen that shows ours."""
    if pattern.size < SMALLEST_KNOWN_APART:
        return False
    whole = clockwise(match.corners)
    covered = pattern.agreement(pixels, match.place) < COVERED
    for corners in chain(marks(pixels), *looks(pixels, pattern.size, (0, 1))):
        if area(corners) > 0.9 * area(whole) or overlap(corners, whole) > 0.45 or (common(corners, whole) and not covered):
            continue
        if pattern.marked(pixels, corners) < A_CODES_MARKS:
            continue
        there = seeded(pattern, pixels, corners)
        if not there.accepted:
            there = _from_outline(pattern, pixels, corners) or there
        if not there.accepted:
            return True
    return False


def _best(matches: Iterable[tuple[int, Match | None]]) -> tuple[int, Match | None]:
    """The best match and its form; the first one that is accepted is good enough."""
    chosen, best = 0, None
    for form, match in matches:
        if better(best, match) is not best:
            chosen, best = form, match
        if best is not None and best.accepted:
            break
    return chosen, best


def tracked(pattern: Pattern, pixels: Grey, last: Homography) -> Match | None:
    """The symbol where it was, or a little beside; None if it is not there any more."""
    match = pattern.compared(pixels, last)
    if match.fixed < STILL_THERE:
        return None
    if match.fixed < GOOD_AS_IT_IS:
        closer = pattern.compared(pixels, pattern.refined(pixels, last, (MIDDLE, SHARP)))
        match = better(match, closer) or match
    return match if match.relative else None


def seeded(pattern: Pattern, pixels: Grey, corners: Points) -> Match:
    """The symbol whose corners (its own top left first) are known to about two modules."""
    place = placed(corners, pattern.size)
    fitted = pattern.compared(pixels, pattern.refined(pixels, place, (MIDDLE, SHARP)))
    if fitted.accepted:
        return fitted
    return better(pattern.compared(pixels, pattern.refined(pixels, place, (SHARP,))), fitted) or fitted  # a fit may lead astray


def better(first: Match | None, second: Match | None) -> Match | None:
    """The one that says more."""
    if first is None or second is None:
        return first or second
    return second if (second.accepted, second.fixed) > (first.accepted, first.fixed) else first


def marks(pixels: Grey) -> Iterator[Points]:
    """The corners of everything with a QR code's three corner marks, read without error or not, own top left first."""
    enlarged = ENLARGED if min(pixels.shape) < SMALL else 1
    seen = cv2.resize(pixels, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_CUBIC) if enlarged > 1 else pixels
    for read in zxingcpp.read_barcodes(seen, formats=QR, try_invert=False, return_errors=True):
        corners = corners_read(read) / enlarged
        lengths = sides(corners)
        if float(lengths.min()) > SMALLEST and float(lengths.max()) < LARGEST_SKEW * float(lengths.min()):
            yield corners


def corners_read(read: zxingcpp.Barcode) -> Points:
    """Where a decoder saw a code, its own top left first."""
    at = read.position
    return points([(corner.x, corner.y) for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)])


def _compared(forms: Sequence[Pattern], pixels: Grey, marked: list[Points], effort: Effort) -> Iterator[tuple[int, Match]]:
    """Matches at all places worth comparing."""
    done: list[Points] = []
    for corners in marked:
        for form, pattern in enumerate(forms):
            match = seeded(pattern, pixels, corners)
            if not match.relative and effort != "marks":  # too far off, or mirrored
                match = better(match, _from_outline(pattern, pixels, corners)) or match
            yield form, match
            if match.fixed > SURELY_HERE:
                done.append(match.corners)
    if effort == "marks" or not forms:
        return
    outlined = forms if effort == "all" else forms[:1]
    for corners in _likeliest_first(forms[0], pixels, effort):
        if any(overlap(corners, other) > 0.8 for other in done):
            continue
        for form, pattern in enumerate(outlined):
            found = _from_outline(pattern, pixels, corners)
            if found is not None:
                yield form, found
                if found.fixed > SURELY_HERE:
                    done.append(found.corners)


def _likeliest_first(pattern: Pattern, pixels: Grey, effort: Effort) -> Iterator[Points]:
    """Outlines without corner marks that could be read, those whose corners look like such marks first."""
    doubtful: list[tuple[float, Points]] = []
    chosen = {"some": (0, 1), "others": (2, 3)}.get(effort, ALL_LOOKS)
    for look in looks(pixels, pattern.size, chosen):
        ranked = sorted(((pattern.marked(pixels, corners), corners) for corners in look), key=lambda pair: -pair[0])
        yield from (corners for marked, corners in ranked if marked >= LIKE_MARKS)
        doubtful += (pair for pair in ranked if pair[0] < LIKE_MARKS)
    if effort != "all":
        return
    doubtful.sort(key=lambda pair: -pair[0])
    yield from (corners for _, corners in doubtful[:TRIED])


def _from_outline(pattern: Pattern, pixels: Grey, corners: Points) -> Match | None:
    """The symbol in an outline that may be some modules off, and of which nobody knows which side is up; None if no way is
    worth comparing."""
    best: Match | None = None
    for place in pattern.poses(pixels, corners):
        near = pattern.refined(pixels, place, (MIDDLE,))
        for start in (near, place):
            match = pattern.compared(pixels, start)
            if not match.accepted and match.fixed > WORTH_A_FIT:
                match = better(match, pattern.compared(pixels, pattern.refined(pixels, start, (SHARP,)))) or match
            if match.accepted:
                return _polished(pattern, pixels, match)
            best = better(best, match)
    return best


def _polished(pattern: Pattern, pixels: Grey, match: Match) -> Match:
    """An accepted match where it fits best: the code may have been known before it was laid on exactly."""
    for blurs in ((SHARP,), (MIDDLE, SHARP)):
        match = better(match, pattern.compared(pixels, pattern.refined(pixels, match.place, blurs))) or match
    return match
