"""The methods of the Android Management API that the emulator answers. Everything else in the document is 501."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .wellknown import parse_field_mask

if TYPE_CHECKING:
    from .state import Emulator


@dataclass(frozen=True, slots=True)
class Call:
    """One checked call. name: the resource's name or its parent's; query and body have passed the discovery document."""

    name: str
    query: Mapping[str, Any]
    body: Mapping[str, Any]


def _get_enterprise(emulator: Emulator, call: Call) -> dict[str, Any]:
    return {
        "name": emulator.enterprise,
        "enterpriseDisplayName": "sixtap emulator",
        "enterpriseType": "MANAGED_GOOGLE_PLAY_ACCOUNTS_ENTERPRISE",
    }


def _patch_policy(emulator: Emulator, call: Call) -> dict[str, Any]:
    mask = parse_field_mask(call.query.get("updateMask", ""))
    return emulator.policies.patch(call.name, call.body, mask).resource()


def _get_policy(emulator: Emulator, call: Call) -> dict[str, Any]:
    return emulator.policies.get(call.name).resource()


def _list_policies(emulator: Emulator, call: Call) -> dict[str, Any]:
    page, more = emulator.pager.page("policies", emulator.policies.all(), call.query)
    return _listing("policies", [policy.resource() for policy in page], more)


def _create_token(emulator: Emulator, call: Call) -> dict[str, Any]:
    return emulator.tokens.create(call.body, emulator.now()).resource()


def _get_token(emulator: Emulator, call: Call) -> dict[str, Any]:
    return emulator.tokens.get(call.name, emulator.now()).partial()


def _list_tokens(emulator: Emulator, call: Call) -> dict[str, Any]:
    page, more = emulator.pager.page("enrollmentTokens", emulator.tokens.active(emulator.now()), call.query)
    return _listing("enrollmentTokens", [token.partial() for token in page], more)


def _delete_token(emulator: Emulator, call: Call) -> dict[str, Any]:
    emulator.tokens.delete(call.name, emulator.now())
    return {}


def _get_device(emulator: Emulator, call: Call) -> dict[str, Any]:
    return emulator.devices.get(call.name).resource()


def _list_devices(emulator: Emulator, call: Call) -> dict[str, Any]:
    page, more = emulator.pager.page("devices", emulator.devices.all(), call.query)
    return _listing("devices", [device.resource() for device in page], more)


def _listing(key: str, resources: list[dict[str, Any]], more: dict[str, str]) -> dict[str, Any]:
    """Google's JSON leaves an empty list out."""
    return {key: resources, **more} if resources else dict(more)


ENTERPRISES = "androidmanagement.enterprises."
CREATE_TOKEN = ENTERPRISES + "enrollmentTokens.create"
HANDLERS: Mapping[str, Callable[[Emulator, Call], dict[str, Any]]] = {
    ENTERPRISES + "get": _get_enterprise,
    ENTERPRISES + "policies.patch": _patch_policy,
    ENTERPRISES + "policies.get": _get_policy,
    ENTERPRISES + "policies.list": _list_policies,
    CREATE_TOKEN: _create_token,
    ENTERPRISES + "enrollmentTokens.get": _get_token,
    ENTERPRISES + "enrollmentTokens.list": _list_tokens,
    ENTERPRISES + "enrollmentTokens.delete": _delete_token,
    ENTERPRISES + "devices.get": _get_device,
    ENTERPRISES + "devices.list": _list_devices,
}
