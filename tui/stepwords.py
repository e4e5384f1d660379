"""The one next thing to do at the bench, in words: by the wire's step, and by what else is known of the phone on the stand.

`head` is read from two metres, so in every language it has at most fourteen letters, of those that `tui.letters` can draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from station.wire import Status, StepId
from station.words import N_, Catalogue
from tui.plain import plain
from tui.text import QUESTIONS, Tone


@dataclass(frozen=True, slots=True)
class Words:
    """What is said at a step: its tone, a few large letters, one sentence, a short detail."""

    tone: Tone
    head: str
    say: str
    more: str = ""


ScreenStep = StepId | Literal["connecting", "unreachable"]
"""The wire's steps, and the two that only a client can be in."""

STEPS: dict[ScreenStep, Words] = {
    "connecting": Words("wait", N_("CONNECTING"), N_("Connecting to the bench's service.")),
    "unreachable": Words(
        "trouble", N_("RECONNECTING"), N_("The service is not there, reconnecting. There is nothing to press."), "{why}"
    ),
    "no_batch": Words("act", N_("START A BATCH"), N_("No batch is running. Choose one."), N_("Press Start batch.")),
    "paused": Words(
        "act", N_("PAUSED"), N_("The batch is paused: no new code is shown."), N_("Press Continue. Phones in the rack go on.")
    ),
    "finished": Words("wait", N_("ALMOST DONE"), N_("Nobody is left in the queue."), N_("Phones in the rack finish by themselves.")),
    "preparing": Words("wait", N_("ONE MOMENT"), N_("The next code is being made."), N_("Nothing to do yet.")),
    "clear_stand": Words(
        "act", N_("CLEAR STAND"), N_("Take the phone off the stand."), N_("The next code comes when the stand is seen empty.")
    ),
    "rack_full": Words(
        "wait", N_("RACK FULL"), N_("All {trays} trays are taken."), N_("A verified phone frees its tray; so does setting one aside.")
    ),
    "scan_label": Words(
        "act", N_("SCAN LABEL"), N_("Scan the label on the phone's box."), N_("Point the scanner at the serial number or IMEI.")
    ),
    "place_phone": Words(
        "act", N_("PLACE PHONE"), N_("Put a new phone on the stand."), N_("Tap its first screen six times: its camera opens.")
    ),
    "hold_still": Words(
        "wait", N_("HOLD STILL"), N_("The phone sees the code. Leave it on the stand."), N_("It reads the code by itself.")
    ),
    "to_tray": Words(
        "act", N_("TO TRAY {tray}"), N_("Take the phone to tray {tray}."), N_("Its terms are accepted there. The next code comes up.")
    ),
    "setup_on_stand": Words(
        "wait", N_("SET UP HERE"), N_("The phone stays here until it is verified."), N_("Tap through its setup where it asks.")
    ),
    "answer": Words("ask", N_("ANSWER"), N_("The bench asks you something."), N_("Press Answer.")),
    "screen_lost": Words(
        "trouble", N_("SCREEN LOST"), N_("The attached screen is gone."), N_("Check plug and power. The bench goes on by itself.")
    ),
    "service_down": Words("trouble", N_("NO NEW CODES"), N_("The management service does not answer."), "{reason}"),
    "stopped": Words("trouble", N_("STOPPED"), N_("The bench stopped itself to protect the record."), "{reason}"),
}


ARGUED: dict[tuple[ScreenStep, str], Words] = {
    ("scan_label", "problem"): Words("trouble", N_("SCAN AGAIN"), N_("That label was refused."), "{problem}"),
    ("answer", "screen"): Words(
        "trouble", N_("SCREEN LOST"), N_("The attached screen is gone: no code is up."), N_("Check plug and power. Press Answer.")
    ),
}
"""Steps that differ where the wire gives them this argument."""


BLIND = N_("Then press Stand is empty: no camera sees it.")
"""The detail of steps that empty the stand, where no camera looks at it."""


LINKED: dict[ScreenStep, Words] = {
    "place_phone": Words(
        "act", N_("SCAN LINK"), N_("Point the user's own phone at the code."), N_("The code is a link: follow it on the phone.")
    ),
}
"""Steps that differ where the code is a link for a phone that is set up already."""


ON_STAND: dict[str, Words] = {
    "phone": Words(
        "act",
        N_("TAP 6 TIMES"),
        N_("Tap the phone's first screen six times."),
        N_("Always in the same spot. Nothing after three tries? Set aside."),
    ),
    "dark": Words(
        "act",
        N_("SWITCH IT ON"),
        N_("The phone's display is dark: switch it on."),
        N_("Then tap its first screen six times. It stays dark? Set aside."),
    ),
    "viewfinder": Words(
        "wait",
        N_("HOLD STILL"),
        N_("The phone's camera is open. Leave it on the stand."),
        N_("Turn it to the code if it does not see it."),
    ),
}
"""Instead of "put a phone on the stand" when one stands there, by what its display shows."""

CODE_COMES = Words("wait", N_("ONE MOMENT"), N_("No code is up: leave the phone where it is."), N_("The bench goes on by itself."))
"""A phone stands there, and its code is down."""

ALL_DONE = Words(
    "done", N_("ALL DONE"), N_("Every user of this batch is done."), N_("Take them along. Phones that were set aside: {aside}.")
)
"""Nobody is left in the queue, nothing is open, nothing held."""

SEE_HOLDS = N_("Some units wait for a person: press Holds.")
PRESS_ANSWER = N_("Press Answer.")

VARIANTS: tuple[Words, ...] = (*ARGUED.values(), *LINKED.values(), *ON_STAND.values(), CODE_COMES, ALL_DONE)
"""Every Words that may stand in the place of a step's own."""


def step_words(t: Catalogue, step: ScreenStep, args: Mapping[str, str | int], status: Status | None = None) -> Words:
    """The words for a step, its arguments put in. `status`: what is known besides, None while nothing is."""
    known = {name: plain(str(value)) for name, value in args.items()}
    if status is not None and status.batch is not None:
        known["aside"] = str(status.batch.phones.set_aside)
    words = _told(step, status) if status is not None else STEPS[step]
    words = next((ARGUED[step, name] for name in args if args[name] and (step, name) in ARGUED), words)
    return Words(words.tone, t(words.head, **known), t(words.say, **known), t(words.more, **known))


def _told(step: ScreenStep, status: Status) -> Words:
    words, batch = STEPS[step], status.batch
    match step:
        case "place_phone" if batch is not None and batch.mode == "work_profile":
            return LINKED["place_phone"]
        case "place_phone" if status.view == "phone" and not status.code_up:
            return CODE_COMES
        case "place_phone" if status.view == "phone":
            return ON_STAND.get(status.shows, ON_STAND["phone"])
        case "clear_stand" | "to_tray" if status.view == "absent":
            return replace(words, more=BLIND)
        case "answer" if status.question is not None:
            return replace(words, say=QUESTIONS[status.question.kind], more=PRESS_ANSWER)
        case "finished" if batch is not None and batch.users.held:
            return replace(words, more=SEE_HOLDS)
        case "finished" if batch is not None and not batch.users.open:
            return ALL_DONE
        case _:
            return words
