"""All that a client can say to the service, or hear from it: commands, queries' answers, the snapshot, events.

Transport (station.server, station.client): a Unix socket that speaks HTTP. `POST /v1/commands` takes one Command and answers Done or
Problem; `GET /v1/...` answers queries, paged by `after` and `limit`, and `GET /v1/picture` with a PNG; `GET /v1/events` is a WebSocket
that sends one Snapshot, then Recorded and Status messages as they happen. Sentences are the client's: the wire carries ids and
arguments.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

VERSION = 1

Role = Literal["operator", "lead", "admin"]
ROLES: tuple[Role, ...] = ("operator", "lead", "admin")


class Message(BaseModel):
    """Frozen; unknown fields are refused, so that a misspelt command never half-works."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- what the bench is doing --------------------------------------------------------------------------------------------

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
    "answer",  # a question is open
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
    """One unit in a line. `user` is a name: for eyes at the bench, never kept with events."""

    enrollment: str
    position: int
    user: str
    state: str
    reason: str | None = None
    detail: str = ""
    tray: int | None = None
    attempts: int = 0
    since: float | None = None


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
    """A batch as lists show it."""

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


class Status(Message):
    """The bench at this moment: small, sent whole whenever it changes.

    view: what the camera sees ("absent" without a camera). code_up: the attached screen shows a code. held: units that wait for a
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
    """What a client that connects hears first; then only what changes."""

    type: Literal["snapshot"] = "snapshot"
    version: int = VERSION
    you: str
    role: Role
    status: Status


Event = Annotated[Snapshot | Status | Recorded, Field(discriminator="type")]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)


# --- commands -------------------------------------------------------------------------------------------------------------


ScreenKind = Literal["setup", "error", "before"]
ScreenName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")]


class UserRow(Message):
    """One user to import."""

    name: str
    email: str = ""
    policy: str = ""
    mode: str | None = None
    group: str = ""


class ImportUsers(Message):
    """Add users to the roster; one whose e-mail is there already is changed."""

    command: Literal["import_users"] = "import_users"
    rows: tuple[UserRow, ...]


class CreateBatch(Message):
    """A queue of users: those given, in that order, or all that are in no other batch."""

    command: Literal["create_batch"] = "create_batch"
    name: str
    mode: str = "wpco"
    policy: str = "default"
    identity: Literal["none", "label"] = "none"
    attestation: Literal["never", "lead", "operator"] = "lead"
    minimum_android: int | None = None
    users: tuple[str, ...] | None = None


class StartBatch(Message):
    """Run a batch, by id or name."""

    command: Literal["start_batch"] = "start_batch"
    batch: str


class PauseBatch(Message):
    """Show nothing more of it; what is in the rack goes on."""

    command: Literal["pause_batch"] = "pause_batch"
    batch: str


class EnterLabel(Message):
    """The box's label, typed or scanned at a client."""

    command: Literal["enter_label"] = "enter_label"
    text: str


class AnswerQuestion(Message):
    """Answer the open question, by its id."""

    command: Literal["answer_question"] = "answer_question"
    question: str
    answer: Answer


class AttestScan(Message):
    """A person says that the phone read the code. The batch says whose word counts."""

    command: Literal["attest_scan"] = "attest_scan"
    enrollment: str


class SetAside(Message):
    """This phone cannot go on: it is put aside, the user goes back to the queue."""

    command: Literal["set_aside"] = "set_aside"
    enrollment: str
    reason: SetAsideReason = "other"


class RetryUnit(Message):
    """Back to the queue; the old code is revoked first. A phone it has is set aside."""

    command: Literal["retry_unit"] = "retry_unit"
    enrollment: str


class ReleaseHold(Message):
    """Go on from what the evidence supports. Harmless holds are the operator's, the others a lead's."""

    command: Literal["release_hold"] = "release_hold"
    enrollment: str


