"""What the terminal asks about a held unit, and what is known of it. Pure functions of the wire's answer."""

from __future__ import annotations

from typing import Literal

from station.wire import UnitView
from station.words import N_, Catalogue
from tui.plain import plain
from tui.storywords import clock
from tui.text import WHAT_NOW

Which = Literal["before", "after"]

ASKED: dict[str, str] = {
    "overdue": N_("Is this phone still setting itself up?"),
    "interrupted": N_("Did this phone finish?"),
    "mismatch": N_("Is this the phone that was ordered for this user?"),
    "unwitnessed": N_("Did this phone read the code?"),
    "duplicate": N_("Which of the two phones is this user's?"),
    "expired": N_("Shall this user get a new code?"),
    "fault": N_("What failed, and does it work again?"),
    "by-operator": N_("Is the reason gone for which it was held?"),
}
"""One question for each reason of a hold."""


def question(t: Catalogue, reason: str | None) -> str:
    """What a person is asked about a unit that is held for this reason."""
    return t(ASKED.get(reason or "", WHAT_NOW))


def known(t: Catalogue, story: UnitView) -> str:
    """When the code was scanned, which device reported, which label the box has: of the newest attempt."""
    newest = max(story.attempts, key=lambda one: one.number, default=None)
    device = story.device or {}
    called = " ".join(plain(str(device[name]), 40) for name in ("model", "serial") if device.get(name))
    facts = [
        t("scanned {moment}", moment=clock(newest.scanned)) if newest and newest.scanned is not None else t("no scan"),
        t("device {name}", name=called) if called else t("no device yet"),
        t("label {label}", label=plain(story.label, 40)) if story.label else t("no label"),
    ]
    return "  ·  ".join(facts)


def last_picture(story: UnitView) -> Which | None:
    """The newest picture that was kept of the unit's scan; None where there is none."""
    filmed = (one.facts for one in reversed(story.evidence) if one.kind == "witness" and "picture_before" in one.facts)
    facts = next(filmed, None)
    return None if facts is None else "after" if facts.get("picture_after") else "before"
