"""Wire events as a service would send them, to be played to the terminal."""

from __future__ import annotations

from typing import Any

from station.wire import (
    Answer,
    BatchView,
    PartState,
    PhoneCounts,
    Question,
    QuestionKind,
    Recorded,
    Role,
    Snapshot,
    Status,
    Step,
    StepId,
    UnitBrief,
    UserCounts,
)

NOW = 1_760_000_000.0


def unit(position: int, user: str, state: str = "queued", **more: Any) -> UnitBrief:
    return UnitBrief(enrollment=f"e{position}", position=position, user=user, state=state, **more)


RACK = (
    unit(9, "Jonas Weber", "enrolled", tray=1, since=NOW - 7 * 60),
    unit(10, "Aylin Öztürk", "scanned", tray=2, since=NOW - 4 * 60),
    unit(7, "Grzegorz Brzęczyszczykiewicz", "held", reason="overdue", tray=4, since=NOW - 31 * 60),
    unit(11, "李小龍", "scanned", tray=5, since=NOW - 20),
)
HELD = (
    unit(7, "Grzegorz Brzęczyszczykiewicz", "held", reason="overdue", tray=4, since=NOW - 31 * 60, attempts=1),
    unit(3, "Mara Lindt", "held", reason="mismatch", detail="ordered fully managed, reported work profile", since=NOW - 65 * 60),
    unit(5, "Piet de Vries", "held", reason="unwitnessed", since=NOW - 50 * 60),
)
BATCH = BatchView(
    id="b1",
    name="Depot North, October",
    mode="wpco",
    policy="default",
    state="running",
    identity="label",
    attestation="operator",
    minimum_android=11,
    simulated=False,
    users=UserCounts(received=40, verified=6, held=3, failed=1, skipped=0, open=30),
    phones=PhoneCounts(received=13, verified=6, in_rack=5, set_aside=1, failed=1),
)
OTHER_BATCH = BATCH.model_copy(update={"id": "b2", "name": "Depot South", "state": "paused"})
PARTS = {name: PartState(state="ok") for name in ("camera", "display", "scanner", "service")}


def status(step: StepId = "place_phone", args: dict[str, str | int] | None = None, **more: Any) -> Status:
    fields: dict[str, Any] = {
        "bench": "bench-1",
        "simulated": False,
        "seq": 100,
        "batch": BATCH,
        "step": Step(id=step, args=args or {}),
        "unit": unit(12, "Anna Schmidt", "showing", attempts=1, since=NOW - 30),
        "next_user": "Bogdan Ilić",
        "view": "empty",
        "code_up": True,
        "trays": 8,
        "rack": RACK,
        "held": HELD,
        "last": unit(6, "Karim Haddad", "verified", tray=3),
        "parts": PARTS,
        "at": NOW,
    }
    return Status(**(fields | more))


def snapshot(now: Status | None = None, *, role: Role = "operator", you: str = "maria", **more: Any) -> Snapshot:
    return Snapshot(you=you, role=role, status=now or status(), **more)


def idle(**more: Any) -> Status:
    """No batch at the bench."""
    return status("no_batch", **({"batch": None, "unit": None, "rack": (), "held": (), "last": None, "code_up": False} | more))


def asked(kind: QuestionKind = "not_scanned", *answers: Answer, ident: str = "q1", user: str = "Anna Schmidt", **more: Any) -> Status:
    """A status with an open question."""
    question = Question(id=ident, kind=kind, enrollment="e12", user=user, answers=answers)
    return status("answer", question=question, **more)


def recorded(seq: int, kind: str = "ScanWitnessed") -> Recorded:
    return Recorded(
        seq=seq, at=NOW, bench="bench-1", actor="camera", kind=kind, batch="b1", enrollment="e12", previous="00", hash="11"
    )
