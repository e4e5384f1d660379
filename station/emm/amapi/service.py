"""The Android Management API behind the station's port: minting, confirming and policies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from random import Random
from typing import TYPE_CHECKING

from station.domain.errors import ConfigurationError, MintUncertain, TokenGone, WrongUse
from station.domain.evidence import Device
from station.domain.policy import policy_id
from station.emm.amapi import records
from station.emm.amapi.calling import Caller
from station.emm.amapi.credentials import checked_endpoint, checked_fit
from station.emm.amapi.faults import Fault
from station.emm.amapi.pacing import Budget, walk_interval
from station.ports import Capabilities, Code, Condition, PolicyVersion, Token, TokenOrder

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

GOOGLE = "https://androidmanagement.googleapis.com"

_ENTERPRISE = re.compile(r"(?:enterprises/)?([A-Za-z0-9._~-]{1,128})")
_RESOURCE_ID = re.compile(r"[A-Za-z0-9._~=-]{1,512}")


class AndroidManagementService:
    """Google's Android Management API for one enterprise; see station.ports.ManagementService for what each call promises.

    `enterprise`: `enterprises/LC0123` or `LC0123`. `endpoint`: None for Google, else a URL. `calls_per_minute`: the budget of
    `devices.list`, and again of `devices.get`, in any sixty seconds. `timeout_seconds`: for each wait on the network. `random`: jitter
    of the pauses. `minting` False: tokens can be neither made, read nor revoked here. Raises ConfigurationError.
    """

    def __init__(
        self,
        enterprise: str,
        *,
        endpoint: str | None,
        credentials: Credentials,
        calls_per_minute: int = 50,
        timeout_seconds: float = 30.0,
        random: Random,
        simulated: bool,
        minting: bool = True,
    ) -> None:
        named = _ENTERPRISE.fullmatch(enterprise)
        if not named:
            raise ConfigurationError(f"{enterprise!r} is no enterprise name.", "Use the form enterprises/LC0123.")
        if calls_per_minute < 1 or timeout_seconds <= 0:
            raise ConfigurationError("calls_per_minute must be at least 1, and the timeout more than 0 seconds.")
        url = checked_endpoint(endpoint) if endpoint else GOOGLE
        checked_fit(credentials, url)
        budgets = {method: Budget(calls_per_minute) for method in ("devices.list", "devices.get")}
        self.enterprise = f"enterprises/{named[1]}"
        self._caller = Caller(self.enterprise, url, credentials, budgets=budgets, timeout=timeout_seconds, random=random)
        self._calls_per_minute = calls_per_minute
        self._minting = minting
        self._simulated = simulated

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            mints=self._minting, single_use=True, reports_token=True, reports_serial=True, simulated=self._simulated, generic=True
        )

    @property
    def calls(self) -> Counter[str]:
        """How many calls were sent so far, by method, such as `devices.list`."""
        return self._caller.calls

    def poll_interval(self, pages: int) -> float:
        """Seconds from the start of one walk over `pages` pages of devices to the start of the next, within the budget."""
        return walk_interval(pages, self._calls_per_minute)

    async def check(self) -> None:
        """One cheap call: it returns when key, enterprise and the way to Google are in order, else it raises what is not."""
        await self._caller.call("policies.list", parent=self.enterprise, pageSize=1, fields=records.POLICY_PAGE_FIELDS)

    async def condition(self, users: Sequence[str]) -> Condition:
        """Google tells nobody how many devices a project has left."""
        await self.check()
        return Condition(offset=self._caller.clock_offset)

    async def close(self) -> None:
        """Wait for calls that are under way, at most as long as the timeout."""
        await self._caller.close()

    # --- minting ------------------------------------------------------------------------------------------------------------

    async def mint(self, order: TokenOrder) -> Token:
        """Make one single-use token by one POST that is never sent twice.

        Raises MintUncertain when the service may have made a token whose name nobody knows: the connection broke, the answer came
        too late, was 5xx, or could not be read. All other errors mean that surely nothing was made.
        """
        self._must_mint()
        _check_order(order)
        body = records.token_body(order, self._policy_name(order.policy))
        made = await self._caller.call_once(
            "enrollmentTokens.create", parent=self.enterprise, body=body, fields=records.ORDERED_FIELDS
        )
        name, expires = records.text(made.get("name")), records.timestamp(made.get("expirationTimestamp"))
        if not name or expires is None:
            raise MintUncertain(
                "Making the enrollment token: the answer does not tell the token's name, or when it expires.",
                "Requeue the user; the unseen token ends by its lifetime.",
            )
        return Token(name, expires)

    async def code(self, token: str) -> Code:
        """The QR content of an active token, asked anew. Raises TokenGone."""
        self._must_mint()
        name = self._resource("enrollmentTokens", token)
        answer = await self._caller.call("enrollmentTokens.get", name=name, fields=records.CODE_FIELDS)
        content, expires = answer.get("qrCode"), records.timestamp(answer.get("expirationTimestamp"))
        if not isinstance(content, str) or not content or expires is None:
            raise TokenGone(f"The service gives no QR content for {name}.", "Requeue the user for a fresh code.")
        value = records.text(answer.get("value"))
        return Code(content, expires, records.ENROLLMENT_LINK + value if value else "")

    async def tokens(self) -> AsyncIterator[Sequence[Token]]:
        """All active tokens of the enterprise, whoever made them, a page at a time; names and expiry only."""
        self._must_mint()
        async for page in self._caller.pages("enrollmentTokens.list", records.TOKEN_PAGE_FIELDS):
            yield records.tokens_of(page)

    async def revoke(self, token: str) -> None:
        """Delete the token; one that is gone already is no error."""
        self._must_mint()
        await self._caller.find("enrollmentTokens.delete", name=self._resource("enrollmentTokens", token))

    def _must_mint(self) -> None:
        if not self._minting:
            raise WrongUse(
                "This part of the bench may watch devices, but not make, read or revoke enrollment tokens.",
                "Use the part that is configured for minting.",
            )

    # --- confirming ---------------------------------------------------------------------------------------------------------

    async def devices(self) -> AsyncIterator[Sequence[Device]]:
        """All devices, a page of up to 100 at a time, each page within the budget of calls a minute."""
        async for page in self._caller.pages("devices.list", records.DEVICE_PAGE_FIELDS):
            yield records.devices_of(page, simulated=self._simulated)

    async def device(self, name: str) -> Device | None:
        """One device as it is now; None when the service has none of that name (any more)."""
        name = self._resource("devices", name)
        record = await self._caller.find("devices.get", name=name, fields=records.DEVICE_FIELDS)
        return records.device_of(record, simulated=self._simulated)

    # --- policies -----------------------------------------------------------------------------------------------------------

    async def put_policy(self, policy: str, document: dict[str, object]) -> PolicyVersion:
        """Write a policy, new or known. `name` and `version` in the document are the service's own to set, and left out."""
        body = {key: value for key, value in document.items() if key not in ("name", "version")}
        method = "policies.patch"
        answer = await self._caller.call(method, name=self._policy_name(policy), body=body, fields=records.POLICY_VERSION_FIELDS)
        written = records.policy_version_of(answer)
        if written is None:
            raise self._caller.readable(Fault("garbled"), method)
        return written

    async def policy(self, policy: str) -> dict[str, object]:
        """A policy's document. Raises NotFound."""
        return await self._caller.call("policies.get", name=self._policy_name(policy))

    async def policies(self) -> AsyncIterator[Sequence[PolicyVersion]]:
        """All policies, a page at a time."""
        async for page in self._caller.pages("policies.list", records.POLICY_PAGE_FIELDS):
            yield records.policy_versions_of(page)

    # --- names --------------------------------------------------------------------------------------------------------------

    def _policy_name(self, policy: str) -> str:
        return f"{self.enterprise}/policies/{policy_id(policy)}"

    def _resource(self, collection: str, name: str) -> str:
        """`name`, checked: `enterprises/E/<collection>/ID` of this enterprise."""
        start, _, ident = name.rpartition("/")
        if start != f"{self.enterprise}/{collection}" or not _RESOURCE_ID.fullmatch(ident):
            raise WrongUse(
                f"{name!r} is not of the form {self.enterprise}/{collection}/ID.",
                "Check that the bench is configured for the enterprise that this was recorded for.",
            )
        return name


def _check_order(order: TokenOrder) -> None:
    if len(order.reference) > records.LONGEST_REFERENCE:
        raise WrongUse(f"A token's reference has {len(order.reference)} characters; Google takes {records.LONGEST_REFERENCE}.")
    if order.lifetime < records.SHORTEST_LIFETIME:
        raise WrongUse(
            f"A token cannot live {order.lifetime} seconds only.",
            f"Order {records.SHORTEST_LIFETIME} seconds or more; hours are usual.",
        )
