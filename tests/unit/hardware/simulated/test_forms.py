"""A code that takes turns between two forms, as phones and the bench camera of the twin meet it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from hardware.simulated.attached import TORN
from hardware.simulated.optics import BenchCamera, Pose, Shown
from hardware.simulated.phone import Phone
from hardware.simulated.symbol import read
from hardware.simulated.world import World
from tests.benchmarks.forms import read_times

if TYPE_CHECKING:
    from tests.unit.hardware.simulated.conftest import Live, Panel, Service

TURN = 0.4  # seconds


class Turns:
    """The panel takes turns between two forms of one content, as the attached screen does: other key order, other mask."""

    def __init__(self, world: World, panel: Panel, text: str) -> None:
        fields = json.loads(text)
        self.texts = (text, json.dumps(dict(reversed(fields.items())), separators=(",", ":")))
        self.pixels, self.digests = [], []
        for mask, each in enumerate(self.texts):
            panel.show(each, mask=mask)
            self.pixels.append(panel.pixels)
            self.digests.append(hashlib.sha256(panel.modules).hexdigest())
        panel.blank()
        self._world, self._panel = world, panel
        self.turn = 0

    def next(self) -> None:
        """The next form is up; the first one at first."""
        self._panel.pixels = self.pixels[self.turn % 2]
        self.turn += 1
        self._world.screen_changed()

    async def take(self, turns: int) -> None:
        for _ in range(turns):
            self.next()
            await asyncio.sleep(TURN)


async def aimed(world: World, service: Service, fault: str | None = None, reads: float | None = None) -> Phone:
    """A phone on the stand with an open viewfinder. `reads` overrides its pace."""
    phone = world.unbox(fault)
    if reads is not None:
        phone.handset = replace(phone.handset, pace=replace(phone.handset.pace, reads=reads))
    await world.place(phone)
    await world.tap_six(phone)
    await service.until(lambda: phone.state == "viewfinder")
    return phone


async def changed(world: World) -> bool:
    """Whether there was something new for the bench camera since the last time."""
    await asyncio.sleep(0)
    said = world.changed.is_set()
    world.changed.clear()
    return said


def test_taking_turns_costs_a_phone_one_torn_frame_at_the_most() -> None:
    still, turning = (read_times(30, 5, turns=turns, simple=True) for turns in (False, True))
    longer = [two - one for one, two in zip(still, turning, strict=True)]
    assert min(longer) > -1e-6
    assert max(longer) < TORN + 1e-6
    assert 0 < sum(more > 1e-6 for more in longer) < 10


def test_phones_read_through_their_lens_whichever_form_is_up() -> None:
    still, turning = (read_times(6, 7, turns=turns) for turns in (False, True))
    assert turning == pytest.approx(still, abs=TORN + 1e-6)


@pytest.mark.parametrize(
    ("reads", "after"), [(0.2, 0.2), (TURN - TORN + 0.001, TURN), (TURN - TORN / 2, TURN), (TURN, TURN), (1.0, 1.0)]
)
def test_a_read_does_not_begin_anew_with_the_other_form_but_waits_for_a_whole_frame(live: Live, reads: float, after: float) -> None:
    async def story(world: World, panel: Panel, service: Service) -> float:
        turns = Turns(world, panel, (await service.mint())["qrCode"])
        phone = await aimed(world, service, reads=reads)
        begun = world.now()
        taking = asyncio.create_task(turns.take(10))
        while not phone.has_read:
            world.changed.clear()
            await world.changed.wait()
        taking.cancel()
        return world.now() - begun - phone.eye.lens.delay - TORN  # the first frame with the code is torn too

    assert live(story) == pytest.approx(after, abs=1e-6)


def test_a_viewfinder_follows_each_form_after_its_lenss_delay(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> None:
        turns = Turns(world, panel, (await service.mint())["qrCode"])
        phone = await aimed(world, service, "never_scans")
        seen = []
        for _ in range(4):
            turns.next()
            await asyncio.sleep(phone.eye.lens.delay - 0.01)
            before = world.truth_digest()
            await asyncio.sleep(0.02)
            seen.append((before, world.truth_digest(), world.truth().screen))
            await asyncio.sleep(TURN - phone.eye.lens.delay - 0.01)
        one, two = turns.digests
        assert seen == [(None, one, "code"), (one, two, "code"), (two, one, "code"), (one, two, "code")]

    live(story)


def test_a_torn_frame_is_the_old_form_above_and_the_new_one_below_and_cannot_be_read(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> None:
        turns = Turns(world, panel, (await service.mint())["qrCode"])
        phone = await aimed(world, service, "never_scans")
        turns.next()
        await asyncio.sleep(TURN)
        views = [phone.preview]
        turns.next()
        await asyncio.sleep(phone.eye.lens.delay + TORN / 2)
        views.append(phone.preview)
        scene = world.frame()
        await asyncio.sleep(TORN)
        views.append(phone.preview)
        old, torn, new = (picture for view in views if view is not None and (picture := view.picture) is not None)
        assert [view.text for view in views if view is not None] == [turns.texts[0], None, turns.texts[1]]
        edge = int(np.flatnonzero((torn != old).any(axis=1))[0])
        assert 0 < edge < len(torn)
        assert np.array_equal(torn[edge:], new[edge:])
        assert not np.array_equal(torn, new)
        assert not np.array_equal(scene, world.frame())

    live(story, simple=False)


def test_turns_are_news_for_the_camera_only_where_a_viewfinder_follows_them(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> list[bool]:
        turns = Turns(world, panel, (await service.mint())["qrCode"])
        said = []
        for _ in range(2):
            await changed(world)
            for _ in range(4):
                turns.next()
                said.append(await changed(world))
            panel.blank()
            world.screen_changed()
            said.append(await changed(world))
            turns.turn = 0
        await aimed(world, service, "never_scans")
        await turns.take(4)
        await changed(world)
        turns.next()
        said.append(await changed(world))
        await asyncio.sleep(0.2)
        return [*said, await changed(world)]

    shown_and_blanked = [True, True, False, False, True]
    assert live(story) == [*shown_and_blanked, *shown_and_blanked, False, True]


def test_what_returns_is_not_worked_out_again(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> None:
        turns = Turns(world, panel, (await service.mint())["qrCode"])
        phone = await aimed(world, service, "never_scans")
        previews: list[Any] = []
        for _ in range(6):
            turns.next()
            await asyncio.sleep(TURN)
            previews.append(phone.preview)
        assert all(previews[turn] is previews[turn % 2] for turn in range(6))
        assert previews[0] is not previews[1]

    live(story, simple=False)


def test_the_bench_camera_keeps_each_form_on_the_screen_with_each_in_the_viewfinder() -> None:
    camera, drawn = BenchCamera(3), list[str]()

    def picture(name: str, shape: tuple[int, int]) -> Shown:
        def draw() -> np.ndarray[Any, np.dtype[np.uint8]]:
            drawn.append(name)
            return np.full(shape, 90, np.uint8)

        return Shown(name, draw)

    pose = Pose(615.0, 360.0, 1.0, (5.0, -3.0, 0.0))
    for turn in range(12):
        for follows in (turn - 1, turn):
            for hand in (False, True):
                screen, view = picture(f"screen {turn % 2}", (640, 360)), picture(f"view {follows % 2}", (936, 432))
                camera.frame(screen, [(pose, view)], hand, float(turn))
    assert sorted(drawn) == ["screen 0", "screen 1", *["view 0"] * 4, *["view 1"] * 4]


@pytest.mark.parametrize("simple", [True, False])
def test_a_photograph_stays_as_it_is_while_the_screen_takes_turns_and_is_read_by_nobody(live: Live, simple: bool) -> None:
    async def story(world: World, panel: Panel, service: Service) -> None:
        turns = Turns(world, panel, (await service.mint())["qrCode"])
        phone = await aimed(world, service, "photo")
        seen = []
        for _ in range(5):
            turns.next()
            await asyncio.sleep(TURN)
            seen.append((world.truth().screen, world.truth_digest()))
            assert world.busy_view
        if not simple:
            assert phone.photograph is not None
            assert world.truth().quad is not None
            assert phone.photograph.text == turns.texts[0] == read(stand_of(world))
        panel.blank()
        world.screen_changed()
        await asyncio.sleep(60)
        assert (phone.state, phone.has_read, await service.devices()) == ("gallery", False, [])
        assert world.truth_digest() == turns.digests[0]
        assert seen == [("code", turns.digests[0])] * 5

    live(story, simple=simple)


def stand_of(world: World) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The part of a frame with the phone's display."""
    quad = world.truth().quad
    assert quad is not None
    (left, *_, right), (top, *_, bottom) = (sorted(int(corner[axis]) for corner in quad) for axis in (0, 1))
    return np.ascontiguousarray(world.frame()[top:bottom, left:right])