class HoldUnit(Message):
    """Keep a unit until somebody releases it."""

    command: Literal["hold_unit"] = "hold_unit"
    enrollment: str
    detail: str = ""


class SkipUnit(Message):
    """Leave this user out; a code that was shown is revoked first."""

    command: Literal["skip_unit"] = "skip_unit"
    enrollment: str
    reason: str = ""


class FailUnit(Message):
    """Give a unit up; its phone counts as failed."""

    command: Literal["fail_unit"] = "fail_unit"
    enrollment: str
    reason: str = ""


class DeclareStandEmpty(Message):
    """Override: go on although the stand was not seen empty. Counted."""

    command: Literal["declare_stand_empty"] = "declare_stand_empty"


class SelfTest(Message):
    """Examine the camera by the attached screen's own code: the stand must be empty, no code up. Facts: see Examination."""

    command: Literal["self_test"] = "self_test"


class Calibrate(Message):
    """The same, and keep it as the bench's calibration, with which later ones are compared."""

    command: Literal["calibrate"] = "calibrate"


class TeachScreen(Message):
    """Keep what the phone on the stand shows, to know it again: the end of setup, an error, a screen from before the scan."""

    command: Literal["teach_screen"] = "teach_screen"
    kind: ScreenKind
    name: ScreenName


class ForgetScreen(Message):
    """Remove a taught screen."""

    command: Literal["forget_screen"] = "forget_screen"
    name: ScreenName


Command = Annotated[
    ImportUsers
    | CreateBatch
    | StartBatch
    | PauseBatch
    | EnterLabel
    | AnswerQuestion
    | AttestScan
    | SetAside
    | RetryUnit
    | ReleaseHold
    | HoldUnit
    | SkipUnit
    | FailUnit
    | DeclareStandEmpty
    | SelfTest
    | Calibrate
    | TeachScreen
    | ForgetScreen,
    Field(discriminator="command"),
]
COMMAND: TypeAdapter[Command] = TypeAdapter(Command)

LEAST_ROLE: dict[type[Message], Role] = {
    ImportUsers: "admin",
    CreateBatch: "admin",
    StartBatch: "operator",
    PauseBatch: "operator",
    EnterLabel: "operator",
    AnswerQuestion: "operator",
    AttestScan: "operator",
    SetAside: "operator",
    RetryUnit: "operator",
    ReleaseHold: "operator",
    HoldUnit: "operator",
    SkipUnit: "lead",
    FailUnit: "lead",
    DeclareStandEmpty: "operator",
    SelfTest: "operator",
    Calibrate: "lead",
    TeachScreen: "lead",
    ForgetScreen: "lead",
}


def may(role: Role, command: Message) -> bool:
    """Whether `role` is at least the command's least role."""
    return ROLES.index(role) >= ROLES.index(LEAST_ROLE[type(command)])


class Done(Message):
    """A command was carried out. `facts` are what it made (ids, counts)."""

    done: Literal[True] = True
    facts: dict[str, Any] = Field(default_factory=dict)


class Problem(Message):
    """A command or query that was not carried out: what, why, and what to do. `kind` is the error's class name."""

    done: Literal[False] = False
    kind: str
    message: str
    remedy: str = ""


# --- answers to queries -----------------------------------------------------------------------------------------------------


class AttemptView(Message):
    """One code shown or sent; the token by name, never by value."""

    id: str
    number: int
    channel: str
    token: str | None
    expires: float | None
    shown: float | None
    scanned: float | None
    ended: str | None
    device: str | None
    phone: str | None


class EvidenceView(Message):
    """One piece of evidence."""

    kind: str
    at: float
    actor: str
    attempt: str
    facts: dict[str, Any]


class UnitView(Message):
    """One unit's whole story."""

    unit: UnitBrief
    attempts: tuple[AttemptView, ...]
    evidence: tuple[EvidenceView, ...]
    events: tuple[Recorded, ...]
    device: dict[str, Any] | None = None
    label: str | None = None


