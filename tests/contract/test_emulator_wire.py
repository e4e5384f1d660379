"""The emulator's HTTP face, byte by byte: error envelopes, closed connections, the phones' and the control routes."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, web

from hardware.simulated.loop import run_virtual
from station.emm.emulator import Emulator, Rule, build_app, serve
from station.emm.emulator.app import LARGEST_BODY
from station.emm.emulator.methods import CREATE_TOKEN

TOKENS = "/v1/enterprises/LC00sixtap/enrollmentTokens"
DEVICES = "/v1/enterprises/LC00sixtap/devices"
MINT = {"allowPersonalUsage": "PERSONAL_USAGE_ALLOWED", "oneTimeOnly": True, "additionalData": "ref-1"}
HARDWARE = {"brand": "google", "manufacturer": "Google", "model": "Pixel 8a", "serialNumber": "S1", "imei": "350"}
Ask = Callable[..., Awaitable[tuple[int, Any]]]


def served(emulator: Emulator, work: Callable[[str, Ask], Awaitable[None]]) -> None:
    """Serve `emulator` and do `work(url, ask)`; `ask(method, path, body=None)` gives the status and the JSON answer."""

    async def main() -> None:
        async with serve(emulator) as url, ClientSession(url) as session:

            async def ask(method: str, path: str, body: object = None) -> tuple[int, Any]:
                async with session.request(method, path, json=body) as response:
                    assert response.headers["Content-Type"] == "application/json; charset=UTF-8"
                    return response.status, await response.json()

            await work(url, ask)

    asyncio.run(main())


async def raw(url: str, request: bytes) -> bytes:
    """What comes back for these bytes until the server closes."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request)
        await writer.drain()
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def post(path: str, body: object) -> bytes:
    text = json.dumps(body).encode()
    return b"POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (path.encode(), len(text), text)


def test_drop_after_does_the_work_and_answers_nothing() -> None:
    emulator = Emulator(faults=[Rule(CREATE_TOKEN, "drop_after")])

    async def work(url: str, ask: Ask) -> None:
        assert await raw(url, post(TOKENS, MINT)) == b""
        assert len(emulator.tokens) == 1
        assert (await raw(url, post(TOKENS, MINT))).startswith(b"HTTP/1.1 200")
        _, log = await ask("GET", "/control/requests")
        assert log["tokens"] == 2
        assert log["requests"] == [
            {"number": 1, "method": CREATE_TOKEN, "status": 200, "reference": "ref-1", "dropped": "after"},
            {"number": 2, "method": CREATE_TOKEN, "status": 200, "reference": "ref-1", "dropped": None},
        ]

    served(emulator, work)


def test_drop_before_closes_without_reading_and_does_nothing() -> None:
    emulator = Emulator(faults=[Rule(CREATE_TOKEN, "drop_before")])

    async def work(url: str, ask: Ask) -> None:
        whole = post(TOKENS, MINT)
        assert await raw(url, whole[: whole.index(b"\r\n\r\n") + 4]) == b""  # the body never leaves the client
        assert len(emulator.tokens) == 0
        assert (await raw(url, whole)).startswith(b"HTTP/1.1 200")
        _, log = await ask("GET", "/control/requests")
        assert [(entry["status"], entry["reference"], entry["dropped"]) for entry in log["requests"]] == [
            (None, None, "before"),
            (200, "ref-1", None),
        ]

    served(emulator, work)


def test_a_refused_request_can_be_dropped_after_too() -> None:
    async def work(url: str, ask: Ask) -> None:
        assert await raw(url, post(TOKENS, {"bogus": 1})) == b""
        _, log = await ask("GET", "/control/requests")
        assert [(entry["status"], entry["dropped"]) for entry in log["requests"]] == [(400, "after")]

    served(Emulator(faults=[Rule("*", "drop_after")]), work)


def test_errors_have_googles_envelope() -> None:
    async def work(url: str, ask: Ask) -> None:
        for method, path, body, code, status in (
            ("GET", "/nothing", None, 404, "NOT_FOUND"),
            ("GET", f"{DEVICES}/none", None, 404, "NOT_FOUND"),
            ("PUT", TOKENS, {}, 405, "METHOD_NOT_ALLOWED"),
            ("GET", "/v1/enterprises/OTHER/devices", None, 403, "PERMISSION_DENIED"),
            ("DELETE", f"{DEVICES}/d", None, 501, "UNIMPLEMENTED"),
            ("POST", TOKENS, {"bogus": 1}, 400, "INVALID_ARGUMENT"),
            ("POST", "/control/faults", {"rules": 1}, 400, "INVALID_ARGUMENT"),
        ):
            answered, answer = await ask(method, path, body)
            assert answered == code
            assert (answer["error"]["code"], answer["error"]["status"]) == (code, status)
            assert answer["error"]["message"]

    served(Emulator(), work)


