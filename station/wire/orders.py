"""Orders to the bench: batches, and what people decide about units."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from station.wire.messages import Message
from station.wire.status import Answer, SetAsideReason


class CreateBatch(Message):
    """A queue of users: those given, in that order, or all that are in no other batch; or, with `phones`, no users at all: one code
    for so many phones. `policy` is assigned to those of its users that have none. `prefix` and `naming`: what a generic code's devices
    are called. `token_lifetime`: seconds that a code lives. `names`: the user's name stands beside the code on the attached screen."""

    command: Literal["create_batch"] = "create_batch"
    name: str
    mode: str = "wpco"
    policy: str = ""
    identity: Literal["none", "label"] = "none"
    attestation: Literal["never", "lead", "operator"] = "lead"
    minimum_android: int | None = None
    users: tuple[str, ...] | None = None
    phones: int = Field(default=0, ge=0, le=100_000)
    prefix: str = Field(default="", max_length=40)
    naming: Literal["sequence", "serial", "date"] = "sequence"
    token_lifetime: int | None = Field(default=None, ge=60)
    names: bool = False


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


class MoveUnit(Message):
    """Serve a user of the queue before another one, or (None) before all whose code is not made yet."""

    command: Literal["move_unit"] = "move_unit"
    enrollment: str
    before: str | None = None


class ReassignUnit(Message):
    """Give a place in a queue to another user, by id, e-mail or name; None: back to who had it before. Facts: former, user (ids)."""

    command: Literal["reassign_unit"] = "reassign_unit"
    enrollment: str
    user: str | None = None
    reason: str = Field(default="", max_length=200)


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
