"""The world as the bench meets it: what stands there, what can be seen, and that the same seed gives the same run."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from hardware.simulated.symbol import read
from hardware.simulated.world import World

if TYPE_CHECKING:
    from tests.unit.hardware.simulated.conftest import Live, Panel, Service


async def scanning(world: World, panel: Panel, service: Service, fault: str | None = "never_scans") -> Any:
    """A phone on the stand with its viewfinder open on a fresh code."""
    panel.show((await service.mint())["qrCode"])
    phone = world.unbox(fault)
    await world.place(phone)
    await world.tap_six(phone)
    await service.until(lambda: phone.state == "viewfinder")
    return phone


def test_the_truth_follows_a_phone_from_an_empty_stand_to_the_rack(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> list[tuple[str, str, int]]:
        seen: list[tuple[str, str, int]] = []

        def look() -> None:
            sighting = world.truth()
            seen.append((sighting.stand, sighting.screen, sighting.phones))

        look()
        phone = world.unbox()
        await world.place(phone)
        look()
        await world.tap_six(phone)
        await asyncio.sleep(5)
        look()
        panel.show((await service.mint())["qrCode"])
        world.screen_changed()
        await asyncio.sleep(0.2)
        look()
        await asyncio.sleep(3)
        look()
        await world.take_away(phone)
        look()
        await asyncio.sleep(300)
        assert phone.state == "done"
        return seen

    assert live(story) == [
        ("empty", "none", 0),
        ("phone", "other", 1),
        ("phone", "viewfinder", 1),
        ("phone", "code", 1),
        ("phone", "other", 1),
        ("empty", "none", 0),
    ]


@pytest.mark.parametrize("simple", [True, False])
def test_without_a_code_nothing_is_read(live: Live, simple: bool) -> None:
    async def story(world: World, panel: Panel, service: Service) -> tuple[str, bool, str | None]:
        phone = world.unbox("fast_reader")
        await world.place(phone)
        await world.tap_six(phone)
        await asyncio.sleep(3600)
        return phone.state, phone.has_read, world.truth_digest()

    assert live(story, simple=simple) == ("viewfinder", False, None)


@pytest.mark.parametrize("simple", [True, False])
def test_the_digest_is_that_of_the_symbol_which_was_drawn(live: Live, simple: bool) -> None:
    async def story(world: World, panel: Panel, service: Service) -> None:
        await scanning(world, panel, service)
        assert world.viewfinder_modules() == panel.modules
        assert world.truth_digest() == hashlib.sha256(panel.modules).hexdigest()

    live(story, simple=simple)


def test_the_preview_lags_behind_the_screen_a_little(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> float:
        await scanning(world, panel, service)
        panel.blank()
        world.screen_changed()
        begun = world.now()
        await service.until(lambda: not world.truth().code, 0.01)
        return world.now() - begun

    assert 0.05 < live(story) < 0.15


def test_a_code_that_goes_away_before_the_read_is_not_read(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> bool:
        phone = await scanning(world, panel, service, "slow_reader")
        await asyncio.sleep(6)
        panel.blank()
        world.screen_changed()
        await asyncio.sleep(60)
        return bool(phone.has_read)

    assert live(story) is False


def test_the_full_rate_is_asked_for_while_a_scan_is_possible_and_when_a_hand_has_left(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> list[bool]:
        panel.show((await service.mint())["qrCode"])
        phone = world.unbox()
        await world.place(phone)
        just_left = world.busy_view
        await asyncio.sleep(1)
        busy = [just_left, world.busy_view]
        await world.tap_six(phone)
        busy.append(world.busy_view)
        while not phone.has_read:
            await asyncio.sleep(0.1)
            assert world.busy_view
        busy.append(world.busy_view)
        await asyncio.sleep(3)
        return [*busy, world.busy_view]

    assert live(story) == [True, False, True, True, False]


def test_whatever_can_be_seen_says_that_it_changed(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> None:
        async def changes() -> bool:
            await asyncio.sleep(0)
            said = world.changed.is_set()
            world.changed.clear()
            return said

        await changes()
        assert not await changes()
        world.hand(True)
        assert await changes()
        panel.show("a code")
        assert not await changes()
        world.screen_changed()
        assert await changes()
        world.screen_changed()
        assert not await changes()
        phone = world.unbox()
        assert not await changes()
        await world.place(phone)
        assert await changes()

    live(story)


def test_hands_are_in_the_way_while_they_work_and_the_empty_stand_is_unsure_then(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> list[str]:
        placing = asyncio.create_task(world.place(world.unbox()))
        await asyncio.sleep(0.2)
        seen = [world.truth().stand]
        await placing
        await world.take_away(world.phones[0])
        seen.append(world.truth().stand)
        world.hand(True)
        seen.append(world.truth().stand)
        world.hand(False)
        return [*seen, world.truth().stand]

    assert live(story) == ["unsure", "empty", "unsure", "empty"]


def test_hands_cannot_do_the_impossible(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> None:
        first, second, third = (world.unbox() for _ in range(3))
        with pytest.raises(ValueError, match="phone-1 is not on the stand"):
            await world.tap_six(first)
        with pytest.raises(ValueError, match="phone-1 is not on the stand"):
            await world.take_away(first)
        await world.place(first)
        with pytest.raises(ValueError, match="phone-1 cannot be placed"):
            await world.place(first)
        await world.place(second)
        assert world.truth().phones == 2
        with pytest.raises(ValueError, match="phone-3 cannot be placed"):
            await world.place(third)

    live(story)


def test_a_world_that_does_not_run_says_so(panel: Panel) -> None:
    world = World(seed=7, screen=panel, emulator="http://127.0.0.1:1", simple=True)
    phone = world.unbox()
    with pytest.raises(RuntimeError, match="async with"):
        asyncio.run(world.place(phone))


def test_a_simple_world_refuses_to_render(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> None:
        with pytest.raises(RuntimeError, match=r"ask for truth\(\) instead"):
            world.frame()

    live(story)


def test_frames_show_what_the_truth_says(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> None:
        await scanning(world, panel, service)
        frame, sighting = world.frame(), world.truth()
        assert frame.shape == (720, 1280)
        assert sighting.code
        assert sighting.quad is not None
        assert sighting.ppm is not None
        assert 3 < sighting.ppm < 5
        columns, rows = (sorted(int(corner[axis]) for corner in sighting.quad) for axis in (0, 1))
        assert read(np.ascontiguousarray(frame[rows[0] : rows[-1], columns[0] : columns[-1]])) == read(panel.pixels)

    live(story, simple=False)


def films(live: Live, seed: int, *, frames_between: int = 1) -> list[str]:
    """Digests of the frames, twice a second, of a story with two phones."""

    async def story(world: World, panel: Panel, service: Service) -> list[str]:
        async def film() -> None:
            while True:
                for _ in range(frames_between):
                    frame = world.frame()
                digests.append(hashlib.sha256(frame.tobytes()).hexdigest())
                await asyncio.sleep(0.5)

        digests: list[str] = []
        filming = asyncio.create_task(film())
        for fault in ("back", None):
            phone = await scanning(world, panel, service, fault)
            await asyncio.sleep(3)
            await world.take_away(phone)
        filming.cancel()
        return digests

    return live(story, seed=seed, simple=False)


def test_the_same_seed_gives_the_same_frames_byte_for_byte(live: Live) -> None:
    first = films(live, 7)
    assert len(first) > 20
    assert films(live, 7) == first
    assert films(live, 7, frames_between=2) == first  # who else asks for a frame changes nothing
    assert films(live, 8) != first


def test_a_phone_is_the_same_whatever_other_phones_do(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> list[Any]:
        for fault in faults:
            phone = world.unbox(fault)
            await world.place(phone)
            await world.take_away(phone)
        return [phone.handset for phone in world.phones]

    faults: tuple[str | None, ...] = (None, None, None)
    usual = live(story)
    faults = (None, "slow_reader", None)
    other = live(story)
    assert usual[0] == other[0]
    assert usual[1] != other[1]
    assert usual[2] == other[2]
