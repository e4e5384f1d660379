"""Each row of the table of faults does what it says, at the phone, on the stand and at the management service."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from hardware.simulated.faults import FAULTS, HEALTHY, fault_named
from hardware.simulated.phone import Phone
from hardware.simulated.world import World

if TYPE_CHECKING:
    from tests.unit.hardware.simulated.conftest import Live, Panel, Service

ACTIVE = ["ACTIVE"]
ENROLLED = {
    "wrong_android": ACTIVE,
    "lost_wifi": ACTIVE,
    "forced_update": ACTIVE,
    "two_at_once": ACTIVE,
    "swapped_box": ACTIVE,
    "wrong_mode": ACTIVE,
    "slow_reader": ACTIVE,
    "fast_reader": ACTIVE,
    "wrong_network": ["PROVISIONING"],
}
NOT_READ = {"never_scans", "no_taps", "back", "pulled_away", "not_reset", "flat_battery", "photo"}


class Run(NamedTuple):
    """What was seen of one phone: (time, screen on the stand, its state) at each change, its end, the device records."""

    seen: list[tuple[float, str, str]]
    phone: Phone
    devices: list[dict[str, Any]]

    def when(self, state: str) -> float:
        return next(at for at, _, name in self.seen if name == state)

    def screens(self) -> list[str]:
        return [screen for number, (_, screen, _) in enumerate(self.seen) if not number or self.seen[number - 1][1] != screen]


async def watch(world: World, phone: Phone, seen: list[tuple[float, str, str]]) -> None:
    while True:
        await world.changed.wait()
        world.changed.clear()
        now = (world.truth().screen, phone.state)
        if not seen or seen[-1][1:] != now:
            seen.append((world.now(), *now))


async def at_the_stand(world: World, panel: Panel, service: Service, name: str | None) -> Run:
    """Hands that do for any phone what a healthy one needs, and obey a phone that is to be pulled away."""
    panel.show((await service.mint())["qrCode"])
    phone = world.unbox(name)
    seen: list[tuple[float, str, str]] = []
    watching = asyncio.create_task(watch(world, phone, seen))
    await world.place(phone)
    await world.tap_six(phone)
    for _ in range(200):
        await asyncio.sleep(0.1)
        if phone.to_be_pulled:
            await world.take_away(phone)
    panel.blank()
    world.screen_changed()
    await asyncio.sleep(7200)
    watching.cancel()
    return Run(seen, phone, await service.devices())


def run(live: Live, name: str | None, **options: Any) -> Run:
    async def story(world: World, panel: Panel, service: Service) -> Run:
        return await at_the_stand(world, panel, service, name)

    return live(story, **{"spread": 0.0} | options)


@pytest.mark.parametrize("simple", [True, False], ids=["simple", "pixels"])
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_phone_ends_where_its_row_says(live: Live, name: str, simple: bool) -> None:
    end = run(live, name, simple=simple)
    assert end.phone.state == FAULTS[name].ends
    assert [device["appliedState"] for device in end.devices] == ENROLLED.get(name, [])
    assert end.phone.has_read is (name not in NOT_READ)
    assert (end.phone.error is not None) is (FAULTS[name].ends == "error")


def test_an_unknown_fault_is_refused_and_the_known_ones_are_named(live: Live) -> None:
    with pytest.raises(ValueError, match=r"no fault is named 'no_such'.*never_scans"):
        fault_named("no_such")
    assert fault_named(None) is HEALTHY


def test_never_scans_keeps_the_code_in_its_viewfinder(live: Live) -> None:
    assert run(live, "never_scans").screens()[-2:] == ["code", "viewfinder"]  # the code, until the screen was blanked


def test_back_shows_the_screen_from_before_and_reads_after_six_more_taps(live: Live) -> None:
    assert run(live, "back").screens() == ["none", "other", "code", "before"]

    async def again(world: World, panel: Panel, service: Service) -> tuple[bool, str]:
        panel.show((await service.mint())["qrCode"])
        phone = world.unbox("back")
        await world.place(phone)
        for _ in range(2):
            await world.tap_six(phone)
            await asyncio.sleep(10)
        read = phone.has_read
        await asyncio.sleep(300)
        return read, phone.state

    assert live(again) == (True, "done")


def test_pulled_away_reads_once_it_stands_again(live: Live) -> None:
    async def story(world: World, panel: Panel, service: Service) -> list[object]:
        panel.show((await service.mint())["qrCode"])
        phone = world.unbox("pulled_away")
        await world.place(phone)
        await world.tap_six(phone)
        before = phone.to_be_pulled
        await asyncio.sleep(20)
        seen: list[object] = [before, phone.to_be_pulled, world.truth().screen]
        await world.take_away(phone)
        seen += [phone.state, phone.has_read, phone.to_be_pulled, world.truth().stand]
        await world.place(phone)
        await asyncio.sleep(5)
        return [*seen, phone.has_read]

    assert live(story) == [False, True, "code", "viewfinder", False, False, "empty", True]


def test_flat_battery_goes_dark_out_of_the_viewfinder(live: Live) -> None:
    assert run(live, "flat_battery").screens() == ["none", "other", "code", "dark"]


def test_an_unreset_phone_shows_another_screen_and_never_a_viewfinder(live: Live) -> None:
    end = run(live, "not_reset")
    assert end.screens() == ["none", "other"]
    assert "welcome" not in [state for _, _, state in end.seen]


@pytest.mark.parametrize(("name", "least", "most"), [("fast_reader", 0.05, 0.15), ("slow_reader", 11.9, 12.1), (None, 0.3, 2.0)])
def test_readers_take_their_time(live: Live, name: str | None, least: float, most: float) -> None:
    end = run(live, name)
    assert least <= end.when("setup") - end.when("viewfinder") <= most


@pytest.mark.parametrize(("name", "extra"), [("lost_wifi", 3600.0), ("forced_update", 1500.0)])
def test_held_up_phones_need_so_much_longer_and_then_succeed(live: Live, name: str, extra: float) -> None:
    usual, late = (end.when("done") - end.when("setup") for end in (run(live, None), run(live, name)))
    assert late - usual == pytest.approx(extra)


def test_lost_wifi_forever_and_an_error_after_the_read_never_reach_the_service(live: Live) -> None:
    for name in ("lost_wifi_forever", "reads_then_error"):
        end = run(live, name)
        assert end.devices == []
        assert end.phone.device is None


def test_wrong_android_and_wrong_mode_show_in_the_device_record(live: Live) -> None:
    (old,) = run(live, "wrong_android").devices
    (personal,) = run(live, "wrong_mode").devices
    (right,) = run(live, None).devices
    assert (old["apiLevel"], old["ownership"]) == (28, "COMPANY_OWNED")
    assert personal["ownership"] == "PERSONALLY_OWNED"
    assert right["ownership"] == "COMPANY_OWNED"


def test_a_swapped_box_bears_numbers_that_the_service_never_reports(live: Live) -> None:
    end = run(live, "swapped_box")
    (device,) = end.devices
    assert device["hardwareInfo"]["serialNumber"] == end.phone.serial != end.phone.label_serial
    assert device["networkInfo"]["imei"] == end.phone.imei != end.phone.label_imei


@pytest.mark.parametrize("seed", range(5))
def test_of_two_at_once_both_read_and_the_second_is_refused(live: Live, seed: int) -> None:
    async def story(world: World, panel: Panel, service: Service) -> tuple[list[int], Phone, list[dict[str, Any]]]:
        panel.show((await service.mint())["qrCode"])
        phone = world.unbox("two_at_once")
        await world.place(phone)
        lit = [world.truth().phones]
        await world.tap_six(phone)
        await asyncio.sleep(300)
        await world.take_away(phone)
        lit.append(world.truth().phones)
        return lit, phone, await service.devices()

    lit, first, devices = live(story, seed=seed)
    second = first.companion
    assert second is not None
    assert lit == [2, 1]
    assert first.has_read
    assert second.has_read
    assert (first.state, second.state) == ("done", "error")
    assert second.error is not None
    assert "refused" in second.error
    assert [device["hardwareInfo"]["serialNumber"] for device in devices] == [first.serial]
