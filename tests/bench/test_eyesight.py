"""The camera examined and taught through the bench, on the twin: its own pictures, one virtual clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from hardware.display.calibration import calibration
from hardware.display.server import DisplayServer
from hardware.simulated.loop import run_virtual, virtual_loop
from station import wire
from station.assembly.parts import AttachedScreen, open_camera_witness
from station.assembly.service import WorldClock
from station.assembly.twin import Twin, TwinOptions, service_config, twin_world
from station.bench.bench import Bench
from station.bench.desk import Desk, Timing
from station.config import Config
from station.domain.errors import NotAllowed, NotFound, PartLost, SixtapError, WrongUse
from station.ports import Actor
from station.server.commands import carry_out
from station.store.ledger import open_ledger
from tests.bench.cloud import Cloud

T = TypeVar("T")
OPERATOR, LEAD = Actor("olga", "operator"), Actor("lea", "lead")


@dataclass
class Stage:
    """The twin's world and a bench in it."""

    twin: Twin
    bench: Bench

    async def order(self, command: wire.Command, actor: Actor = LEAD) -> dict[str, Any]:
        """The facts of what was done, as a client gets them."""
        done = wire.Done(facts=await carry_out(self.bench, actor, command))
        return wire.Done.model_validate_json(done.model_dump_json()).facts

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            await self.bench.desk.until(holds)

    async def recorded(self) -> list[str]:
        return [event.kind for event in await self.bench.record.ledger.events()]


def camera_attached(twin: Twin) -> None:
    deadline = time.monotonic() + 30
    while not twin.stage.attached("camera") and time.monotonic() < deadline:
        time.sleep(0.002)


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    options = TwinOptions(seed=5)
    clock = WorldClock(virtual_loop())
    async with AsyncExitStack() as stack:
        config = Config.model_validate(service_config(folder, "http://127.0.0.1:1", options))
        config.state.mkdir(exist_ok=True)
        server = DisplayServer(config.hardware.display)
        await server.start()
        stack.push_async_callback(server.close)
        twin = await stack.enter_async_context(twin_world(folder, options))
        ledger = await stack.enter_async_context(open_ledger("sqlite://", bench="twin", clock=clock))
        screen = AttachedScreen(server, simulated=True)
        witness = open_camera_witness(config)
        cloud = Cloud(clock, twin.emulator)  # type: ignore[arg-type]  # a clock is a clock
        bench = Bench(Desk("twin", Timing(), simulated=True), ledger, clock, cloud, screen, witness, None, {})  # type: ignore[arg-type]  # as the rig
        server.on_change = bench.cycle.display_changed
        work = asyncio.create_task(bench.run())
        scene = Stage(twin, bench)
        try:
            await asyncio.to_thread(camera_attached, twin)  # a job holds time: the witness's thread begins in its own
            await scene.until(lambda: bench.desk.view == "empty" and screen.attached)
            yield scene
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


def on_stage(folder: Path, story: Callable[[Stage], Awaitable[T]]) -> T:
    async def main() -> T:
        async with stage(folder) as scene:
            return await story(scene)

    return run_virtual(main())


async def refused(order: Awaitable[object], kind: type[SixtapError]) -> str:
    with pytest.raises(kind) as why:
        await order
    return str(why.value)


def out_of_focus(scene: Stage) -> None:
    camera = scene.twin.world._camera
    camera.conditions = replace(camera.conditions, blur=2.2)
    camera._kept.clear()


def test_a_bench_is_calibrated_and_tests_itself_at_the_shifts_start(tmp_path: Path) -> None:
    async def story(scene: Stage) -> None:
        twin, bench = scene.twin, scene.bench
        assert await bench.eyesight.shift_start() == []  # nothing is kept yet
        assert await scene.recorded() == []
        facts = wire.Examination.model_validate(await scene.order(wire.Calibrate()))
        reading = facts.reading
        assert facts.kept
        assert not facts.advice
        assert reading["seen"]
        assert reading["text"].startswith("sixtap self-test")
        assert reading["modules"] == 73
        assert reading["ppm"] == pytest.approx(13 / 1920 * 1190, rel=0.02)  # 13 screen pixels a module, 1190 frame pixels of 1920
        assert reading["blur"] == pytest.approx((0.6**2 + 0.9**2) ** 0.5, abs=0.2)  # the lens, and the screen behind its focus
        assert reading["white"] == pytest.approx(208, abs=3)
        assert twin.window.pixels.max() == twin.window.pixels.min()  # the page is gone
        assert await bench.eyesight.shift_start() == []
        out_of_focus(scene)
        worse = await bench.eyesight.shift_start()
        assert [one["id"] for one in worse] == ["blurrier"]
        assert bench.desk.parts["camera"].state == "ok"
        assert "self-test" in bench.desk.parts["camera"].detail
        assert await scene.recorded() == ["CameraCalibrated", "CameraTested", "CameraTested"]

    on_stage(tmp_path, story)


