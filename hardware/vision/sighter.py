"""One bench camera's eye: frames in, Sightings out. Holds what a watch must remember; no threads, no files, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from hardware.readings import Frame, KnownSymbol, Quad, Screen, Sighting, Stand
from hardware.vision import taught
from hardware.vision.bodies import find_bodies
from hardware.vision.displays import DisplaySeen, code_seen, sighting_of
from hardware.vision.geometry import (
    Grey,
    Points,
    area,
    as_quad,
    common,
    overlap,
    sides,
    spread,
    to_large,
    to_small,
)
from hardware.vision.own import OwnCode
from hardware.vision.reference import SMALL_WIDTH, Mask, Reference, shrunk
from hardware.vision.screens import Look, Memory
from hardware.vision.seeking import Seeker
from hardware.vision.stand import Edge, Ground, bezel, crossed, same_place
from hardware.vision.symbol import Pattern
from hardware.vision.taught import Library

MOSTLY = 0.9  # of a lit area: what is so far within a phone is a part of its display, however its corners were guessed
STANDS_AS_BEFORE = 0.85  # share of an outline: enough to believe that nothing moved
CLEAR_AS_BEFORE = 0.75  # share of each side: and that nothing crosses it or stands beside it
STANDS_BEHIND_A_HAND = 0.55  # enough to believe in a phone whose outline cannot be found afresh
MOVED = 0.75  # intersection over union with where the code was seen
SETTLED_SECONDS, SETTLED_FRAMES = 1.0, 3
SURE_AFTER = 2  # frames of an empty stand before it is learned
MOVED_CAMERA_AFTER = 4  # frames that look empty, but not as learned, before it is learned again
USUAL_BEZEL = 0.03  # of a body's shorter side, until it was seen lit
HIDES_AS_MUCH = 0.005  # of the attached screen: views of one stand differ by less


@dataclass
class _Phone:
    """The phone before the camera: its outline in small pixels, since when it is there, in how many frames."""

    body: Points
    since: float
    frames: int = 1
    bezel: list[float | None] = field(default_factory=lambda: [None, None])  # inside sides 0 and 2, inside sides 1 and 3


class Sighter:
    """Judges the frames of one camera, in their order. `reference` may be what an earlier one had learned."""

    def __init__(self, reference: Reference | None = None, library: Library | None = None) -> None:
        self.reference = reference
        self._library = library
        self._seeker = Seeker()
        self._own = OwnCode()
        self._memory = Memory()
        self._phone: _Phone | None = None
        self._others: list[Points] = []  # outlines of more phones in the frame that is judged
        self._code_at: Points | None = None  # the body's outline when this phone last showed the code
        self._usual: Mask | None = None  # how nothing crossed that outline then
        self._code_seen = False  # in this watch, on whichever phone
        self._last: Screen = "none"
        self._code_quad: Quad | None = None
        self._empty_frames = 0
        self._fresh_frames = 0

    def expect(self, forms: Sequence[KnownSymbol]) -> None:
        """What the attached screen shows from now on: these forms of one content by turns. A new watch forgets what the last one saw
        of its code.

        Empty: no code; what the last watch saw still counts, so that a viewfinder whose code was taken down is not taken for
        setup.
        """
        patterns = [Pattern(form) for form in forms]
        self._seeker.expect(patterns)
        self._own.shows(patterns)
        if patterns:
            self._seeker.place = self._code_at = self._usual = None
            self._code_seen, self._last = False, "none"
        else:
            self._code_seen = self._code_seen and self._phone is not None

    @property
    def code_quad(self) -> Quad | None:
        """The corners, in frame pixels, of the expected code in the frame that was judged last; None where it was not seen."""
        return self._code_quad

    def look_back(self, frame: Frame) -> Sighting | None:
        """The expected code in an older frame, where the phone stands now, searched for as thoroughly as can be; None if it is
        not there. Nothing that the watch remembers changes, but `code_quad`."""
        self._code_quad = None
        if self._phone is None or not self._seeker.forms:
            return None
        began = perf_counter()
        scale = frame.pixels.shape[1] / SMALL_WIDTH
        found = self._seeker.look_back(frame.pixels, to_large(self._phone.body, scale))
        match = found.match
        if match is None or not match.accepted:
            return None
        self._code_quad = as_quad(match.corners)
        quad, taken = as_quad(to_large(self._phone.body, scale)), (perf_counter() - began) * 1000
        return sighting_of(frame, "phone", code_seen(match, found.form), 1, quad, taken)

    def see(self, frame: Frame) -> Sighting:
        """What this frame shows."""
        began = perf_counter()
        small = shrunk(frame.pixels)
        ground = Ground.of(small, self.reference)
        scale = frame.pixels.shape[1] / small.shape[1]
        self._others = []
        self._code_quad = None
        self._phone = None if ground.lightless else self._standing(ground, frame.at)
        seen, quad = DisplaySeen("none"), None
        if self._phone is None:
            stand = self._without_phone(frame.pixels, small, ground)
        else:
            stand, self._empty_frames, self._fresh_frames = "phone", 0, 0
            display = to_large(self._shown_by(ground, self._phone), scale)
            seen, quad = self._display(frame, ground, self._phone, scale, display), as_quad(display)
        self._last = seen.screen
        phones = 0 if ground.lightless else int(seen.lit) + self._more_lit_phones(ground)
        taken = (perf_counter() - began) * 1000
        return sighting_of(frame, stand, seen, phones, quad, taken)

    def _more_lit_phones(self, ground: Ground) -> int:
        lit = [body for body in self._others if not Look.of(ground.small, body, ground.level).dark]
        bodies = [*([self._phone.body] if self._phone is not None else []), *self._others]
        loose = [display for display in ground.displays() if all(common(display, body) < MOSTLY * area(display) for body in bodies)]
        return len(lit) + len(loose)

    # ---- the stand ----

    def _standing(self, ground: Ground, at: float) -> _Phone | None:
        phone = self._phone
        if phone is not None:
            edge = ground.edge(phone.body)
            clear = edge.held > STANDS_AS_BEFORE and min(edge.free_by_side) > CLEAR_AS_BEFORE
            if clear and not self._disturbed(edge, phone.body):
                phone.frames += 1
                return self._whole(find_bodies(ground), phone, at)
        fresh = find_bodies(ground)
        if phone is not None:
            phone = self._whole(fresh, phone, at)
        this = phone.body if phone is not None else fresh[0] if fresh else None
        self._others = [body for body in fresh if this is not None and common(body, this) < 0.2 * min(area(body), area(this))]
        if phone is not None and ground.edge(phone.body).held > STANDS_BEHIND_A_HAND:
            self._nudged(ground, phone, fresh)
            moved = [body for body in fresh if overlap(body, phone.body) > 0.5 and not same_place(body, phone.body)]
            if not moved or ground.edge(moved[0]).held < ground.edge(phone.body).held:
                phone.frames += 1
                return phone
            fresh = moved
        if not fresh:
            return None
        return _Phone(fresh[0], at)

    def _whole(self, bodies: list[Points], phone: _Phone, at: float) -> _Phone:
        """The phone, or the larger one that it turns out to be a part of: a hand that leaves may first bare a dark part of it only."""
        if self._last == "code":
            return phone  # nothing is surer than a display that shows the code
        larger = [body for body in bodies if area(body) > 1.3 * area(phone.body)]
        around = [body for body in larger if common(body, phone.body) > 0.7 * area(phone.body)]
        return _Phone(around[0], at) if around else phone

    def _nudged(self, ground: Ground, phone: _Phone, fresh: list[Points]) -> None:
        """A phone that was pushed a little while it showed the code: nothing crosses its outline where it is now."""
        for body in fresh:
            edge = ground.edge(body)
            if overlap(body, phone.body) > 0.8 and edge.held > STANDS_AS_BEFORE and not crossed(edge.free, np.ones_like(edge.free)):
                phone.body, self._usual = body, None

    def _disturbed(self, edge: Edge, body: Points) -> bool:
        """Something crosses the outline of a phone that stands where it showed the code, and did not then."""
        there = self._code_at is not None and self._usual is not None and overlap(body, self._code_at) > MOVED
        return there and self._usual is not None and crossed(edge.free, self._usual)

    def _without_phone(self, pixels: Grey, small: Grey, ground: Ground) -> Stand:
        """Empty, if the attached screen is seen as it was learned, blank or with its whole code."""
        if ground.lightless:
            return "unsure"
        code = None if ground.even() else self._own_code(pixels, small)
        empty = ground.even(code)
        if not ground.known or not empty or self._empty_frames < SURE_AFTER:
            empty = self._learned(small, code, empty and ground.known) or (empty and ground.known)
        self._empty_frames = self._empty_frames + 1 if empty else 0
        if self._empty_frames == SURE_AFTER:
            self._memory = self._memory.next_visit()
            self._seeker.place = self._code_at = self._usual = None
            self._code_seen = self._code_seen and bool(self._seeker.forms)
        return "empty" if empty else "unsure"

    def _learned(self, small: Grey, code: Points | None, agrees: bool) -> bool:
        """The frame looks empty by itself; after some such frames that is how the empty stand looks. What was learned gives way
        where it does not agree (the camera was moved) or hid more (a hand was in the way); never to a view that hides more."""
        taught, old = Reference.taught(small, code), self.reference
        if taught is None or (old is not None and taught.hidden > old.hidden + HIDES_AS_MUCH):
            self._fresh_frames = 0
            return False
        alone = Ground.of(small, taught)
        fresh = alone.even(code) and not find_bodies(alone)
        self._fresh_frames = self._fresh_frames + 1 if fresh else 0
        better = old is None or not agrees or taught.hidden < old.hidden - HIDES_AS_MUCH
        if better and self._fresh_frames >= (SURE_AFTER if old is None or agrees else MOVED_CAMERA_AFTER):
            self.reference = taught
            self._own.moved()
        return fresh and (old is None or self.reference is taught)

    def _own_code(self, pixels: Grey, small: Grey) -> Points | None:
        """Where the attached screen shows a code of ours, the whole of it: its corners in small pixels."""
        corners = self._own.corners(pixels)
        return None if corners is None else to_small(corners, pixels.shape[1] / small.shape[1])

    # ---- the phone ----

    def _display(self, frame: Frame, ground: Ground, phone: _Phone, scale: float, display: Points) -> DisplaySeen:
        look = Look.of(ground.small, phone.body, ground.level)
        if look.dark:
            return DisplaySeen(self._ruled(look, ground, phone, frame.at, any_code=False))
        region = to_large(phone.body, scale)
        found = self._seeker.seek(frame.pixels, region)
        if found.match is not None and found.match.accepted:
            self._memory.with_code(look, to_small(found.match.corners, scale), first=self._code_at is None)
            self._code_at, self._code_seen = phone.body, True
            free = ground.edge(phone.body).free
            self._usual = free if self._usual is None else self._usual & free  # the screen's forms lie differently along it
            match = found.match
            self._code_quad = as_quad(match.corners)
            return code_seen(match, found.form)
        score, z = (max(0.0, found.match.score), found.match.z) if found.match is not None else (0.0, 0.0)
        screen = self._ruled(look, ground, phone, frame.at, found.any_code)
        known = None
        if self._library is not None and self._library.names() and not found.any_code:
            face = taught.face(frame.pixels, display)
            known = self._library.recognised(face) or (self._library.feared(face) if self._code_seen else None)
        return DisplaySeen(screen, True, score, None, z, taught=known[0] if known is not None else None)

    def _ruled(self, look: Look, ground: Ground, phone: _Phone, at: float, any_code: bool) -> Screen:
        """The rule of `hardware.vision.screens`, for a display without the expected code."""
        if self._disturbed(ground.edge(phone.body), phone.body):
            return "viewfinder" if self._last in ("code", "none") else self._last
        if any_code:
            return "viewfinder"
        if look.dark:
            return "dark"
        if look.plain:
            return "viewfinder"
        if self._code_seen and self._memory.is_before(look, self._code_at is not None):
            return "before"
        if self._code_at is None:
            if self._seeker.forms or self._memory.finder is None:  # else it may be this phone's setup
                self._memory.came_before(look)
            return "other"
        if self._memory.is_finder(look):
            return "viewfinder"
        moved = overlap(phone.body, self._code_at) < MOVED
        settled = at - phone.since >= SETTLED_SECONDS and phone.frames >= SETTLED_FRAMES
        return "viewfinder" if moved and not settled else "other"

    def _shown_by(self, ground: Ground, phone: _Phone) -> Points:
        """The phone's display, in small pixels: its body without the narrowest bezel that was seen of it."""
        for side, width in enumerate(bezel(ground, phone.body)):
            known = phone.bezel[side]
            phone.bezel[side] = width if known is None or (width is not None and width < known) else known
        usual = USUAL_BEZEL * float(sides(phone.body).min())
        first, second = (usual if width is None else width for width in phone.bezel)
        return spread(phone.body, -first, -second)
