"""The record: its values, and what is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from station.domain.enrollment import Attempt, Enrollment, JourneyEvent, Phone, PhoneCount, State, UserCount
from station.domain.evidence import Device, Evidence
from station.domain.policy import Mode
from station.domain.setuptimes import SetupTime
from station.ports.acting import Actor, StaffMember
from station.ports.lookup import LookingUp
from station.ports.policies import KeepingPolicies, StoredPolicy
from station.ports.settings import KeepingSettings, KeptSetting
from station.ports.staffing import KnowingStaff

EffectKind = Literal["mint", "show", "blank", "revoke", "mail"]
EffectOutcome = Literal["done", "refused", "unknown"]
Naming = Literal["sequence", "serial", "date"]
QUEUE_SORTS = ("position", "name", "state", "-position", "-name", "-state")
"""Orders in which a queue can be looked at; `-`: the other way round."""


@dataclass(frozen=True, slots=True)
class User:
    """A person of the roster. Names live here and nowhere else, so that they can be erased. `id` is opaque.

    `directory`: what they are called in a directory. `anonymous`: somebody without a name of their own. `account`: the management
    service's own id for them, where it knows persons. `custom`: three texts of the user's own choosing.
    """

    id: str
    name: str
    email: str = ""
    policy: str = ""
    mode: Mode | None = None
    group: str = ""
    directory: str = ""
    anonymous: bool = False
    language: str = ""
    custom: tuple[str, str, str] = ("", "", "")
    account: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """A queue of users. `identity` label: no code is shown before the box's label is scanned.

    `generic`: no users, but one code for so many phones, each a row that is called `prefix` and what `naming` says. `names`: the
    user's name may stand beside the code on the attached screen.
    """

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
    generic: int = 0
    prefix: str = ""
    naming: Naming = "sequence"
    names: bool = False


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
class ModelNote:
    """What leads know about a phone model; an empty text removes the note."""

    model: str
    text: str


@dataclass(frozen=True, slots=True)
class Preference:
    """The language that an account of this machine reads; empty: the bench's own."""

    account: str
    language: str


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
class Reorder:
    """An enrollment of the batch's queue goes before another one that waits, or (None) before all that wait and are not claimed."""

    batch: str
    enrollment: str
    before: str | None


@dataclass(frozen=True, slots=True)
class Reassign:
    """An enrollment goes to this user: refused while another bench has claimed it, or when the user is in a queue already."""

    enrollment: str
    user: str


@dataclass(frozen=True, slots=True)
class Change:
    """One transaction: all of it is written, or nothing.

    `moves` pairs each enrollment as it is *after* `advance` with the event that moved it; its `revision - 1` must still be the
    stored one, else LeaseLost. `lease`, when given, must still be held (LeaseLost). `facts` are recorded after the moves, in order.
    Attempts, phones, devices, effects, evidence, users, batches, policies (by name and version), notes, preferences, staff and
    settings are inserted or replaced. `forget` are ids of users whose rows are erased. `reorder`: positions are changed by it alone,
    never by `moves`. `reassign`: what must hold at this moment for a move that gives a place away.
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
    policies: tuple[StoredPolicy, ...] = ()
    notes: tuple[ModelNote, ...] = ()
    preferences: tuple[Preference, ...] = ()
    forget: tuple[str, ...] = ()
    reorder: Reorder | None = None
    reassign: Reassign | None = None
    staff: tuple[StaffMember, ...] = ()
    settings: tuple[KeptSetting, ...] = ()


class Ledger(LookingUp, KnowingStaff, KeepingPolicies, KeepingSettings, Protocol):
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

    async def queue_window(
        self, batch: str, *, offset: int, limit: int, search: str = "", states: Sequence[State] = (), sort: str = "position"
    ) -> tuple[tuple[Enrollment, ...], int]:
        """Rows of a batch's queue from `offset` on, and how many there are. `search`: a part of name or e-mail, or the position;
        `sort`: one of QUEUE_SORTS. WrongUse."""
        ...

    async def attempt(self, ident: str) -> Attempt | None: ...
    async def attempts(self, enrollment: str) -> tuple[Attempt, ...]: ...
    async def attempt_by_token(self, token: str) -> Attempt | None: ...
    async def attempts_by_token(self, token: str) -> tuple[Attempt, ...]:
        """Oldest first: more than one where a code is permanent, or serves a whole batch."""
        ...

    async def attempt_by_device(self, device: str) -> Attempt | None: ...
    async def shared_attempts(self, batch: str) -> tuple[Attempt, ...]:
        """For each token of the batch that was neither revoked nor lost: its first attempt. Oldest first."""
        ...

    async def phone(self, ident: str) -> Phone | None: ...
    async def phones(
        self, *, batch: str | None = None, enrollment: str | None = None, places: Sequence[str] = ()
    ) -> tuple[Phone, ...]: ...
    async def device(self, name: str) -> Device | None: ...
    async def setup_times(self, limit: int = 200) -> tuple[SetupTime, ...]:
        """Of phones that were scanned here and have their device, newest first."""
        ...

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
    async def users_with(self, ids: Sequence[str]) -> tuple[User, ...]:
        """Those with these ids, in any order; who is not there is left out."""
        ...

    async def users(
        self, *, after: str = "", limit: int = 500, free: bool = False, group: str = "", search: str = ""
    ) -> tuple[User, ...]:
        """By id; `free`: only those without an enrollment that is not failed or skipped. `search`: a part of name or e-mail."""
        ...

    async def enrollments_of(self, user: str) -> tuple[Enrollment, ...]:
        """A user's places in all batches, oldest batch first."""
        ...

    async def devices_with_serial(self, serial: str) -> tuple[Device, ...]: ...
    async def notes(self) -> tuple[ModelNote, ...]:
        """By model."""
        ...

    async def preference(self, account: str) -> Preference | None: ...

    async def find_users(self, emails: Sequence[str] = (), names: Sequence[str] = ()) -> tuple[User, ...]:
        """Those with one of these addresses, or one of these names, whatever their capitals."""
        ...

    async def queued_of(self, users: Sequence[str]) -> tuple[Enrollment, ...]:
        """The enrollments of these users that wait in a queue."""
        ...

    async def events(
        self, *, after: int = 0, limit: int = 500, enrollment: str | None = None, batch: str | None = None
    ) -> tuple[Recorded, ...]: ...
    async def newest_events(
        self, *, before: int = 0, limit: int = 500, search: str = "", actors: Sequence[str] = ()
    ) -> tuple[Recorded, ...]:
        """Newest first, those before the number `before` (0: from the newest on) with `search` in kind or actor, or these actors'."""
        ...

    async def head(self) -> tuple[int, str]:
        """The newest event's seq and hash (0 and the empty chain's hash when there is none)."""
        ...

    async def close(self) -> None: ...
