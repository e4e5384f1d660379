"""One bench camera's eye: frames in, Sightings out. Holds what a watch must remember; no threads, no files, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from hardware.readings import Frame, KnownSymbol, Screen, Sighting, Stand
from hardware.vision.bodies import find_bodies
from hardware.vision.geometry import (
    Grey,
    Homography,
    Points,
    area,
    as_quad,
    common,
    inside,
    overlap,
    sides,
    spread,
    to_large,
    to_small,
)
from hardware.vision.locate import look_for, whole_code
from hardware.vision.reference import Mask, Reference, shrunk
from hardware.vision.screens import Look, Memory
from hardware.vision.stand import Edge, Ground, bezel, crossed, same_place
from hardware.vision.symbol import Pattern

STANDS_AS_BEFORE = 0.85  # share of an outline: enough to believe that nothing moved
CLEAR_AS_BEFORE = 0.75  # share of each side: and that nothing crosses it or stands beside it
STANDS_BEHIND_A_HAND = 0.55  # enough to believe in a phone whose outline cannot be found afresh
MOVED = 0.75  # intersection over union with where the code was seen
SETTLED_SECONDS, SETTLED_FRAMES = 1.0, 3
SURE_AFTER = 2  # frames of an empty stand before it is learned
MOVED_CAMERA_AFTER = 4  # frames that look empty, but not as learned, before it is learned again
HIDES_AS_MUCH = 0.005  # of the attached screen: views of one stand differ by less
WHOLE_CODE = 0.40  # correlation in each part of the attached screen's code


@dataclass
class _Phone:
    """The phone before the camera: its outline in small pixels, since when it is there, in how many frames."""

    body: Points
    since: float
    frames: int = 1
    bezel: float | None = None


@dataclass(frozen=True)
class _Seen:
    """A phone's display in one frame."""

    screen: Screen
    lit: bool = False
    score: float = 0.0
    ppm: float | None = None


