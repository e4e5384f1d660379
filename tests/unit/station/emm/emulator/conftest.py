"""An emulator without its HTTP face: a clock to move, and a door that checks every answer against the discovery document."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from station.emm.emulator import Emulator, Rule
from station.emm.emulator.discovery import document
from station.emm.emulator.errors import ApiError
from station.emm.emulator.routes import find
from station.emm.emulator.schema import Schemas
from station.emm.emulator.state import Asked


class Clock:
    """Aware UTC that moves only when told."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)


class Door:
    """Asks the emulator as its HTTP face would."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.home = f"/v1/{emulator.enterprise}"

    def ask(self, http_method: str, path: str, body: object = None, bearer: str = "", **query: str) -> dict[str, Any]:
        route, name = find(http_method, path if path.startswith("/") else f"{self.home}/{path}".rstrip("/"))
        raw = b"" if body is None else json.dumps(body).encode()
        answer = self.emulator.answer(Asked(route, name, tuple(query.items()), raw, bearer))
        if route.method is not None:
            _, wrong = Schemas(document(route.method.api).schemas).read(route.method.response, answer)
            assert wrong == []
        result: dict[str, Any] = json.loads(json.dumps(answer))
        return result

    def refusal(self, http_method: str, path: str, body: object = None, bearer: str = "", **query: str) -> dict[str, Any]:
        with pytest.raises(ApiError) as caught:
            self.ask(http_method, path, body, bearer, **query)
        error: dict[str, Any] = caught.value.body()["error"]
        return error

    def mint(self, **fields: object) -> dict[str, Any]:
        asked = {"allowPersonalUsage": "PERSONAL_USAGE_ALLOWED", "oneTimeOnly": True} | fields
        return self.ask("POST", "enrollmentTokens", {key: value for key, value in asked.items() if value is not None})

    def phone(self, token: str, path: str = "setup_wizard", api_level: int = 34, serial: str = "S1") -> dict[str, Any]:
        """The body that a phone enrolls with."""
        hardware = {"brand": "google", "manufacturer": "Google", "model": "Pixel 8a", "serialNumber": serial, "imei": "350"}
        return {
            "token": token,
            "path": path,
            "androidVersion": "14",
            "apiLevel": api_level,
            "hardware": hardware,
        }

    def enroll(self, token: str, path: str = "setup_wizard", api_level: int = 34, serial: str = "S1") -> str:
        """The new device's name."""
        name: str = self.ask("POST", "/phones/enroll", self.phone(token, path, api_level, serial))["device"]
        return name

    def device(self, name: str) -> dict[str, Any]:
        return self.ask("GET", f"/v1/{name}")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(clock: Clock) -> Door:
    return Door(Emulator(seed=1, now=clock))


@pytest.fixture
def door_of(clock: Clock) -> Callable[..., Door]:
    """Doors to emulators with other settings, on the same clock."""

    def make(
        seed: int = 1, fleet: int = 0, quota: int | None = None, faults: tuple[Rule, ...] = (), bearer: str | None = None
    ) -> Door:
        return Door(Emulator(seed=seed, now=clock, fleet=fleet, quota=quota, faults=faults, bearer=bearer))

    return make
