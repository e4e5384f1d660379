"""What the station needs from the world outside its rules: small Protocols, read-only properties, Literals.

Ports raise errors of `station.domain.errors`; implementations translate theirs. Times are seconds since the epoch (float).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from station.domain.enrollment import Attempt, Enrollment, JourneyEvent, Phone, PhoneCount, State, UserCount
from station.domain.evidence import Device, Evidence
from station.domain.policy import Mode

Role = Literal["operator", "lead", "admin"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person by account name (role set), or `camera`, `scanner`, `service`, `bench`."""

    name: str
    role: Role | None = None


BENCH = Actor("bench")
CAMERA = Actor("camera")
SCANNER = Actor("scanner")
SERVICE = Actor("management service")


class Clock(Protocol):
    """Wall-clock time in seconds since the epoch. Waiting is asyncio's: the event loop's own clock is the other half of this port."""

    def now(self) -> float: ...


# --- hardware -----------------------------------------------------------------------------------------------------------


class Symbol(Protocol):
    """A QR symbol without quiet zone; see hardware.readings.KnownSymbol for the meaning of each value."""

    @property
    def size(self) -> int: ...
    @property
    def modules(self) -> bytes: ...
    @property
    def varies(self) -> bytes: ...
    @property
    def relatives(self) -> Sequence[bytes]: ...


class Sighting(Protocol):
    """What one camera frame shows; see hardware.readings.Sighting for the meaning of each value."""

    @property
    def at(self) -> float: ...
    @property
    def stand(self) -> Literal["empty", "phone", "unsure"]: ...
    @property
    def screen(self) -> Literal["none", "dark", "code", "viewfinder", "before", "other"]: ...
    @property
    def phones(self) -> int: ...
    @property
    def score(self) -> float: ...
    @property
    def z(self) -> float: ...
    @property
    def form(self) -> int | None: ...
    @property
    def taught(self) -> str | None: ...


class Witness(Protocol):
    """The camera's judgement. Callbacks come on the event loop."""

    @property
    def simulated(self) -> bool: ...
    def start(self, heard: Callable[[Sighting], None], lost: Callable[[str], None], back: Callable[[], None]) -> None: ...
    def expect(self, forms: Sequence[Symbol]) -> None:
        """The forms that the attached screen takes turns with from now on; none: no code. With forms a new watch begins."""
        ...

    async def pictures(self) -> tuple[bytes | None, bytes | None]:
        """PNG pictures of the phone's display with every code covered: the last with the code, the newest after it gave way."""
        ...

    @property
    def examiner(self) -> Examiner | None:
        """None for a witness that looks at no pictures."""
        ...

    async def close(self) -> None: ...


class Examiner(Protocol):
    """Examines the camera, and keeps the screens that it was taught. Raises PartLost without pictures, WrongUse where it cannot be."""

    @property
    def calibrated(self) -> bool:
        """A calibration is kept."""
        ...

    async def self_test(self, symbol: Symbol, *, keep_it: bool = False) -> dict[str, object]:
        """Look at the attached screen's code, which is up. Plain facts: `reading`, `advice`, `changes` since the calibration,
        `compared` with one or not, `kept`. With `keep_it` it becomes the calibration, if the code was seen."""
        ...

    async def teach(self, kind: str, name: str) -> None:
        """Keep what the phone on the stand shows; see hardware.vision.taught."""
        ...

    async def forget(self, name: str) -> None: ...
    def taught(self) -> tuple[str, ...]:
        """Names as KIND:NAME."""
        ...


class Display(Protocol):
    """The attached screen. `show` and `blank` return when the picture is really up; PartLost when that cannot be had.

    A code's forms, of one size, take turns from the first on. `on_form` is called, on the event loop, for each that is really
    up, the first one too: with the event loop's time (frames' `at` is on the same clock) and the form's index.
    """

    on_form: Callable[[float, int], None]

    @property
    def simulated(self) -> bool: ...
    @property
    def attached(self) -> bool: ...
    async def show(self, forms: Sequence[Symbol], caption: str = "") -> None: ...
    async def blank(self) -> None: ...


