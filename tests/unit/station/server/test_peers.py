"""The kernel says who connects, the machine's groups say what that account may."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from station.client import CannotReach, Client
from station.domain.errors import NotAllowed
from station.ports import Actor
from station.server.peers import RoleGroups, peer_uid, roles_by_group
from station.server.place import making
from tests.unit.station.server.door import Door, at_the_door

NOWHERE = RoleGroups(operator=("sixtap-no-such-group",), lead=(), admin=())
UNKNOWN = 2**31 - 3

# Modules first, then the other account: its rights need not suffice to read Python's own files.
ASK_AS = """
import os, socket, sys
uid, gid, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
os.setgroups([]); os.setgid(gid); os.setuid(uid)
with socket.socket(socket.AF_UNIX) as line:
    try:
        line.connect(path)
    except PermissionError:
        print("refused by the socket's mode")
    else:
        line.sendall(b"GET /v1/status HTTP/1.0\\r\\n\\r\\n")
        print(b"".join(iter(lambda: line.recv(65536), b"")).decode())
"""


def stranger() -> pwd.struct_passwd:
    """An account of this machine that is neither root nor the one that runs this."""
    return next(entry for entry in pwd.getpwall() if entry.pw_uid not in {0, os.getuid()})


def group_of(entry: pwd.struct_passwd) -> str:
    return grp.getgrgid(entry.pw_gid).gr_name


@pytest.mark.parametrize("uid", sorted({0, os.getuid()}))
def test_root_and_the_service_s_own_account_are_admins(uid: int) -> None:
    assert roles_by_group(NOWHERE)(uid) == Actor(pwd.getpwuid(uid).pw_name, "admin")


def test_an_account_has_the_highest_role_of_its_groups() -> None:
    one = stranger()
    group, other = (group_of(one),), ("sixtap-no-such-group",)
    for groups, role in (
        (RoleGroups(group, other, other), "operator"),
        (RoleGroups(group, group, other), "lead"),
        (RoleGroups(other, group, other), "lead"),
        (RoleGroups(group, group, group), "admin"),
        (RoleGroups((*other, *group), (), ()), "operator"),
    ):
        assert roles_by_group(groups)(one.pw_uid) == Actor(one.pw_name, role)  # type: ignore[arg-type]  # a Role, by the table


def test_members_of_a_supplementary_group_hold_its_role() -> None:
    found = next(((group.gr_name, name) for group in grp.getgrall() for name in group.gr_mem if name in _accounts()), None)
    if found is None:
        pytest.skip("no account of this machine is in a supplementary group")
    group, name = found
    assert roles_by_group(RoleGroups((), (group,), ()))(pwd.getpwnam(name).pw_uid).role in {"lead", "admin"}


def _accounts() -> set[str]:
    return {entry.pw_name for entry in pwd.getpwall() if entry.pw_uid not in {0, os.getuid()}}


def test_an_account_without_a_group_is_told_which_to_ask_for() -> None:
    one = stranger()
    with pytest.raises(NotAllowed) as caught:
        roles_by_group(RoleGroups(("bench-op",), ("bench-lead",), ("bench-admin",)))(one.pw_uid)
    assert caught.value.message == f"The account {one.pw_name} has no role on this bench."
    assert all(name in caught.value.remedy for name in ("bench-op", "bench-lead", "bench-admin"))


def test_an_account_that_the_machine_does_not_know_is_refused_by_its_number() -> None:
    with pytest.raises(NotAllowed, match=f"The account {UNKNOWN} is unknown on this machine"):
        roles_by_group(NOWHERE)(UNKNOWN)


def test_the_peer_is_who_the_kernel_says() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        assert peer_uid(one) == os.getuid()


@contextmanager
def acting_as(entry: pwd.struct_passwd) -> Iterator[None]:
    """Root, in the place of another account."""
    groups, group = os.getgroups(), os.getegid()
    os.setgroups([])
    os.setegid(entry.pw_gid)
    os.seteuid(entry.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder into which every account can look; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="sixtap-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another account")
def test_another_account_is_kept_out_by_the_socket_s_mode_and_else_by_name(open_folder: Path) -> None:
    one = stranger()

    async def ask_as(door: Door) -> str:
        arguments = [sys.executable, "-ISc", ASK_AS, str(one.pw_uid), str(one.pw_gid), str(door.path)]
        ran = await asyncio.to_thread(subprocess.run, arguments, check=True, capture_output=True, timeout=30)
        return ran.stdout.decode()

    async def scenario(door: Door) -> None:
        assert stat.S_IMODE(door.path.stat().st_mode) == 0o660
        assert await ask_as(door) == "refused by the socket's mode\n"
        door.path.chmod(0o666)
        answer = await ask_as(door)
        assert answer.startswith("HTTP/1.0 403")
        assert f'"kind":"NotAllowed","message":"The account {one.pw_name} has no role on this bench."' in answer

    at_the_door(open_folder, scenario, resolve=roles_by_group(NOWHERE))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another account")
def test_a_client_that_may_not_open_the_socket_says_so(open_folder: Path) -> None:
    async def ask() -> None:
        async with Client(open_folder / "s.sock") as client:
            with pytest.raises(CannotReach, match=r"This account may not open .*s\.sock\. Ask an administrator"):
                await client.status()

    with socket.socket(socket.AF_UNIX) as line:
        with making(open_folder / "s.sock"):
            line.bind(str(open_folder / "s.sock"))
            line.listen()
        with acting_as(stranger()):
            asyncio.run(ask())
