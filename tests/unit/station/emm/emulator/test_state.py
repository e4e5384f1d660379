from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from station.emm.emulator import Emulator
from station.emm.emulator.discovery import APIS, document
from station.emm.emulator.errors import ApiError
from station.emm.emulator.methods import HANDLERS
from station.emm.emulator.routes import Route, find
from station.emm.emulator.state import Asked

if TYPE_CHECKING:
    from tests.unit.station.emm.emulator.conftest import Clock, Door


def test_gives_the_enterprise(door: Door) -> None:
    assert door.ask("GET", "")["name"] == "enterprises/LC00sixtap"


@pytest.mark.parametrize("path", ["/v1/enterprises/OTHER", "/v1/enterprises/LC00sixtap2/devices", "/v1/enterprises/LC00/policies"])
def test_another_enterprise_is_403(door: Door, path: str) -> None:
    error = door.refusal("GET", path)
    assert error == {"code": 403, "message": "Caller is not authorized to manage enterprise.", "status": "PERMISSION_DENIED"}


UNKNOWN = [method for api in APIS for method in document(api).methods if method.id not in HANDLERS]


@pytest.mark.parametrize("method", UNKNOWN, ids=lambda method: str(method.id))
def test_every_other_method_of_the_document_is_501(door: Door, method: Route) -> None:
    with pytest.raises(ApiError) as caught:
        door.emulator.answer(Asked(Route(method.id, method.http_method, method.path, method), "enterprises/LC00sixtap"))  # type: ignore[arg-type]
    assert caught.value.body()["error"]["status"] == "UNIMPLEMENTED"
    assert method.id in caught.value.message


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"pagesize": "1"}, "Unknown name \"pagesize\": Cannot bind query parameter. Field 'pagesize' could not be found"),
        ({"pageSize": "many"}, "Invalid value at 'page_size' (TYPE_INT32), \"many\""),
        ({"updateMask": "a"}, 'Unknown name "updateMask"'),
        ({"prettyPrint": "maybe"}, "Invalid value at 'pretty_print' (TYPE_BOOL), \"maybe\""),
        ({"alt": "xml"}, "Invalid value at 'alt' (TYPE_ENUM), \"xml\""),
        ({"pageToken": "mine"}, "The page token is not valid."),
    ],
)
def test_refuses_bad_query_parameters(door: Door, query: dict[str, str], message: str) -> None:
    error = door.refusal("GET", "devices", **query)
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert message in error["message"]
    assert error["details"][0]["fieldViolations"][0]["description"] in error["message"]


def test_refuses_a_parameter_given_twice(door: Door) -> None:
    route, name = find("GET", f"{door.home}/devices")
    with pytest.raises(ApiError, match="not repeating"):
        door.emulator.answer(Asked(route, name, (("pageSize", "1"), ("pageSize", "2"))))


def test_answers_in_json_only(door: Door) -> None:
    assert door.refusal("GET", "devices", alt="proto")["code"] == 501
    assert door.refusal("GET", "devices", callback="f")["code"] == 501
    assert door.ask("GET", "devices", alt="json") == {}


def test_takes_the_shared_parameters_of_google_apis(door: Door) -> None:
    assert door.ask("GET", "devices", key="k", quotaUser="u", prettyPrint="true") == {}


def test_a_partial_response_has_the_selected_fields(door_of: Callable[..., Door]) -> None:
    door = door_of(fleet=3)
    answer = door.ask("GET", "devices", fields="devices(name,appliedState)")
    assert [device.keys() for device in answer["devices"]] == [{"name", "appliedState"}] * 3


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"', b"null", b"\xff\xfe", b'{"duration": NaN}', b"[" * 100_000])
def test_refuses_bodies_that_are_no_json_object(door: Door, raw: bytes) -> None:
    route, name = find("POST", f"{door.home}/enrollmentTokens")
    with pytest.raises(ApiError, match="Invalid JSON payload received") as caught:
        door.emulator.answer(Asked(route, name, (), raw))
    assert caught.value.code == 400


def test_a_get_takes_no_fields_in_a_body(door: Door) -> None:
    assert 'Unknown name "x"' in door.refusal("GET", "devices", {"x": 1})["message"]


def test_asks_for_the_bearer_token_when_told_to(door_of: Callable[..., Door]) -> None:
    door = door_of(bearer="s3cret")
    for given in ("", "Bearer wrong", "s3cret", "Bearer ü"):
        error = door.refusal("GET", "devices", bearer=given)
        assert (error["code"], error["status"]) == (401, "UNAUTHENTICATED")
        assert "s3cret" not in str(error)
    assert door.ask("GET", "devices", bearer="Bearer s3cret") == {}
    assert door.refusal("POST", "/phones/enroll", door.phone("x"))["code"] == 404


def test_a_quota_counts_each_method_by_the_minute(door_of: Callable[..., Door], clock: Clock) -> None:
    door = door_of(quota=3)
    for _ in range(3):
        door.ask("GET", "devices")
    error = door.refusal("GET", "devices")
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    assert door.ask("GET", "policies") == {}
    clock.forward(minutes=1)
    assert door.ask("GET", "devices") == {}


def test_a_clock_without_a_zone_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="zone"):
        Emulator(now=lambda: datetime(2026, 1, 1))  # noqa: DTZ001


def test_bad_requests_count_against_the_quota_but_change_nothing(door_of: Callable[..., Door]) -> None:
    door = door_of(quota=1)
    door.refusal("POST", "enrollmentTokens", {"bogus": 1})
    assert door.refusal("POST", "enrollmentTokens", {"bogus": 1})["code"] == 429
    assert len(door.emulator.tokens) == 0
