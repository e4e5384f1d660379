"""A management service over the shipped emulator's pure state, without HTTP: the station's port, and the phones' side of it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from station.domain.errors import MintUncertain, NotFound, ServiceRefused, ServiceUnreachable, TokenGone, WrongUse
from station.domain.evidence import Device
from station.domain.policy import ALLOW_PERSONAL_USAGE
from station.emm.emulator import Emulator
from station.emm.emulator.devices import Phone as EmulatedPhone
from station.emm.emulator.errors import ApiError
from station.emm.emulator.routes import find
from station.emm.emulator.state import Asked
from station.ports import Capabilities, Code, Condition, PolicyVersion, Token, TokenOrder
from tests.bench.stand_ins import Handset, LoopClock

ENTERPRISE = "enterprises/LC00sixtap"
REPORTING = {"statusReportingSettings": {"softwareInfoEnabled": True, "networkInfoEnabled": True}}
LINK = "https://enterprise.google.com/android/enroll?et="
CALL_SECONDS = 0.1  # of one call

Mood = Literal["well", "down", "refusing"]
Lost = Literal["before", "after"]


@dataclass(slots=True)
class Cloud:
    """The management service's port over an emulator's state, and the phones' side of it.

    mood: how every call goes. failing: methods that alone get no answer. seconds: of one call. losing: what happens to the answers of
    the next mints (the token is made only with "after").
    """

    clock: LoopClock
    emulator: Emulator
    mood: Mood = "well"
    failing: set[str] = field(default_factory=set)
    seconds: float = CALL_SECONDS
    losing: list[Lost] = field(default_factory=list)
    posts: Counter[str] = field(default_factory=Counter)
    secrets: dict[str, str] = field(default_factory=dict)  # token value -> token name
    calls: Counter[str] = field(default_factory=Counter)
    left: int | None = None  # devices that the service has room for

    def __post_init__(self) -> None:
        self.has_policy("default")

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(mints=True, single_use=True, reports_token=True, reports_serial=True, simulated=True, generic=True)

    # minting

    async def mint(self, order: TokenOrder) -> Token:
        await self._called("mint")
        self.posts[order.reference] += 1
        body = {
            "oneTimeOnly": order.uses == 1,
            "additionalData": order.reference,
            "allowPersonalUsage": ALLOW_PERSONAL_USAGE[order.mode],
            "policyName": order.policy,
            "duration": f"{order.lifetime}s",
        }
        lost = self.losing.pop(0) if self.losing else None
        if lost == "before":
            raise MintUncertain("The call was sent, and its answer was lost.", "Requeue the user.")
        try:
            made = self._ask("POST", f"{ENTERPRISE}/enrollmentTokens", body)
        except ApiError as error:
            raise WrongUse(f"The service rejects the token: {error.message}", "Correct the batch.") from None
        self.secrets[made["value"]] = made["name"]
        if lost == "after":
            raise MintUncertain("The call was sent, and its answer was lost.", "Requeue the user.")
        return Token(made["name"], datetime.fromisoformat(made["expirationTimestamp"]).timestamp())

    async def code(self, token: str) -> Code:
        await self._called("code")
        try:
            found = self._ask("GET", token)
        except ApiError:
            raise TokenGone(f"The service no longer knows {token}.", "Requeue the user.") from None
        expires = datetime.fromisoformat(found["expirationTimestamp"]).timestamp()
        return Code(found["qrCode"], expires, f"{LINK}{found['value']}")

    async def revoke(self, token: str) -> None:
        await self._called("revoke")
        try:
            self._ask("DELETE", token)
        except ApiError as error:
            assert error.code == 404  # it was used, deleted, or has expired

    # confirming

    async def devices(self) -> AsyncIterator[Sequence[Device]]:
        page: dict[str, Any] = {"nextPageToken": ""}
        while "nextPageToken" in page:
            await self._called("devices")
            following = page["nextPageToken"]
            query = (("pageSize", "3"), *((("pageToken", following),) if following else ()))
            page = self._ask("GET", f"{ENTERPRISE}/devices", query=query)
            yield tuple(device_of(record) for record in page.get("devices", ()))

    async def condition(self, users: Sequence[str]) -> Condition:
        await self._called("condition")
        return Condition(left=self.left)

    async def device(self, name: str) -> Device | None:
        await self._called("device")
        try:
            return device_of(self._ask("GET", name))
        except ApiError:
            return None

    # policies

    async def put_policy(self, policy: str, document: dict[str, object]) -> PolicyVersion:
        await self._called("put_policy")
        written = self._ask("PATCH", f"{ENTERPRISE}/policies/{policy}", document)
        return PolicyVersion(policy, int(written["version"]))

    async def policy(self, policy: str) -> dict[str, object]:
        await self._called("policy")
        try:
            return self._ask("GET", f"{ENTERPRISE}/policies/{policy}")
        except ApiError:
            raise NotFound(f"The service has no policy {policy}.", "Push it.") from None

    async def policies(self) -> AsyncIterator[Sequence[PolicyVersion]]:
        await self._called("policies")
        listed = self._ask("GET", f"{ENTERPRISE}/policies").get("policies", ())
        yield tuple(PolicyVersion(one["name"].rsplit("/", 1)[-1], int(one["version"])) for one in listed)

    async def close(self) -> None:
        """Nothing is open."""

    async def _called(self, method: str) -> None:
        self.calls[method] += 1
        await asyncio.sleep(self.seconds)
        if self.mood == "down" or method in self.failing:
            raise ServiceUnreachable("The management service did not answer.", "Check the network.")
        if self.mood == "refusing":
            raise ServiceRefused("The management service does not accept the key.", "Check the key.")

    def has_policy(self, policy: str) -> None:
        """The service has a policy of this name that asks phones to report what the bench needs."""
        self._ask("PATCH", f"{ENTERPRISE}/policies/{policy}", REPORTING)

    # the phones' side

    def enroll(self, phone: Handset, *, path: str = "setup_wizard", android: int = 14) -> bool:
        """The phone redeems what it read; False when the service refuses it."""
        body = {
            "token": phone.token,
            "path": path,
            "androidVersion": str(android),
            "apiLevel": android + 20 if android >= 13 else android + 19,
            "hardware": _hardware(phone),
        }
        try:
            phone.device = self._ask("POST", "/phones/enroll", body)["device"]
        except ApiError:
            return False
        return True

    def apply(self, phone: Handset) -> None:
        """The phone reports that it has applied its policy."""
        self._ask("POST", "/phones/report", {"device": phone.device, "phase": "applied"})
        phone.applied = True

    def leave(self, phone: Handset) -> None:
        """The phone is managed no more; its record goes."""
        self._ask("POST", "/phones/leave", {"device": phone.device})

    def appear(self, phone: Handset, token: str, *, outside: bool = False) -> None:
        """A device record for a token turns up, whatever became of the token: the phone had redeemed it before.

        outside: the record names another minter's token instead; its policy is this token's.
        """
        minted = self.emulator.tokens._by_name[token]  # a service's record may come up later than its redemption
        outcome = ("PROFILE_OWNER", "COMPANY_OWNED")
        said = EmulatedPhone("14", 34, _hardware(phone))
        data = str(minted.settings.get("additionalData", ""))
        named = (f"{ENTERPRISE}/enrollmentTokens/another", "") if outside else (token, data)
        made = self.emulator.devices.add(outcome, *named, minted.policy_name, said, self.emulator.now())
        minted.used += not outside
        phone.device = made.name

    def _ask(self, verb: str, name: str, body: object = None, query: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
        path = name if name.startswith("/") else f"/v1/{name}"
        route, resource = find(verb, path)
        return self.emulator.answer(Asked(route, resource, query, json.dumps(body).encode() if body else b""))


def _hardware(phone: Handset) -> dict[str, str]:
    names = {"brand": "google", "manufacturer": "Google", "model": "Pixel 8a"}
    return {**names, "serialNumber": phone.serial, "imei": phone.imei}


def device_of(record: dict[str, Any]) -> Device:
    """A record as the station reads it."""

    def last(name: str) -> str:
        return str(record.get(name, "")).rsplit("/", 1)[-1]

    level = int(record["apiLevel"])
    return Device(
        name=record["name"],
        token=record["enrollmentTokenName"],
        reference=record.get("enrollmentTokenData", ""),
        management_mode=record["managementMode"],
        ownership=record["ownership"],
        state=record["state"],
        applied_state=record["appliedState"],
        policy=last("policyName"),
        applied_policy=last("appliedPolicyName"),
        serial=record["hardwareInfo"]["serialNumber"],
        imei=record.get("networkInfo", {}).get("imei", ""),
        model=record["hardwareInfo"]["model"],
        android=str(level - 20 if level >= 33 else level - 19),
        enrolled=datetime.fromisoformat(record["enrollmentTime"]).timestamp(),
        simulated=True,
    )
