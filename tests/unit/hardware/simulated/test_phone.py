"""What a phone does with a code it has read, and how it speaks to the management service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from hardware.simulated.cloud import Cloud, NotServed
from hardware.simulated.loop import run_virtual
from hardware.simulated.phone import Phone
from hardware.simulated.world import World

if TYPE_CHECKING:
    from tests.unit.hardware.simulated.conftest import Live, Panel, Service

PREFIX = "android.app.extra.PROVISIONING_"
Code = Callable[..., str]
Change = Callable[[dict[str, Any]], object]


async def read(world: World, panel: Panel, service: Service, text: str) -> Phone:
    """A phone that has just read this code."""
    panel.show(text)
    phone = world.unbox()
    await world.place(phone)
    await world.tap_six(phone)
    await service.until(lambda: phone.has_read)
    return phone


def outcome(live: Live, change: Change, wait: float = 400.0, **options: Any) -> tuple[str, str | None, int]:
    """State, error and number of device records after a phone read a minted code whose extras were changed."""

    async def story(world: World, panel: Panel, service: Service) -> tuple[str, str | None, int]:
        fields = json.loads((await service.mint())["qrCode"])
        change(fields)
        phone = await read(world, panel, service, json.dumps(fields))
        await asyncio.sleep(wait)
        return phone.state, phone.error, len(await service.devices())

    return live(story, **options)


def test_a_phone_reads_the_pixels_and_enrolls_with_its_own_numbers(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> tuple[Phone, dict[str, Any], str]:
        token = await service.mint(additionalData="a7")
        phone = await read(world, panel, service, token["qrCode"])
        await asyncio.sleep(300)
        (device,) = await service.devices()
        return phone, device, token["name"]

    phone, device, token_name = live(story, simple=False)
    assert phone.state == "done"
    assert phone.device == device["name"]
    assert (device["enrollmentTokenName"], device["enrollmentTokenData"]) == (token_name, "a7")
    assert device["hardwareInfo"]["serialNumber"] == phone.serial
    assert device["hardwareInfo"]["model"] == phone.model
    assert device["networkInfo"]["imei"] == phone.imei
    assert (device["managementMode"], device["ownership"]) == ("PROFILE_OWNER", "COMPANY_OWNED")


@pytest.mark.parametrize(
    "key",
    [
        "DEVICE_ADMIN_COMPONENT_NAME",
        "DEVICE_ADMIN_SIGNATURE_CHECKSUM",
        "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION",
        "ADMIN_EXTRAS_BUNDLE",
    ],
)
def test_a_code_with_a_missing_key_ends_in_an_error_that_names_it(live: Live, key: str) -> None:
    state, error, devices = outcome(live, lambda fields: fields.pop(PREFIX + key))
    assert (state, devices) == ("error", 0)
    assert error is not None
    assert key in error


def test_any_other_qr_code_is_read_and_refused(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> tuple[str, str | None]:
        phone = await read(world, panel, service, "https://example.org/menu")
        await asyncio.sleep(60)
        return phone.state, phone.error

    assert live(story) == ("error", "the code is not JSON")


def test_an_unknown_kind_of_wifi_keeps_the_phone_off_a_protected_network(live: Live) -> None:
    wifi = {"SSID": "depot", "SECURITY_TYPE": "WPA2", "PASSWORD": "correct horse"}
    extras = {f"{PREFIX}WIFI_{name}": value for name, value in wifi.items()}
    state, error, devices = outcome(live, lambda fields: fields.update(extras))
    assert (state, devices) == ("error", 0)
    assert error == "cannot join the Wi-Fi network that the code names"
    right = extras | {f"{PREFIX}WIFI_SECURITY_TYPE": "WPA"}
    assert outcome(live, lambda fields: fields.update(right))[0] == "done"
    assert outcome(live, lambda fields: fields.update(right), air={"depot": "another horse"})[0] == "error"


def test_a_token_that_the_service_does_not_know_ends_in_an_error_without_the_token(live: Live, code: Code) -> None:
    async def story(world: World, panel: Panel, service: Service) -> tuple[str, str | None]:
        phone = await read(world, panel, service, code("SECRETTOKENVALUE1234"))
        await asyncio.sleep(300)
        return phone.state, phone.error

    state, error = live(story)
    assert state == "error"
    assert error is not None
    assert "refused" in error
    assert "SECRET" not in error


def test_a_token_that_expired_before_setup_came_to_it_is_refused(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> str:
        phone = await read(world, panel, service, (await service.mint(duration="60s"))["qrCode"])
        await asyncio.sleep(1200)
        return phone.state

    assert live(story, setup_seconds=900.0) == "error"


@pytest.mark.parametrize("kind", ["status", "drop_before", "latency"])
@pytest.mark.parametrize("method", ["phones.enroll", "phones.report"])
def test_a_service_that_fails_for_a_while_is_asked_again(live: Live, method: str, kind: str) -> None:
    async def story(world: World, panel: Panel, service: Service) -> tuple[str, list[str]]:
        phone = await read(world, panel, service, (await service.mint())["qrCode"])
        await service.fail(method=method, kind=kind, times=3, seconds=5.0)
        await asyncio.sleep(400)
        return phone.state, [device["appliedState"] for device in await service.devices()]

    assert live(story) == ("done", ["ACTIVE"])


def test_a_service_that_never_answers_ends_in_an_error() -> None:
    async def story() -> float:
        async with Cloud("http://127.0.0.1:1") as cloud:
            with pytest.raises(NotServed, match="did not answer"):
                await cloud.ask("/phones/enroll", {})
            return asyncio.get_running_loop().time()

    assert run_virtual(story()) == pytest.approx(590)


def test_setup_waits_for_a_persons_taps_and_ignores_taps_it_did_not_ask_for(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> list[object]:
        phone = await read(world, panel, service, (await service.mint())["qrCode"])
        await world.tap(phone)
        await asyncio.sleep(3600)
        seen: list[object] = [phone.state, world.wants(phone), (await service.devices())[0]["appliedState"]]
        for _ in phone.handset.pace.taps:
            await service.until(lambda: world.wants(phone) == "accept")
            await world.tap(phone)
        await service.until(lambda: phone.state == "done")
        return [*seen, world.wants(phone), (await service.devices())[0]["appliedState"]]

    assert live(story, taps_after=None) == ["waiting", "accept", "PROVISIONING", None, "ACTIVE"]


@pytest.mark.parametrize("seed", range(4))
def test_setup_takes_its_seconds_when_nobody_keeps_it_waiting(live: Live, seed: int) -> None:
    async def story(world: World, panel: Panel, service: Service) -> float:
        phone = await read(world, panel, service, (await service.mint())["qrCode"])
        begun = world.now()
        await service.until(lambda: phone.state == "done", 0.05)
        return world.now() - begun

    assert live(story, seed=seed, setup_seconds=150.0, spread=0.0, taps_after=0.0) == pytest.approx(150, abs=0.3)
    assert 134 < live(story, seed=seed, setup_seconds=150.0, taps_after=0.0) < 166
