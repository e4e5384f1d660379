"""Before a batch starts: what could stop it halfway is looked at first. Only what cannot work is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from station.bench.record import Record
from station.domain.enrollment import Enrollment, State
from station.domain.errors import AskOperator, NotFound, RefuseUnit, ServiceRefused, TryAgain
from station.domain.payload import PREFIX, Payload, with_extras
from station.domain.policy import Mode, lowest_android
from station.ports import Batch, ManagementService

Level = Literal["ok", "advice", "refuse"]
LITTLE_ROOM, NO_ROOM = 500, 50  # MB on the ledger's disk
CLOCK_ADVICE, CLOCK_REFUSED = 60.0, 3600.0  # seconds that the bench's clock may differ
PATIENCE = 15.0  # seconds for the management service's first answer
PACE = 60.0  # seconds that a phone takes at the stand, at the least
UNFIT = frozenset({"no", "invalid"})
WIFI_STRENGTH = {"NONE": 0, "WEP": 1, "WPA": 1, "EAP": 2}
# Android Management API reference, policies, DeviceRadioState, MinimumWifiSecurityLevel.
DEMANDED = {
    "OPEN_NETWORK_SECURITY": 0,
    "PERSONAL_NETWORK_SECURITY": 1,
    "ENTERPRISE_NETWORK_SECURITY": 2,
    "ENTERPRISE_BIT192_NETWORK_SECURITY": 3,
}
LASTING = frozenset({Mode.FULLY_MANAGED, Mode.DEDICATED, Mode.WPCO})


class Judged(Protocol):
    """What a mode makes of one option of a policy; see station.policies.fitting."""

    @property
    def path(self) -> str: ...
    @property
    def support(self) -> str: ...


Fit = Callable[[Mapping[str, object], Mode, int | None], Sequence[Judged]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; see station.wire.CheckId for the ids."""

    id: str
    level: Level
    args: dict[str, str | int | float] = field(default_factory=dict)


class Preflight:
    """Looks at a batch without changing anything. `fit` judges a policy's document, `free_mb` tells the room on the ledger's disk."""

    def __init__(
        self, record: Record, service: ManagementService, extras: Mapping[str, object], fit: Fit, free_mb: Callable[[], float]
    ) -> None:
        self._record = record
        self._service = service
        self._extras = extras
        self._fit = fit
        self._free_mb = free_mb

    async def look(self, batch: Batch) -> tuple[Check, ...]:
        """Everything, in the order in which a person would mend it."""
        queued = await self._queued(batch)
        checks = [*await self._of_service(queued), *self._without_policy(queued)]
        if checks[0].level == "ok":
            for mode, policy in sorted({(unit.mode, unit.policy) for unit in queued if unit.policy}):
                checks += await self._of_policy(batch, mode, policy)
        for mode in sorted({unit.mode for unit in queued}):
            checks += self._of_extras(mode)
        return (*checks, *self._of_batch(batch, queued), self._of_disk())

    async def _queued(self, batch: Batch) -> list[Enrollment]:
        found: list[Enrollment] = []
        while page := await self._record.ledger.enrollments(
            batch=batch.id, states=(State.QUEUED,), after=found[-1].position if found else 0
        ):
            found += page
        return found

    async def _of_service(self, queued: Sequence[Enrollment]) -> list[Check]:
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._service.condition(tuple(unit.user for unit in queued if unit.user))
        except (TryAgain, ServiceRefused) as why:  # it may be back before the first code is needed
            return [Check("service", "advice", {"why": str(why)})]
        except TimeoutError:
            return [Check("service", "advice", {"why": f"no answer within {PATIENCE:.0f} seconds."})]
        checks = [Check("service", "ok")]
        if found.left is not None:
            level: Level = "ok" if found.left >= len(queued) else "advice" if found.left else "refuse"
            checks.append(Check("quota", level, {"left": found.left, "needed": len(queued)}))
        if found.offset is not None and abs(found.offset) > CLOCK_ADVICE:
            level = "refuse" if abs(found.offset) > CLOCK_REFUSED else "advice"
            checks.append(Check("clock", level, {"seconds": round(found.offset)}))
        if found.codeless:
            level = "refuse" if len(found.codeless) == len(queued) else "advice"
            checks.append(Check("no_codes", level, {"users": len(found.codeless), "first": found.codeless[0]}))
        return checks

    def _without_policy(self, queued: Sequence[Enrollment]) -> list[Check]:
        bare = [unit for unit in queued if not unit.policy]
        return [Check("no_policy", "refuse", {"users": len(bare), "first": bare[0].user})] if bare else []

    async def _of_policy(self, batch: Batch, mode: Mode, policy: str) -> list[Check]:
        try:
            document = await self._service.policy(policy)
        except NotFound:
            return [Check("policy_unknown", "refuse", {"policy": policy})]
        except (TryAgain, ServiceRefused, AskOperator, RefuseUnit):  # told already, or a console that shows its policies to nobody
            return []
        lowest = lowest_android(mode, batch.mode, batch.minimum_android)
        unfit = [one.path for one in self._fit(document, mode, lowest) if one.support in UNFIT]
        checks = [Check("policy_unfit", "advice", {"policy": policy, "mode": mode, "options": ", ".join(unfit[:5])})] if unfit else []
        setup = document.get("workAccountSetupConfig")
        if isinstance(setup, Mapping) and setup.get("authenticationType") == "GOOGLE_AUTHENTICATED":
            checks.append(Check("google_account", "advice", {"policy": policy}))
        return checks + self._of_network(document, policy)

    def _of_network(self, document: Mapping[str, object], policy: str) -> list[Check]:
        """A phone that joins the code's network and then gets a policy that forbids it is lost halfway through setup."""
        radio = document.get("deviceRadioState")
        demanded = DEMANDED.get(str(radio.get("minimumWifiSecurityLevel")), 0) if isinstance(radio, Mapping) else 0
        given = self._given()
        weak = "WIFI_SSID" in given and WIFI_STRENGTH.get(str(given.get("WIFI_SECURITY_TYPE", "NONE")), 0) < demanded
        return [Check("wifi", "refuse", {"why": f"policy {policy} demands a safer network"})] if weak else []

    def _given(self) -> dict[str, object]:
        return {name.removeprefix(PREFIX): value for name, value in self._extras.items()}

    def _of_extras(self, mode: Mode) -> list[Check]:
        if mode is Mode.WORK_PROFILE:  # its code is a link, on a phone that has a network
            return []
        return [Check("extra_ignored", "advice", {"why": one}) for one in with_extras(Payload({}), self._extras, mode).warnings]

    def _of_batch(self, batch: Batch, queued: Sequence[Enrollment]) -> list[Check]:
        checks: list[Check] = []
        needed = int(len(queued) * PACE)
        if batch.generic and batch.token_lifetime < needed:
            checks.append(Check("lifetime", "advice", {"lifetime": batch.token_lifetime, "needed": needed}))
        if batch.started is None:
            modes = sorted({unit.mode for unit in queued} & LASTING)
            checks += [Check("permanent_mode", "advice", {"mode": mode}) for mode in modes]
        return checks

    def _of_disk(self) -> Check:
        free = min(self._free_mb(), 1e9)  # where nobody can tell, there is room
        return Check("disk", "refuse" if free < NO_ROOM else "advice" if free < LITTLE_ROOM else "ok", {"free_mb": round(free)})
