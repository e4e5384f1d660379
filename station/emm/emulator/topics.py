"""Pub/Sub, as far as notifications need it: topics that are published to, subscriptions that are pulled and acknowledged.

Source: Pub/Sub reference, REST v1 (projects.topics, projects.subscriptions). A message that is delivered and not acknowledged in time
is delivered again: at least once, in no promised order.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from .errors import ApiError, Violation, invalid
from .seeded import Seeded
from .wellknown import format_timestamp

PUBLISHER_ROLE = "roles/pubsub.publisher"
DEFAULT_DEADLINE = 10  # seconds
SHORTEST_DEADLINE, LONGEST_DEADLINE = 10, 600
RETENTION = timedelta(days=7)  # of a message that nobody acknowledges
IDLE = timedelta(days=31)  # after which a subscription that nobody uses is gone
MOST_MESSAGES = 1000  # of one pull
ID = "(?!goog)[A-Za-z][A-Za-z0-9_.~+%-]{2,254}"  # of a topic or subscription, as a pattern


@dataclass(frozen=True, slots=True)
class Message:
    """One published message; `data` in base64."""

    number: int
    data: str
    attributes: Mapping[str, str]
    published: datetime

    def resource(self) -> dict[str, Any]:
        """The PubsubMessage as a subscriber receives it."""
        message: dict[str, Any] = {"messageId": str(self.number), "publishTime": format_timestamp(self.published)}
        if self.data:
            message["data"] = self.data
        if self.attributes:
            message["attributes"] = dict(self.attributes)
        return message


@dataclass(slots=True)
class Pending:
    """A message that a subscription still owes. ready: from when on it may be delivered (again); ack: the newest delivery's id."""

    message: Message
    ready: datetime
    ack: str = ""


@dataclass(slots=True)
class Subscription:
    """What one subscription holds. `bells` are rung when a message comes in; `given` are all ack ids that it ever gave."""

    name: str
    topic: str
    deadline: int
    used: datetime
    pending: list[Pending] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    bells: list[Callable[[], None]] = field(default_factory=list)

    def due(self) -> datetime | None:
        """When the next message may be delivered; None where nothing is owed."""
        return min((one.ready for one in self.pending), default=None)

    def resource(self) -> dict[str, Any]:
        """The Subscription as the API returns it."""
        return {"name": self.name, "topic": self.topic, "ackDeadlineSeconds": self.deadline, "state": "ACTIVE"}


