from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from station.cli.install import install
from station.domain.errors import WrongUse

SOURCE = Path(__file__).parents[4] / "systemd"


def test_every_file_of_the_source_has_its_place_in_the_root(tmp_path: Path) -> None:
    written = install(tmp_path, SOURCE)
    assert sorted(path.name for path in written) == sorted(path.name for path in SOURCE.rglob("*") if path.is_file())
    assert sorted(written) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    for path in written:
        assert path.stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "usr/local/lib/systemd/system/sixtap.service").read_bytes() == (SOURCE / "sixtap.service").read_bytes()
    assert (tmp_path / "etc/sixtap/sixtap.toml").is_file()


def test_a_second_run_renews_the_units_and_keeps_what_the_administrator_wrote(tmp_path: Path) -> None:
    first = install(tmp_path, SOURCE)
    unit = tmp_path / "usr/local/lib/systemd/system/sixtap.service"
    settings = tmp_path / "etc/sixtap/sixtap.toml"
    unit.write_text("old")
    settings.write_text("mine")
    second = install(tmp_path, SOURCE)
    assert unit.read_bytes() == (SOURCE / "sixtap.service").read_bytes()
    assert settings.read_text() == "mine"
    assert set(first) - set(second) == {settings, tmp_path / "etc/sixtap/outputs.conf"}


def test_a_source_that_is_not_complete_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    source = shutil.copytree(SOURCE, tmp_path / "source")
    (source / "udev" / "72-sixtap.rules").unlink()
    with pytest.raises(WrongUse, match=r"udev/\*\.rules"):
        install(tmp_path / "root", source)
    assert not (tmp_path / "root").exists()


def test_a_root_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("a file")
    with pytest.raises(WrongUse, match="root"):
        install(tmp_path / "root", SOURCE)
    assert [path.name for path in tmp_path.iterdir()] == ["root"]
