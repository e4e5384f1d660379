"""What the bench is doing at this moment, and the events of its record, as they happen."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from station.wire.messages import VERSION, Message, Role
from station.wire.scans import Heard
from station.wire.staff import BadgeHeard

StepId = Literal[
    "no_batch",  # nothing runs; start a batch
    "paused",  # the batch is paused
    "finished",  # nothing is left in the queue
    "preparing",  # a code is being made
    "clear_stand",  # take the phone off the stand
    "rack_full",  # no tray is free; {"trays"}
    "scan_label",  # scan the label on the phone's box
    "place_phone",  # put a new phone on the stand, tap six times
    "hold_still",  # the viewfinder sees the code
    "to_tray",  # {"tray"}: take the phone to this tray
    "setup_on_stand",  # there is no rack: the phone stays on the stand until it is verified
    "answer",  # a question is open; {"screen": "lost"} while the attached screen is gone
    "screen_lost",  # the attached screen is gone
    "service_down",  # {"reason"}: the management service does not answer, no code can be made
    "stopped",  # {"reason"}: the bench stopped itself
]

QuestionKind = Literal[
    "interrupted",  # the bench died while this code was up
    "went_back",  # the code gave way to the screen from before, to darkness or to a viewfinder without code
    "pulled_away",  # the phone left the stand with the code in its viewfinder
    "two_phones",  # two lit phones are in view
    "not_live",  # the code in the display stays as it is while the attached screen's takes turns: a picture of a code
    "error_shown",  # a screen that was taught as an error took the code's place
    "lost_sight",  # the code gave way to another screen, and nobody saw how
    "not_scanned",  # the code was up for its whole time and no scan was seen
    "no_camera",  # the camera is not there to witness
    "screen_gone",  # the attached screen went away while a phone could read the code
    "paused",  # the batch was paused while a phone could read the code
    "expired",  # the token ran out with a phone on the stand
    "held",  # the phone on the stand belongs to a unit that is held for another reason
]

Answer = Literal["scanned", "show_again", "set_aside", "fail"]

SetAsideReason = Literal["flat", "updating", "sim", "locked", "wrong_model", "broken", "other"]


class Step(Message):
    """The one next thing to do."""

    id: StepId
    args: dict[str, str | int] = Field(default_factory=dict)


class Question(Message):
    """What only a person can know. `answers` are those that the asked may give now."""

    id: str
    kind: QuestionKind
    enrollment: str
    user: str
    answers: tuple[Answer, ...]


class UnitBrief(Message):
    """One unit in a line. `user` is a name: for eyes at the bench, never kept with events. `usual`: seconds after the scan in which a
    phone like this one mostly has its device; None while that is not known, or no device is awaited."""

    enrollment: str
    position: int
    user: str
    state: str
    reason: str | None = None
    detail: str = ""
    tray: int | None = None
    attempts: int = 0
    since: float | None = None
    usual: float | None = None


class PartState(Message):
    """One part of the bench: camera, display, scanner, service."""

    state: Literal["ok", "lost", "absent"]
    detail: str = ""


class UserCounts(Message):
    """received = verified + held + failed + skipped + open."""

    received: int = 0
    verified: int = 0
    held: int = 0
    failed: int = 0
    skipped: int = 0
    open: int = 0


class PhoneCounts(Message):
    """received = verified + in_rack (the stand included) + set_aside + failed."""

    received: int = 0
    verified: int = 0
    in_rack: int = 0
    set_aside: int = 0
    failed: int = 0


class BatchView(Message):
    """A batch as lists show it. `generic`: one code that names nobody, for so many phones; 0 in a batch of users. `names`: users'
    names stand beside their codes on the attached screen."""

    id: str
    name: str
    mode: str
    policy: str
    state: str
    identity: str
    attestation: str
    minimum_android: int
    simulated: bool
    users: UserCounts
    phones: PhoneCounts
    generic: int = 0
    names: bool = False


DisplayShows = Literal["none", "dark", "code", "viewfinder", "before", "other"]


class Status(Message):
    """The bench at this moment: small, sent whole whenever it changes.

    view: what the camera sees ("absent" without a camera). shows: what the display of the phone on the stand shows, as far as the
    camera can tell: no display, a dark one, the code, a viewfinder without it, the screen from before its viewfinder opened, another.
    followed: its viewfinder follows the attached screen's turns, as no picture of a code does.
    code_up: the attached screen shows a code. held: units that wait for a
    person (first 50). overrides: times that "stand empty" was declared by hand. last: the unit that finished last.
    """

    type: Literal["status"] = "status"
    bench: str
    simulated: bool
    seq: int
    batch: BatchView | None = None
    step: Step
    unit: UnitBrief | None = None
    next_user: str | None = None
    question: Question | None = None
    view: Literal["empty", "phone", "code", "two_phones", "unsure", "absent"] = "absent"
    shows: DisplayShows = "none"
    followed: bool = False
    code_up: bool = False
    trays: int = 0
    rack: tuple[UnitBrief, ...] = ()
    held: tuple[UnitBrief, ...] = ()
    last: UnitBrief | None = None
    overrides: int = 0
    parts: dict[str, PartState] = Field(default_factory=dict)
    at: float = 0.0


class Recorded(Message):
    """One event of the record, as it was written; `body` holds ids and facts."""

    type: Literal["recorded"] = "recorded"
    seq: int
    at: float
    bench: str
    actor: str
    role: str | None = None
    kind: str
    batch: str | None = None
    enrollment: str | None = None
    body: dict[str, Any] = Field(default_factory=dict)
    previous: str
    hash: str


class Snapshot(Message):
    """What a client that connects hears first; then only what changes.

    shared: the account is many people's; signed_in: one of them is there, and `you` is their name. locked: somebody must sign in
    before anything else. When one of these changes, the connection ends, and the client's next one begins with how it is then.
    """

    type: Literal["snapshot"] = "snapshot"
    version: int = VERSION
    you: str
    role: Role
    status: Status
    language: str = "en"
    shared: bool = False
    signed_in: bool = False
    locked: bool = False


Event = Annotated[Snapshot | Status | Recorded | Heard | BadgeHeard, Field(discriminator="type")]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
