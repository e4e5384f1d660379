"""The journey: enrollments, attempts, phones, tokens, and the one pure function that moves an enrollment.

    state      event               becomes     condition
    QUEUED     ShowOrdered         SHOWING     a new attempt, channel bench
    QUEUED     Reordered           QUEUED      another mode or policy was assigned to the user
    QUEUED     Reassigned          QUEUED      the place is another user's now; what was made for the one before is void
    QUEUED     InvitationSent      INVITED     a new attempt, channel mail or desk
    INVITED    InvitationSent      INVITED     another one; the one before was revoked first
    SHOWING    CodeShown           SHOWING     the display says the picture is up
    SHOWING    ScanWitnessed       SCANNED     the camera saw the code read
    SHOWING    ScanAttested        SCANNED     a person says so, and the record names them
    HELD       ScanAttested        SCANNED     reason interrupted or unwitnessed
    SHOWING    DeviceEnrolled      ENROLLED    the record carries the current attempt's token
    SCANNED    DeviceEnrolled      ENROLLED    same
    INVITED    DeviceEnrolled      ENROLLED    same
    HELD       DeviceEnrolled      ENROLLED    reason overdue, interrupted, unwitnessed, expired, fault or by-operator
    ENROLLED   Verified            VERIFIED    all required evidence agrees
    any open   Held                HELD        with a reason
    HELD       Held                HELD        reason duplicate, or the reason so far is harmless (a grave hold stays grave)
    closed     Held                HELD        reason duplicate only: a device turned up that nobody waited for
    HELD       Released            the state that the evidence supports: SHOWING never, SCANNED, ENROLLED or INVITED
    QUEUED     Skipped             SKIPPED
    HELD       Skipped             SKIPPED     revoked first
    SHOWING    Requeued            QUEUED      revoked first
    SCANNED    Requeued            QUEUED      revoked first (the phone is set aside)
    INVITED    Requeued            QUEUED      revoked first
    HELD       Requeued            QUEUED      revoked first, and the service shows no device for the token
    HELD       Failed              FAILED      revoked first
    SCANNED    Failed              FAILED      revoked first

CodeShown, ScanWitnessed, ScanAttested and DeviceEnrolled apply to the current attempt only, and Released only where there is one.
Whatever is not in this table raises UnknownTransition.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from station.domain.errors import UnknownTransition
from station.domain.policy import Mode


class State(StrEnum):
    """Where an enrollment is in its journey."""

    QUEUED = "queued"
    SHOWING = "showing"
    SCANNED = "scanned"
    ENROLLED = "enrolled"
    VERIFIED = "verified"
    INVITED = "invited"
    HELD = "held"
    FAILED = "failed"
    SKIPPED = "skipped"


class HoldReason(StrEnum):
    """Why an enrollment waits for a person."""

    OVERDUE = "overdue"
    INTERRUPTED = "interrupted"
    MISMATCH = "mismatch"
    UNWITNESSED = "unwitnessed"
    DUPLICATE = "duplicate"
    EXPIRED = "expired"
    FAULT = "fault"
    BY_OPERATOR = "by-operator"


CLOSED = frozenset({State.VERIFIED, State.FAILED, State.SKIPPED})
OPEN = frozenset(State) - CLOSED - {State.HELD}
HARMLESS = frozenset({HoldReason.OVERDUE, HoldReason.INTERRUPTED, HoldReason.UNWITNESSED, HoldReason.EXPIRED, HoldReason.BY_OPERATOR})
ATTESTABLE = frozenset({HoldReason.INTERRUPTED, HoldReason.UNWITNESSED})
STILL_EXPECTED = frozenset(HoldReason) - {HoldReason.MISMATCH, HoldReason.DUPLICATE}

Channel = Literal["bench", "desk", "mail"]
REASSIGNED = "reassigned"
"""Why a code ended whose user gave the place to another one."""
Place = Literal["stand", "tray", "set_aside", "failed", "verified"]


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One user's place in a batch. `revision` grows with each write; a writer with an older one is refused."""

    id: str
    batch: str
    position: int
    user: str
    mode: Mode
    policy: str
    state: State = State.QUEUED
    reason: HoldReason | None = None
    detail: str = ""
    attempt: str | None = None
    attempts: int = 0
    tray: int | None = None
    due: float | None = None
    revision: int = 0

    @property
    def open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Attempt:
    """One code shown or sent: enrollment x token x channel x phone. Times in seconds since the epoch.

    `id` is the opaque reference that the token carries as additionalData. `ended` says why no code of this attempt may be shown
    any more: scanned, superseded, revoked, expired, uncertain, reassigned. `device` is the one record attached to it.
    """

    id: str
    enrollment: str
    number: int
    channel: Channel = "bench"
    token: str | None = None
    expires: float | None = None
    key_order: int = 0
    mask: int = 0
    level: str = "L"
    phone: str | None = None
    shown: float | None = None
    scanned: float | None = None
    ended: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that the bench received. The stand counts as part of the rack: `place` stand has no tray number.

    `returned`: when it came back from its user, free for another.
    """

    id: str
    batch: str
    enrollment: str
    attempt: str
    place: Place = "stand"
    tray: int | None = None
    label_kind: Literal["serial", "imei"] | None = None
    label: str | None = None
    reason: str = ""
    returned: float | None = None


@dataclass(frozen=True, slots=True)
class UserCount:
    """users = verified + held + failed + skipped + open."""

    received: int = 0
    verified: int = 0
    held: int = 0
    failed: int = 0
    skipped: int = 0
    open: int = 0

    @property
    def closes(self) -> bool:
        return self.received == self.verified + self.held + self.failed + self.skipped + self.open


@dataclass(frozen=True, slots=True)
class PhoneCount:
    """phones received = verified + in rack (the stand included) + set aside + failed."""

    received: int = 0
    verified: int = 0
    in_rack: int = 0
    set_aside: int = 0
    failed: int = 0

    @property
    def closes(self) -> bool:
        return self.received == self.verified + self.in_rack + self.set_aside + self.failed


# --- what happens to an enrollment ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShowOrdered:
    """Intent: this attempt's code goes on the attached screen."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Reordered:
    """The user was assigned another mode or policy before any code of it came up."""

    mode: Mode
    policy: str


