"""Notifications by Pub/Sub: what is published, when, and how a subscription gives it out."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hardware.simulated.loop import EPOCH, run_virtual
from station.emm.emulator import Emulator, Rule
from station.emm.emulator.longpoll import HOLD
from station.emm.emulator.notifying import ANDROID_DEVICE_POLICY
from station.emm.emulator.routes import find
from station.emm.emulator.state import Asked

if TYPE_CHECKING:
    from tests.unit.station.emm.emulator.conftest import Clock, Door

SUBSCRIPTION = "projects/p/subscriptions/bench"
TOPIC = "projects/p/topics/bench"
AT = f"/v1/{SUBSCRIPTION}"
GRANT = {"bindings": [{"role": "roles/pubsub.publisher", "members": [ANDROID_DEVICE_POLICY]}]}
SETTINGS = {"pubsubTopic": TOPIC, "enabledNotificationTypes": ["ENROLLMENT", "STATUS_REPORT"]}


def pull(door: Door, most: int = 100) -> list[dict[str, Any]]:
    received: list[dict[str, Any]] = door.ask("POST", f"{AT}:pull", {"maxMessages": most}).get("receivedMessages", [])
    return received


def told(received: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """(notificationType, device, its state) of each message."""
    messages = [one["message"] for one in received]
    records = [json.loads(base64.b64decode(message["data"])) for message in messages]
    return [(m["attributes"]["notificationType"], r["name"], r["state"]) for m, r in zip(messages, records, strict=True)]


def acknowledge(door: Door, received: list[dict[str, Any]]) -> None:
    assert door.ask("POST", f"{AT}:acknowledge", {"ackIds": [one["ackId"] for one in received]}) == {}


@pytest.fixture
def ready(door: Door) -> Door:
    door.emulator.notifications.make_ready(SUBSCRIPTION, door.emulator.now())
    return door


# --- set-up -------------------------------------------------------------------------------------------------------------------


def test_the_steps_of_the_set_up_make_enrollments_heard(door: Door) -> None:
    assert door.ask("PUT", f"/v1/{TOPIC}", {}) == {"name": TOPIC}
    assert door.ask("POST", f"/v1/{TOPIC}:setIamPolicy", {"policy": GRANT}) == GRANT
    assert door.ask("PUT", AT, {"topic": TOPIC})["ackDeadlineSeconds"] == 10
    mask = "pubsubTopic,enabledNotificationTypes"
    assert door.ask("PATCH", "", SETTINGS, updateMask=mask)["pubsubTopic"] == TOPIC
    assert door.ask("GET", "")["enabledNotificationTypes"] == SETTINGS["enabledNotificationTypes"]
    assert (door.ask("GET", f"/v1/{TOPIC}"), door.ask("GET", f"/v1/{TOPIC}:getIamPolicy")) == ({"name": TOPIC}, GRANT)
    device = door.enroll(door.mint()["value"])
    assert told(pull(door)) == [("ENROLLMENT", device, "PROVISIONING")]


@pytest.mark.parametrize("left_out", ["topic", "grant", "settings", "type", "subscription"])
def test_a_step_that_was_left_out_is_not_complained_of_but_nothing_is_heard(door: Door, left_out: str) -> None:
    if left_out != "topic":
        door.ask("PUT", f"/v1/{TOPIC}", {})
        members = [] if left_out == "grant" else [ANDROID_DEVICE_POLICY]
        door.ask(
            "POST", f"/v1/{TOPIC}:setIamPolicy", {"policy": {"bindings": [{"role": "roles/pubsub.publisher", "members": members}]}}
        )
        if left_out != "subscription":
            door.ask("PUT", AT, {"topic": TOPIC})
    if left_out != "settings":
        door.ask("PATCH", "", SETTINGS | ({"enabledNotificationTypes": ["COMMAND"]} if left_out == "type" else {}))
    door.enroll(door.mint()["value"])
    if left_out in {"topic", "subscription"}:
        assert door.refusal("POST", f"{AT}:pull", {"maxMessages": 1})["status"] == "NOT_FOUND"
    else:
        assert pull(door) == []


def test_only_the_fields_of_the_mask_are_changed(ready: Door) -> None:
    ready.ask("PATCH", "", {"enabledNotificationTypes": ["ENROLLMENT"]}, updateMask="enabledNotificationTypes")
    assert ready.ask("GET", "")["pubsubTopic"] == TOPIC
    ready.ask("PATCH", "", {}, updateMask="pubsubTopic")
    assert "pubsubTopic" not in ready.ask("GET", "")


@pytest.mark.parametrize("topic", ["bench", "projects/p/subscriptions/bench", "projects/p/topics/a/b"])
def test_what_is_no_topic_is_refused(door: Door, topic: str) -> None:
    assert door.refusal("PATCH", "", {"pubsubTopic": topic})["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("verb", "path", "body", "code"),
    [
        ("PUT", "/v1/projects/p/topics/bench", {}, 409),
        ("PUT", "/v1/projects/p/topics/go", {}, 400),
        ("PUT", "/v1/projects/p/topics/google", {}, 400),
        ("PUT", "/v1/projects/p/topics/other", {"kmsKeyName": "k"}, 501),
        ("PUT", AT, {"topic": TOPIC}, 409),
        ("PUT", "/v1/projects/p/subscriptions/other", {"topic": "projects/p/topics/none"}, 404),
        ("PUT", "/v1/projects/p/subscriptions/other", {"topic": TOPIC, "ackDeadlineSeconds": 9}, 400),
        ("PUT", "/v1/projects/p/subscriptions/other", {"topic": TOPIC, "filter": "x"}, 501),
        ("PUT", "/v1/projects/p/subscriptions/other", {"topik": TOPIC}, 400),
        ("POST", f"{AT}:pull", {}, 400),
        ("POST", f"{AT}:pull", {"maxMessages": 1, "wait": True}, 400),
        ("POST", f"{AT}:acknowledge", {"ackIds": []}, 400),
        ("POST", f"{AT}:acknowledge", {"ackIds": ["never given"]}, 400),
        ("POST", f"/v1/{TOPIC}:publish", {"messages": [{}]}, 400),
        ("POST", f"/v1/{TOPIC}:publish", {"messages": [{"data": "*"}]}, 400),
    ],
)
def test_what_pub_sub_would_refuse_is_refused(ready: Door, verb: str, path: str, body: object, code: int) -> None:
    assert ready.refusal(verb, path, body)["code"] == code


@pytest.mark.parametrize("name", ["bench", "projects/p/topics/bench", "projects/p/subscriptions/go"])
def test_a_subscription_that_cannot_be_made_ready_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Emulator().notifications.make_ready(name, EPOCH)


# --- what is published --------------------------------------------------------------------------------------------------------


def test_a_phone_that_enrolls_reports_and_leaves_is_told_of_each_time(ready: Door) -> None:
    ready.ask("PATCH", "policies/default", {})
    device = ready.enroll(ready.mint()["value"])
    ready.ask("POST", "/phones/report", {"device": device, "phase": "applied"})
    assert ready.ask("POST", "/phones/leave", {"device": device}) == {"device": device}
    wanted = [("ENROLLMENT", "PROVISIONING"), ("STATUS_REPORT", "ACTIVE"), ("ENROLLMENT", "DELETED")]
    assert told(pull(ready)) == [(kind, device, state) for kind, state in wanted]
    assert ready.refusal("GET", f"/v1/{device}")["code"] == 404
    assert ready.ask("GET", "devices") == {}


def test_a_device_that_left_leaves_its_number_and_name_to_nobody(ready: Door) -> None:
    first = ready.enroll(ready.mint()["value"])
    ready.ask("POST", "/phones/leave", {"device": first})
    second = ready.enroll(ready.mint()["value"])
    assert second != first
    assert ready.device(second)["previousDeviceNames"] == [first]


@pytest.mark.parametrize(("kind", "copies"), [("duplicate", 2), ("drop_before", 0), ("garbage", 1)])
def test_planted_faults_double_lose_or_spoil_a_notification(ready: Door, kind: Any, copies: int) -> None:
    ready.emulator.faults.replace([Rule("notifications.ENROLLMENT", kind)])
    ready.enroll(ready.mint()["value"])
    received = pull(ready)
    assert len({one["ackId"] for one in received}) == len(received) == copies
    if kind == "garbage":
        with pytest.raises(json.JSONDecodeError):
            json.loads(base64.b64decode(received[0]["message"]["data"]))


def test_a_planted_delay_delivers_late(ready: Door, clock: Clock) -> None:
    ready.emulator.faults.replace([Rule("notifications.ENROLLMENT", "latency", seconds=30)])
    ready.enroll(ready.mint()["value"])
    assert pull(ready) == []
    clock.forward(seconds=30)
    assert len(pull(ready)) == 1


@pytest.mark.parametrize(
    ("method", "kind"), [("notifications.ENROLLMENT", "status"), ("*", "garbage"), ("phones.enroll", "duplicate")]
)
def test_faults_that_cannot_befall_what_they_name_are_refused(method: str, kind: Any) -> None:
    with pytest.raises(ValueError, match="cannot befall"):
        Rule(method, kind)


# --- deliveries ---------------------------------------------------------------------------------------------------------------


def publish(door: Door, count: int = 1) -> list[str]:
    messages = [{"data": base64.b64encode(b"x").decode()} for _ in range(count)]
    ids: list[str] = door.ask("POST", f"/v1/{TOPIC}:publish", {"messages": messages})["messageIds"]
    return ids


def test_what_is_not_acknowledged_in_time_comes_again(ready: Door, clock: Clock) -> None:
    [ident] = publish(ready)
    first = pull(ready)
    assert pull(ready) == []
    clock.forward(seconds=10)
    again = pull(ready)
    assert [one["message"]["messageId"] for one in (*first, *again)] == [ident, ident]
    acknowledge(ready, first)  # too late: it was delivered again meanwhile
    clock.forward(seconds=10)
    acknowledge(ready, pull(ready))
    clock.forward(seconds=10)
    assert pull(ready) == []


def test_an_acknowledgement_after_the_deadline_counts_while_nobody_got_it_again(ready: Door, clock: Clock) -> None:
    publish(ready)
    first = pull(ready)
    clock.forward(seconds=60)
    acknowledge(ready, first)
    assert pull(ready) == []


def test_a_pull_gives_no_more_than_it_was_asked_for(ready: Door) -> None:
    ids = publish(ready, 3)
    assert [one["message"]["messageId"] for most in (2, 2) for one in pull(ready, most)] == ids


def test_every_subscription_gets_its_own_copy_and_one_subscription_is_shared_out(ready: Door) -> None:
    ready.ask("PUT", "/v1/projects/p/subscriptions/other", {"topic": TOPIC})
    publish(ready)
    assert (len(pull(ready)), len(pull(ready))) == (1, 0)
    assert len(ready.ask("POST", "/v1/projects/p/subscriptions/other:pull", {"maxMessages": 5})["receivedMessages"]) == 1


def test_messages_are_kept_for_a_week_and_an_idle_subscription_for_a_month(ready: Door, clock: Clock) -> None:
    publish(ready)
    clock.forward(days=8)
    assert pull(ready) == []
    clock.forward(days=31)
    assert pull(ready) == []
    clock.forward(days=32)
    assert ready.refusal("GET", AT)["code"] == 404


# --- the wait -----------------------------------------------------------------------------------------------------------------


def waited(act: Callable[[Emulator], None], after: float, **settings: Any) -> tuple[float, int]:
    """How long a pull lasts, and how many messages it brings, when `act` happens so many seconds after it began."""

    async def main() -> tuple[float, int]:
        loop = asyncio.get_running_loop()
        emulator = Emulator(now=lambda: EPOCH + timedelta(seconds=loop.time()), **settings)
        emulator.notifications.make_ready(SUBSCRIPTION, emulator.now())
        route, name = find("POST", f"{AT}:pull")
        loop.call_later(after, act, emulator)
        answer = await emulator.answer_in_time(Asked(route, name, (), b'{"maxMessages": 10}'))
        return loop.time(), len(answer.get("receivedMessages", []))

    return run_virtual(main())


def say(emulator: Emulator) -> None:
    emulator.pubsub.publish(TOPIC, b"x", {}, emulator.now())


def test_a_pull_ends_with_the_first_message() -> None:
    assert waited(say, 7.0) == (7.0, 1)


def test_a_pull_that_nothing_comes_to_is_empty_after_a_while() -> None:
    assert waited(lambda _: None, 1.0) == (HOLD, 0)


def test_a_pull_waits_for_a_late_message_and_for_one_that_is_due_again() -> None:
    def later(emulator: Emulator) -> None:
        emulator.pubsub.publish(TOPIC, b"x", {}, emulator.now(), late=5.0)

    assert waited(later, 2.0) == (7.0, 1)

    def taken_by_another(emulator: Emulator) -> None:
        say(emulator)
        assert len(emulator.pubsub.pull(SUBSCRIPTION, 1, emulator.now())) == 1

    assert waited(taken_by_another, 2.0) == (12.0, 1)


def test_a_pull_that_does_not_want_to_wait_does_not() -> None:
    async def main() -> float:
        emulator = Emulator()
        emulator.notifications.make_ready(SUBSCRIPTION, emulator.now())
        route, name = find("POST", f"{AT}:pull")
        assert await emulator.answer_in_time(Asked(route, name, (), b'{"maxMessages": 1, "returnImmediately": true}')) == {}
        return asyncio.get_running_loop().time()

    assert run_virtual(main()) == 0.0


def test_a_wait_ends_when_the_subscription_is_deleted_and_the_pull_is_refused() -> None:
    from station.emm.emulator.errors import ApiError

    with pytest.raises(ApiError, match="not found"):
        waited(lambda emulator: emulator.pubsub.delete_subscription(SUBSCRIPTION, emulator.now()), 3.0)
