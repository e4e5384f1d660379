"""The management service's own voice over the shipped emulator's pure state, without HTTP: the station's port of what is heard."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

from station.domain.errors import ServiceRefused, ServiceUnreachable
from station.domain.evidence import Device
from station.emm.emulator.routes import find
from station.emm.emulator.state import Asked
from tests.bench.cloud import Cloud, Mood, device_of

SUBSCRIPTION = "projects/p/subscriptions/bench-1"
TOPIC = "projects/p/topics/bench-1"


@dataclass(slots=True)
class Voice:
    """mood: how every pull goes. pulls: how many there were."""

    cloud: Cloud
    mood: Mood = "well"
    pulls: int = 0
    when_silent: str = "Nothing is ever said."

    def __post_init__(self) -> None:
        self.cloud.emulator.notifications.make_ready(SUBSCRIPTION, self.cloud.emulator.now())

    async def heard(self) -> AsyncGenerator[Sequence[Device], None]:
        while True:
            self.pulls += 1
            if self.mood == "down":
                raise ServiceUnreachable("The line is dead.", "Check the network.")
            if self.mood == "refusing":
                raise ServiceRefused("There is no such subscription.", "Make it anew.")
            received = (await self._post("pull", {"maxMessages": 10})).get("receivedMessages", [])
            yield tuple(device for one in received if (device := _told(one["message"])))
            if received:
                await self._post("acknowledge", {"ackIds": [one["ackId"] for one in received]})

    async def close(self) -> None:
        """Nothing is open."""

    def publish(self, record: dict[str, Any], kind: str = "ENROLLMENT") -> None:
        """Somebody who may publish does."""
        attributes = {"notificationType": kind}
        self.cloud.emulator.pubsub.publish(TOPIC, json.dumps(record).encode(), attributes, self.cloud.emulator.now())

    async def _post(self, verb: str, body: object) -> dict[str, Any]:
        route, name = find("POST", f"/v1/{SUBSCRIPTION}:{verb}")
        return await self.cloud.emulator.answer_in_time(Asked(route, name, (), json.dumps(body).encode()))


def _told(message: dict[str, Any]) -> Device | None:
    try:
        return device_of(json.loads(base64.b64decode(message["data"])))
    except ValueError:
        return None
