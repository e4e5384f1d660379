"""Google's own client library against the emulator, as the station's adapter uses it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httplib2
import pytest
from google.auth.credentials import AnonymousCredentials
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from station.emm.emulator import Emulator, Rule, serve
from station.emm.emulator.methods import CREATE_TOKEN

HOME = "enterprises/LC00sixtap"
MINT = {"allowPersonalUsage": "PERSONAL_USAGE_ALLOWED", "oneTimeOnly": True, "additionalData": "ref-1"}
Api = Any  # the client library builds its classes at run time


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def client_of(url: str, credentials: object = None) -> Api:
    return build(
        "androidmanagement",
        "v1",
        credentials=credentials or AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": url},
    )


def with_client(emulator: Emulator, work: Callable[[Api], None]) -> None:
    """Serve `emulator` and do `work` with a client in a thread of its own."""

    def in_thread(url: str) -> None:
        service = client_of(url)
        try:
            work(service.enterprises())
        finally:
            service.close()

    async def main() -> None:
        async with serve(emulator) as url:
            await asyncio.to_thread(in_thread, url)

    asyncio.run(main())


def refusal(request: Any) -> HttpError:
    with pytest.raises(HttpError) as caught:
        request.execute()
    error: HttpError = caught.value
    return error


def test_the_client_calls_every_method_that_the_emulator_answers() -> None:
    def work(api: Api) -> None:
        assert api.get(name=HOME).execute()["name"] == HOME
        policy = api.policies().patch(name=f"{HOME}/policies/default", body={"cameraDisabled": True}).execute()
        assert api.policies().get(name=policy["name"]).execute() == policy
        assert api.policies().list(parent=HOME).execute() == {"policies": [policy]}
        token = api.enrollmentTokens().create(parent=HOME, body=MINT).execute()
        assert token["additionalData"] == "ref-1"
        listed = api.enrollmentTokens().list(parent=HOME, pageSize=100).execute()["enrollmentTokens"]
        assert listed == [api.enrollmentTokens().get(name=token["name"]).execute()]
        assert api.enrollmentTokens().delete(name=token["name"]).execute() == {}
        assert refusal(api.enrollmentTokens().get(name=token["name"])).resp.status == 404
        assert api.devices().list(parent=HOME).execute() == {}
        assert refusal(api.devices().get(name=f"{HOME}/devices/none")).reason == "Requested entity was not found."

    with_client(Emulator(), work)


def test_the_client_walks_5000_devices_by_its_own_paging() -> None:
    def work(api: Api) -> None:
        names: list[str] = []
        pages = 0
        request = api.devices().list(parent=HOME, pageSize=100)
        while request is not None:
            page = request.execute()
            names += [device["name"] for device in page["devices"]]
            pages += 1
            request = api.devices().list_next(request, page)
        assert (pages, len(names), len(set(names))) == (50, 5000, 5000)
        assert api.devices().get(name=names[-1]).execute()["appliedState"] == "ACTIVE"

    with_client(Emulator(fleet=5000), work)


def test_a_bad_body_reaches_the_caller_as_googles_error() -> None:
    def work(api: Api) -> None:
        body = MINT | {"bogus": 1, "allowPersonalUsage": "SURE"}
        error = refusal(api.enrollmentTokens().create(parent=HOME, body=body))
        assert error.resp.status == 400
        assert error.reason == (
            "Invalid value at 'enrollment_token.allow_personal_usage' (TYPE_ENUM), \"SURE\"\n"
            "Invalid JSON payload received. Unknown name \"bogus\" at 'enrollment_token': Cannot find field."
        )
        [detail] = error.error_details
        assert [violation["field"] for violation in detail["fieldViolations"]] == [
            "enrollment_token.allow_personal_usage",
            "enrollment_token",
        ]

    with_client(Emulator(), work)


def test_a_method_outside_the_stand_in_is_501_for_the_client() -> None:
    def work(api: Api) -> None:
        for request in (
            api.devices().delete(name=f"{HOME}/devices/d"),
            api.devices().issueCommand(name=f"{HOME}/devices/d", body={"type": "REBOOT"}),
            api.delete(name=HOME),
        ):
            assert refusal(request).resp.status == 501

    with_client(Emulator(), work)


def test_the_bearer_token_of_real_credentials_opens_the_api() -> None:
    def in_thread(url: str) -> None:
        for token, opens in (("right", True), ("wrong", False)):
            service = client_of(url, Credentials(token=token))  # type: ignore[no-untyped-call]
            try:
                if opens:
                    assert service.enterprises().get(name=HOME).execute()["name"] == HOME
                else:
                    # The library answers a 401 by refreshing, which bare credentials cannot.
                    with pytest.raises(Exception, match="refresh"):
                        service.enterprises().get(name=HOME).execute()
            finally:
                service.close()

    async def main() -> None:
        async with serve(Emulator(bearer="right")) as url:
            await asyncio.to_thread(in_thread, url)

    asyncio.run(main())


def test_a_token_ends_when_the_clock_says_so() -> None:
    moment = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def work(api: Api) -> None:
        nonlocal moment
        token = api.enrollmentTokens().create(parent=HOME, body=MINT | {"duration": "900s"}).execute()
        assert token["expirationTimestamp"] == "2026-03-02T08:15:00Z"
        moment += timedelta(minutes=15)
        assert refusal(api.enrollmentTokens().get(name=token["name"])).resp.status == 404

    with_client(Emulator(now=lambda: moment), work)


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_planted_status_reaches_the_caller_and_does_nothing(status: int) -> None:
    emulator = Emulator(faults=[Rule(CREATE_TOKEN, "status", status=status)])

    def work(api: Api) -> None:
        error = refusal(api.enrollmentTokens().create(parent=HOME, body=MINT))
        assert error.resp.status == status
        assert len(emulator.tokens) == 0
        api.enrollmentTokens().create(parent=HOME, body=MINT).execute()
        assert [entry["status"] for entry in emulator.journal.resource()] == [status, 200]
        assert [entry["reference"] for entry in emulator.journal.resource()] == ["ref-1", "ref-1"]

    with_client(emulator, work)


def test_the_log_shows_how_httplib2_resends_a_mint_whose_answer_was_lost() -> None:
    """The stand-in's reason to exist: one `execute` of the stock transport, two POSTs, two live tokens."""
    emulator = Emulator(faults=[Rule(CREATE_TOKEN, "drop_after")])

    def work(api: Api) -> None:
        api.enrollmentTokens().create(parent=HOME, body=MINT).execute(num_retries=0)
        assert [(entry["dropped"], entry["status"]) for entry in emulator.journal.resource()] == [("after", 200), (None, 200)]
        assert len(emulator.tokens) == 2

    with_client(emulator, work)


def test_threads_with_a_transport_each_are_served_side_by_side() -> None:
    emulator = Emulator()

    def mint(url: str) -> None:
        service = build("androidmanagement", "v1", http=httplib2.Http(), client_options={"api_endpoint": url})
        try:
            for _ in range(10):
                service.enterprises().enrollmentTokens().create(parent=HOME, body=MINT).execute()
        finally:
            service.close()

    async def main() -> None:
        async with serve(emulator) as url, asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(asyncio.to_thread(mint, url))

    asyncio.run(main())
    names = {token.name for token in emulator.tokens.active(emulator.now())}
    assert len(names) == 40