def test_a_405_says_what_is_allowed() -> None:
    async def work(url: str, ask: Ask) -> None:
        assert b"Allow: GET, POST\r\n" in await raw(url, b"PUT %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % TOKENS.encode())

    served(Emulator(), work)


def test_a_body_that_is_too_large_is_refused_in_words() -> None:
    async def work(url: str, ask: Ask) -> None:
        answer = await raw(url, post(TOKENS, {"additionalData": "x" * LARGEST_BODY}))
        assert answer.startswith(b"HTTP/1.1 400")
        assert b"payload size exceeds the limit" in answer

    served(Emulator(), work)


def test_a_phone_goes_from_mint_to_active() -> None:
    async def work(url: str, ask: Ask) -> None:
        await ask("PATCH", "/v1/enterprises/LC00sixtap/policies/default", {"cameraDisabled": True})
        _, token = await ask("POST", TOKENS, MINT)
        phone = {"token": token["value"], "path": "setup_wizard", "androidVersion": "14", "apiLevel": 34, "hardware": HARDWARE}
        status, enrolled = await ask("POST", "/phones/enroll", phone)
        assert (status, enrolled["state"]) == (200, "PROVISIONING")
        assert (await ask("POST", "/phones/enroll", phone))[0] == 409
        assert (await ask("POST", "/phones/report", {"device": enrolled["device"], "phase": "applied"}))[1]["state"] == "ACTIVE"
        _, listed = await ask("GET", DEVICES)
        assert [(device["enrollmentTokenName"], device["enrollmentTokenData"]) for device in listed["devices"]] == [
            (token["name"], "ref-1")
        ]
        _, log = await ask("GET", "/control/requests")
        assert [entry["method"] for entry in log["requests"][2:5]] == ["phones.enroll", "phones.enroll", "phones.report"]
        assert (log["devices"], log["tokens"]) == (1, 1)
        assert token["value"] not in json.dumps(log)

    served(Emulator(), work)


def test_faults_planted_by_http_replace_each_other() -> None:
    async def work(url: str, ask: Ask) -> None:
        rule = {"method": "*", "kind": "status", "status": 503, "times": 0}
        assert await ask("POST", "/control/faults", {"rules": [rule]}) == (200, {})
        assert (await ask("GET", DEVICES))[0] == 503
        assert (await ask("GET", "/control/requests"))[0] == 200
        assert await ask("POST", "/control/faults", {"rules": []}) == (200, {})
        assert (await ask("GET", DEVICES))[0] == 200

    served(Emulator(), work)


def test_pretty_print_is_laid_out_in_lines() -> None:
    async def work(url: str, ask: Ask) -> None:
        request = b"GET %s?prettyPrint=true HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        answer = await raw(url, request % b"/v1/enterprises/LC00sixtap")
        assert b'{\n  "name": "enterprises/LC00sixtap",\n' in answer

    served(Emulator(), work)


def test_serves_loopback_only() -> None:
    async def main() -> None:
        async with serve(Emulator(), host="0.0.0.0"):  # noqa: S104
            pass

    with pytest.raises(ValueError, match="loopback"):
        asyncio.run(main())


def test_the_application_can_be_served_by_another_runner() -> None:
    async def main() -> None:
        runner = web.AppRunner(build_app(Emulator(fleet=3)))
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            async with ClientSession() as session, session.get(f"http://{host}:{port}{DEVICES}") as response:
                assert len((await response.json())["devices"]) == 3
        finally:
            await runner.cleanup()

    asyncio.run(main())


def test_a_latency_passes_on_the_clock_of_the_loop() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        async with serve(Emulator(faults=[Rule("*", "latency", seconds=200.0)])) as url, ClientSession(url) as session:
            before = loop.time()
            async with session.get(DEVICES) as response:
                assert response.status == 200
            return loop.time() - before

    started = time.monotonic()
    assert 200.0 <= run_virtual(main()) < 201.0
    assert time.monotonic() - started < 5.0


def test_no_timer_closes_a_connection_that_is_slow_to_ask() -> None:
    """In virtual time any timer of an idle server is due at once."""
    answers: list[bytes] = []

    def client(url: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        request = f"GET {DEVICES} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        with socket.create_connection((host, int(port)), 5) as slow:
            for connection in (socket.create_connection((host, int(port)), 5), slow):
                with connection:
                    connection.sendall(request)
                    answers.append(b"".join(iter(lambda: connection.recv(4096), b"")))  # noqa: B023

    async def main() -> float:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        async with serve(Emulator()) as url:

            def in_thread() -> None:  # a thread of its own: asyncio's would hold time
                client(url)
                loop.call_soon_threadsafe(done.set)

            thread = threading.Thread(target=in_thread)
            thread.start()
            await done.wait()
            thread.join()
        return loop.time()

    assert run_virtual(main()) == 0.0
    assert [answer.split(b"\r\n")[0] for answer in answers] == [b"HTTP/1.1 200 OK"] * 2


def test_a_request_under_way_does_not_keep_serving_from_ending() -> None:
    async def main() -> None:
        async with serve(Emulator(faults=[Rule("*", "latency", seconds=3600.0)])) as url:
            host, port = url.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(f"GET {DEVICES} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            await writer.drain()
            await asyncio.sleep(0.01)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()

    started = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - started < 5.0
