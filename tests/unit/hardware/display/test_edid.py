from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.display.edid import Monitor, millimetres, parse
from hardware.display.outputs import connected


def edid(
    width: int = 1920,
    height: int = 1080,
    mm: tuple[int, int] = (344, 194),
    cm: tuple[int, int] = (34, 19),
    *,
    interlaced: bool = False,
) -> bytes:
    """A base block as a monitor's maker would write it."""
    block = bytearray(128)
    block[:8] = bytes.fromhex("00ffffffffffff00")
    block[18:20] = bytes([1, 4])
    block[21:23] = bytes(cm)
    timing = bytearray(18)
    timing[0:2] = (14850).to_bytes(2, "little")  # 148.5 MHz
    timing[2], timing[4] = width & 0xFF, width >> 8 << 4 | 0x1
    timing[5], timing[7] = height & 0xFF, height >> 8 << 4
    timing[12], timing[13], timing[14] = mm[0] & 0xFF, mm[1] & 0xFF, mm[0] >> 8 << 4 | mm[1] >> 8
    timing[17] = 0x98 if interlaced else 0x18
    block[54:72] = timing
    return signed(block)


def signed(block: bytearray) -> bytes:
    block[127] = -sum(block[:127]) % 256
    return bytes(block)


def test_millimetres_are_the_timings_where_the_centimetres_agree() -> None:
    assert parse(edid()) == Monitor(1920, 1080, (344.0, 194.0))
    assert parse(edid(mm=(345, 195), cm=(34, 19))) == Monitor(1920, 1080, (345.0, 195.0))


@pytest.mark.parametrize("mm", [(16, 9), (160, 90), (0, 0), (1600, 900)])
def test_centimetres_count_where_the_timing_says_an_aspect_ratio_or_nothing(mm: tuple[int, int]) -> None:
    assert parse(edid(mm=mm)) == Monitor(1920, 1080, (340.0, 190.0))


def test_without_centimetres_the_timing_counts_unless_it_is_an_aspect_ratio() -> None:
    assert parse(edid(cm=(0, 0))) == Monitor(1920, 1080, (344.0, 194.0))
    assert parse(edid(cm=(0, 0), mm=(160, 90))) == Monitor(1920, 1080, None)
    assert parse(edid(cm=(79, 0), mm=(0, 0))) == Monitor(1920, 1080, None), "an aspect ratio by EDID 1.4"


def test_large_modes_and_sizes_use_all_their_bits_and_fields_make_a_frame() -> None:
    assert parse(edid(3840, 2160, mm=(1872, 1053), cm=(187, 105))) == Monitor(3840, 2160, (1872.0, 1053.0))
    assert parse(edid(1920, 540, interlaced=True)) == Monitor(1920, 1080, (344.0, 194.0))


def test_an_extension_block_does_not_matter() -> None:
    assert parse(edid() + b"\2" * 128) == parse(edid())


def test_what_is_no_edid_is_none() -> None:
    good = edid()
    assert parse(b"") is None
    assert parse(good[:127]) is None
    assert parse(bytes([1]) + good[1:]) is None
    no_mode = bytearray(good)
    no_mode[54:56] = b"\0\0"
    assert parse(signed(no_mode)) is None


@given(st.integers(8, 127), st.integers(1, 255))
def test_one_damaged_byte_is_noticed(place: int, change: int) -> None:
    damaged = bytearray(edid())
    damaged[place] ^= change
    assert parse(bytes(damaged)) is None


@given(st.binary(max_size=300))
def test_nothing_that_is_read_makes_it_fail(raw: bytes) -> None:
    parse(raw)
    parse(signed(bytearray((edid()[:8] + raw).ljust(128, b"\0")[:128])))


def test_the_monitor_is_the_one_that_the_window_fills_upright_or_turned() -> None:
    wall, panel = Monitor(1920, 1080, (344.0, 194.0)), Monitor(1280, 800, (216.0, 135.0))
    assert millimetres([panel, wall], 1920, 1080) == (344.0, 194.0)
    assert millimetres([panel, wall], 1080, 1920) == (194.0, 344.0)
    assert millimetres([panel, wall], 1024, 768) is None
    assert millimetres([], 1920, 1080) is None


def test_a_window_beside_the_terminal_has_half_of_the_monitor() -> None:
    lying, upright = Monitor(1280, 800, (216.0, 135.0)), Monitor(721, 1281, (68.0, 121.0))
    assert millimetres([lying], 640, 800) == (108.0, 135.0)
    assert millimetres([lying], 800, 640) == (135.0, 108.0)  # it was turned
    assert millimetres([upright], 721, 640) == (68.0, 60.5)
    assert millimetres([upright], 721, 641) == (68.0, 60.5)
    assert millimetres([lying], 640, 400) is None
    assert millimetres([lying, Monitor(640, 800, (90.0, 112.0))], 640, 800) == (90.0, 112.0)


def test_of_two_monitors_with_one_mode_none_is_chosen() -> None:
    one, other = Monitor(1920, 1080, (344.0, 194.0)), Monitor(1920, 1080, None)
    assert millimetres([one, other], 1920, 1080) is None
    assert millimetres([other], 1920, 1080) is None


def test_only_connected_outputs_are_read(tmp_path: Path) -> None:
    for name, status, raw in [
        ("card1-HDMI-A-1", "connected", edid()),
        ("card1-HDMI-A-2", "disconnected", edid(1280, 800)),
        ("card1-DSI-1", "connected", b""),
    ]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "status").write_text(status + "\n")
        (tmp_path / name / "edid").write_bytes(raw)
    (tmp_path / "card1-DP-1").mkdir()
    (tmp_path / "card1-DP-1" / "status").write_text("connected\n")  # and no edid
    (tmp_path / "version").write_text("drm 1.1.0\n")
    assert list(connected(tmp_path)) == [Monitor(1920, 1080, (344.0, 194.0))]
    assert list(connected(tmp_path / "none")) == []
