"""Codes at any time, generic codes, returns and the look before a batch, through the public commands on the emulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest
import zxingcpp

from station.cli.printing import DONE, FAILED, WRONG_USE
from tests.system.service import Service

TOKEN = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105  # the name of an extra
BUNDLE = "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for tests that ask nothing of the queue."""
    with Service(tmp_path_factory.mktemp("shared")) as running:
        yield running


def person(service: Service, name: str, *more: str) -> str:
    """A new user; the address."""
    address = f"{name.split()[0].lower()}@example.org"
    assert service.sixtap("users", "add", name, "--email", address, *more).code == DONE
    return address


def read(picture: np.ndarray[Any, Any]) -> str:
    found = zxingcpp.read_barcodes(picture)
    assert len(found) == 1
    return found[0].text


def enroll(service: Service, token: str, serial: str, path: str = "setup_wizard") -> str:
    hardware = {"brand": "google", "manufacturer": "Google", "model": "Pixel 8a", "serialNumber": serial}
    told = service.tell("phones/enroll", token=token, path=path, androidVersion="14", apiLevel=34, hardware=hardware)
    service.tell("phones/report", device=told["device"], phase="applied")
    return str(told["device"])


def unit_of(service: Service, name: str) -> str:
    units = json.loads(service.sixtap("batch", "show", "desk", "--json").out)["units"]
    return next(str(unit["enrollment"]) for unit in units if unit["user"] == name)


def picture_of(path: Path) -> np.ndarray[Any, Any]:
    if path.suffix == ".pdf":
        return np.asarray(pdfium.PdfDocument(path)[0].render(scale=2).to_numpy())
    return np.asarray(cv2.imread(str(path)))


@pytest.mark.parametrize(("kind", "name"), [("png", "Anna Ünal"), ("pdf", "Anne Ünal")])
def test_a_users_code_as_a_file_is_read_by_a_phone_and_confirmed(shared: Service, tmp_path: Path, kind: str, name: str) -> None:
    address, out = person(shared, name, "--policy", "default"), tmp_path / f"code.{kind}"
    ran = shared.sixtap("qr", address, "--out", str(out))
    assert (ran.code, ran.err) == (DONE, "")
    assert name in ran.out
    assert "Expires 20" in ran.out
    assert out.stat().st_mode & 0o077 == 0
    token = json.loads(read(picture_of(out)))[BUNDLE][TOKEN]
    assert token not in ran.out
    enroll(shared, token, f"SN-{kind}")
    unit = unit_of(shared, name)
    told = shared.until(lambda told: told["unit"]["state"] == "verified", "unit", "show", unit)
    assert "CodeGivenOut" in [event["kind"] for event in told["events"]]
    assert token not in json.dumps(told)
    ran = shared.sixtap("device", "return", f"SN-{kind}")
    assert (ran.code, unit in ran.out) == (DONE, True)
    again = shared.sixtap("device", "return", f"SN-{kind}")
    assert (again.code, "is with a user" in again.err) == (WRONG_USE, True)


def test_a_code_drawn_on_the_terminal_has_its_quiet_zone_and_is_read(shared: Service) -> None:
    ran = shared.sixtap("qr", person(shared, "Tom", "--policy", "default"))
    rows = [line for line in ran.out.splitlines() if line and set(line) <= set(" ▀▄█")]
    dark = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    halves = np.array([[dark[letter] for letter in row] for row in rows])
    modules = halves.transpose(0, 2, 1).reshape(-1, halves.shape[1])
    picture = np.kron(255 * (1 - modules), np.ones((4, 4))).astype(np.uint8)
    assert TOKEN in read(picture)


def test_another_code_ends_the_first_and_an_svg_says_when_it_ends(shared: Service, tmp_path: Path) -> None:
    address, svg = person(shared, "Sven <b>", "--policy", "default"), tmp_path / "b.svg"
    first = json.loads(shared.sixtap("qr", address, "--out", str(tmp_path / "a.png"), "--json").out)
    before = len(shared.emulator.tokens.active(shared.emulator.now()))
    second = json.loads(shared.sixtap("qr", address, "--out", str(svg), "--json").out)
    assert first["attempt"] != second["attempt"]
    assert len(shared.emulator.tokens.active(shared.emulator.now())) == before
    drawing = svg.read_text(encoding="utf-8")
    assert "Sven &lt;b&gt;" in drawing
    assert "Expires 20" in drawing


