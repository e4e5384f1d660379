"""What the terminal says of one unit's story: its attempts, its evidence, what happened to it. Pure functions of the wire's answer."""

from __future__ import annotations

import time
from collections.abc import Mapping

from station.wire import AttemptView, EvidenceView, Recorded, UnitView
from station.words import N_, Catalogue
from tui.plain import plain
from tui.text import HOLDS, ROLES, STATES

HAPPENED: dict[str, str] = {
    "UserQueued": N_("the user came into the queue"),
    "QueueReordered": N_("its place in the queue was changed"),
    "TokenMinted": N_("an enrollment token was minted"),
    "MintUncertain": N_("it is not known whether a token was minted"),
    "Reassigned": N_("the place went to another user"),
    "Reordered": N_("another mode or policy was ordered"),
    "ShowOrdered": N_("the code was ordered onto the screen"),
    "CodeShown": N_("the code was up"),
    "CodeShownAgain": N_("the code was up again"),
    "CodeGivenOut": N_("the code was given out at a desk"),
    "CodeReused": N_("a permanent code was used again"),
    "InvitationSent": N_("an invitation was ordered"),
    "InvitationMailed": N_("the invitation was mailed"),
    "PhoneReceived": N_("a phone was received"),
    "PhonePlaced": N_("the phone was put somewhere else"),
    "ScanWitnessed": N_("the camera saw the code read"),
    "ScanAttested": N_("a person said that the code was read"),
    "DeviceEnrolled": N_("the management service has a device for it"),
    "DeviceAttested": N_("a person said that the console has its device"),
    "DuplicateDevice": N_("a second device turned up"),
    "Verified": N_("all evidence agrees: verified"),
    "Held": N_("it was held"),
    "Released": N_("it was released"),
    "Requeued": N_("it went back to the queue"),
    "Skipped": N_("it was skipped"),
    "Failed": N_("it was given up"),
    "AttemptEnded": N_("its code was ended"),
    "OperatorNeeded": N_("the bench asked a question"),
    "OperatorAnswered": N_("the question was answered"),
    "EvidenceFiled": N_("evidence was filed"),
    "DeviceReturned": N_("the phone came back from its user"),
}
"""Kinds of the record's events; one that is not here is shown as it came."""

PROOFS: dict[str, str] = {
    "phone_seen": N_("the phone was seen with this code"),
    "witness": N_("the scan was witnessed"),
    "live": N_("the viewfinder followed the screen"),
    "attestation": N_("the scan was attested"),
    "device_record": N_("device record"),
    "label": N_("box label"),
}
ENDED: dict[str, str] = {
    "scanned": N_("scanned"),
    "superseded": N_("another code took its place"),
    "revoked": N_("revoked"),
    "reassigned": N_("its user gave the place away"),
    "expired": N_("expired"),
    "uncertain": N_("uncertain"),
}
WHY_GIVEN: dict[str, str] = {
    "absent": N_("absent"),
    "left": N_("has left"),
    "exchange": N_("was exchanged"),
    "other": N_("another reason"),
}
"""Why a place goes to another user, of the one who had it; as the record has it, and in words."""

FACTS: dict[str, str] = {
    "role": N_("as {value}"),
    "frames": N_("frames with the code: {value}"),
    "best_score": N_("best match {value}"),
    "score": N_("match {value}"),
    "model": N_("model {value}"),
    "serial": N_("serial number {value}"),
    "imei": N_("IMEI {value}"),
    "android": N_("Android {value}"),
    "management_mode": N_("management mode {value}"),
    "state": N_("state {value}"),
    "applied_policy": N_("applied policy {value}"),
}
"""Facts of evidence and of device records that say something to a person, in this order."""


def clock(at: float) -> str:
    """A moment by the clock of this place."""
    return time.strftime("%m-%d %H:%M:%S", time.localtime(at))


