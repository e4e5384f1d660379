"""`sixtap staff` against a real service: the list, and where a PIN is not left behind."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.system.service import Service
from tests.unit.station.cli.sixtap import Ran, sixtap

PIN, BADGE = "48291573", "BADGE-77-Xq"


def staff(service: Service, *arguments: str) -> Ran:
    return sixtap("staff", *arguments, "--socket", str(service.socket))


def listed(service: Service) -> list[tuple[str, str, bool, bool]]:
    found = json.loads(staff(service, "list", "--json").out)
    return [(one["name"], one["role"], one["has_pin"], one["has_badge"]) for one in found]


def test_staff_are_added_changed_and_removed_and_no_pin_stays_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Service(tmp_path) as service:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PIN}\n"))
        added = staff(service, "add", "Lea Roth", "--role", "lead", "--pin-stdin")
        assert (added.code, added.out.split(": ")[0]) == (0, "Lea Roth is on the list")
        monkeypatch.setattr("typer.prompt", lambda *_, **__: BADGE)
        assert staff(service, "edit", "lea roth", "--role", "operator", "--badge-prompt").code == 0
        assert listed(service) == [("Lea Roth", "operator", True, True)]
        told = added.out + added.err + staff(service, "list").out
        assert PIN not in told
        assert BADGE not in told
        assert staff(service, "remove", "Lea Roth").code == 0
        assert listed(service) == []
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [text for text in (PIN, BADGE) if text.encode() in content], path
    assert (tmp_path / "state" / "staff.key").stat().st_mode & 0o777 == 0o600


def test_a_badge_is_still_known_after_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.prompt", lambda *_, **__: BADGE)
    with Service(tmp_path) as service:
        assert staff(service, "add", "Lea", "--badge-prompt").code == 0
    with Service(tmp_path) as service:
        second = staff(service, "add", "Ben", "--badge-prompt")
        assert (second.code, "Somebody else has this badge" in second.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("add", "Lea", "--role", "boss"), "--role must be one of operator, lead, admin"),
        (("add", "Lea", "--pin-stdin", "--pin-prompt"), "choose one"),
        (("edit", "Nobody"), "Nobody of the staff is 'Nobody'"),
        (("remove", "Nobody"), "Nobody of the staff is 'Nobody'"),
    ],
)
def test_wrong_use_is_said(tmp_path: Path, arguments: tuple[str, ...], why: str) -> None:
    with Service(tmp_path) as service:
        ran = staff(service, *arguments)
        assert (ran.code, why in ran.err) == (2, True), ran.err


def test_a_pin_is_no_argument(tmp_path: Path) -> None:
    ran = sixtap("staff", "add", "Lea", "--pin", PIN, "--socket", str(tmp_path / "none"))
    assert ran.code == 2
