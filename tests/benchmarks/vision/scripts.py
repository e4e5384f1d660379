"""What happens on a bench while one code is up, acted on the twin's stage: genuine scans, and all that must not be taken for one.

A script is a list of (seconds, act). The true label is the script's: nobody looks at pictures to know what was done.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.benchmarks.vision.scenes import Shows, Stage, Standing

Act = Callable[[], None]
PLACED = 1.2  # when a phone stands; the hand is in view half a second before and after
TAPS = 0.9  # how long six taps take, a hand over the display
LINGERS = 2.2  # seconds for which the last screen is filmed
SETUP: tuple[Shows, ...] = ("setup", "downloading", "profile", "updating")
ERRORS: tuple[Shows, ...] = ("error", "offline")


@dataclass
class Script:
    """Acts in time on one stage. `now`: when the next act happens. `lively`: from when on a scan is possible."""

    stage: Stage
    draw: random.Random
    acts: list[tuple[float, Act]] = field(default_factory=list)
    now: float = 0.0
    lively: float | None = None

    def do(self, act: Act) -> None:
        """Does it now."""
        self.acts.append((self.now, act))

    def wait(self, low: float, high: float | None = None) -> None:
        """Lets time go by, somewhere between two figures."""
        self.now += low if high is None else self.draw.uniform(low, high)

    def hand(self, seconds: float, act: Act | None = None) -> None:
        """A hand in view for so long; in the middle of it, it does something."""
        self.do(partial(setattr, self.stage, "hand", True))
        self.wait(seconds / 2)
        if act is not None:
            self.do(act)
        self.wait(seconds / 2)
        self.do(partial(setattr, self.stage, "hand", False))

    def show(self, phone: Standing, shows: Shows) -> None:
        """The phone's display shows something else."""
        self.do(partial(setattr, phone, "shows", shows))

    def code_up(self) -> None:
        """The code comes up on the attached screen."""
        at = self.now
        self.do(partial(self.stage.put_up, at))

    def placed(self, shows: Shows = "welcome", *, code_first: bool | None = None) -> Standing:
        """An empty stand, then a phone on it, and the code up before or after that."""
        phone = self.stage.place()
        self.stage.phones.remove(phone)
        phone.shows = shows
        first = self.draw.random() < 0.5 if code_first is None else code_first
        self.now = PLACED - 0.5
        if first:
            self.code_up()
        self.hand(0.8, partial(self.stage.phones.append, phone))
        self.wait(0.6, 1.0)
        if not first and code_first is None:
            self.code_up()
            self.wait(0.3)
        return phone

    def tapped(self, phone: Standing) -> None:
        """Six taps, and the viewfinder opens."""
        self.lively = self.now
        self.hand(TAPS)
        self.wait(0.3, 1.2)
        self.show(phone, "viewfinder")

    def end(self) -> None:
        """Films on for a while."""
        self.wait(LINGERS)

    def set_up(self, phone: Standing) -> None:
        """Setup comes up in the viewfinder's place, and stays."""
        self.show(phone, self.draw.choice(SETUP))
        self.end()


# ---- genuine scans ----


def fast(script: Script) -> None:
    """The phone reads within a few hundred milliseconds."""
    phone = script.placed()
    script.tapped(phone)
    script.wait(0.25, 0.5)
    script.set_up(phone)


def slow(script: Script) -> None:
    """It takes its time."""
    phone = script.placed()
    script.tapped(phone)
    script.wait(0.6, 3.0)
    script.set_up(phone)


def aimed(script: Script) -> None:
    """It is aimed already when the code comes up, and reads 150 to 400 ms after its preview shows that."""
    phone = script.placed("welcome", code_first=False)
    script.tapped(phone)
    script.wait(0.5, 1.5)
    script.code_up()
    script.wait(0.15, 0.4)
    script.wait(phone.lens.delay)
    script.set_up(phone)


def dark_flash(script: Script) -> None:
    """The display is dark for a moment between viewfinder and setup."""
    phone = script.placed()
    script.tapped(phone)
    script.wait(0.4, 2.0)
    script.show(phone, "off")
    script.wait(0.1, 1.2)
    script.set_up(phone)


def hand_in_view(script: Script) -> None:
    """A hand crosses the display while the viewfinder is open, or as it closes."""
    phone = script.placed()
    script.tapped(phone)
    script.wait(0.3, 0.9)
    if script.draw.random() < 0.5:
        script.hand(script.draw.uniform(0.3, 0.9))
        script.wait(0.3, 0.8)
        script.set_up(phone)
    else:
        script.hand(script.draw.uniform(0.4, 0.9), partial(setattr, phone, "shows", script.draw.choice(SETUP)))
        script.end()


def moved(script: Script) -> None:
    """The phone is pushed a little while its viewfinder shows the code, or as setup begins."""
    phone = script.placed()
    script.tapped(phone)
    script.wait(0.4, 1.0)
    script.hand(0.5, partial(script.stage.nudge, phone))
    script.wait(0.2, 0.8)
    script.set_up(phone)


