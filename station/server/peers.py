"""Who is at the other end of the socket: the kernel says, the message never does."""

from __future__ import annotations

import grp
import os
import pwd
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

from station.domain.errors import NotAllowed
from station.ports import Actor, Role

CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: unix(7), SO_PEERCRED


@dataclass(frozen=True, slots=True)
class RoleGroups:
    """Groups of the machine whose members hold a role."""

    operator: tuple[str, ...]
    lead: tuple[str, ...]
    admin: tuple[str, ...]


def peer_uid(connection: socket.socket) -> int:
    """The account at the other end of a Unix socket."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    return int(CREDENTIALS.unpack(raw)[1])


def roles_by_group(groups: RoleGroups) -> Callable[[int], Actor]:
    """A resolver from uid to actor by the machine's groups. Raises NotAllowed for accounts without a role."""

    def resolve(uid: int) -> Actor:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise NotAllowed(f"The account {uid} is unknown on this machine.", "Use an account of this bench.") from None
        if uid in {0, os.getuid()}:
            return Actor(entry.pw_name, "admin")
        member = {_group_name(gid) for gid in os.getgrouplist(entry.pw_name, entry.pw_gid)}
        ranks: tuple[tuple[Role, tuple[str, ...]], ...] = (
            ("admin", groups.admin),
            ("lead", groups.lead),
            ("operator", groups.operator),
        )
        for role, names in ranks:
            if member & set(names):
                return Actor(entry.pw_name, role)
        raise NotAllowed(
            f"The account {entry.pw_name} has no role on this bench.",
            f"An administrator adds it to one of the groups {', '.join((*groups.operator, *groups.lead, *groups.admin))}.",
        )

    return resolve


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return ""