class UserView(Message):
    """A person of the roster."""

    id: str
    name: str
    email: str
    policy: str
    mode: str | None
    group: str


class TaughtScreen(Message):
    """A screen that the camera knows again."""

    kind: ScreenKind
    name: str


class TaughtPage(Message):
    """All taught screens, by kind and name."""

    items: tuple[TaughtScreen, ...]


AdviceId = Literal[
    "phone_on_stand",  # a phone stands before the camera: nothing was measured
    "no_code",  # the attached screen's code is not in view, or something covers it; {"level"}: brightness, 0 to 255
    "turn_camera",  # by 90 degrees: the screen's long side lies across the frame's
    "move_nearer",  # {"times"}: so many times larger the screen could be in the frame
    "finer_camera",  # {"ppm"}: too few pixels per module, and no room to come nearer
    "straighten",  # {"degrees"}: the camera looks at the screen from too far aside
    "focus",  # {"blur", "ppm"}: sigma in pixels, pixels per module
    "focus_evenly",  # {"blur", "worst"}: a part is much less sharp than the rest
    "too_dark",  # {"white"}: its level
    "too_bright",  # {"percent"}: of the code is as bright as can be
    "low_contrast",  # {"black", "white"}: their levels
    "lock_exposure",  # {"percent"}: stripes; expose for a whole number of the mains' half-waves
    "hood",  # {"percent"}: a reflection raises black so far
    "more_light",  # {"noise"}: sigma in levels
    "module_too_small",  # {"module_mm", "needed_mm", "modules"}: for the phone's distance
    "not_read",  # the code is there, and no decoder reads it
    "camera_changed",  # frames are of another size than at the calibration
    "camera_moved",  # {"pixels"}
    "blurrier",  # {"before", "now"}: sigma in pixels
    "darker",  # {"percent"}
    "brighter",  # {"percent"}
    "more_glare",  # {"percent"}
    "more_stripes",  # {"percent"}
    "noisier",  # {"before", "now"}: sigma in levels
    "not_tested",  # {"why"}: a batch began, and the self-test could not be made
]


class Advice(Message):
    """One thing to improve about the camera, or that got worse since the calibration."""

    id: AdviceId
    args: dict[str, int | float | str] = Field(default_factory=dict)


class Examination(Message):
    """The facts of SelfTest and Calibrate. `reading`: see hardware.vision.calibration.Reading. `changes` since the calibration, if
    it was `compared` with one. `kept`: this is the calibration now. StartBatch's fact `camera` holds Advice too."""

    reading: dict[str, Any]
    advice: tuple[Advice, ...]
    changes: tuple[Advice, ...]
    compared: bool
    kept: bool


class BatchPage(Message):
    """All batches."""

    items: tuple[BatchView, ...]


class UnitPage(Message):
    """`after` is what to ask for next; None at the end."""

    items: tuple[UnitBrief, ...]
    after: int | None


class UserPage(Message):
    """Some users; `after` is what to ask for next, None at the end."""

    items: tuple[UserView, ...]
    after: str | None


class EventPage(Message):
    """Some events of the record; `after` is what to ask for next, None at the end."""

    items: tuple[Recorded, ...]
    after: int | None


class PictureFinding(Message):
    """An evidence picture that is not as the event `seq` of the record says."""

    seq: int
    file: str
    what: Literal["missing", "changed"]


class PicturesChecked(Message):
    """How the evidence pictures were found that some events of the record speak of; `after` is what to ask for next."""

    checked: int
    findings: tuple[PictureFinding, ...]
    after: int | None


class Head(Message):
    """The chain's newest event: note it down; `sixtap audit verify --head` finds a chain that was cut or rewritten since."""

    seq: int
    hash: str
    bench: str


class Health(Message):
    """What the doctor asks the service."""

    version: str
    bench: str
    simulated: bool
    parts: dict[str, PartState]
    head: Head
    ready_seconds: float
    figures: dict[str, float] = Field(default_factory=dict)
