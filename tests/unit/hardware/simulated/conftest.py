"""A bench for the twin's tests: a panel that draws codes, the shipped emulator on loopback, and a world in virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import aiohttp
import numpy as np
import pytest
import segno
from numpy.typing import NDArray

from hardware.simulated.loop import run_virtual, virtual_loop
from hardware.simulated.world import World
from station.emm.emulator.serving import serve
from station.emm.emulator.state import Emulator

Grey = NDArray[np.uint8]
ENTERPRISE = "enterprises/LC00sixtap"
PREFIX = "android.app.extra.PROVISIONING_"
T = TypeVar("T")


def payload(value: str = "QWERTYUIOPASDFGHJKLZ", **extras: object) -> str:
    """The text of a provisioning code for a token of that value; an extra of value None is left out."""
    fields: dict[str, object] = {
        "DEVICE_ADMIN_COMPONENT_NAME": "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
        "DEVICE_ADMIN_SIGNATURE_CHECKSUM": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
        "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": "https://play.google.com/managed/downloadManagingApp?identifier=setup",
        "ADMIN_EXTRAS_BUNDLE": {"com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN": value},
    }
    fields |= extras
    return json.dumps({PREFIX + key: value for key, value in fields.items() if value is not None}, separators=(",", ":"))


class Panel:
    """The attached screen's pixels, drawn with segno as a bench's display draws them."""

    def __init__(self, rows: int = 1080, columns: int = 1920) -> None:
        self.shape = (rows, columns)
        self.modules: bytes = b""
        self.blank()

    def __call__(self) -> Grey:
        return self.pixels

    def blank(self) -> None:
        self.pixels = np.full(self.shape, 200, np.uint8)

    def show(self, text: str, mask: int = 3) -> None:
        code = segno.make_qr(text, error="l", boost_error=False, mask=mask, encoding="utf-8")
        matrix = np.array([list(row) for row in code.matrix], np.uint8)
        self.modules = matrix.tobytes()
        pitch = min(self.shape) // (len(matrix) + 8)
        drawn = np.kron((1 - matrix) * 255, np.ones((pitch, pitch), np.uint8)).astype(np.uint8)
        top, left = ((side - len(drawn)) // 2 for side in self.shape)
        self.pixels = np.full(self.shape, 255, np.uint8)
        self.pixels[top : top + len(drawn), left : left + len(drawn)] = drawn


@dataclass
class Service:
    """The emulator as an administrator reaches it: over HTTP."""

    base: str
    http: aiohttp.ClientSession

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        async with self.http.request(method, self.base + path, json=body) as reply:
            assert reply.status == 200, await reply.text()
            return await reply.json()

    async def mint(self, **settings: Any) -> dict[str, Any]:
        """A new one-time token for a work profile on a company-owned device."""
        asked = {"allowPersonalUsage": "PERSONAL_USAGE_ALLOWED", "oneTimeOnly": True, "duration": "86400s"} | settings
        await self.call("PATCH", f"/v1/{ENTERPRISE}/policies/default", {"statusReportingSettings": {"networkInfoEnabled": True}})
        return dict(await self.call("POST", f"/v1/{ENTERPRISE}/enrollmentTokens", asked))

    async def devices(self) -> list[dict[str, Any]]:
        return list((await self.call("GET", f"/v1/{ENTERPRISE}/devices")).get("devices", []))

    async def until(self, fulfilled: Callable[[], bool], step: float = 0.1) -> None:
        """Waits, by the world's clock, for an hour at the most."""
        async with asyncio.timeout(3600):
            while not fulfilled():  # noqa: ASYNC110  # phones tell no one but the camera
                await asyncio.sleep(step)

    async def fail(self, **rule: Any) -> None:
        await self.call("POST", "/control/faults", {"rules": [rule]})


Story = Callable[[World, Panel, Service], Awaitable[T]]


class Live(Protocol):
    def __call__(self, story: Story[T], *, panel: Panel | None = None, **options: Any) -> T: ...


@pytest.fixture
def live() -> Live:
    """Runs a story in a world of its own: `live(story, simple=True, ...)`; options are the World's."""

    def run(story: Story[T], *, panel: Panel | None = None, **options: Any) -> T:
        screen = panel or Panel()

        async def main() -> T:
            loop = virtual_loop()

            async def latency(seconds: float) -> None:
                with loop.lend():  # a phone's request holds time until it is answered
                    await asyncio.sleep(seconds)

            emulator = Emulator(now=lambda: loop.epoch + timedelta(seconds=loop.time()), sleep=latency)
            settings: dict[str, Any] = {"seed": 7, "simple": True, "taps_after": 2.0} | options
            async with (
                serve(emulator) as base,
                aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as http,
                World(screen=screen, emulator=base, **settings) as world,
            ):
                return await story(world, screen, Service(base, http))

        return run_virtual(main())

    return run


@pytest.fixture
def panel() -> Panel:
    return Panel()


@pytest.fixture
def tall_panel() -> Panel:
    return Panel(1920, 1080)


@pytest.fixture
def code() -> Callable[..., str]:
    """Writes a provisioning code's text: `code("ABC...", WIFI_SSID=..., LOCALE=None)`."""
    return payload
