"""What the terminal knows: a pure fold over the wire's events. No Textual, no clock, no decision.

nothing    -- Snapshot -->  connected, with role and status
connected  -- Status   -->  the newer status; one that an earlier number overtook is dropped
connected  -- Recorded -->  the record's newest number: lists that are open know that they are old
any        -- lost()   -->  not connected; what was known last stays, to be shown as such
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from station.wire import (
    BatchView,
    Event,
    PhoneCounts,
    Question,
    Recorded,
    Role,
    Snapshot,
    Status,
    UnitBrief,
    UserCounts,
)
from station.words import Catalogue, words
from tui.stepwords import ScreenStep


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that a screen may show.

    seq: number of the newest event of the record. elapsed: seconds since `status` came, so that waiting times go on
    between two statuses. why: the reason why the service cannot be reached, empty when none is known. language: the person's, by its
    code. signed_in: `you` is one of many at this account; locked: nobody is, and somebody must be.
    """

    connected: bool = False
    why: str | None = None
    you: str = ""
    role: Role = "operator"
    language: str = "en"
    status: Status | None = None
    seq: int = 0
    elapsed: float = 0.0
    signed_in: bool = False
    locked: bool = False

    @property
    def t(self) -> Catalogue:
        """What says the terminal's sentences in the person's language."""
        return words(self.language)

    @property
    def step(self) -> ScreenStep:
        if self.status is None or not self.connected:
            return "connecting" if self.why is None else "unreachable"
        return self.status.step.id

    @property
    def step_args(self) -> dict[str, str | int]:
        if self.step in ("unreachable", "connecting") or self.status is None:
            return {"why": self.why or self.t("The connection ended.")}
        return self.status.step.args

    @property
    def blind(self) -> bool:
        """Whether no camera looks at the stand."""
        return self.status is not None and self.status.view == "absent"

    @property
    def question(self) -> Question | None:
        return self.status.question if self.status and self.connected else None

    @property
    def batch(self) -> BatchView | None:
        return self.status.batch if self.status else None

    @property
    def unit(self) -> UnitBrief | None:
        return self.status.unit if self.status else None

    @property
    def held(self) -> tuple[UnitBrief, ...]:
        return self.status.held if self.status else ()

    @property
    def held_count(self) -> int:
        """Held units of the batch; the status lists the first fifty of them."""
        counted = self.batch.users.held if self.batch else 0
        return max(counted, len(self.held))


def fold(model: Model, event: Event) -> Model:
    """The model after `event`."""
    match event:
        case Snapshot():
            return Model(
                connected=True,
                you=event.you,
                role=event.role,
                language=event.language,
                status=event.status,
                seq=event.status.seq,
                signed_in=event.signed_in,
                locked=event.locked,
            )
        case Status() if model.connected and model.status is not None and event.seq >= model.status.seq:
            return replace(model, status=event, seq=max(model.seq, event.seq), elapsed=0.0)
        case Recorded() if model.connected:
            return replace(model, seq=max(model.seq, event.seq))
        case _:
            return model


def lost(model: Model, why: str) -> Model:
    """The model after the connection ended: what was known stays, marked as not connected."""
    return replace(model, connected=False, why=why)


def tick(model: Model, elapsed: float) -> Model:
    """The model `elapsed` seconds after its status came."""
    return replace(model, elapsed=max(0.0, elapsed))


def minutes(model: Model, unit: UnitBrief) -> int | None:
    """Whole minutes that a unit has been as it is; None when the service does not say since when."""
    if model.status is None or unit.since is None:
        return None
    return max(0, int(model.status.at + model.elapsed - unit.since) // 60)


SLACK = 1.5
"""So many times longer than usual a phone may take before somebody should look at it."""


def late(model: Model, unit: UnitBrief) -> bool:
    """Whether a phone takes so much longer than phones like it that it may wait for a tap."""
    if model.status is None or unit.since is None or unit.usual is None:
        return False
    return model.status.at + model.elapsed - unit.since > SLACK * unit.usual


def in_sight(model: Model) -> Iterator[UnitBrief]:
    """The units that the bench shows: on the stand, in the rack, held."""
    if model.status is not None:
        if model.status.unit is not None:
            yield model.status.unit
        yield from model.status.rack
        yield from model.status.held


def users_close(counts: UserCounts) -> bool:
    """Whether no user is lost: received = verified + held + failed + skipped + open."""
    return counts.received == counts.verified + counts.held + counts.failed + counts.skipped + counts.open


def phones_close(counts: PhoneCounts) -> bool:
    """Whether no phone is lost: received = verified + in rack + set aside + failed."""
    return counts.received == counts.verified + counts.in_rack + counts.set_aside + counts.failed