def test_a_user_without_a_policy_is_told_how_to_get_one(shared: Service) -> None:
    address = person(shared, "Ben")
    ran = shared.sixtap("qr", address)
    assert ran.code == WRONG_USE
    assert "sixtap users assign --policy" in ran.err
    assert shared.sixtap("users", "assign", "--policy", "default", address).code == DONE
    assert shared.sixtap("qr", address).code == DONE


def test_a_work_profile_is_a_link(shared: Service, tmp_path: Path) -> None:
    out = tmp_path / "link.png"
    address = person(shared, "Wanda", "--policy", "default")
    assert shared.sixtap("qr", address, "--mode", "work_profile", "--out", str(out)).code == DONE
    assert read(picture_of(out)).startswith("https://enterprise.google.com/android/enroll?et=")


@pytest.mark.parametrize("name", ["code.jpg", "code"])
def test_a_file_of_another_kind_is_refused_before_any_code_is_made(shared: Service, tmp_path: Path, name: str) -> None:
    before = len(shared.emulator.tokens)
    ran = shared.sixtap("qr", "nobody@example.org", "--out", str(tmp_path / name))
    assert (ran.code, "Name a .png, .svg or .pdf" in ran.err) == (WRONG_USE, True)
    assert len(shared.emulator.tokens) == before


def test_what_cannot_work_is_refused_before_the_batch_starts_and_says_what_to_do(tmp_path: Path) -> None:
    with Service(tmp_path) as service:
        address = person(service, "Anna", "--policy", "nosuch")
        assert service.sixtap("batch", "create", "Monday").code == DONE
        ran = service.sixtap("batch", "check", "Monday")
        assert ran.code == FAILED
        assert "STOP  The management service has no policy nosuch. Give it one: sixtap policies push nosuch" in ran.out
        started = service.sixtap("batch", "start", "Monday")
        assert (started.code, "policy_unknown" in started.err) == (WRONG_USE, True)
        service.sixtap("users", "assign", "--policy", "default", address)
        assert service.sixtap("batch", "check", "Monday").code == DONE
        started = service.sixtap("batch", "start", "Monday")
        assert started.code == DONE
        assert "Note: Once a phone is enrolled as WPCO, only a factory reset changes that." in started.err


def test_a_generic_code_needs_an_end_and_names_its_rows(shared: Service) -> None:
    refused = shared.sixtap("batch", "create", "Demo", "--phones", "3", "--policy", "default")
    assert (refused.code, "--lifetime" in refused.err) == (WRONG_USE, True)
    arguments = ("--phones", "3", "--policy", "default", "--lifetime", "7200", "--prefix", "DEMO-")
    assert shared.sixtap("batch", "create", "Demo", *arguments).code == DONE
    units = json.loads(shared.sixtap("batch", "show", "Demo", "--json").out)["units"]
    assert [unit["user"] for unit in units] == ["DEMO-1", "DEMO-2", "DEMO-3"]


def test_a_generic_code_serves_its_phones_is_blanked_and_holds_a_device_beyond_them(tmp_path: Path) -> None:
    with Service(tmp_path) as service:
        arguments = ("--phones", "2", "--policy", "default", "--lifetime", "7200", "--prefix", "DEMO-", "--attestation", "operator")
        assert service.sixtap("batch", "create", "Demo", *arguments, "--naming", "serial").code == DONE
        assert service.sixtap("batch", "start", "Demo").code == DONE
        service.until(lambda status: status["parts"]["display"]["state"] == "ok")
        for _ in range(2):
            assert service.sixtap("unit", "stand-empty").code == DONE
            asked = service.until(lambda status: status["question"] is not None)
            assert asked["batch"]["generic"] == 2
            assert service.sixtap("unit", "answer", "scanned").code == DONE
        (token,) = service.emulator.tokens.active(service.emulator.now())
        service.sixtap("unit", "stand-empty")
        assert not service.until(lambda status: status["step"]["id"] == "finished")["code_up"]  # the third phone finds it dark
        for serial in ("SNA", "SNB", "SNC"):
            enroll(service, token.value, serial)
        service.until(lambda status: (status["batch"]["users"]["verified"], status["batch"]["users"]["held"]) == (2, 1))
        units = json.loads(service.sixtap("batch", "show", "Demo", "--json").out)["units"]
        assert [unit["user"] for unit in units] == ["DEMO-SNA", "DEMO-SNB", "DEMO-SNC"]
        assert units[2]["reason"] == "duplicate"
        service.until(lambda health: not service.emulator.tokens.active(service.emulator.now()))
