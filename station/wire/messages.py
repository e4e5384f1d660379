"""What every message of the wire is, and the two answers to a command."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

VERSION = 1

Role = Literal["operator", "lead", "admin"]
ROLES: tuple[Role, ...] = ("operator", "lead", "admin")


class Message(BaseModel):
    """Frozen; unknown fields are refused, so that a misspelt command never half-works."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Done(Message):
    """A command was carried out. `facts` are what it made (ids, counts)."""

    done: Literal[True] = True
    facts: dict[str, Any] = Field(default_factory=dict)


class Problem(Message):
    """A command or query that was not carried out: what, why, and what to do. `kind` is the error's class name.

    args: of a SignInRefused `left`, tries before a pause, and `wait`, seconds until the next one.
    """

    done: Literal[False] = False
    kind: str
    message: str
    remedy: str = ""
    args: dict[str, int] = Field(default_factory=dict)