@dataclass(frozen=True, slots=True)
class Reassigned:
    """The place was `former`'s and is `user`'s now, by ids, with what is ordered for them. No phone has read a code of it."""

    former: str
    user: str
    mode: Mode
    policy: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class InvitationSent:
    """Intent: this attempt's code goes out by mail, or to a desk. `due`: when it is of no use any more."""

    attempt: str
    due: float | None = None


@dataclass(frozen=True, slots=True)
class CodeShown:
    """The display says that the picture is really up."""

    attempt: str


@dataclass(frozen=True, slots=True)
class ScanWitnessed:
    """The camera saw this attempt's code in the viewfinder, and saw it give way to setup."""

    attempt: str
    tray: int | None
    due: float


@dataclass(frozen=True, slots=True)
class ScanAttested:
    """A person says that the phone read the code."""

    attempt: str
    tray: int | None
    due: float


@dataclass(frozen=True, slots=True)
class DeviceEnrolled:
    """The management service has a record that carries this attempt's token."""

    attempt: str
    device: str
    due: float | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """Every evidence that the batch requires is present and agrees."""


@dataclass(frozen=True, slots=True)
class Held:
    """A person must look at it. Revokes nothing."""

    reason: HoldReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """A person released the hold; `to` is the state that the evidence supports."""

    to: State
    due: float | None = None


