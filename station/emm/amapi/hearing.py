"""Notifications of devices by Pub/Sub: one subscription, pulled and acknowledged.

Source: Android Management API, "Set up Pub/Sub notifications" (the attribute `notificationType`, and `data` as the JSON of a Device);
Pub/Sub reference, projects.subscriptions.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import re
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING

from station.domain.errors import ConfigurationError
from station.domain.evidence import Device
from station.emm.amapi import records
from station.emm.amapi.calling import Caller
from station.emm.amapi.credentials import checked_endpoint, checked_fit
from station.emm.amapi.pacing import Budget

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

GOOGLE = "https://pubsub.googleapis.com"
LONGEST_HOLD = 100.0  # seconds; Google ends a pull that finds nothing earlier, so a longer silence is a dead connection
MOST_MESSAGES = 100  # of one pull
CALLS_PER_MINUTE = 300  # of each kind
SHORTEST_EMPTY = 1.0  # seconds; a pull that ends sooner with nothing is not repeated at once

_NAME = re.compile(r"projects/[^/:\s]+/subscriptions/[A-Za-z][A-Za-z0-9_.~+%-]{2,254}")
_OF_DEVICES = {"ENROLLMENT", "STATUS_REPORT"}

_log = logging.getLogger(__name__)


class Subscription:
    """What Android Device Policy publishes of one enterprise's devices; see station.ports.Hearing for what is promised.

    `name`: `projects/P/subscriptions/S`, for this bench alone, since those who share a subscription share its messages out.
    `enterprise`: `enterprises/E`; messages of others are dropped. `endpoint`: None for Google, else a URL. `credentials` with the
    scope of Pub/Sub. `hold_seconds`: how long a pull may stay unanswered. Raises ConfigurationError.
    """

    when_silent = (
        "Devices enroll, but no notification ever came. Grant android-cloud-policy@system.gserviceaccount.com the role Pub/Sub "
        "Publisher (roles/pubsub.publisher) on the topic; name the topic, ENROLLMENT and STATUS_REPORT in the enterprise's settings."
    )

    def __init__(
        self,
        name: str,
        enterprise: str,
        *,
        endpoint: str | None,
        credentials: Credentials,
        hold_seconds: float = LONGEST_HOLD,
        random: Random,
        simulated: bool,
    ) -> None:
        if not _NAME.fullmatch(name):
            raise ConfigurationError(f"{name!r} is no subscription's name.", "Use the form projects/PROJECT/subscriptions/NAME.")
        url = checked_endpoint(endpoint) if endpoint else GOOGLE
        checked_fit(credentials, url)
        budgets = {f"subscriptions.{verb}": Budget(CALLS_PER_MINUTE) for verb in ("pull", "acknowledge")}
        self.name = name
        self._devices = f"enterprises/{enterprise.removeprefix('enterprises/')}/devices/"
        self._simulated = simulated
        self._caller = Caller(name, url, credentials, budgets=budgets, timeout=hold_seconds, random=random, api="pubsub")

    @property
    def calls(self) -> Counter[str]:
        """How many calls were sent so far, by method."""
        return self._caller.calls

    async def heard(self) -> AsyncGenerator[Sequence[Device], None]:
        """Devices as they are told of, each once a batch; an empty batch says that the line is well.

        Asking for the next batch acknowledges the one before: until then it will be told again. Raises ServiceUnreachable,
        QuotaExceeded, ServiceRefused; then it is over, and may be called again.
        """
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            answer = await self._caller.call("subscriptions.pull", subscription=self.name, body={"maxMessages": MOST_MESSAGES})
            received = [records.as_map(one) for one in records.as_list(answer.get("receivedMessages"))]
            yield self._told(received)
            acks = [ack for one in received if (ack := records.text(one.get("ackId"), longest=None))]
            if acks:
                await self._caller.call("subscriptions.acknowledge", subscription=self.name, body={"ackIds": acks})
            elif loop.time() - began < SHORTEST_EMPTY:
                await asyncio.sleep(SHORTEST_EMPTY)

    async def close(self) -> None:
        """Hang up: a pull that waits is broken off at once."""
        await self._caller.hang_up()

    def _told(self, received: Sequence[Mapping[str, object]]) -> tuple[Device, ...]:
        devices: dict[str, Device] = {}
        for one in received:
            message = records.as_map(one.get("message"))
            if records.as_map(message.get("attributes")).get("notificationType") not in _OF_DEVICES:
                continue
            device = records.device_of(_content(message.get("data")), simulated=self._simulated)
            if device is None:
                _log.warning("A notification that cannot be read was dropped.")  # it would only come again
            elif device.name.startswith(self._devices):
                devices[device.name] = device
        return tuple(devices.values())


def _content(data: object) -> object:
    """The JSON of a message's data; None for anything else."""
    try:
        return json.loads(base64.b64decode(data)) if isinstance(data, str) else None
    except (ValueError, RecursionError):
        return None