def tapped_on(script: Script) -> None:
    """The operator taps on into the open viewfinder."""
    phone = script.placed()
    script.lively = script.now
    script.hand(1.4, partial(setattr, phone, "shows", "viewfinder"))
    script.wait(0.3, 0.8)
    script.hand(0.4)
    script.wait(0.1, 0.6)
    script.set_up(phone)


# ---- what is none ----


def back(script: Script) -> None:
    """Back to the screen that was there before."""
    phone = script.placed()
    script.tapped(phone)
    script.wait(0.5, 1.5)
    if script.draw.random() < 0.5:
        script.hand(0.4, partial(setattr, phone, "shows", "welcome"))
    else:
        script.show(phone, "welcome")
    script.end()


def back_unseen(script: Script) -> None:
    """Back to a screen that was never seen on this phone, which came with its viewfinder open; the bench was taught that screen."""
    phone = script.placed("viewfinder")
    script.lively = PLACED - 0.2
    script.wait(0.5, 1.5)
    script.show(phone, "welcome")
    script.end()


def refused(script: Script) -> None:
    """The phone reads the code and says at once that it cannot be set up."""
    phone = script.placed()
    script.tapped(phone)
    script.wait(0.4, 1.5)
    script.show(phone, script.draw.choice(ERRORS))
    script.end()


def asleep(script: Script) -> None:
    """The display goes dark and stays so."""
    phone = script.placed()
    script.tapped(phone)
    script.wait(0.5, 1.5)
    script.show(phone, "off")
    script.wait(4.5)


def pulled_away(script: Script) -> None:
    """Hands take it away while its viewfinder shows the code, and put another phone there that is being set up."""
    phone = script.placed()
    script.tapped(phone)
    script.wait(0.5, 1.2)
    script.hand(0.6, partial(script.stage.phones.remove, phone))
    script.wait(0.5, 1.0)
    other = script.stage.place()
    script.stage.phones.remove(other)
    other.shows = script.draw.choice((*SETUP, "home"))
    script.hand(0.6, partial(script.stage.phones.append, other))
    script.end()


def photograph(script: Script) -> None:
    """A photograph of the code is shown, then something else."""
    phone = script.placed("photograph")
    script.lively = script.now
    script.wait(0.8, 4.0)
    script.show(phone, script.draw.choice((*SETUP, "home")))
    script.end()


def two_phones(script: Script) -> None:
    """Two phones stand side by side; both read the code."""
    script.now = PLACED - 0.5
    script.code_up()
    one, two = script.stage.place("left"), script.stage.place("right")
    script.stage.phones.clear()
    script.hand(0.8, partial(script.stage.phones.extend, (one, two)))
    script.wait(0.6)
    script.tapped(one)
    script.show(two, "viewfinder")
    script.wait(0.5, 1.5)
    script.show(one, "setup")
    script.wait(0.1, 0.4)
    script.set_up(two)


def never_reads(script: Script) -> None:
    """The viewfinder stays open on the code."""
    phone = script.placed()
    script.tapped(phone)
    script.wait(4.0)


def stranger(script: Script) -> None:
    """The phone shows a photograph of another user's code, then setup: it was scanned elsewhere."""
    phone = script.placed("strange photograph")
    script.lively = script.now
    script.wait(0.8, 2.5)
    script.set_up(phone)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of sequence. share: of a campaign of 400. right: outcomes that say what happened. taught: what the bench was taught
    beforehand."""

    play: Callable[[Script], None]
    share: int
    right: frozenset[str]
    taught: tuple[tuple[str, Shows], ...] = tuple(("error", name) for name in ERRORS)

    @property
    def genuine(self) -> bool:
        return "scanned" in self.right


KINDS: dict[str, Kind] = {
    "reads at once": Kind(fast, 45, frozenset({"scanned"})),
    "reads slowly": Kind(slow, 45, frozenset({"scanned"})),
    "aimed already": Kind(aimed, 35, frozenset({"scanned"})),
    "dark flash": Kind(dark_flash, 25, frozenset({"scanned"})),
    "hand in view": Kind(hand_in_view, 25, frozenset({"scanned"})),
    "moved": Kind(moved, 20, frozenset({"scanned"})),
    "tapped on": Kind(tapped_on, 15, frozenset({"scanned"})),
    "Back": Kind(back, 30, frozenset({"went_back"})),
    "Back, never seen": Kind(back_unseen, 20, frozenset({"went_back"}), (("before", "welcome"),)),
    "refused": Kind(refused, 25, frozenset({"error_shown"})),
    "asleep": Kind(asleep, 20, frozenset({"went_back"})),
    "pulled away": Kind(pulled_away, 25, frozenset({"pulled_away", "lost_sight"})),
    "photograph": Kind(photograph, 30, frozenset({"not_live", "none", "lost_sight"})),
    "two phones": Kind(two_phones, 20, frozenset({"two_phones"})),
    "never reads": Kind(never_reads, 8, frozenset({"none"})),
    "another's code": Kind(stranger, 12, frozenset({"none"})),
}
