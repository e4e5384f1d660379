"""What the terminal says at the bench, by the id that the wire carries. Here are words; the wire has none.

The tables are English, marked for translation; `t`, the catalogue of the person's language, says them. Arguments from the wire are
cleaned before they are put into a sentence, and the sentences are ours: foreign text is never a format string.
"""

from __future__ import annotations

from typing import Literal

from station.wire import Answer, Question, QuestionKind, Role, SetAsideReason, UnitBrief
from station.words import N_, Catalogue
from station.words.modes import MODES
from tui.plain import plain

Tone = Literal["act", "wait", "done", "trouble", "ask"]

TONE_WORD: dict[Tone, str] = {
    "act": N_("DO THIS"),
    "wait": N_("WAIT"),
    "done": N_("DONE"),
    "trouble": N_("TROUBLE"),
    "ask": N_("ANSWER"),
}
TONE_SIGN: dict[Tone, str] = {"act": "▶", "wait": "◷", "done": "✔", "trouble": "▲", "ask": "?"}


QUESTIONS: dict[QuestionKind, str] = {
    "interrupted": N_("The bench stopped while this code was on its screen."),
    "went_back": N_("The phone's camera closed, and what came then is not its setup."),
    "pulled_away": N_("The phone left the stand with the code still in its viewfinder."),
    "two_phones": N_("Two lit phones are in view. Only one may stand there."),
    "not_live": N_(
        "The phone shows a picture of the code, not its viewfinder: the code on it stays as it is while the screen's changes."
    ),
    "error_shown": N_("The phone shows an error in the place of its viewfinder."),
    "lost_sight": N_("The phone shows another screen by now, and the camera did not see how it came there."),
    "not_scanned": N_("The code was up for its whole time and no scan was seen."),
    "no_camera": N_("The camera is not there to see the scan."),
    "screen_gone": N_("The attached screen went away, and the code with it. Check its plug and power."),
    "paused": N_("The batch was paused while the phone could read the code."),
    "expired": N_("The code ran out with a phone on the stand."),
    "held": N_("The phone on the stand belongs to a unit that is held."),
}
WHY_ASIDE = N_("Why is this phone set aside?")
KEEP = N_("No, keep it")
NOTHING_TO_DO = N_("Nothing can be done with this unit by you now.")
WHAT_NOW = N_("What shall be done with it?")
QUESTION_ASK = N_("Did the phone read the code? It did if it is setting itself up now.")
NOBODY_MAY_ANSWER = N_("You may not answer this one. Call a lead.")

ANSWERS: dict[Answer, tuple[str, str, Tone]] = {
    "scanned": (N_("Yes, it read the code"), N_("it goes to a tray"), "done"),
    "show_again": (N_("No, show the code again"), N_("it tries once more"), "act"),
    "set_aside": (N_("Set this phone aside"), N_("asks why; the user gets another"), "ask"),
    "fail": (N_("Give this user up"), N_("cannot be undone"), "trouble"),
}

ASIDE: dict[SetAsideReason, tuple[str, str]] = {
    "flat": (N_("Flat"), N_("battery is empty")),
    "updating": (N_("Updating"), N_("system update runs")),
    "sim": (N_("SIM question"), N_("asks for a SIM or PIN")),
    "locked": (N_("Locked"), N_("was set up before")),
    "wrong_model": (N_("Wrong model"), N_("not what was ordered")),
    "broken": (N_("Broken"), N_("damaged, or taps do nothing")),
    "other": (N_("Other"), N_("none of these")),
}

STATES: dict[str, tuple[str, str, Tone]] = {
    "queued": ("○", N_("in the queue"), "wait"),
    "showing": ("◉", N_("being served"), "act"),
    "scanned": ("◔", N_("waiting"), "wait"),
    "enrolled": ("◑", N_("enrolled"), "wait"),
    "verified": ("✔", N_("verified"), "done"),
    "invited": ("✉", N_("code mailed"), "wait"),
    "held": ("▲", N_("HELD"), "trouble"),
    "failed": ("✘", N_("failed"), "trouble"),
    "skipped": ("⊘", N_("skipped"), "wait"),
}

LATE: tuple[str, str, Tone] = ("☝", N_("tap Accept?"), "act")
"""What stands at a phone that takes longer than usual: mostly it waits for somebody to accept something."""

HOLDS: dict[str, tuple[str, str]] = {
    "overdue": (
        N_("overdue"),
        N_("Its setup takes too long. The phone may wait for a tap or for Wi-Fi. If it goes on, release it."),
    ),
    "interrupted": (
        N_("interrupted"),
        N_("The bench stopped while its code was up. Find the phone and see whether it is setting itself up."),
    ),
    "mismatch": (
        N_("mismatch"),
        N_("The device that reported is not as ordered: model, mode, policy or label. A lead compares both."),
    ),
    "unwitnessed": (
        N_("not witnessed"),
        N_("Nobody saw the scan. Look at the phone: if it is setting itself up, say that it read the code."),
    ),
    "duplicate": (N_("duplicate"), N_("A second device turned up for this user. A lead finds out which phone is the right one.")),
    "expired": (N_("expired"), N_("Its code ran out before a device reported. Retry with a new code.")),
    "fault": (N_("fault"), N_("Something failed on the bench or at the service. A lead reads the unit's history.")),
    "by-operator": (N_("held by hand"), N_("Somebody held it. Release it when the cause is gone.")),
}

