"""Policies: orders about them, how they are listed, and what a management mode makes of their options."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from station.wire.messages import Message

Support = Literal["yes", "profile", "partial", "no"]
"""What a mode makes of an option: all of it; inside the work profile only; some of it, or weaker; nothing."""


class PutPolicy(Message):
    """Keep a policy document under a name: a new version, if it differs from the newest. Passwords in it only as `secret:NAME`, which
    the bench fills in when it pushes. Facts: version, changed."""

    command: Literal["put_policy"] = "put_policy"
    name: str
    document: dict[str, Any] = Field(repr=False)


class PushPolicy(Message):
    """Give a version (the newest, if none is named) to the management service. Facts: version, service_version."""

    command: Literal["push_policy"] = "push_policy"
    name: str
    version: int | None = None


class PolicyView(Message):
    """A policy's version as lists show it.

    at: when it was kept. pushed: when it was given to the management service, the last time. pushed_version: the version of this name
    that was given to it last. service_version: the service's own number of what it has; None where it has none, or was not asked.
    A policy that only the service has: version 0.
    """

    name: str
    version: int
    at: float = 0.0
    actor: str = ""
    digest: str = ""
    pushed: float | None = None
    pushed_version: int | None = None
    service_version: int | None = None


class PolicyPage(Message):
    """The newest version of each policy, or all versions of one, oldest first. `service`: whether the management service was asked
    for its own and answered; `none`: it has no policies that a bench could see."""

    items: tuple[PolicyView, ...]
    service: Literal["answered", "silent", "none"] = "none"


class PolicyDocument(Message):
    """One version with its content."""

    policy: PolicyView
    document: dict[str, Any] = Field(repr=False)


class Finding(Message):
    """What a mode makes of one option that a document uses, or what is wrong with it (`invalid`). `unknown`: the catalogue has no such
    option. `path` such as applications[2].autoUpdateMode; `reason` is a message id with `args`. `stated`: by Google's reference."""

    path: str
    support: Support | Literal["invalid", "unknown"]
    reason: str = ""
    args: dict[str, str | int] = Field(default_factory=dict)
    stated: bool = True


class PolicyReport(Message):
    """A document judged for one mode, and one Android version if that was given; `options` counts those that it uses."""

    name: str
    version: int | None
    mode: str
    android: int | None = None
    options: int
    findings: tuple[Finding, ...]


class PolicyChange(Message):
    """One place in which two documents differ; of what was removed, its place in the old one. `moved`: the same entries in another
    order, `old` and `new` are their names."""

    path: str
    kind: Literal["added", "removed", "changed", "moved"]
    old: Any = None
    new: Any = None


class PolicyChanges(Message):
    """What differs between two versions."""

    old: PolicyView
    new: PolicyView
    items: tuple[PolicyChange, ...]


class Reason(Message):
    """Why a mode does not take an option as it is: a message id with its arguments."""

    id: str
    args: dict[str, str | int] = Field(default_factory=dict)


class MatrixRow(Message):
    """One option: what each mode makes of it, since which Android, and why where that is not `yes`. `stated`: by Google's reference;
    else assumed from how the platform works."""

    field: str
    type: str
    support: dict[str, Support]
    minimum_android: dict[str, int]
    stated: bool
    reasons: dict[str, Reason]


class MatrixPage(Message):
    """The catalogue of options, those nested in another after it."""

    items: tuple[MatrixRow, ...]
