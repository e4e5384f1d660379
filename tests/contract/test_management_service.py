"""What every management service must do for the station, each driver against its stand-in: a server on a real loopback socket.

The drivers: AndroidManagementService against the emulator of the Android Management API. All of it runs in virtual time.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import aiohttp
import pytest

from hardware.simulated.loop import EPOCH, run_virtual
from station.domain.errors import (
    MintUncertain,
    NotFound,
    QuotaExceeded,
    RefuseUnit,
    ServiceRefused,
    ServiceUnreachable,
    SixtapError,
    TokenGone,
    WrongUse,
)
from station.domain.evidence import Device
from station.domain.policy import EXPECTED_RECORD, Mode
from station.emm.amapi import AndroidManagementService, load_credentials
from station.emm.emulator import Emulator, Rule, serve
from station.ports import ManagementService, TokenOrder

API = "androidmanagement.enterprises."
CREATE = f"{API}enrollmentTokens.create"
TOKEN_EXTRA = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105  # the name of an extra
BUNDLE = "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"
REPORTING: dict[str, object] = {"statusReportingSettings": {"softwareInfoEnabled": True, "networkInfoEnabled": True}}


def order(reference: str = "attempt-1", mode: Mode = Mode.WPCO, lifetime: int = 3600) -> TokenOrder:
    return TokenOrder(reference, mode, "bench", lifetime)


@dataclass
class Place:
    """A service, and the other side of it: phones that redeem codes, faults, and what really arrived."""

    service: AndroidManagementService
    url: str
    emulator: Emulator
    secrets: list[str] = field(default_factory=list)

    @property
    def port(self) -> ManagementService:
        return self.service

    def fail(self, *rules: Rule) -> None:
        self.emulator.faults.replace(rules)

    def arrived(self, method: str) -> list[dict[str, Any]]:
        return [entry for entry in self.emulator.journal.resource() if entry["method"] == method]

    async def phone(self, code: str, path: str = "setup_wizard", serial: str = "R58N1", level: int = 34) -> str:
        """A phone reads the code and enrolls; the device's name."""
        value = json.loads(code)[BUNDLE][TOKEN_EXTRA]
        self.secrets += [value, code]
        hardware = {
            "brand": "google",
            "manufacturer": "Google",
            "model": "Pixel 8a",
            "serialNumber": serial,
            "imei": "350000000000006",
        }
        said = {"token": value, "path": path, "androidVersion": str(level - 20), "apiLevel": level, "hardware": hardware}
        device: str = (await self._post("/phones/enroll", said))["device"]
        return device

    async def apply(self, device: str) -> None:
        await self._post("/phones/report", {"device": device, "phase": "applied"})

    async def _post(self, path: str, body: object) -> dict[str, Any]:
        async with aiohttp.ClientSession() as session, session.post(self.url + path, json=body) as answer:
            answer.raise_for_status()
            read: dict[str, Any] = await answer.json()
            return read


@asynccontextmanager
async def place(fleet: int = 0, quota: int | None = None, **settings: Any) -> AsyncIterator[Place]:
    loop = asyncio.get_running_loop()
    emulator = Emulator(seed=3, fleet=fleet, quota=quota, now=lambda: EPOCH + timedelta(seconds=loop.time()))
    async with serve(emulator) as url:
        anonymous = load_credentials(None, endpoint=url)
        service = AndroidManagementService(
            "LC00sixtap", endpoint=url, credentials=anonymous, random=Random(5), simulated=True, **settings
        )
        try:
            yield Place(service, url, emulator)
        finally:
            await service.close()


def within(act: Callable[[Place], Awaitable[None]], **settings: Any) -> None:
    """Run `act` at a place of its own."""

    async def main() -> None:
        async with place(**settings) as there:
            await act(there)

    run_virtual(main())


async def every_device(service: ManagementService) -> list[Device]:
    return [device async for page in service.devices() for device in page]


# --- a unit's way -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", list(Mode))
def test_a_phone_that_reads_the_code_becomes_a_device_that_names_its_token(mode: Mode) -> None:
    async def act(there: Place) -> None:
        service = there.port
        await service.put_policy("bench", REPORTING)
        token = await service.mint(order(mode=mode))
        code = await service.code(token.name)
        assert code.expires == pytest.approx(token.expires) == EPOCH.timestamp() + 3600
        assert await every_device(service) == []
        path, level = ("settings", 30) if mode is Mode.WORK_PROFILE else ("setup_wizard", 34)
        name = await there.phone(code.content, path, level=level)

        enrolled = await service.device(name)
        assert enrolled is not None
        assert (enrolled.token, enrolled.reference, enrolled.applied_state) == (token.name, "attempt-1", "PROVISIONING")
        assert (enrolled.management_mode, enrolled.ownership) == EXPECTED_RECORD[mode]
        assert enrolled.simulated
        await there.apply(name)
        [applied] = await every_device(service)
        assert applied == await service.device(name)
        assert (applied.applied_state, applied.policy, applied.applied_policy) == ("ACTIVE", "bench", "bench")
        assert (applied.serial, applied.imei, applied.model) == ("R58N1", "350000000000006", "Pixel 8a")
        assert applied.android == str(level - 20)
        assert applied.enrolled == EPOCH.timestamp()

    within(act)