ACTIONS: dict[str, tuple[str, str, Tone]] = {
    "release": (N_("Release"), N_("goes on"), "done"),
    "attest": (N_("Code read"), N_("say so"), "done"),
    "retry": (N_("Retry"), N_("new code"), "act"),
    "set_aside": (N_("Set aside"), N_("asks why"), "ask"),
    "hold": (N_("Hold"), N_("look at it later"), "ask"),
    "skip": (N_("Skip"), N_("for good"), "trouble"),
    "fail": (N_("Give up"), N_("for good"), "trouble"),
}

CONFIRM: dict[str, tuple[str, str]] = {
    "skip": (N_("Leave this user out?"), N_("The user gets no phone from this batch. This cannot be undone.")),
    "fail": (N_("Give this unit up?"), N_("Its code is revoked and its phone counts as failed. This cannot be undone.")),
}

PARTS = {
    "camera": N_("camera"),
    "display": N_("attached screen"),
    "scanner": N_("label scanner"),
    "service": N_("management service"),
    "mail": N_("mail server"),
    "notifications": N_("hearing of enrollments"),
}
PART_LOST = {
    "camera": N_("you will be asked instead"),
    "display": N_("no code can be shown"),
    "scanner": N_("type the label instead"),
    "service": N_("no new codes, no confirmations"),
    "mail": N_("invitations wait"),
    "notifications": N_("they are asked for, up to a minute later"),
}

PART_NOTICE = {
    "camera": N_("camera not as calibrated: call a lead, sixtap self-test tells"),
    "display": N_("code too small on the attached screen: {detail} a module"),
}
"""What is said of a part that works, but about which the service has something to say, which is {detail}."""

VIEWS: dict[str, tuple[str, Tone]] = {
    "empty": (N_("stand is empty"), "done"),
    "phone": (N_("one phone"), "wait"),
    "code": (N_("code in the viewfinder"), "act"),
    "two_phones": (N_("two phones"), "trouble"),
    "unsure": (N_("cannot tell"), "ask"),
    "absent": (N_("no camera"), "trouble"),
}

FOLLOWED: tuple[str, Tone] = (N_("live code in the viewfinder"), "done")
"""The viewfinder takes the attached screen's turns: it is no picture of a code."""
SHOWN: dict[str, tuple[str, Tone]] = {
    "dark": (N_("display is dark"), "trouble"),
    "viewfinder": (N_("a camera view"), "act"),
    "before": (N_("its first screen again"), "trouble"),
    "other": (N_("a screen that is on"), "wait"),
}
"""What the display of the one phone on the stand shows, where more is known than that it stands there."""

PRIMARY: dict[str, tuple[str, str]] = {
    "start": (N_("Start batch"), N_("choose one")),
    "continue": (N_("Continue"), N_("show codes again")),
    "pause": (N_("Pause"), N_("no new codes")),
    "answer": (N_("Answer"), N_("the bench asks")),
}

CHOOSE_BATCH = N_("Choose a batch, then press the button below.")
NO_BATCHES = N_("There is no batch yet. An admin makes one here.")
SIMULATED = N_("SIMULATED")
LABEL_HINT = N_("no keyboard needed: scan; or type the label, then Enter")
BY_HAND = N_("said by hand")
NOT_SURE = N_("It is not known whether it was done. Look at the step before you press again.")
NO_ANSWER = N_("The service did not answer.")
SLOW = N_("Working on it. Do not press again.")
NO_NAME = N_("(name erased)")


def person(t: Catalogue, unit: UnitBrief | Question) -> str:
    """The user's name, or that it was erased."""
    return plain(unit.user, 60) or t(NO_NAME)


BATCH_STATES = {"ready": N_("not started"), "running": N_("running"), "paused": N_("paused"), "closed": N_("closed")}

ROLES: dict[Role, str] = {"operator": N_("operator"), "lead": N_("lead"), "admin": N_("admin")}


def mode_name(t: Catalogue, mode: str) -> str:
    """A management mode by its name; one that this client does not know as it came."""
    return t(MODES[mode]) if mode in MODES else plain(mode, 30)


def waited(t: Catalogue, minutes: int | None) -> str:
    """How long something waits: whole minutes, then hours and minutes."""
    if minutes is None:
        return ""
    if minutes < 1:
        return t("<1 min")
    return (
        t("{minutes} min", minutes=minutes) if minutes < 60 else t("{hours} h {minutes:02}", hours=minutes // 60, minutes=minutes % 60)
    )


def state_words(t: Catalogue, state: str, reason: str | None) -> str:
    """A unit's state, with its reason when it is held. A state this client does not know is shown as it came."""
    words = t(STATES[state][1]) if state in STATES else plain(state, 24)
    if not reason:
        return words
    return t("{state}: {reason}", state=words, reason=t(HOLDS[reason][0]) if reason in HOLDS else plain(reason, 24))


def said(t: Catalogue, words: tuple[str, str, Tone]) -> tuple[str, str, Tone]:
    """A row of a table of buttons, in the person's language."""
    return t(words[0]), t(words[1]), words[2]
