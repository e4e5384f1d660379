"""Every sentence of the terminal, by the id that the wire carries. Here are words; the wire has none.

`head` is read from two metres, so it has at most fourteen letters, of those that `tui.letters` can draw. Arguments from the wire
are cleaned before they are put into a sentence, and the sentences are ours: foreign text is never a format string.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from station.wire import Answer, Question, QuestionKind, SetAsideReason, StepId, UnitBrief
from tui.plain import plain

Tone = Literal["act", "wait", "done", "trouble", "ask"]

TONE_WORD: dict[Tone, str] = {"act": "DO THIS", "wait": "WAIT", "done": "DONE", "trouble": "TROUBLE", "ask": "ANSWER"}
TONE_SIGN: dict[Tone, str] = {"act": "▶", "wait": "◷", "done": "✔", "trouble": "▲", "ask": "?"}


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
    "connecting": Words("wait", "CONNECTING", "Connecting to the bench's service."),
    "unreachable": Words("trouble", "RECONNECTING", "The service is not there, reconnecting. There is nothing to press.", "{why}"),
    "no_batch": Words("act", "START A BATCH", "No batch is running. Choose one.", "Press Start batch."),
    "paused": Words("act", "PAUSED", "The batch is paused: no new code is shown.", "Press Continue. Phones in the rack go on."),
    "finished": Words("done", "ALL SHOWN", "Nobody is left in the queue.", "Phones in the rack finish by themselves. See the holds."),
    "preparing": Words("wait", "ONE MOMENT", "The next code is being made.", "Nothing to do yet."),
    "clear_stand": Words("act", "CLEAR STAND", "Take the phone off the stand.", "The next code comes when the stand is seen empty."),
    "rack_full": Words(
        "wait", "RACK FULL", "All {trays} trays are taken.", "A verified phone frees its tray; so does setting one aside."
    ),
    "scan_label": Words("act", "SCAN LABEL", "Scan the label on the phone's box.", "Point the scanner at the serial number or IMEI."),
    "place_phone": Words("act", "PLACE PHONE", "Put a new phone on the stand.", "Tap its first screen six times: its camera opens."),
    "hold_still": Words("wait", "HOLD STILL", "The phone sees the code. Leave it on the stand.", "It reads the code by itself."),
    "to_tray": Words("act", "TO TRAY {tray}", "Take the phone to tray {tray}.", "Then the next user's code comes up."),
    "setup_on_stand": Words(
        "wait", "SET UP HERE", "The phone stays here until it is verified.", "Tap through its setup where it asks."
    ),
    "answer": Words("ask", "ANSWER", "The bench asks you something.", "Press Answer."),
    "screen_lost": Words(
        "trouble", "SCREEN LOST", "The attached screen is gone.", "Check plug and power. The bench goes on by itself."
    ),
    "service_down": Words("trouble", "NO NEW CODES", "The management service does not answer.", "{reason}"),
    "stopped": Words("trouble", "STOPPED", "The bench stopped itself to protect the record.", "{reason}"),
}


LABEL_REFUSED = Words("trouble", "SCAN AGAIN", "That label was refused.", "{problem}")


BLIND: dict[ScreenStep, str] = {
    "clear_stand": "Then press Stand is empty: no camera sees it.",
    "to_tray": "Then press Stand is empty: no camera sees it.",
}
"""Details that differ where no camera looks at the stand."""


class _Known(dict[str, str]):
    """Arguments for a sentence; one that the service left out shows as a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def step_words(step: ScreenStep, args: Mapping[str, str | int], *, blind: bool = False) -> Words:
    """The words for a step, its arguments put in. `blind`: no camera looks at the stand."""
    known = _Known({name: plain(str(value)) for name, value in args.items()})
    words = LABEL_REFUSED if step == "scan_label" and args.get("problem") else STEPS[step]
    more = BLIND.get(step, words.more) if blind else words.more
    return Words(words.tone, words.head.format_map(known), words.say.format_map(known), more.format_map(known))


QUESTIONS: dict[QuestionKind, str] = {
    "interrupted": "The bench stopped while this code was on its screen.",
    "went_back": "The code was in the phone's viewfinder, then it gave way to something that is not setup.",
    "pulled_away": "The phone left the stand with the code still in its viewfinder.",
    "two_phones": "Two lit phones are in view. Only one may stand there.",
    "not_live": "The phone shows a picture of the code, not its viewfinder: the code on it stays as it is while the screen's changes.",
    "error_shown": "The phone shows an error in the place of its viewfinder.",
    "lost_sight": "The phone shows another screen by now, and the camera did not see how it came there.",
    "not_scanned": "The code was up for its whole time and no scan was seen.",
    "no_camera": "The camera is not there to see the scan.",
    "expired": "The code ran out with a phone on the stand.",
    "held": "The phone on the stand belongs to a unit that is held.",
}
WHY_ASIDE = "Why is this phone set aside?"
KEEP = "No, keep it"
NOTHING_TO_DO = "Nothing can be done with this unit by you now."
WHAT_NOW = "What shall be done with it?"
QUESTION_ASK = "Did the phone read the code? It did if it is setting itself up now."
NOBODY_MAY_ANSWER = "You may not answer this one. Call a lead."

