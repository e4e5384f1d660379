"""All commands, and who may give them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from station.wire.camera import Calibrate, ForgetScreen, SelfTest, ShowPage, TeachScreen
from station.wire.codes import PutNote, ReturnDevice, SetLanguage, ShowCode
from station.wire.messages import ROLES, Message, Role
from station.wire.orders import (
    AnswerQuestion,
    AttestScan,
    CreateBatch,
    DeclareStandEmpty,
    EnterLabel,
    FailUnit,
    HoldUnit,
    MoveUnit,
    PauseBatch,
    ReassignUnit,
    ReleaseHold,
    RetryUnit,
    SetAside,
    SkipUnit,
    StartBatch,
)
from station.wire.people import (
    AssignUsers,
    CompareUsers,
    DropRows,
    EditUser,
    ImportKept,
    ImportUsers,
    InviteUsers,
    KeepRows,
    MakeKnown,
    RemoveUser,
)
from station.wire.policies import PushPolicy, PutPolicy
from station.wire.prepared import ConfirmDevice, PurgeCodes, PutCodes, PutDevices
from station.wire.settings import ChangeSetting
from station.wire.staff import HandOver, PutStaff, RemoveStaff, SignIn, SignOut

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
    | MoveUnit
    | ReassignUnit
    | SkipUnit
    | FailUnit
    | DeclareStandEmpty
    | SelfTest
    | Calibrate
    | TeachScreen
    | ForgetScreen
    | ShowPage
    | CompareUsers
    | KeepRows
    | ImportKept
    | DropRows
    | MakeKnown
    | EditUser
    | AssignUsers
    | RemoveUser
    | InviteUsers
    | PutPolicy
    | PushPolicy
    | ShowCode
    | ReturnDevice
    | SetLanguage
    | PutNote
    | PutCodes
    | PurgeCodes
    | PutDevices
    | ConfirmDevice
    | PutStaff
    | RemoveStaff
    | SignIn
    | SignOut
    | HandOver
    | ChangeSetting,
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
    MoveUnit: "lead",
    ReassignUnit: "lead",
    SkipUnit: "lead",
    FailUnit: "lead",
    DeclareStandEmpty: "operator",
    SelfTest: "operator",
    Calibrate: "lead",
    TeachScreen: "lead",
    ForgetScreen: "lead",
    ShowPage: "operator",
    CompareUsers: "admin",
    KeepRows: "admin",
    ImportKept: "admin",
    DropRows: "admin",
    MakeKnown: "admin",
    EditUser: "admin",
    AssignUsers: "admin",
    RemoveUser: "admin",
    InviteUsers: "admin",
    PutPolicy: "admin",
    PushPolicy: "admin",
    ShowCode: "admin",
    ReturnDevice: "lead",
    SetLanguage: "operator",
    PutNote: "lead",
    PutCodes: "admin",
    PurgeCodes: "admin",
    PutDevices: "lead",
    PutStaff: "admin",
    RemoveStaff: "admin",
    SignIn: "operator",  # whoever may connect may sign in: this is the role of the account, not yet of the person
    SignOut: "operator",
    HandOver: "operator",
    ChangeSetting: "admin",
    ConfirmDevice: "operator",  # the batch says whose word counts
}


def may(role: Role, command: Message) -> bool:
    """Whether `role` is at least the command's least role."""
    return ROLES.index(role) >= ROLES.index(LEAST_ROLE[type(command)])
