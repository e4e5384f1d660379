"""The stage and its camera, with readers that come, die and come again."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.errors import DeviceLost, DeviceNotOpened
from hardware.readings import Frame
from hardware.simulated.attach import SimCamera, SimScanner, SimWitness
from hardware.simulated.loop import virtual_loop
from hardware.simulated.stage import Stage
from tests.unit.hardware.simulated.staging import Scene, film, filmed, in_thread, staged, times


@pytest.fixture
def folder() -> Iterator[str]:
    with TemporaryDirectory(prefix="sixtap") as path:  # pytest's own are too long for a Unix socket
        yield path


def test_films_ten_frames_a_second_while_a_scan_is_possible(folder: str) -> None:
    async def story(_: Stage) -> list[Frame]:
        return await filmed(folder, 5)

    frames = staged(folder, Scene(busy_view=True), story)
    assert times(frames) == [0, 0.1, 0.2, 0.3, 0.4]
    assert [frame.number for frame in frames] == [1, 2, 3, 4, 5]


def test_films_every_ten_seconds_and_whenever_something_changes(folder: str) -> None:
    scene = Scene()

    async def story(_: Stage) -> list[Frame]:
        loop = virtual_loop()
        for when in (24.5, 24.51, 24.52):
            loop.call_at(when, scene.change)
        return await filmed(folder, 6)

    assert times(staged(folder, scene, story)) == [0, 10, 20, 24.5, 24.6, 34.6]


def test_films_faster_as_soon_as_a_scan_is_possible(folder: str) -> None:
    scene = Scene()

    async def story(_: Stage) -> list[Frame]:
        virtual_loop().call_at(1, partial(scene.change, busy_view=True))
        return await filmed(folder, 4)

    assert times(staged(folder, scene, story)) == [0, 1, 1.1, 1.2]


def test_large_frames_arrive_unharmed(folder: str) -> None:
    async def story(_: Stage) -> list[Frame]:
        return await filmed(folder, 5)

    frames = staged(folder, Scene(busy_view=True, shape=(720, 1280)), story)
    for number, frame in enumerate(frames, 1):
        expected = np.random.default_rng(number).integers(0, 256, (720, 1280), np.uint8)
        assert np.array_equal(frame.pixels, expected)


def test_time_stands_still_until_a_frame_is_done_with(folder: str) -> None:
    async def story(_: Stage) -> tuple[float, float]:
        loop = virtual_loop()
        camera = SimCamera(folder)
        await in_thread(camera.read)
        timer = threading.Timer(0.05, loop.call_soon_threadsafe, (camera.close,))
        timer.start()
        sleeping = asyncio.create_task(asyncio.sleep(3))
        while timer.is_alive():
            await asyncio.to_thread(timer.join, 0.01)
        before = loop.time()
        await sleeping
        return before, loop.time()

    assert staged(folder, Scene(), story) == (0, 3)


def test_a_reader_that_is_killed_lets_go_and_another_one_may_come(folder: str) -> None:
    script = (
        "import sys, time; from hardware.simulated.attach import SimCamera\n"
        "camera = SimCamera(sys.argv[1]); print(camera.read().number, flush=True); time.sleep(60)"
    )

    async def story(stage: Stage) -> tuple[float, list[Frame]]:
        for _ in range(3):
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, folder, stdout=subprocess.PIPE)
            assert process.stdout is not None
            await process.stdout.readline()
            assert stage.attached("camera") == 1
            process.kill()
            with virtual_loop().hold():
                await process.wait()
            async with asyncio.timeout(1):
                await asyncio.sleep(0.5)
            assert stage.attached("camera") == 0
        began = virtual_loop().time()
        return began, await filmed(folder, 2)

    began, frames = staged(folder, Scene(busy_view=True), story)
    assert began == 1.5
    assert [frame.number for frame in frames] == [1, 2]


def test_a_reader_that_dies_in_the_middle_of_a_frame_lets_go(folder: str) -> None:
    async def story(stage: Stage) -> None:
        with socket.socket(socket.AF_UNIX) as reader:
            reader.connect(f"{folder}/camera.sock")
            reader.sendall(b"r")
            with virtual_loop().hold():
                await in_thread(partial(reader.recv, 1000))
            assert stage.attached("camera") == 1
        await asyncio.sleep(1)
        assert stage.attached("camera") == 0

    staged(folder, Scene(shape=(4000, 4000)), story)


def test_close_ends_a_read_that_waits_in_another_thread(folder: str) -> None:
    async def story(stage: Stage) -> None:
        stage.unplug("camera")
        camera = SimCamera(folder)
        reading = asyncio.create_task(in_thread(camera.read))
        await asyncio.to_thread(time.sleep, 0.02)
        assert stage.attached("camera") == 1
        assert not reading.done()
        camera.close()
        with pytest.raises(DeviceLost, match="closed"):
            await reading

    staged(folder, Scene(), story)


def read_to_the_end(camera: SimCamera) -> None:
    while True:
        camera.read()


def test_an_unplugged_camera_is_lost_and_found_again_at_the_time_of_its_replugging(folder: str) -> None:
    def drive(lost: list[str], running: Callable[[], None]) -> Frame:
        camera = SimCamera(folder)
        camera.read()
        running()
        with pytest.raises(DeviceLost) as caught:
            read_to_the_end(camera)
        lost.append(str(caught.value))
        camera.close()
        time.sleep(0.05)  # a driver's pause before it looks again, in which the world could live for hours
        return film(folder, 1)[0]

    async def story(stage: Stage) -> Frame:
        loop = virtual_loop()
        loop.call_at(3.25, stage.unplug, "camera")
        loop.call_at(5.5, stage.replug, "camera")
        lost: list[str] = []
        loop.holds.change(1)
        frame = await in_thread(partial(drive, lost, partial(loop.holds.change, -1)))
        assert lost == [f"the simulated camera at {folder}/camera.sock is unplugged; plug it in again"]
        return frame

    assert staged(folder, Scene(), story).at == 5.5


def test_a_camera_that_is_opened_unplugged_waits(folder: str) -> None:
    async def story(stage: Stage) -> list[Frame]:
        stage.unplug("camera")
        virtual_loop().call_at(7, stage.replug, "camera")
        return await in_thread(partial(film, folder, 2))

    assert times(staged(folder, Scene(busy_view=True), story)) == [7, 7.1]


def test_a_camera_is_lost_when_its_world_ends(folder: str) -> None:
    async def story(_: Stage) -> SimCamera:
        camera = SimCamera(folder)
        await in_thread(camera.read)
        return camera

    camera = staged(folder, Scene(), story)
    with pytest.raises(DeviceLost, match="its world has ended"):
        camera.read()
    camera.close()


@pytest.mark.parametrize("driver", [SimCamera, SimWitness, SimScanner])
def test_a_part_of_no_world_is_not_opened(folder: str, driver: Callable[[str], object]) -> None:
    with pytest.raises(DeviceNotOpened, match="start the world first"):
        driver(folder)


def test_an_error_in_the_view_ends_the_stage(folder: str) -> None:
    class Broken(Scene):
        def frame(self) -> NDArray[np.uint8]:
            raise ZeroDivisionError

    async def story(_: Stage) -> None:
        with pytest.raises(DeviceLost):
            await in_thread(partial(film, folder, 1))
        await asyncio.sleep(1000)

    with pytest.raises(ExceptionGroup) as caught:
        staged(folder, Broken(), story)
    assert caught.group_contains(ZeroDivisionError)


def test_an_error_in_the_story_goes_on_as_it_is(folder: str) -> None:
    async def story(_: Stage) -> None:
        raise KeyError("story")

    with pytest.raises(KeyError, match="story"):
        staged(folder, Scene(), story)