def test_a_phones_screen_is_taught_and_known_again(tmp_path: Path) -> None:
    async def story(scene: Stage) -> None:
        world, bench = scene.twin.world, scene.bench
        assert "no phone is seen" in await refused(scene.order(wire.TeachScreen(kind="before", name="welcome")), WrongUse)
        phone = world.unbox()
        await world.place(phone)
        await scene.until(lambda: bench.desk.view == "phone")
        assert "A phone is on the stand" in await refused(scene.order(wire.SelfTest()), WrongUse)
        assert await bench.eyesight.shift_start() == []
        await asyncio.sleep(1.0)
        await scene.order(wire.TeachScreen(kind="before", name="welcome"))
        assert bench.eyesight.taught() == ("before:welcome",)
        seen: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        tell = lambda frame, sighting: loop.call_soon_threadsafe(seen.put_nowait, sighting.taught)  # noqa: E731  # one use
        stop = bench.witness._driver.look_on(tell)  # type: ignore[union-attr]  # a camera's
        assert await seen.get() == "before:welcome"
        stop()
        await world.take_away(phone)
        await scene.order(wire.ForgetScreen(name="welcome"))
        assert bench.eyesight.taught() == ()
        assert "no taught screen" in await refused(scene.order(wire.ForgetScreen(name="welcome")), NotFound)
        assert await scene.recorded() == ["ScreenTaught", "ScreenForgotten"]

    on_stage(tmp_path, story)


def test_who_may_examine_and_what_is_refused(tmp_path: Path) -> None:
    async def story(scene: Stage) -> None:
        bench = scene.bench
        for command in (wire.Calibrate(), wire.TeachScreen(kind="error", name="a"), wire.ForgetScreen(name="a")):
            assert "needs the role lead" in await refused(scene.order(command, OPERATOR), NotAllowed)
        first = asyncio.create_task(scene.order(wire.SelfTest()))
        await asyncio.sleep(0)
        assert bench.desk.testing
        assert "examined already" in await refused(scene.order(wire.SelfTest()), WrongUse)
        assert (await first)["reading"]["seen"]
        assert not bench.desk.testing
        bench.desk.code_up = True
        assert "unit is before the camera" in await refused(scene.order(wire.SelfTest()), WrongUse)
        assert "code is on the attached screen" in await refused(scene.order(wire.TeachScreen(kind="error", name="a")), WrongUse)
        bench.desk.code_up = False
        scene.twin.stage.unplug("camera")
        await scene.until(lambda: bench.desk.parts["camera"].state == "lost")
        assert "no pictures" in await refused(scene.order(wire.SelfTest()), PartLost)
        assert await bench.eyesight.shift_start() == []

    on_stage(tmp_path, story)


def test_a_person_sees_the_calibration_page_between_units_only(tmp_path: Path) -> None:
    async def story(scene: Stage) -> None:
        twin, bench = scene.twin, scene.bench
        blank = twin.window.pixels
        await scene.order(wire.ShowPage(page="calibration"), OPERATOR)
        assert np.array_equal(twin.window.pixels, calibration(*twin.window.size))
        await scene.order(wire.ShowPage(page="blank"), OPERATOR)
        assert np.array_equal(twin.window.pixels, blank)
        bench.desk.code_up = True
        for page in ("calibration", "blank"):
            assert "unit is before the camera" in await refused(scene.order(wire.ShowPage(page=page)), WrongUse)
        bench.desk.code_up = False
        await twin.world.place(twin.world.unbox())
        await scene.until(lambda: bench.desk.view == "phone")
        assert "A phone is on the stand" in await refused(scene.order(wire.ShowPage(page="calibration")), WrongUse)
        await scene.order(wire.ShowPage(page="blank"), OPERATOR)
        assert not bench.desk.testing
        assert await scene.recorded() == ["PageShown"] * 3

    on_stage(tmp_path, story)


def test_a_batchs_start_tests_the_camera_before_its_first_code_and_tells_what_got_worse(tmp_path: Path) -> None:
    async def story(scene: Stage) -> None:
        bench = scene.bench
        await scene.order(wire.Calibrate())
        out_of_focus(scene)
        admin = Actor("ada", "admin")
        await scene.order(wire.ImportUsers(rows=(wire.UserRow(name="Anna"),)), admin)
        made = await scene.order(wire.CreateBatch(name="Monday", policy="default", attestation="operator"), admin)
        facts = await scene.order(wire.StartBatch(batch=made["batch"]), OPERATOR)
        assert [one["id"] for one in facts["camera"]] == ["blurrier"]
        await scene.until(lambda: bench.desk.code_up)
        kinds = await scene.recorded()
        assert kinds.index("BatchStarted") > kinds.index("CameraTested")
        assert "unit is before the camera" in await refused(scene.order(wire.SelfTest(), OPERATOR), WrongUse)
        await scene.order(wire.PauseBatch(batch=made["batch"]), OPERATOR)
        await scene.until(lambda: not bench.desk.code_up)
        test = asyncio.create_task(scene.order(wire.SelfTest(), OPERATOR))
        await asyncio.sleep(0)
        again = await scene.order(wire.StartBatch(batch=made["batch"]), OPERATOR)
        assert "camera" not in again  # it is being examined already
        assert not bench.desk.code_up
        told = wire.Examination.model_validate(await test)
        assert told.reading["seen"]  # no code came between
        assert told.compared
        assert [one.id for one in told.changes] == ["blurrier"]
        assert not told.kept
        await scene.until(lambda: bench.desk.code_up)

    on_stage(tmp_path, story)


def test_a_self_test_that_fails_never_keeps_a_batch_from_its_start(tmp_path: Path) -> None:
    async def story(scene: Stage) -> None:
        bench = scene.bench
        await scene.order(wire.Calibrate())
        start = asyncio.create_task(bench.eyesight.shift_start())
        await asyncio.sleep(0.01)
        assert bench.desk.testing
        scene.twin.stage.unplug("camera")
        (notice,) = await start
        assert notice["id"] == "not_tested"
        assert "no pictures" in notice["args"]["why"]
        assert not bench.desk.testing
        assert bench.desk.parts["camera"].state == "lost"

    on_stage(tmp_path, story)
