"""Which request is which, and the answer to each: the API, the phones, and who runs the stand-in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from station.emm.emulator.errors import ApiError
from station.emm.emulator.faults import read_rules

from . import invented
from .devices import Device
from .people import Group, User
from .refusals import Refusal
from .state import Asked, StandIn, document, page

Done = tuple[int, dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Route:
    """An id, what it answers to, and how. `ids` in the path are given to `act` in their order."""

    id: str
    verb: str
    path: re.Pattern[str]
    act: Callable[..., Done]

    @property
    def api(self) -> bool:
        """Needs the keys."""
        return self.id.startswith("tinymdm.")

    @property
    def control(self) -> bool:
        """For whoever runs the stand-in: neither logged nor faulty."""
        return self.id.startswith("control.")


def find(verb: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """The route of a request, and the ids in its path. Raises 404, 405."""
    wrong_verb = False
    for route in ROUTES:
        if match := route.path.fullmatch(path):
            if route.verb == verb:
                return route, match.groups()
            wrong_verb = True
    raise Refusal(405, "Method not allowed") if wrong_verb else Refusal(404, "Not found")


# --- the API ----------------------------------------------------------------------------------------------------------------


def _info(standin: StandIn, asked: Asked) -> Done:
    return 200, {"name": "Stand-in", "paid_licence": standin.devices.licences}


def _list_users(standin: StandIn, asked: Asked) -> Done:
    return _page(standin, asked, standin.people.users.values())


def _page(standin: StandIn, asked: Asked, found: Iterable[User | Group | Device]) -> Done:
    return 200, page([one.record(standin.quirks) for one in found], asked, standin.url)


def _create_user(standin: StandIn, asked: Asked) -> Done:
    return 201, standin.people.create(document(asked.body)).record(standin.quirks)


def _get_user(standin: StandIn, asked: Asked, ident: str) -> Done:
    return 200, standin.people.user(ident).record(standin.quirks)


def _update_user(standin: StandIn, asked: Asked, ident: str) -> Done:
    return 200, standin.people.update(ident, document(asked.body)).record(standin.quirks)


def _list_groups(standin: StandIn, asked: Asked) -> Done:
    return _page(standin, asked, standin.people.groups.values())


def _create_group(standin: StandIn, asked: Asked) -> Done:
    return 201, standin.people.create_group(document(asked.body)).record(standin.quirks)


def _delete_group(standin: StandIn, asked: Asked, ident: str) -> Done:
    people = standin.people
    del people.groups[people.group(ident).id]
    people.codes = {secret: code for secret, code in people.codes.items() if not (code.group and code.owner == ident)}
    return 204, None


def _add_to_group(standin: StandIn, asked: Asked, group: str, user: str) -> Done:
    standin.people.user(user).group = standin.people.group(group).id
    return 204, None


def _group_devices(standin: StandIn, asked: Asked, ident: str) -> Done:
    group = standin.people.group(ident)
    return _page(standin, asked, [device for device in standin.devices.all.values() if device.group == group.id])


def _group_code(standin: StandIn, asked: Asked, ident: str) -> Done:
    group = standin.people.group(ident)
    prefix = asked.query.get("prefix_type", "")
    if prefix not in invented.PREFIXES:
        raise Refusal(400, "Invalid prefix_type")
    name, value = invented.WPCO_PARAMETER
    code = standin.people.code(group.id, group=True, wpco=asked.query.get(name) == value)
    group.prefix = prefix
    return 200, {"enrollment_qr_code_url": f"{standin.url}/pictures/{standin.picture(code.secret)}.png"}


def _assign(standin: StandIn, asked: Asked, policy: str, member: str) -> Done:
    standin.people.assign(policy, member)
    return 204, None


def _list_devices(standin: StandIn, asked: Asked) -> Done:
    group, policy = asked.query.get("group_id"), asked.query.get("policy_id")
    found = (one for one in standin.devices.all.values() if group in {None, one.group} and policy in {None, one.policy})
    return _page(standin, asked, found)


def _get_device(standin: StandIn, asked: Asked, ident: str) -> Done:
    return 200, standin.devices.get(ident).record(standin.quirks)


# --- phones and control -----------------------------------------------------------------------------------------------------


def _phone_enrolls(standin: StandIn, asked: Asked) -> Done:
    said = document(asked.body)
    hardware = said.get("hardware")
    if not isinstance(hardware, Mapping) or not all(isinstance(said.get(key), str) for key in ("token", "path", "androidVersion")):
        raise Refusal(400, "The phone left something out")
    code = standin.people.codes.get(said["token"])
    if code is None:
        raise Refusal(404, "Unknown enrollment id")
    device = standin.devices.enroll(code, said["path"], said["androidVersion"], hardware, standin.now())
    return 200, {"device": device.id, "state": "PROVISIONING", "setup": {"policyName": device.policy}}


def _phone_reports(standin: StandIn, asked: Asked) -> Done:
    said = document(asked.body)
    device = standin.devices.get(str(said.get("device", "")))
    if said.get("phase") == "applied":
        standin.devices.applied(device, standin.now())
    return 200, {"device": device.id, "state": "ACTIVE" if device.synced else "PROVISIONING"}


def _requests(standin: StandIn, asked: Asked) -> Done:
    counts = {"devices": len(standin.devices.all), "users": len(standin.people.users)}
    return 200, {"requests": standin.journal.resource(), **counts}


def _plant_faults(standin: StandIn, asked: Asked) -> Done:
    try:
        standin.faults.replace(read_rules(document(asked.body)))
    except ApiError as why:
        raise Refusal(400, why.message) from None
    return 200, {}


def _show_code(standin: StandIn, asked: Asked) -> Done:
    """The console's "Show QR code" of a user, by e-mail: where its picture is. Who has no policy yet gets the first one."""
    people = standin.people
    user = people.by_mail(asked.query.get("email", ""))
    if not people.policy_of(user) and people.policies:
        people.assign(next(iter(people.policies)), user.id)
    code = people.code(user.id, group=False, wpco=asked.query.get("wpco") == "1")
    return 200, {"picture": f"{standin.url}/pictures/{standin.picture(code.secret)}.png"}


