"""Where the socket is made, and what stands in its way."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from station.domain.errors import ConfigurationError
from station.server.place import making


def listen(path: Path) -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    try:
        line.bind(str(path))
        line.listen()
    except OSError:
        line.close()
        raise
    return line


def test_a_socket_is_for_its_owner_and_group_in_a_folder_that_is_made(tmp_path: Path) -> None:
    path = tmp_path / "run" / "s.sock"
    with making(path):
        made = listen(path)
    with made:
        assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_what_a_dead_service_left_is_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    listen(path).close()
    assert path.is_socket()
    with making(path):
        assert not path.exists()
        made = listen(path)
    made.close()


def test_the_socket_of_a_service_that_answers_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    with listen(path), pytest.raises(ConfigurationError, match="Another service answers at"), making(path):
        pytest.fail("there was no room")
    assert path.is_socket()


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_no_file_is_ever_taken_away_for_a_socket(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "s.sock"
    (tmp_path / "precious").write_text("x")
    match kind:
        case "file":
            path.write_text("precious")
        case "folder":
            path.mkdir()
        case _:
            path.symlink_to(tmp_path / "precious")
    with pytest.raises(ConfigurationError, match="is there already and is no socket"), making(path):
        pytest.fail("there was no room")
    assert path.exists()


@pytest.mark.parametrize(("name", "cause"), [("x" * 200, "too long"), ("precious/s.sock", "cannot be made")])
def test_a_place_that_cannot_be_is_named_with_the_cause(tmp_path: Path, name: str, cause: str) -> None:
    (tmp_path / "precious").write_text("x")
    path = tmp_path / name
    with pytest.raises(ConfigurationError) as caught, making(path):
        listen(path)
    assert cause in str(caught.value)
    assert str(path) in str(caught.value)
