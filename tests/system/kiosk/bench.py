"""What the tests of the kiosk ask of the service, and which code a picture shows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import zxingcpp

from station.cli.printing import DONE
from station.client import Client
from station.wire import Status
from tests.system.kiosk.session import Kiosk, Shot
from tests.system.service import Service

T = TypeVar("T")
TOKEN = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105 - the key of a token, not one
BUNDLE = "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"


def done(service: Service, *arguments: str) -> None:
    """Order something as a person at a shell does."""
    ran = service.sixtap(*arguments)
    assert ran.code == DONE, ran


def now(service: Service) -> Status:
    """How it stands, whatever the time is."""
    return _asked(service, lambda client: client.status()).model_copy(update={"at": 0.0})


def token_of(picture: Shot) -> str | None:
    """The enrollment token of the one code in the picture; None without a code."""
    found = zxingcpp.read_barcodes(picture)
    return str(json.loads(found[0].text)[BUNDLE][TOKEN]) if len(found) == 1 else None


def given_out(service: Service) -> str:
    """The token that the management service made for the unit in hand."""
    unit = now(service).unit
    assert unit is not None
    attempt = _asked(service, lambda client: client.unit(unit.enrollment)).attempts[-1]
    return service.emulator.tokens._by_name[str(attempt.token)].value


def code_up(service: Service, kiosk: Kiosk) -> str:
    """The service says that a code is up, and it is the one on the attached screen: the token that was made for the unit in hand."""
    kiosk.until(lambda: now(service).code_up)
    token = given_out(service)
    kiosk.until(lambda: token_of(kiosk.shot(kiosk.attached)) == token)
    return token


def started(service: Service, kiosk: Kiosk) -> str:
    """The batch runs, and the first user's code is up: its token."""
    done(service, "batch", "start", "Monday")
    kiosk.until(lambda: now(service).step.id == "clear_stand")
    return next_code(service, kiosk)


def next_code(service: Service, kiosk: Kiosk) -> str:
    """The stand is said to be empty, and the next user's code is up: its token."""
    done(service, "unit", "stand-empty")
    return code_up(service, kiosk)


def _asked(service: Service, question: Callable[[Client], Awaitable[T]]) -> T:
    async def ask() -> T:
        async with Client(service.socket) as client:
            return await question(client)

    return asyncio.run(ask())