_ID = "([A-Za-z0-9_-]{1,40})"


def _api(ident: str, verb: str, path: str, act: Callable[..., Done]) -> Route:
    return Route(f"tinymdm.{ident}", verb, re.compile(f"/api/v1/{path}"), act)


ROUTES = (
    _api("enterprise.info", "GET", "enterprise/info", _info),
    _api("users.list", "GET", "users", _list_users),
    _api("users.create", "POST", "users", _create_user),
    _api("users.get", "GET", f"users/{_ID}", _get_user),
    _api("users.update", "PUT", f"users/{_ID}", _update_user),
    _api("groups.list", "GET", "groups", _list_groups),
    _api("groups.create", "POST", "groups", _create_group),
    _api("groups.delete", "DELETE", f"groups/{_ID}", _delete_group),
    _api("groups.add", "POST", f"groups/{_ID}/users/{_ID}", _add_to_group),
    _api("groups.devices", "GET", f"groups/{_ID}/devices", _group_devices),
    _api("groups.code", "GET", f"groups/{_ID}/enrollment_qr_code", _group_code),
    _api("policies.assign", "POST", f"policies/{_ID}/members/{_ID}", _assign),
    _api("devices.list", "GET", "devices", _list_devices),
    _api("devices.get", "GET", f"devices/{_ID}", _get_device),
    Route("phones.enroll", "POST", re.compile("/phones/enroll"), _phone_enrolls),
    Route("phones.report", "POST", re.compile("/phones/report"), _phone_reports),
    Route("control.requests", "GET", re.compile("/control/requests"), _requests),
    Route("control.faults", "POST", re.compile("/control/faults"), _plant_faults),
    Route("control.code", "GET", re.compile("/control/code"), _show_code),
)
