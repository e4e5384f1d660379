"""Notifications: what Android Device Policy publishes to the enterprise's topic when a device enrolls, reports or goes away.

Source: Android Management API reference, enterprises (`pubsubTopic`, `enabledNotificationTypes`), and "Set up Pub/Sub notifications":
the attribute `notificationType` says what `data` holds, a Device as JSON. That a device which was removed is told of as ENROLLMENT
with state DELETED is what other systems saw.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from .devices import Device
from .errors import ApiError, Violation, invalid
from .faults import Faults
from .topics import ID, PUBLISHER_ROLE, PubSub

Notification = Literal["ENROLLMENT", "STATUS_REPORT"]
ANDROID_DEVICE_POLICY = "serviceAccount:android-cloud-policy@system.gserviceaccount.com"
GARBAGE = b"\xff\xfe no JSON"
_TOPIC = re.compile("projects/[^/:]+/topics/[^/:]+")
_SUBSCRIPTION = re.compile(rf"projects/[^/:]+/subscriptions/{ID}")


class Notifications:
    """The enterprise's settings, and the publishing by them. Without topic, type or grant nothing is published, and nobody is told."""

    def __init__(self, pubsub: PubSub, faults: Faults) -> None:
        self._pubsub = pubsub
        self._faults = faults
        self.settings: dict[str, Any] = {}  # of the Enterprise resource, as they were patched

    def patch(self, body: Mapping[str, Any], mask: Sequence[Sequence[str]]) -> None:
        """Change settings of the enterprise (reference: enterprises.patch). Raises 400 for a topic that cannot be one."""
        topic = body.get("pubsubTopic", "")
        if topic and not _TOPIC.fullmatch(topic):
            text = f"Invalid topic name '{topic}': expected projects/PROJECT/topics/TOPIC."
            raise invalid(Violation("enterprise.pubsub_topic", text))
        if any(len(path) > 1 for path in mask):
            raise ApiError(501, "This stand-in takes whole fields of an enterprise only in updateMask.")
        names = {path[0] for path in mask} or {*self.settings, *body}
        kept = {key: value for key, value in self.settings.items() if key not in names}
        self.settings = kept | {key: body[key] for key in body if key in names}

    def make_ready(self, subscription: str, now: datetime) -> None:
        """All of the set-up for a subscription `projects/P/subscriptions/S`: topic, grant, subscription, the enterprise's settings.

        Raises ValueError for a name that cannot be one.
        """
        if not _SUBSCRIPTION.fullmatch(subscription):
            raise ValueError(f"{subscription!r} is no subscription: use projects/PROJECT/subscriptions/NAME, 3 letters at least")
        topic = subscription.replace("/subscriptions/", "/topics/")
        self._pubsub.create_topic(topic)
        self._pubsub.set_policy(topic, {"bindings": [{"role": PUBLISHER_ROLE, "members": [ANDROID_DEVICE_POLICY]}]})
        self._pubsub.create_subscription(subscription, topic, 0, now)
        self.patch({"pubsubTopic": topic, "enabledNotificationTypes": ["ENROLLMENT", "STATUS_REPORT"]}, ())

    def tell(self, kind: Notification, device: Device, now: datetime, *, deleted: bool = False) -> None:
        """Publish what became of a device, unless a planted fault has it otherwise."""
        topic = self.settings.get("pubsubTopic", "")
        if kind not in self.settings.get("enabledNotificationTypes", ()) or not self._pubsub.may_publish(topic, ANDROID_DEVICE_POLICY):
            return
        fault = self._faults.draw(f"notifications.{kind}")
        if fault.drop:
            return
        record = device.resource() | ({"state": "DELETED"} if deleted else {})
        data = GARBAGE if fault.garbage else json.dumps(record).encode()
        attributes = {"notificationType": kind}
        self._pubsub.publish(topic, data, attributes, now, late=fault.seconds, copies=2 if fault.duplicate else 1)
