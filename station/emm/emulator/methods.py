"""The methods of the Android Management API and of Pub/Sub that the emulator answers. Everything else in the documents is 501."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import ApiError, Violation, invalid
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
        **emulator.notifications.settings,
    }


def _patch_enterprise(emulator: Emulator, call: Call) -> dict[str, Any]:
    emulator.notifications.patch(call.body, parse_field_mask(call.query.get("updateMask", "")))
    return _get_enterprise(emulator, call)


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


def _create_topic(emulator: Emulator, call: Call) -> dict[str, Any]:
    _only(call.body, "name")
    emulator.pubsub.create_topic(call.name)
    return {"name": call.name}


def _get_topic(emulator: Emulator, call: Call) -> dict[str, Any]:
    emulator.pubsub.policy(call.name)
    return {"name": call.name}


def _get_topic_policy(emulator: Emulator, call: Call) -> dict[str, Any]:
    return emulator.pubsub.policy(call.name)


def _set_topic_policy(emulator: Emulator, call: Call) -> dict[str, Any]:
    return emulator.pubsub.set_policy(call.name, call.body.get("policy", {}))


def _publish(emulator: Emulator, call: Call) -> dict[str, Any]:
    sent = [(base64.b64decode(one.get("data", "")), one.get("attributes", {})) for one in call.body.get("messages", [])]
    if not all(data or attributes for data, attributes in sent):
        raise invalid(Violation("messages", "Message has neither data nor attributes."))
    return {"messageIds": [emulator.pubsub.publish(call.name, *one, emulator.now()) for one in sent]}


def _create_subscription(emulator: Emulator, call: Call) -> dict[str, Any]:
    _only(call.body, "name", "topic", "ackDeadlineSeconds")
    settings = (call.body.get("topic", ""), call.body.get("ackDeadlineSeconds", 0))
    return emulator.pubsub.create_subscription(call.name, *settings, emulator.now()).resource()


def _get_subscription(emulator: Emulator, call: Call) -> dict[str, Any]:
    return emulator.pubsub.subscription(call.name, emulator.now()).resource()


def _delete_subscription(emulator: Emulator, call: Call) -> dict[str, Any]:
    emulator.pubsub.delete_subscription(call.name, emulator.now())
    return {}


def _pull(emulator: Emulator, call: Call) -> dict[str, Any]:
    received = emulator.pubsub.pull(call.name, call.body.get("maxMessages", 0), emulator.now())
    return _listing("receivedMessages", received, {})


def _acknowledge(emulator: Emulator, call: Call) -> dict[str, Any]:
    emulator.pubsub.acknowledge(call.name, call.body.get("ackIds", []), emulator.now())
    return {}


def _only(body: Mapping[str, Any], *known: str) -> None:
    """Raise 501 for a setting that would be taken and then not obeyed."""
    for name in body:
        if name not in known:
            raise ApiError(501, f"This stand-in does not know what {name} does: leave it out.")


ENTERPRISES = "androidmanagement.enterprises."
TOPICS, SUBSCRIPTIONS = "pubsub.projects.topics.", "pubsub.projects.subscriptions."
PULL = SUBSCRIPTIONS + "pull"
CREATE_TOKEN = ENTERPRISES + "enrollmentTokens.create"
HANDLERS: Mapping[str, Callable[[Emulator, Call], dict[str, Any]]] = {
    ENTERPRISES + "get": _get_enterprise,
    ENTERPRISES + "patch": _patch_enterprise,
    ENTERPRISES + "policies.patch": _patch_policy,
    ENTERPRISES + "policies.get": _get_policy,
    ENTERPRISES + "policies.list": _list_policies,
    CREATE_TOKEN: _create_token,
    ENTERPRISES + "enrollmentTokens.get": _get_token,
    ENTERPRISES + "enrollmentTokens.list": _list_tokens,
    ENTERPRISES + "enrollmentTokens.delete": _delete_token,
    ENTERPRISES + "devices.get": _get_device,
    ENTERPRISES + "devices.list": _list_devices,
    TOPICS + "create": _create_topic,
    TOPICS + "get": _get_topic,
    TOPICS + "getIamPolicy": _get_topic_policy,
    TOPICS + "setIamPolicy": _set_topic_policy,
    TOPICS + "publish": _publish,
    SUBSCRIPTIONS + "create": _create_subscription,
    SUBSCRIPTIONS + "get": _get_subscription,
    SUBSCRIPTIONS + "delete": _delete_subscription,
    PULL: _pull,
    SUBSCRIPTIONS + "acknowledge": _acknowledge,
}