def attempt_line(t: Catalogue, one: AttemptView) -> str:
    """One code that was shown or sent; its token by the end of its name."""
    facts = [t("attempt {number}", number=one.number), plain(one.channel, 12)]
    facts += [t("shown {moment}", moment=clock(one.shown))] if one.shown is not None else []
    facts += [t("scanned {moment}", moment=clock(one.scanned))] if one.scanned is not None else []
    facts += [t(ENDED[one.ended]) if one.ended in ENDED else plain(one.ended, 20)] if one.ended and one.ended != "scanned" else []
    facts += [t("token …{name}", name=plain(one.token[-12:], 12))] if one.token else []
    facts += [t("device …{name}", name=plain(one.device[-12:], 12))] if one.device else []
    return "  ·  ".join(facts)


def facts_line(t: Catalogue, facts: Mapping[str, object]) -> str:
    """Those facts that tell something, in words."""
    known = {name: facts[name] for name in FACTS if facts.get(name) not in (None, "")}
    if isinstance(facts.get("value"), str) and facts.get("kind") in ("serial", "imei"):  # a label's: which of the two it says
        known |= {str(facts["kind"]): facts["value"]}
    return ", ".join(t(FACTS[name], value=_value(t, name, value)) for name, value in known.items())


def _value(t: Catalogue, name: str, value: object) -> str:
    if name == "role":
        return next((t(words) for role, words in ROLES.items() if role == value), plain(str(value), 20))
    if name == "applied_policy":  # a resource name, of which the last part is the policy's
        return plain(str(value).rsplit("/", 1)[-1], 40)
    return f"{value:.2f}" if isinstance(value, float) else plain(str(value), 60)


def who(names: Mapping[str, str], actor: str) -> str:
    """Whoever acted, by name; by id or account where there is no name, or no longer."""
    return plain(names.get(actor) or actor, 24)


def proof_line(t: Catalogue, one: EvidenceView, names: Mapping[str, str]) -> str:
    """One piece of evidence, with those of its facts that tell something."""
    what = t(PROOFS[one.kind]) if one.kind in PROOFS else plain(one.kind, 30)
    facts = facts_line(t, one.facts)
    return f"{clock(one.at)}  {what}" + (f": {facts}" if facts else "") + f"  ({who(names, one.actor)})"


def event_line(t: Catalogue, one: Recorded, names: Mapping[str, str]) -> str:
    """One event of the record: when, what, where to, why, who."""
    what = t(HAPPENED[one.kind]) if one.kind in HAPPENED else plain(one.kind, 40)
    to, reason, detail = (str(one.body.get(name) or "") for name in ("to", "reason", "detail"))
    why = t(HOLDS[reason][0]) if reason in HOLDS else plain(reason, 60)
    if one.kind == "Reassigned":
        former, user = (who(names, str(one.body.get(side))) for side in ("former", "user"))
        what = t("the place went from {former} to {user}", former=former, user=user)
        why = t(WHY_GIVEN[reason]) if reason in WHY_GIVEN else why
    told = ": ".join(part for part in (what, ", ".join(part for part in (why, plain(detail, 80)) if part)) if part)
    state = f" → {t(STATES[to][1])}" if to in STATES else ""
    return f"{clock(one.at)}  {told}{state}  ({who(names, one.actor)})"


def told(t: Catalogue, story: UnitView) -> list[tuple[str, list[str]]]:
    """The chapters of a story, each with its lines; an empty one says so."""
    known = [line] if (line := facts_line(t, story.device or {})) else []
    phone = [t("label {label}", label=plain(story.label, 40))] if story.label else []
    nothing = [t("nothing yet")]
    return [
        (t("Device"), [*phone, *known] or nothing),
        (t("Codes"), [attempt_line(t, one) for one in story.attempts] or nothing),
        (t("Evidence"), [proof_line(t, one, story.names) for one in story.evidence] or nothing),
        (t("What happened"), [event_line(t, one, story.names) for one in story.events] or nothing),
    ]