class PubSub:
    """All topics and subscriptions, whatever their project. Topics: name -> who may publish by PUBLISHER_ROLE."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._topics: dict[str, dict[str, Any]] = {}
        self._subscriptions: dict[str, Subscription] = {}
        self._numbers = count(1)
        self._deliveries = count(1)

    def create_topic(self, name: str) -> None:
        """Raises 409 for one that is there."""
        _check_id(name)
        if name in self._topics:
            raise _exists(name)
        self._topics[name] = {"bindings": []}

    def policy(self, topic: str) -> dict[str, Any]:
        """Who may do what with a topic (google.iam.v1.Policy). Raises 404."""
        found = self._topics.get(topic)
        if found is None:
            raise _absent(topic)
        return found

    def set_policy(self, topic: str, policy: Mapping[str, Any]) -> dict[str, Any]:
        """Replace it. Raises 404."""
        found = self.policy(topic)
        found["bindings"] = policy.get("bindings", [])
        return found

    def may_publish(self, topic: str, member: str) -> bool:
        """Whether `member` ("serviceAccount:...") was granted the publisher's role on a topic that is there."""
        bindings = self._topics.get(topic, {}).get("bindings", [])
        return any(one.get("role") == PUBLISHER_ROLE and member in one.get("members", []) for one in bindings)

    def create_subscription(self, name: str, topic: str, deadline: int, now: datetime) -> Subscription:
        """Raises 404 without the topic, 409 for a subscription that is there, 400 for a bad deadline."""
        _check_id(name)
        self.policy(topic)
        if self.find(name, now) is not None:
            raise _exists(name)
        deadline = deadline or DEFAULT_DEADLINE
        if not SHORTEST_DEADLINE <= deadline <= LONGEST_DEADLINE:
            raise invalid(Violation("ack_deadline_seconds", f"Invalid ack deadline given: {deadline}."))
        self._subscriptions[name] = Subscription(name, topic, deadline, now)
        return self._subscriptions[name]

    def find(self, name: str, now: datetime) -> Subscription | None:
        """None for one that is not there, or was not used for IDLE."""
        found = self._subscriptions.get(name)
        if found is not None and now - found.used > IDLE:
            del self._subscriptions[name]
            return None
        return found

    def subscription(self, name: str, now: datetime) -> Subscription:
        """One that is there. Raises 404."""
        found = self.find(name, now)
        if found is None:
            raise _absent(name)
        return found

    def delete_subscription(self, name: str, now: datetime) -> None:
        """Whoever waits at it is told. Raises 404."""
        bells = self.subscription(name, now).bells
        del self._subscriptions[name]
        for bell in list(bells):
            bell()

    def publish(
        self, topic: str, data: bytes, attributes: Mapping[str, str], now: datetime, *, late: float = 0.0, copies: int = 1
    ) -> str:
        """A message to every subscription of the topic, `late` seconds from now on, `copies` times; its id. Raises 404."""
        self.policy(topic)
        message = Message(next(self._numbers), base64.b64encode(data).decode(), attributes, now)
        for subscription in self._subscriptions.values():
            if subscription.topic == topic:
                ready = now + timedelta(seconds=late)
                subscription.pending += [Pending(message, ready) for _ in range(copies)]
                for bell in list(subscription.bells):
                    bell()
        return str(message.number)

    def pull(self, name: str, most: int, now: datetime) -> list[dict[str, Any]]:
        """Up to `most` ReceivedMessages, each owed until it is acknowledged. Raises 404, 400 for a bad number."""
        if most < 1:
            raise invalid(Violation("max_messages", "The value for max_messages must be greater than 0."))
        subscription = self.subscription(name, now)
        subscription.used = now
        subscription.pending = [one for one in subscription.pending if now - one.message.published <= RETENTION]
        return [
            {"ackId": self._hand_out(subscription, one, now), "message": one.message.resource()}
            for one in [one for one in subscription.pending if one.ready <= now][: min(most, MOST_MESSAGES)]
        ]

    def _hand_out(self, subscription: Subscription, pending: Pending, now: datetime) -> str:
        pending.ack = self._seeded.letters(32, "ack id", subscription.name, next(self._deliveries))
        pending.ready = now + timedelta(seconds=subscription.deadline)
        subscription.given.add(pending.ack)
        return pending.ack

    def acknowledge(self, name: str, acks: Iterable[str], now: datetime) -> None:
        """What was delivered by these ids is owed no more; a later delivery of it stays owed. Raises 404, 400 for ids never given."""
        subscription = self.subscription(name, now)
        subscription.used = now
        done = set(acks)
        if not done or not done <= subscription.given:
            raise invalid(Violation("ack_ids", "You have passed an invalid ack ID to the service, or none."))
        subscription.pending = [one for one in subscription.pending if one.ack not in done]


def _check_id(name: str) -> None:
    ident = name.rsplit("/", 1)[-1]
    if not re.fullmatch(ID, ident):
        raise invalid(Violation("name", f"Invalid resource name given (name={name})."))


def _absent(name: str) -> ApiError:
    return ApiError(404, f"Resource not found (resource={name.rsplit('/', 1)[-1]}).")


def _exists(name: str) -> ApiError:
    return ApiError(409, f"Resource already exists in the project (resource={name.rsplit('/', 1)[-1]}).", status="ALREADY_EXISTS")