ANSWERS: dict[Answer, tuple[str, str, Tone]] = {
    "scanned": ("Yes, it read the code", "it goes to a tray", "done"),
    "show_again": ("No, show the code again", "it tries once more", "act"),
    "set_aside": ("Set this phone aside", "asks why; the user gets another", "ask"),
    "fail": ("Give this one up", "cannot be undone", "trouble"),
}

ASIDE: dict[SetAsideReason, tuple[str, str]] = {
    "flat": ("Flat", "battery is empty"),
    "updating": ("Updating", "system update runs"),
    "sim": ("SIM question", "asks for a SIM or PIN"),
    "locked": ("Locked", "was set up before"),
    "wrong_model": ("Wrong model", "not what was ordered"),
    "broken": ("Broken", "damaged or dead"),
    "other": ("Other", "none of these"),
}

STATES: dict[str, tuple[str, str, Tone]] = {
    "queued": ("○", "in the queue", "wait"),
    "showing": ("◉", "code on the screen", "act"),
    "scanned": ("◔", "waiting", "wait"),
    "enrolled": ("◑", "enrolled", "wait"),
    "verified": ("✔", "verified", "done"),
    "invited": ("✉", "code mailed", "wait"),
    "held": ("▲", "HELD", "trouble"),
    "failed": ("✘", "failed", "trouble"),
    "skipped": ("⊘", "skipped", "wait"),
}

HOLDS: dict[str, tuple[str, str]] = {
    "overdue": (
        "overdue",
        "Its setup takes too long. The phone may wait for a tap or for Wi-Fi. If it goes on, release it.",
    ),
    "interrupted": ("interrupted", "The bench stopped while its code was up. Find the phone and see whether it is setting itself up."),
    "mismatch": ("mismatch", "The device that reported is not as ordered: model, mode, policy or label. A lead compares both."),
    "unwitnessed": ("not witnessed", "Nobody saw the scan. Look at the phone: if it is setting itself up, say that it read the code."),
    "duplicate": ("duplicate", "A second device turned up for this user. A lead finds out which phone is the right one."),
    "expired": ("expired", "Its code ran out before a device reported. Retry with a new code."),
    "fault": ("fault", "Something failed on the bench or at the service. A lead reads the unit's history."),
    "by-operator": ("held by hand", "Somebody held it. Release it when the cause is gone."),
}

ACTIONS: dict[str, tuple[str, str, Tone]] = {
    "release": ("Release", "goes on", "done"),
    "attest": ("Attest", "was read", "done"),
    "retry": ("Retry", "new code", "act"),
    "set_aside": ("Set aside", "asks why", "ask"),
    "hold": ("Hold", "look at it later", "ask"),
    "skip": ("Skip", "for good", "trouble"),
    "fail": ("Give up", "for good", "trouble"),
}

CONFIRM: dict[str, tuple[str, str]] = {
    "skip": ("Leave this user out?", "The user gets no phone from this batch. This cannot be undone."),
    "fail": ("Give this unit up?", "Its code is revoked and its phone counts as failed. This cannot be undone."),
}

PARTS = {"camera": "camera", "display": "attached screen", "scanner": "label scanner", "service": "management service"}
PART_LOST = {
    "camera": "you will be asked instead",
    "display": "no code can be shown",
    "scanner": "type the label instead",
    "service": "no new codes, no confirmations",
}

PART_NOTICE = {"camera": "camera not as calibrated: call a lead, sixtap self-test tells"}
"""What is said of a part that works, but about which the service has something to say."""

VIEWS: dict[str, tuple[str, Tone]] = {
    "empty": ("stand is empty", "done"),
    "phone": ("one phone", "wait"),
    "code": ("code in the viewfinder", "act"),
    "two_phones": ("two phones", "trouble"),
    "unsure": ("cannot tell", "ask"),
    "absent": ("no camera", "trouble"),
}

PRIMARY: dict[str, tuple[str, str]] = {
    "start": ("Start batch", "choose one"),
    "continue": ("Continue", "show codes again"),
    "pause": ("Pause", "no new codes"),
    "answer": ("Answer", "the bench asks"),
}

CHOOSE_BATCH = "Choose a batch, then press the button below."
NO_BATCHES = "There is no batch yet. An admin makes one on the command line."
SIMULATED = "SIMULATED"
LABEL_HINT = "no keyboard needed: scan; or type the label, then Enter"
BY_HAND = "said by hand"
NOT_SURE = "It is not known whether it was done. Look at the step before you press again."
NO_ANSWER = "The service did not answer."
SLOW = "Working on it. Do not press again."


NO_NAME = "(name erased)"


def person(unit: UnitBrief | Question) -> str:
    """The user's name, or that it was erased."""
    return plain(unit.user, 60) or NO_NAME


BATCH_STATES = {"ready": "not started", "running": "running", "paused": "paused", "closed": "closed"}


def waited(minutes: int | None) -> str:
    """How long something waits: whole minutes, then hours and minutes."""
    if minutes is None:
        return ""
    if minutes < 1:
        return "<1 min"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02}"


def state_words(state: str, reason: str | None) -> str:
    """A unit's state, with its reason when it is held. A state this client does not know is shown as it came."""
    words = STATES[state][1] if state in STATES else plain(state, 24)
    if not reason:
        return words
    return f"{words}: {HOLDS[reason][0] if reason in HOLDS else plain(reason, 24)}"
