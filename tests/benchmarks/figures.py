"""How each figure is taken: from a run of the twin with its service in a process of its own, and from its camera's frames."""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from hardware.display.drawing import blank
from hardware.display.drawing import draw as drawn
from hardware.readings import Frame
from hardware.simulated.conductor import Conductor
from hardware.simulated.loop import run_virtual, virtual_loop
from hardware.vision.sighter import Sighter
from station import wire
from station.assembly.demonstration import as_toml
from station.assembly.twin import Twin, TwinOptions, run_batch, service_config, twin_world
from station.client import Client
from station.domain.payload import ADMIN, BUNDLE, PREFIX, TOKEN, parse
from station.domain.roster import Row
from station.domain.symbol import draw
from station.wire import Health

POLLS = ("calls.devices.list", "calls.devices.get")
WAITS = ("calls.subscriptions.pull", "calls.subscriptions.acknowledge")  # no quota of the Android Management API


class Stopwatch:
    """Notes when things happened: on the twin's clock, and in wall time where only the service's own speed counts."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        self._ordered = 0.0
        self._empty: float | None = None
        self._read: set[str] = set()
        self._closed: float | None = None
        self.order_to_up: list[float] = []
        self.closed_to_blank: list[float] = []
        self.empty_to_next: list[float] = []

    def heard(self, event: wire.Event) -> None:
        now = virtual_loop().time()
        if isinstance(event, wire.Recorded) and event.kind == "ShowOrdered":
            self._ordered = time.perf_counter()
        elif isinstance(event, wire.Status) and event.view == "empty" and self._empty is None and not event.code_up:
            self._empty = now

    def flipped(self) -> None:
        now, picture = virtual_loop().time(), self._twin.window.pixels
        if picture.min() == picture.max():
            if self._closed is not None:
                self.closed_to_blank.append(now - self._closed)
                self._closed = None
            return
        if self._ordered:
            self.order_to_up.append((time.perf_counter() - self._ordered) * 1000)
            self._ordered = 0.0
        if self._empty is not None:
            self.empty_to_next.append(now - self._empty)
            self._empty = None

    async def watch(self) -> None:
        """When viewfinders close because they read."""
        while True:
            for phone in self._twin.world.on_stand:
                if phone.has_read and phone.id not in self._read:
                    self._read.add(phone.id)
                    self._closed = virtual_loop().time()
            await asyncio.sleep(0.02)


async def run_measured(folder: Path, options: TwinOptions) -> dict[str, float]:
    """One batch on the twin, and what it took."""
    watches: list[Stopwatch] = []

    def flipped() -> None:
        for one in watches:
            one.flipped()

    async with twin_world(folder, options, on_flip=flipped) as twin:
        watch = Stopwatch(twin)
        watches.append(watch)
        config = folder / "sixtap.toml"
        config.write_text(as_toml(service_config(folder, twin.endpoint, options)), encoding="utf-8")
        service = await asyncio.create_subprocess_exec(sys.executable, "-P", "-m", "station.cli", "serve", "--config", str(config))
        watching = asyncio.create_task(watch.watch())
        try:
            report, _ = await run_batch(twin, options, watch.heard)
            async with Client(folder / "sixtap.sock") as client:
                health = await client.health()
        finally:
            watching.cancel()
            with contextlib.suppress(ProcessLookupError):
                service.terminate()
            await service.wait()
    return _figures(watch, health, report["units_per_hour"], len(options.rows))


def _figures(watch: Stopwatch, health: Health, per_hour: float, units: int) -> dict[str, float]:
    calls = {name: count for name, count in health.figures.items() if name.startswith("calls.")}
    return {
        "units_per_hour": per_hour,
        "order_to_up_ms": _median(watch.order_to_up),
        "closed_to_blank_s": _median(watch.closed_to_blank),
        "empty_to_next_s": _median(watch.empty_to_next),
        "calls_per_unit": round(sum(count for name, count in calls.items() if name not in POLLS + WAITS) / units, 2),
        "polls_per_unit": round(sum(count for name, count in calls.items() if name in POLLS) / units, 2),
        "ready_s": health.ready_seconds,
        "memory_mb": health.figures["memory_mb"],
    }


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 3) if values else 0.0


def frame_milliseconds() -> dict[str, list[float]]:
    """Milliseconds of vision for each frame of one phone's visit to the stand, by what the sighting said."""
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        folder = Path(made)
        return run_virtual(_visit(folder), governor=Conductor(folder, expected=0))


async def _visit(folder: Path) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    options = TwinOptions(seed=5, rows=(Row(1, "User 01"),))
    async with twin_world(folder, options) as twin:
        symbol = draw(parse(_some_code()), mask=3)
        width, height = twin.window.size
        sighter, number = Sighter(), 0

        async def look(frames: int) -> None:
            nonlocal number
            for _ in range(frames):
                number += 1
                pixels = twin.world.frame()
                started = time.perf_counter()
                seen = sighter.see(Frame(number, virtual_loop().time(), pixels))
                times.setdefault(f"{seen.stand}_{seen.screen}", []).append((time.perf_counter() - started) * 1000)
                await asyncio.sleep(0.1)

        twin.window.prepare(blank(width, height))()
        await look(10)
        sighter.expect((symbol,))
        twin.window.prepare(drawn(symbol, width, height))()
        await look(10)
        phone = twin.world.unbox("never_scans")
        await twin.world.place(phone)
        await look(10)
        await twin.world.tap_six(phone)
        await look(60)
    return times


def _some_code() -> str:
    """A code's content of the usual size, with nobody's token."""
    return json.dumps(
        {
            ADMIN: "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
            PREFIX + "DEVICE_ADMIN_SIGNATURE_CHECKSUM": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
            PREFIX + "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": "https://play.google.com/managed/downloadManagingApp?identifier=setup",
            BUNDLE: {TOKEN: "ABCDEFGHIJKLMNOPQRST"},
        }
    )
