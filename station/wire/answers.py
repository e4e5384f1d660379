"""Answers to queries about units, batches, the record and the service."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from station.wire.messages import Message
from station.wire.status import BatchView, PartState, Recorded, UnitBrief


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
    """One unit's whole story. `names`: of the staff and users whose ids are in it, as far as they are not erased."""

    unit: UnitBrief
    attempts: tuple[AttemptView, ...]
    evidence: tuple[EvidenceView, ...]
    events: tuple[Recorded, ...]
    device: dict[str, Any] | None = None
    label: str | None = None
    names: dict[str, str] = Field(default_factory=dict)


class BatchPage(Message):
    """All batches."""

    items: tuple[BatchView, ...]


class UnitPage(Message):
    """`after` is what to ask for next; None at the end."""

    items: tuple[UnitBrief, ...]
    after: int | None


class QueueWindow(Message):
    """The units of a queue from `offset` on; `total` is how many it holds in all."""

    items: tuple[UnitBrief, ...]
    offset: int
    total: int


class EventPage(Message):
    """Some events of the record; `after` is what to ask for next, None at the end. `names`: of the staff who acted in them, by id,
    where people look at it; a page to be kept has none, since names can be erased."""

    items: tuple[Recorded, ...]
    after: int | None
    names: dict[str, str] = Field(default_factory=dict)


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


class ChainChecked(Message):
    """How a page of the record was found: `checked` events follow on each other, up to the one whose hash is `previous`. `problem`
    is what is wrong with the next one: it is missing, does not follow on the one before it, or was changed. `after` and `previous`
    are what to ask for next; `after` is None at the end, and at a problem."""

    checked: int
    ok: bool
    problem: Literal["missing", "detached", "changed"] | None
    after: int | None
    previous: str


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