class Scanner(Protocol):
    """A barcode scanner. Callbacks come on the event loop."""

    def start(self, heard: Callable[[str], None], lost: Callable[[str], None], back: Callable[[], None]) -> None: ...
    async def close(self) -> None: ...


class Pictures(Protocol):
    """Where pictures are kept that are evidence. The record keeps their SHA-256."""

    async def save(self, name: str, content: bytes) -> str:
        """Keep it under this name, whole or not at all; its SHA-256 in hexadecimal. PartLost when it cannot be kept."""
        ...

    async def load(self, name: str) -> bytes | None:
        """None when there is none of that name."""
        ...


# --- management service ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a management service can do."""

    mints: bool
    single_use: bool
    reports_token: bool
    reports_serial: bool
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class TokenOrder:
    """What a token is asked for: `reference` is opaque (the attempt's id), `lifetime` in seconds."""

    reference: str
    mode: Mode
    policy: str
    lifetime: int


@dataclass(frozen=True, slots=True)
class Token:
    """An enrollment token without its secret."""

    name: str
    expires: float


@dataclass(frozen=True, slots=True)
class Code:
    """The secret content of one enrollment code, as the service gives it: never logged, never kept."""

    content: str = field(repr=False)
    expires: float = 0.0


class Minting(Protocol):
    """The half of a management service that makes and revokes tokens. Needs the wider key."""

    @property
    def capabilities(self) -> Capabilities: ...
    async def mint(self, order: TokenOrder) -> Token:
        """One POST, sent once. Raises MintUncertain when the answer was lost, ServiceUnreachable when surely nothing was made."""
        ...

    async def code(self, token: str) -> Code:
        """The token's QR content, asked anew each time. Raises TokenGone."""
        ...

    def tokens(self) -> AsyncIterator[Sequence[Token]]:
        """All active tokens of the enterprise, whoever made them, a page at a time."""
        ...

    async def revoke(self, token: str) -> None:
        """Delete the token; one that is gone already is no error."""
        ...


class Confirming(Protocol):
    """The half of a management service that tells of devices. A narrower key suffices."""

    @property
    def capabilities(self) -> Capabilities: ...
    def devices(self) -> AsyncIterator[Sequence[Device]]:
        """All devices, a page at a time, each page within the budget of calls a minute."""
        ...

    async def device(self, name: str) -> Device | None: ...


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy that the service knows, by its id, with the service's own version number."""

    id: str
    version: int


class Policies(Protocol):
    """Policies of the management service; documents are the service's own JSON."""

    async def put_policy(self, policy: str, document: dict[str, object]) -> PolicyVersion: ...
    async def policy(self, policy: str) -> dict[str, object]: ...
    def policies(self) -> AsyncIterator[Sequence[PolicyVersion]]: ...


class ManagementService(Minting, Confirming, Policies, Protocol):
    """Everything a management service offers to a bench that holds the full key."""

    async def close(self) -> None: ...


# --- ledger -----------------------------------------------------------------------------------------------------------------