def test_the_android_version_is_known_before_any_policy_asks_for_it() -> None:
    async def act(there: Place) -> None:
        token = await there.port.mint(order())
        device = await there.port.device(await there.phone((await there.port.code(token.name)).content, level=33))
        assert device is not None
        assert (device.android, device.imei) == ("13", "")

    within(act)


def test_a_personally_owned_devices_id_is_not_taken_for_its_serial_number() -> None:
    async def act(there: Place) -> None:
        token = await there.port.mint(order(mode=Mode.WORK_PROFILE))
        device = await there.port.device(await there.phone((await there.port.code(token.name)).content, "settings"))
        assert device is not None
        assert (device.ownership, device.serial) == ("PERSONALLY_OWNED", "")

    within(act)


def test_one_token_enrolls_one_phone() -> None:
    async def act(there: Place) -> None:
        code = await there.port.code((await there.port.mint(order())).name)
        await there.phone(code.content)
        with pytest.raises(aiohttp.ClientResponseError):
            await there.phone(code.content, serial="R58N2")

    within(act)


def test_every_token_is_a_new_one() -> None:
    async def act(there: Place) -> None:
        names = [(await there.port.mint(order("same"))).name for _ in range(3)]
        assert len(set(names)) == len({(await there.port.code(name)).content for name in names}) == 3

    within(act)


def test_a_revoked_token_is_gone_and_revoking_it_again_is_no_error() -> None:
    async def act(there: Place) -> None:
        token = await there.port.mint(order())
        code = await there.port.code(token.name)
        await there.port.revoke(token.name)
        await there.port.revoke(token.name)
        with pytest.raises(TokenGone):
            await there.port.code(token.name)
        with pytest.raises(aiohttp.ClientResponseError):
            await there.phone(code.content)

    within(act)


def test_an_expired_token_is_gone() -> None:
    async def act(there: Place) -> None:
        token = await there.port.mint(order(lifetime=600))
        await asyncio.sleep(601)
        with pytest.raises(TokenGone):
            await there.port.code(token.name)
        await there.port.revoke(token.name)

    within(act)


def test_a_device_that_is_not_there_is_none() -> None:
    async def act(there: Place) -> None:
        assert await there.port.device("enterprises/LC00sixtap/devices/0123") is None

    within(act)


# --- policies ---------------------------------------------------------------------------------------------------------------


def test_a_policy_comes_back_as_it_was_put() -> None:
    async def act(there: Place) -> None:
        document: dict[str, object] = {
            "cameraDisabled": True,
            "passwordRequirements": {"passwordMinimumLength": 6},
            "maximumTimeToLock": "60000",
        }
        first = await there.port.put_policy("bench", document)
        read = await there.port.policy("bench")
        assert {key: read[key] for key in document} == document
        again = await there.port.put_policy("bench", read | {"cameraDisabled": False})
        assert (first.id, first.version, again.version) == ("bench", 1, 2)
        assert [policy async for page in there.port.policies() for policy in page] == [again]

    within(act)


def test_active_tokens_are_listed_until_they_are_revoked_and_never_with_their_values() -> None:
    async def act(there: Place) -> None:
        made = [await there.port.mint(order()) for _ in range(3)]
        await there.port.revoke(made[1].name)
        listed = [token async for page in there.port.tokens() for token in page]
        assert sorted(listed, key=lambda token: token.name) == sorted((made[0], made[2]), key=lambda token: token.name)

    within(act)


def test_more_policies_than_a_page_holds_are_all_listed() -> None:
    async def act(there: Place) -> None:
        for index in range(101):
            await there.port.put_policy(f"p{index}", {})
        pages = [page async for page in there.port.policies()]
        assert [len(page) for page in pages] == [100, 1]

    within(act)


def test_a_policy_that_is_not_there_is_not_found() -> None:
    async def act(there: Place) -> None:
        with pytest.raises(NotFound):
            await there.port.policy("absent")

    within(act)


def test_a_policy_that_the_service_rejects_says_which_field() -> None:
    async def act(there: Place) -> None:
        with pytest.raises(WrongUse, match="cameraDisabledd"):
            await there.port.put_policy("bench", {"cameraDisabledd": True})

    within(act)


# --- when things fail -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "made"), [("drop_before", 0), ("drop_after", 1), ("status", 0)])
def test_a_lost_answer_to_a_mint_is_uncertain_and_the_call_was_made_once(kind: Any, made: int) -> None:
    async def act(there: Place) -> None:
        there.fail(Rule(CREATE, kind, times=0))
        with pytest.raises(MintUncertain):
            await there.port.mint(order())
        assert len(there.arrived(CREATE)) == 1
        assert len(there.emulator.tokens) == made
        there.fail()
        await there.port.mint(order("attempt-2"))
        assert [entry["reference"] for entry in there.arrived(CREATE)][1:] == ["attempt-2"]

    within(act)


