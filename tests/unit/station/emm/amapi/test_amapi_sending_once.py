"""A token is asked for by one POST, whatever becomes of the connection; the outcome says whether one may exist."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httplib2
import pytest

from hardware.simulated.loop import run_virtual
from station.domain.errors import (
    MintUncertain,
    QuotaExceeded,
    RefuseUnit,
    ServiceRefused,
    ServiceUnreachable,
    SixtapError,
)
from station.domain.policy import Mode
from station.emm.amapi import load_credentials
from station.ports import Token, TokenOrder

if TYPE_CHECKING:
    from tests.unit.station.emm.amapi.conftest import Opening, Script

ORDER = TokenOrder("attempt-1", Mode.WPCO, "bench", 7200)
MADE = {"name": "enterprises/E/enrollmentTokens/T1", "expirationTimestamp": "2026-01-05T10:00:00Z"}
Serving = Callable[..., Any]


def mint(opened: Opening, url: str, **settings: Any) -> Token:
    async def main() -> Token:
        async with opened(url, **settings) as service:
            return await service.mint(ORDER)

    return run_virtual(main())


def test_mints_a_single_use_token_by_one_post(script: type[Script], serve: Serving, opened: Opening) -> None:
    plan = script(script.answer(200, MADE))
    with serve(plan) as url:
        token = mint(opened, url)
    assert token == Token("enterprises/E/enrollmentTokens/T1", 1767607200.0)
    [(verb, path, _, body)] = plan.requests
    assert verb == "POST"
    assert path.startswith("/v1/enterprises/E/enrollmentTokens?")
    assert json.loads(body) == {
        "oneTimeOnly": True,
        "additionalData": "attempt-1",
        "allowPersonalUsage": "PERSONAL_USAGE_ALLOWED",
        "policyName": "enterprises/E/policies/bench",
        "duration": "7200s",
    }


def test_asks_google_to_leave_the_secret_out_of_the_answer(script: type[Script], serve: Serving, opened: Opening) -> None:
    plan = script(script.answer(200, MADE))
    with serve(plan) as url:
        mint(opened, url)
    assert "fields=name%2CexpirationTimestamp" in plan.sent("POST")[0]


@pytest.mark.parametrize(
    "step",
    [
        "drop_after",
        "reset",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\nConnection: close\r\n\r\n{",
        b"no http at all\r\n\r\nConnection: close",
        b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\n<html/>\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n\xff\xfe",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope",
    ],
    ids=["dropped", "reset", "cut short", "no http", "no json", "no text", "no gzip"],
)
def test_an_answer_that_is_lost_or_garbled_leaves_it_uncertain_after_one_post(
    step: str | bytes, script: type[Script], serve: Serving, opened: Opening
) -> None:
    plan = script(step)
    with serve(plan) as url, pytest.raises(MintUncertain, match="may exist"):
        mint(opened, url)
    assert len(plan.sent("POST")) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 501, 408])
def test_an_error_of_the_service_itself_leaves_it_uncertain(
    status: int, script: type[Script], serve: Serving, opened: Opening
) -> None:
    plan = script(script.refusal(status))
    with serve(plan) as url, pytest.raises(MintUncertain):
        mint(opened, url)
    assert len(plan.sent("POST")) == 1


def test_an_answer_that_comes_too_late_leaves_it_uncertain(script: type[Script], serve: Serving, opened: Opening) -> None:
    plan = script("silence")
    with serve(plan) as url, pytest.raises(MintUncertain):
        mint(opened, url, timeout_seconds=0.2)
    assert len(plan.sent("POST")) == 1


@pytest.mark.parametrize("answer", [[], "T", None, {"name": 7}, {"name": ""}, {"name": MADE["name"]}])
def test_an_answer_without_name_or_expiry_leaves_it_uncertain(
    answer: object, script: type[Script], serve: Serving, opened: Opening
) -> None:
    plan = script(script.answer(200, json.dumps(answer).encode()))
    with serve(plan) as url, pytest.raises(MintUncertain):
        mint(opened, url)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, QuotaExceeded),
        (400, RefuseUnit),
        (401, ServiceRefused),
        (403, ServiceRefused),
        (404, ServiceRefused),
        (302, ServiceUnreachable),
    ],
)
def test_a_refusal_means_that_surely_nothing_was_made(
    status: int, error: type[SixtapError], script: type[Script], serve: Serving, opened: Opening
) -> None:
    plan = script(script.refusal(status, Location="http://127.0.0.1:1/"))
    with serve(plan) as url, pytest.raises(error) as caught:
        mint(opened, url)
    assert not isinstance(caught.value, MintUncertain)
    assert len(plan.requests) == 1


def test_a_refused_connection_means_that_surely_nothing_was_made(opened: Opening) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ServiceUnreachable, match="accepts no connections"):
        mint(opened, url)


def test_a_name_that_cannot_be_found_means_that_surely_nothing_was_made(opened: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_rest: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ServiceUnreachable, match="cannot be found"):
        mint(opened, "http://localhost:1")


def test_a_connection_that_the_server_closed_after_an_earlier_call_is_not_mistaken_for_a_lost_answer(
    script: type[Script], serve: Serving, opened: Opening
) -> None:
    plan = script(script.answer(200, MADE, X_Closes="silently"))

    async def main(url: str) -> list[Token]:
        async with opened(url) as service:
            return [await service.mint(ORDER) for _ in range(10)]

    with serve(plan) as url:
        assert len(asyncio.run(main(url))) == 10
    assert len(plan.requests) == 10


def test_over_tls_too_a_dropped_connection_is_one_post_and_uncertain(
    script: type[Script],
    serve: Serving,
    opened: Opening,
    certified: tuple[ssl.SSLContext, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context, trusted = certified
    monkeypatch.setattr(httplib2, "CA_CERTS", str(trusted))
    plan = script(script.answer(200, MADE), "drop_after")
    with serve(plan, context) as url:
        assert mint(opened, url).name == MADE["name"]
        with pytest.raises(MintUncertain):
            mint(opened, url)
    assert len(plan.sent("POST")) == 2


def test_an_untrusted_certificate_means_that_nothing_was_sent(
    script: type[Script], serve: Serving, opened: Opening, certified: tuple[ssl.SSLContext, Path]
) -> None:
    plan = script(script.answer(200, MADE))
    with serve(plan, certified[0]) as url, pytest.raises(ServiceUnreachable, match=r"no trusted connection.*clock"):
        mint(opened, url)
    assert plan.requests == []


def key_file(private_key: str, url: str) -> bytes:
    key = {
        "type": "service_account",
        "client_email": "bench@p.iam.gserviceaccount.com",
        "private_key": private_key,
        "token_uri": f"{url}/token",
    }
    return json.dumps(key).encode()


def test_with_a_key_the_access_token_is_fetched_before_the_post(
    private_key: str, script: type[Script], serve: Serving, opened: Opening
) -> None:
    access = {"access_token": "ya29.test", "expires_in": 3600, "token_type": "Bearer"}
    plan = script(script.answer(200, access), script.answer(200, MADE))
    with serve(plan) as url:
        token = mint(opened, url, credentials=load_credentials(key_file(private_key, url)))
    assert token.name == MADE["name"]
    assert [path.partition("?")[0] for path in plan.sent("POST")] == ["/token", "/v1/enterprises/E/enrollmentTokens"]
    assert plan.requests[1][2]["authorization"] == "Bearer ya29.test"


def test_a_key_that_google_refuses_stops_before_the_post(
    private_key: str, script: type[Script], serve: Serving, opened: Opening
) -> None:
    refused = {"error": "invalid_grant", "error_description": "Invalid JWT: Token must be a short-lived token"}
    plan = script(script.answer(400, refused))
    with serve(plan) as url, pytest.raises(ServiceRefused, match=r"short-lived.*clock"):
        mint(opened, url, credentials=load_credentials(key_file(private_key, url)))
    assert set(plan.sent("POST")) == {"/token"}


def test_a_lost_answer_of_the_token_endpoint_is_no_uncertain_mint(
    private_key: str, script: type[Script], serve: Serving, opened: Opening
) -> None:
    plan = script("drop_after")
    with serve(plan) as url, pytest.raises(ServiceUnreachable):
        mint(opened, url, credentials=load_credentials(key_file(private_key, url)))
    assert set(plan.sent("POST")) == {"/token"}


def test_an_access_token_that_google_no_longer_takes_is_fetched_anew_and_the_post_sent_again(
    private_key: str, script: type[Script], serve: Serving, opened: Opening
) -> None:
    first, second = ({"access_token": name, "expires_in": 3600, "token_type": "Bearer"} for name in ("old", "new"))
    plan = script(script.answer(200, first), script.refusal(401), script.answer(200, second), script.answer(200, MADE))
    with serve(plan) as url:
        token = mint(opened, url, credentials=load_credentials(key_file(private_key, url)))
    assert token.name == MADE["name"]
    assert [headers.get("authorization") for _, _, headers, _ in plan.requests] == [None, "Bearer old", None, "Bearer new"]
