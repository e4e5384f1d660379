"""Files that lie about: found, listed, taken whole or refused with a reason."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tui import filesearch
from tui.filesearch import BROKEN, DENIED, GONE, NO_FILE, REMEDIES, TOO_LARGE, Unreadable, found, load


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    monkeypatch.setattr(filesearch, "MOUNTS", (tmp_path / "media", tmp_path / "nowhere"))
    return home


def lay(path: Path, at: int = 1000, content: bytes = b"name\nAnna\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))
    return path


def test_files_are_found_on_sticks_in_the_bench_s_folders_and_at_home_newest_first(tmp_path: Path, at_home: Path) -> None:
    stick = lay(tmp_path / "media" / "lea" / "STICK" / "new" / "People.XLSX", 3000)
    laid = lay(tmp_path / "drop" / "lists" / "may.csv", 2000)
    home = lay(at_home / "old.csv", 1000)
    listed = found((str(tmp_path / "drop"), str(tmp_path / "not there")))
    assert [(one.path, one.at, one.size) for one in listed] == [(stick, 3000, 10), (laid, 2000, 10), (home, 1000, 10)]


def test_what_is_no_list_of_users_or_hidden_or_far_down_is_left_out(tmp_path: Path, at_home: Path) -> None:
    for name in ("people.pdf", "~$people.xlsx", "._people.csv", "below/people.csv"):
        lay(at_home / name)
    lay(tmp_path / "media" / "a" / "b" / "c" / "d" / "e" / "deep.csv")
    (tmp_path / "media" / "folder.csv").mkdir()
    (tmp_path / "media" / "loop").symlink_to(tmp_path / "media")
    (tmp_path / "media" / "broken.csv").symlink_to(tmp_path / "gone")
    assert found() == ()


def test_a_great_many_files_take_no_time_and_fill_no_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filesearch, "MOST_SEEN", 50)
    monkeypatch.setattr(filesearch, "MOST_LISTED", 20)
    for number in range(100):
        lay(tmp_path / "media" / f"{number}.csv", number + 1000)
    assert len(found()) == 20


def test_names_that_are_no_text_are_listed(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/media"
    os.mkdir(path)  # noqa: PTH102 - a name of octets
    with open(path + b"/caf\xe9.csv", "wb") as file:  # noqa: PTH123 - the same
        file.write(b"x")
    (one,) = found()
    assert load(one.path) == b"x"


def refused(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        load(path)
    assert caught.value.said["path"] == str(path)
    assert REMEDIES[caught.value.why]
    return caught.value.why


def test_a_file_is_taken_whole(tmp_path: Path) -> None:
    assert load(lay(tmp_path / "a.csv", content=b"x" * 100_000)) == b"x" * 100_000


def test_what_cannot_be_taken_is_refused_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    before = time.monotonic()
    assert refused(tmp_path / "pipe.csv") == NO_FILE
    assert refused(tmp_path) == NO_FILE
    assert refused(Path("/dev/zero")) == NO_FILE
    assert time.monotonic() - before < 5
    assert refused(tmp_path / "gone.csv") == GONE
    assert refused(lay(tmp_path / "a.csv") / "b.csv") == GONE
    assert refused(tmp_path / ("x" * 300)) == BROKEN
    assert refused(Path("\0")) == BROKEN
    monkeypatch.setattr(filesearch, "LARGEST", 5)
    assert refused(lay(tmp_path / "large.csv")) == TOO_LARGE


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_somebody_else_is_denied(tmp_path: Path) -> None:
    path = lay(tmp_path / "theirs.csv")
    path.chmod(0)
    assert refused(path) == DENIED
