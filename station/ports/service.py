"""The management service."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from station.domain.evidence import Device
from station.domain.policy import Mode


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a management service can do. `permanent`: its codes cannot be revoked, and are shown again only while it lists no device
    for their user. `generic`: one token can serve many phones."""

    mints: bool
    single_use: bool
    reports_token: bool
    reports_serial: bool
    simulated: bool = False
    permanent: bool = False
    generic: bool = False


@dataclass(frozen=True, slots=True)
class TokenOrder:
    """What a token is asked for: `reference` is opaque (the attempt's id), `lifetime` in seconds. `user`: the opaque id of whose code
    it is, `account` the service's own id for them. `uses`: how many phones may use it."""

    reference: str
    mode: Mode
    policy: str
    lifetime: int
    user: str = ""
    account: str = ""
    uses: int = 1


@dataclass(frozen=True, slots=True)
class Token:
    """An enrollment token without its secret. `expires` is None of a code that is permanent."""

    name: str
    expires: float | None


@dataclass(frozen=True, slots=True)
class Code:
    """The secret content of one enrollment code, as the service gives it: never logged, never kept.

    `link`: what opens the same enrollment on a phone that is in use already (a work profile's). `varying`: the keys of the content
    that lead to what differs between users; empty where that is Google's enrollment token.
    """

    content: str = field(repr=False)
    expires: float | None = 0.0
    link: str = field(default="", repr=False)
    varying: tuple[str, ...] = ()


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


class Hearing(Protocol):
    """A management service that tells of devices by itself, beside being asked. At least once, late or twice, in no order: a hint."""

    @property
    def when_silent(self) -> str:
        """What is wrong, and what to do, when devices enroll and none is ever told of."""
        ...

    def heard(self) -> AsyncGenerator[Sequence[Device], None]:
        """Devices as they are told of; empty from time to time, to say that the line is well.

        Asking for the next says that the ones before are dealt with: until then they will be told again. Raises ServiceUnreachable,
        QuotaExceeded or ServiceRefused, and may then be called again.
        """
        ...

    async def close(self) -> None:
        """Hang up at once."""
        ...


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


@dataclass(frozen=True, slots=True)
class Condition:
    """How a management service is before a batch starts: it answers, at least.

    `left`: devices that it has room for; None where it does not say. `offset`: seconds that its clock is ahead of this machine's.
    `codeless`: users for whom it has no code, by opaque id.
    """

    left: int | None = None
    offset: float | None = None
    codeless: tuple[str, ...] = ()


class ManagementService(Minting, Confirming, Policies, Protocol):
    """Everything a management service offers to a bench that holds the full key."""

    async def condition(self, users: Sequence[str]) -> Condition:
        """Asked before a batch of these users (opaque ids) starts. Raises what a call raises where the service does not answer."""
        ...

    async def close(self) -> None: ...
