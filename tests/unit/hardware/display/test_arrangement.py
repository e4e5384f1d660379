"""Where terminal and code stand, on the session's tree as sway tells it."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.display.arrangement import CODE, TERMINAL, Area, letters, orders, screens, terminals_area

PANEL, UPRIGHT, OTHER = Area(1280, 800, "DSI-1"), Area(720, 1280, "DSI-1"), Area(1920, 1080, "HDMI-A-1")
IDS = {TERMINAL: 11, CODE: 12}


def workspace(number: int, *windows: str, layout: str = "splith", focused: str = TERMINAL) -> dict[str, Any]:
    nodes = [{"id": IDS[name], "app_id": name, "focused": name == focused, "nodes": []} for name in windows]
    return {"type": "workspace", "num": number, "layout": layout, "nodes": nodes}


def tree(**outputs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"nodes": [{"name": name.replace("_", "-"), "nodes": inside} for name, inside in outputs.items()]}


def test_of_one_screen_the_code_has_the_first_half_beside_the_terminal_or_above_it() -> None:
    hidden = tree(DSI_1=[workspace(1, TERMINAL), workspace(2, CODE)])
    assert orders([PANEL], hidden) == ["[con_id=12] move container to workspace number 1", "[con_id=11] focus"]
    wrong_way = tree(DSI_1=[workspace(1, TERMINAL, CODE)])
    assert orders([PANEL], wrong_way) == ["[con_id=12] swap container with con_id 11"]
    assert orders([UPRIGHT], wrong_way) == ["[con_id=12] layout splitv"]
    assert orders([PANEL], tree(DSI_1=[workspace(1, CODE, TERMINAL)])) == []
    assert orders([UPRIGHT], tree(DSI_1=[workspace(1, CODE, TERMINAL, layout="splitv")])) == []


def test_windows_that_sway_has_put_a_frame_around_are_found() -> None:
    frame = {"id": 8, "layout": "splitv", "nodes": workspace(1, TERMINAL, CODE)["nodes"]}
    inside = tree(DSI_1=[{"type": "workspace", "num": 1, "layout": "splith", "nodes": [frame]}])
    assert orders([UPRIGHT], inside) == ["[con_id=12] swap container with con_id 11"]
    assert orders([PANEL], inside) == ["[con_id=12] layout splith"]


def test_a_second_screen_is_the_codes_alone_whatever_its_name() -> None:
    tiled = tree(DSI_1=[workspace(1, CODE, TERMINAL)], HDMI_A_1=[workspace(2)])
    assert orders([PANEL, OTHER], tiled) == ["[con_id=12] move container to workspace number 2", "[con_id=11] focus"]
    hidden = tree(DSI_1=[workspace(1, TERMINAL), workspace(2, CODE)], HDMI_A_1=[workspace(3)])
    assert orders([PANEL, OTHER], hidden) == ['[con_id=12] move workspace to output "HDMI-A-1"', "[con_id=11] focus"]
    assert orders([PANEL, OTHER], tree(DSI_1=[workspace(1, TERMINAL)], HDMI_A_1=[workspace(2, CODE)])) == []


def test_a_tap_on_the_code_leaves_the_keys_to_the_terminal() -> None:
    assert orders([PANEL], tree(DSI_1=[workspace(1, CODE, TERMINAL, focused=CODE)])) == ["[con_id=11] focus"]
    two = tree(DSI_1=[workspace(1, TERMINAL, focused="")], HDMI_A_1=[workspace(2, CODE, focused=CODE)])
    assert orders([PANEL, OTHER], two) == ["[con_id=11] focus"]


def test_a_window_that_is_not_there_yet_is_waited_for() -> None:
    assert orders([PANEL], tree(DSI_1=[workspace(1, TERMINAL)])) == []
    assert orders([PANEL], tree(DSI_1=[workspace(1, CODE, focused="")])) == []
    assert orders([PANEL], tree(DSI_1=[workspace(2, CODE)])) == ["[con_id=12] move container to workspace number 1"]
    assert orders([], tree()) == []


def test_only_screens_that_are_on_count() -> None:
    rect = {"x": 0, "y": 0, "width": 1280, "height": 800}
    told = [{"name": "DSI-1", "active": True, "rect": rect}, {"name": "HDMI-A-1", "active": False, "rect": rect}]
    assert screens(told) == [PANEL]


@pytest.mark.parametrize(
    ("screen", "area", "size"),
    [
        (Area(1280, 800), Area(640, 800), 16),
        (Area(1920, 1080), Area(960, 1080), 21),
        (Area(720, 1280), Area(720, 640), 14),
        (Area(800, 1280), Area(800, 640), 16),
        (Area(320, 240), Area(160, 240), 8),
    ],
)
def test_the_terminals_letters_leave_room_for_its_buttons_in_its_half(screen: Area, area: Area, size: int) -> None:
    assert terminals_area([screen]) == area
    assert letters(area) == size


def test_a_terminal_with_a_screen_of_its_own_keeps_its_letters() -> None:
    assert terminals_area([PANEL, OTHER]) is None
    assert terminals_area([]) is None