class Sighter:
    """Judges the frames of one camera, in their order. `reference` may be what an earlier one had learned."""

    def __init__(self, reference: Reference | None = None) -> None:
        self.reference = reference
        self._pattern: Pattern | None = None
        self._shown: list[Pattern] = []  # what the attached screen may still show
        self._own: dict[int, Homography] = {}  # size of a symbol -> where the attached screen shows it
        self._memory = Memory()
        self._phone: _Phone | None = None
        self._others: list[Points] = []  # outlines of more phones in the frame that is judged
        self._place: Homography | None = None
        self._code_at: Points | None = None  # the body's outline when this phone last showed the code
        self._usual: Mask | None = None  # how nothing crossed that outline then
        self._code_seen = False  # in this watch, on whichever phone
        self._last: Screen = "none"
        self._empty_frames = 0
        self._fresh_frames = 0

    def expect(self, symbol: KnownSymbol | None, *, same_watch: bool = False) -> None:
        """What the attached screen shows from now on. A new watch forgets what the last one saw of its code.

        None: no code; what the last watch saw still counts, so that a viewfinder whose code was taken down is not taken for
        setup. `same_watch`: another form of the same content, the watch goes on.
        """
        self._pattern = None if symbol is None else Pattern(symbol)
        if self._pattern is not None:
            self._shown = [self._pattern, *self._shown][:2]
        if self._pattern is None:
            self._code_seen = self._code_seen and self._phone is not None
        elif not same_watch:
            self._place = self._code_at = None
            self._code_seen, self._last = False, "none"

    def see(self, frame: Frame) -> Sighting:
        """What this frame shows."""
        began = perf_counter()
        small = shrunk(frame.pixels)
        ground = Ground.of(small, self.reference)
        scale = frame.pixels.shape[1] / small.shape[1]
        self._others = []
        self._phone = None if ground.lightless else self._standing(ground, frame.at)
        seen, quad = _Seen("none"), None
        if self._phone is None:
            stand = self._without_phone(frame.pixels, small, ground)
        else:
            stand, self._empty_frames, self._fresh_frames = "phone", 0, 0
            seen = self._display(frame, ground, self._phone, scale)
            quad = as_quad(to_large(spread(self._phone.body, -self._bezel(ground, self._phone)), scale))
        self._last = seen.screen
        phones = 0 if ground.lightless else int(seen.lit) + self._more_lit_phones(ground)
        taken = (perf_counter() - began) * 1000
        return Sighting(frame.number, frame.at, stand, seen.screen, phones, seen.score, quad, seen.ppm, taken)

    def _more_lit_phones(self, ground: Ground) -> int:
        lit = [body for body in self._others if not Look.of(ground.small, body, ground.level).dark]
        bodies = [*([self._phone.body] if self._phone is not None else []), *self._others]
        loose = [display for display in ground.displays() if not any(inside(display, body, 4.0) for body in bodies)]
        return len(lit) + len(loose)

    # ---- the stand ----

    def _standing(self, ground: Ground, at: float) -> _Phone | None:
        phone = self._phone
        if phone is not None:
            edge = ground.edge(phone.body)
            clear = edge.held > STANDS_AS_BEFORE and min(edge.free_by_side) > CLEAR_AS_BEFORE
            if clear and not self._disturbed(edge, phone.body):
                phone.frames += 1
                return self._whole(ground, phone, at)
        fresh = find_bodies(ground)
        this = phone.body if phone is not None else fresh[0] if fresh else None
        self._others = [body for body in fresh if this is not None and common(body, this) < 0.2 * min(area(body), area(this))]
        if phone is not None and ground.edge(phone.body).held > STANDS_BEHIND_A_HAND:
            moved = [body for body in fresh if overlap(body, phone.body) > 0.5 and not same_place(body, phone.body)]
            if not moved or ground.edge(moved[0]).held < ground.edge(phone.body).held:
                phone.frames += 1
                return phone
            fresh = moved
        if not fresh:
            return None
        return _Phone(fresh[0], at)

    def _whole(self, ground: Ground, phone: _Phone, at: float) -> _Phone:
        """The phone, or the larger one that it turns out to be a part of: a hand that leaves may first bare a dark band of it only."""
        if self._last == "code":
            return phone  # nothing is surer than a display that shows the code
        larger = [body for body in find_bodies(ground) if area(body) > 1.3 * area(phone.body)]
        around = [body for body in larger if common(body, phone.body) > 0.7 * area(phone.body)]
        return _Phone(around[0], at) if around else phone

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
            self._memory, self._place, self._code_at = self._memory.next_visit(), None, None
            self._code_seen = self._code_seen and self._pattern is not None
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
            self.reference, self._own = taught, {}
        return fresh and (old is None or self.reference is taught)

    def _own_code(self, pixels: Grey, small: Grey) -> Points | None:
        """Where the attached screen shows a code of ours, the whole of it: its corners in small pixels."""
        scale = pixels.shape[1] / small.shape[1]
        for pattern in self._shown:
            match = whole_code(pattern, pixels, self._own.get(pattern.size))
            if match is not None and pattern.agreement(pixels, match.place) > WHOLE_CODE:
                self._own[pattern.size] = match.place
                return to_small(match.corners, scale)
        return None

    # ---- the phone ----

    def _display(self, frame: Frame, ground: Ground, phone: _Phone, scale: float) -> _Seen:
        look = Look.of(ground.small, phone.body, ground.level)
        if look.dark:
            return _Seen(self._ruled(look, ground, phone, frame.at, any_code=False))
        region = to_large(phone.body, scale)
        found = look_for(self._pattern, frame.pixels, region, self._place)
        if found.match is not None and found.match.accepted:
            self._memory.with_code(look, to_small(found.match.corners, scale), first=self._code_at is None)
            self._place, self._code_at, self._code_seen = found.match.place, phone.body, True
            self._usual = ground.edge(phone.body).free
            return _Seen("code", True, found.match.score, found.match.ppm)
        score = max(0.0, found.match.score) if found.match is not None else 0.0
        return _Seen(self._ruled(look, ground, phone, frame.at, found.any_code), True, score)

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
            if self._pattern is not None or self._memory.finder is None:  # else it may be this phone's setup
                self._memory.came_before(look)
            return "other"
        if self._memory.is_finder(look):
            return "viewfinder"
        moved = overlap(phone.body, self._code_at) < MOVED
        settled = at - phone.since >= SETTLED_SECONDS and phone.frames >= SETTLED_FRAMES
        return "viewfinder" if moved and not settled else "other"

    def _bezel(self, ground: Ground, phone: _Phone) -> float:
        width = bezel(ground, phone.body)
        if width is not None and (phone.bezel is None or width < phone.bezel):
            phone.bezel = width
        return phone.bezel if phone.bezel is not None else 0.03 * float(sides(phone.body).min())