@pytest.mark.parametrize(
    ("status", "error"), [(429, QuotaExceeded), (400, RefuseUnit), (401, ServiceRefused), (403, ServiceRefused), (404, ServiceRefused)]
)
def test_a_refused_mint_made_nothing(status: int, error: type[SixtapError]) -> None:
    async def act(there: Place) -> None:
        there.fail(Rule(CREATE, "status", status=status, times=0))
        with pytest.raises(error) as caught:
            await there.port.mint(order())
        assert not isinstance(caught.value, MintUncertain)
        assert len(there.arrived(CREATE)) == 1

    within(act)


FAILURES = [Rule("*", "status", status=status, times=3) for status in (429, 500, 503)]
FAILURES += [Rule("*", "drop_before", times=3), Rule("*", "drop_after", times=3)]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda rule: f"{rule.kind} {rule.status}")
def test_all_calls_but_a_mint_get_over_three_failures(failure: Rule) -> None:
    async def act(there: Place) -> None:
        service = there.service
        token = await service.mint(order())
        device = await there.phone((await service.code(token.name)).content)
        acts: list[Callable[[], Awaitable[Any]]] = [
            service.check,
            lambda: service.put_policy("bench", REPORTING),
            lambda: service.policy("bench"),
            lambda: service.code(spare.name),
            lambda: every_device(service),
            lambda: service.device(device),
            lambda: service.revoke(spare.name),
        ]
        spare = await service.mint(order("attempt-2"))
        for one in acts:
            there.fail(failure)
            sent = sum(service.calls.values())
            await one()
            assert sum(service.calls.values()) - sent == 4
        assert Counter(entry["method"].removeprefix(API) for entry in there.emulator.journal.resource()) == {
            **service.calls,
            "phones.enroll": 1,
        }

    within(act)


def test_a_service_that_stays_away_is_unreachable_within_seconds() -> None:
    async def act(there: Place) -> None:
        there.fail(Rule("*", "drop_before", times=0))
        began = asyncio.get_running_loop().time()
        with pytest.raises(ServiceUnreachable):
            await there.service.check()
        assert asyncio.get_running_loop().time() - began < 15

    within(act)


def test_a_quota_that_is_used_up_is_waited_for_into_the_next_minute() -> None:
    async def act(there: Place) -> None:
        for _ in range(6):
            await there.service.check()
        assert asyncio.get_running_loop().time() < 120

    within(act, quota=3)


def test_another_enterprise_is_refused() -> None:
    async def main() -> None:
        async with place() as there:
            other = AndroidManagementService(
                "LCother", endpoint=there.url, credentials=load_credentials(None, endpoint=there.url), random=Random(0), simulated=True
            )
            with pytest.raises(ServiceRefused, match="enterprises/LCother"):
                await other.check()
            await other.close()

    run_virtual(main())


# --- scale ------------------------------------------------------------------------------------------------------------------


def test_watching_five_thousand_devices_stays_within_the_budget() -> None:
    async def act(there: Place) -> None:
        ended: list[float] = []
        for _ in range(2):
            assert len({device.name for device in await every_device(there.port)}) == 5000
            ended.append(asyncio.get_running_loop().time())
        # Nobody paced the walks: the budget alone holds them apart.
        assert ended == pytest.approx([0, 60])
        assert there.service.calls["devices.list"] == 100
        assert there.service.poll_interval(50) == 60
        assert {entry["status"] for entry in there.arrived(f"{API}devices.list")} == {200}

    within(act, fleet=5000, quota=50)


def test_a_hundred_calls_at_once_all_succeed() -> None:
    async def act(there: Place) -> None:
        names = [device.name for device in await every_device(there.port)]
        found = await asyncio.gather(*(there.port.device(name) for name in names))
        assert [device.name for device in found if device] == names

    within(act, fleet=100, calls_per_minute=1000)


# --- secrets ----------------------------------------------------------------------------------------------------------------


def test_no_secret_is_in_a_log_a_repr_or_an_error(caplog: pytest.LogCaptureFixture) -> None:
    shown: list[str] = []

    async def act(there: Place) -> None:
        token = await there.port.mint(order())
        code = await there.port.code(token.name)
        shown.append(repr((token, code)))
        device = await there.phone(code.content)
        shown.append(repr(await there.port.device(device)))
        there.fail(Rule("*", "drop_after", times=0))
        for failing in (there.port.mint(order()), there.port.code(token.name), there.port.revoke(token.name)):
            with pytest.raises(SixtapError) as caught:
                await failing
            shown.append(repr(caught.value) + str(caught.value))
        shown.append(caplog.text)
        assert there.secrets
        for text in shown:
            assert not [secret for secret in there.secrets if secret in text]

    caplog.set_level(logging.DEBUG)
    within(act)
    assert "Next try in" in caplog.text