@dataclass(frozen=True, slots=True)
class Requeued:
    """Back to the queue; the old attempt was revoked before."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """This user is left out."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """Given up; its phone counts as failed."""

    reason: str = ""


JourneyEvent = (
    ShowOrdered
    | Reordered
    | Reassigned
    | InvitationSent
    | CodeShown
    | ScanWitnessed
    | ScanAttested
    | DeviceEnrolled
    | Verified
    | Held
    | Released
    | Requeued
    | Skipped
    | Failed
)

S = State
TRANSITIONS: dict[type[JourneyEvent], dict[State, State]] = {
    ShowOrdered: {S.QUEUED: S.SHOWING},
    Reordered: {S.QUEUED: S.QUEUED},
    Reassigned: {S.QUEUED: S.QUEUED},
    InvitationSent: {S.QUEUED: S.INVITED, S.INVITED: S.INVITED},
    CodeShown: {S.SHOWING: S.SHOWING},
    ScanWitnessed: {S.SHOWING: S.SCANNED},
    ScanAttested: {S.SHOWING: S.SCANNED, S.HELD: S.SCANNED},
    DeviceEnrolled: {S.SHOWING: S.ENROLLED, S.SCANNED: S.ENROLLED, S.INVITED: S.ENROLLED, S.HELD: S.ENROLLED},
    Verified: {S.ENROLLED: S.VERIFIED},
    Held: dict.fromkeys(State, S.HELD),
    Released: {S.HELD: S.HELD},  # the event says where to
    Requeued: {S.SHOWING: S.QUEUED, S.SCANNED: S.QUEUED, S.INVITED: S.QUEUED, S.HELD: S.QUEUED},
    Skipped: {S.QUEUED: S.SKIPPED, S.HELD: S.SKIPPED},
    Failed: {S.HELD: S.FAILED, S.SCANNED: S.FAILED},
}


def advance(enrollment: Enrollment, event: JourneyEvent) -> Enrollment:
    """The enrollment after `event`. Raises UnknownTransition for whatever the table above does not hold."""
    to = TRANSITIONS[type(event)].get(enrollment.state)
    if to is None or not _condition(enrollment, event):
        held = f" ({enrollment.reason})" if enrollment.reason else ""
        raise UnknownTransition(
            f"Enrollment {enrollment.id} is {enrollment.state}{held}: {type(event).__name__} does not apply.",
            "Look at the unit's history; nothing was changed.",
        )
    moved = replace(enrollment, state=to, reason=None, detail="", due=None, revision=enrollment.revision + 1)
    return _carried(enrollment, moved, event)


def _condition(enrollment: Enrollment, event: JourneyEvent) -> bool:
    match event:
        case CodeShown(attempt) | ScanWitnessed(attempt) | DeviceEnrolled(attempt):
            expected = enrollment.state is not State.HELD or enrollment.reason in STILL_EXPECTED
            return attempt == enrollment.attempt and expected
        case Reassigned(former, user):
            return former == enrollment.user and user not in {"", former}
        case ScanAttested(attempt):
            attestable = enrollment.state is State.SHOWING or enrollment.reason in ATTESTABLE
            return attempt == enrollment.attempt and attestable
        case Held(reason):  # a hold that only a lead may release must not turn into one that an operator may
            return enrollment.open or enrollment.reason in HARMLESS or reason is HoldReason.DUPLICATE
        case Released(to):
            return to in {State.SCANNED, State.ENROLLED, State.INVITED} and enrollment.attempt is not None
        case _:
            return True


def _carried(before: Enrollment, moved: Enrollment, event: JourneyEvent) -> Enrollment:
    match event:
        case ShowOrdered(attempt):
            return replace(moved, attempt=attempt, attempts=before.attempts + 1)
        case InvitationSent(attempt, due):
            return replace(moved, attempt=attempt, attempts=before.attempts + 1, due=due)
        case Reordered(mode, policy):
            return replace(moved, mode=mode, policy=policy)
        case Reassigned(_, user, mode, policy):
            return replace(moved, user=user, mode=mode, policy=policy)
        case ScanWitnessed(_, tray, due) | ScanAttested(_, tray, due):
            return replace(moved, tray=tray, due=due)
        case DeviceEnrolled(_, _, due):
            return replace(moved, due=due if due is not None else before.due)
        case Held(reason, detail):
            return replace(moved, reason=reason, detail=detail)
        case Released(to, due):
            return replace(moved, state=to, due=due)
        case Requeued():
            return replace(moved, attempt=None, tray=None)
        case _:
            return moved