EffectKind = Literal["mint", "show", "blank", "revoke"]
EffectOutcome = Literal["done", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class User:
    """A person of the roster. Names live here and nowhere else, so that they can be erased. `id` is opaque."""

    id: str
    name: str
    email: str = ""
    policy: str = ""
    mode: Mode | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """A queue of users. `identity` label: no code is shown before the box's label is scanned."""

    id: str
    name: str
    mode: Mode
    policy: str
    state: Literal["ready", "running", "paused", "closed"] = "ready"
    identity: Literal["none", "label"] = "none"
    attestation: Literal["never", "lead", "operator"] = "lead"
    minimum_android: int = 11
    token_lifetime: int = 7200
    simulated: bool = False
    created: float = 0.0
    started: float | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """Something done outside the ledger, committed before it is done. `outcome` is None until that is known."""

    id: str
    kind: EffectKind
    attempt: str
    created: float
    token: str | None = None
    outcome: EffectOutcome | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event of the append-only record, hash-chained per bench. `body` holds ids and facts, no names, no secrets."""

    seq: int
    at: float
    bench: str
    actor: str
    role: str | None
    kind: str
    batch: str | None
    enrollment: str | None
    body: dict[str, object]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Fact:
    """An event to be recorded that moves no enrollment: `kind` in CamelCase, `body` of plain values."""

    kind: str
    body: dict[str, object] = field(default_factory=dict)
    batch: str | None = None
    enrollment: str | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """A claim on one enrollment. Only the holder of the newest `fence` may write it."""

    enrollment: str
    fence: int
    until: float


@dataclass(frozen=True, slots=True)
class Change:
    """One transaction: all of it is written, or nothing.

    `moves` pairs each enrollment as it is *after* `advance` with the event that moved it; its `revision - 1` must still be the
    stored one, else LeaseLost. `lease`, when given, must still be held (LeaseLost). `facts` are recorded after the moves, in order.
    Attempts, phones, devices, effects, evidence, users and batches are inserted or replaced by id.
    """

    actor: Actor
    moves: tuple[tuple[Enrollment, JourneyEvent], ...] = ()
    facts: tuple[Fact, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    phones: tuple[Phone, ...] = ()
    devices: tuple[Device, ...] = ()
    effects: tuple[Effect, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    batches: tuple[Batch, ...] = ()
    users: tuple[User, ...] = ()
    enrollments: tuple[Enrollment, ...] = ()  # new ones only
    lease: Lease | None = None
    release_lease: bool = False


class Ledger(Protocol):
    """The record. One process, one connection; every call runs off the event loop and in order."""

    async def commit(self, change: Change) -> tuple[Recorded, ...]: ...
    async def claim(self, batch: str, seconds: float) -> tuple[Enrollment, Lease] | None:
        """Lease the lowest queued enrollment of the batch that nobody holds; raises its fence."""
        ...

    async def renew(self, lease: Lease, seconds: float) -> Lease:
        """Longer; LeaseLost when another took it."""
        ...

    async def release(self, lease: Lease) -> None: ...
    async def enrollment(self, ident: str) -> Enrollment: ...
    async def enrollments(
        self, *, batch: str | None = None, states: Sequence[State] = (), after: int = 0, limit: int = 500
    ) -> tuple[Enrollment, ...]:
        """By position, those with a position greater than `after`."""
        ...

    async def attempt(self, ident: str) -> Attempt | None: ...
    async def attempts(self, enrollment: str) -> tuple[Attempt, ...]: ...
    async def attempt_by_token(self, token: str) -> Attempt | None: ...
    async def phone(self, ident: str) -> Phone | None: ...
    async def phones(
        self, *, batch: str | None = None, enrollment: str | None = None, places: Sequence[str] = ()
    ) -> tuple[Phone, ...]: ...
    async def device(self, name: str) -> Device | None: ...
    async def device_names(self) -> frozenset[str]:
        """Names of all devices that are attached to an attempt."""
        ...

    async def evidence(self, enrollment: str) -> tuple[Evidence, ...]: ...
    async def open_effects(self) -> tuple[Effect, ...]: ...
    async def counts(self, batch: str) -> tuple[UserCount, PhoneCount]: ...
    async def batch(self, ident: str) -> Batch:
        """By id or by name. NotFound."""
        ...

    async def batches(self) -> tuple[Batch, ...]: ...
    async def user(self, ident: str) -> User | None: ...
    async def users(self, *, after: str = "", limit: int = 500, free: bool = False) -> tuple[User, ...]:
        """By id; `free`: only those without an enrollment that is not failed or skipped."""
        ...

    async def find_users(self, emails: Sequence[str]) -> tuple[User, ...]: ...
    async def events(
        self, *, after: int = 0, limit: int = 500, enrollment: str | None = None, batch: str | None = None
    ) -> tuple[Recorded, ...]: ...
    async def head(self) -> tuple[int, str]:
        """The newest event's seq and hash (0 and the empty chain's hash when there is none)."""
        ...

    async def close(self) -> None: ...
