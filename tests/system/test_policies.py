"""`sixtap policies` with a running service and its management service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from station.cli.printing import DONE, FAILED, WRONG_USE
from tests.system import service as system_service
from tests.system.service import ENTERPRISE, Service
from tests.unit.station.cli.sixtap import Ran


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with Service(tmp_path, screen=False) as running:
        yield running


def done(service: Service, *arguments: str) -> str:
    ran = service.sixtap("policies", *arguments)
    assert ran.code == DONE, ran
    return ran.out


def read(service: Service, *arguments: str) -> Any:
    return json.loads(done(service, *arguments, "--json"))


def policy(folder: Path, file: str, **options: object) -> str:
    path = folder / file
    path.write_text(json.dumps(options), encoding="utf-8")
    return str(path)


def test_a_policy_is_kept_in_versions_compared_pushed_and_judged(service: Service, tmp_path: Path) -> None:
    first = policy(tmp_path, "office.json", name="enterprises/E/policies/office", version="7", cameraDisabled=True)
    assert done(service, "import", first) == "office: version 1.\n"
    assert done(service, "import", first) == "office: version 1, unchanged.\n"
    second = policy(tmp_path, "second.json", cameraDisabled=True, adjustVolumeDisabled=True)
    assert read(service, "import", second, "--name", "office") == {"name": "office", "version": 2, "changed": True}
    assert read(service, "import", first, "--name", "office")["version"] == 3

    assert read(service, "show", "office", "--version", "2")["document"] == {"cameraDisabled": True, "adjustVolumeDisabled": True}
    assert read(service, "show", "office@2") == read(service, "show", "office", "--version", "2")
    twice = service.sixtap("policies", "show", "office@2", "--version", "1")
    assert (twice.code, twice.err.splitlines()[0][:23]) == (WRONG_USE, "Two versions are named.")
    assert json.loads(done(service, "show", "office")) == {"cameraDisabled": True}
    assert done(service, "diff", "office") == "- adjustVolumeDisabled: true\n"
    assert done(service, "diff", "office@2") == "+ adjustVolumeDisabled: true\n"
    assert done(service, "diff", "office@1", "office@3") == "No difference.\n"
    assert done(service, "diff", "office@3", second) == "+ adjustVolumeDisabled: true\n"

    assert done(service, "push", "office", "--version", "2") == (
        "office: version 2 was pushed; the management service calls it version 1.\n"
    )
    assert told(service, "office") == {"cameraDisabled": True, "adjustVolumeDisabled": True}
    assert read(service, "push", "office@3") == {"name": "office", "version": 3, "service_version": 2}
    assert told(service, "office") == {"cameraDisabled": True}
    assert [line.split("\t")[:4] for line in done(service, "list").splitlines()] == [
        ["name", "version", "pushed", "service's own"],
        ["office", "3", "3", "2"],
        ["default", "-", "-", "1"],
    ]
    assert [(one["version"], one["pushed"] is not None) for one in read(service, "list", "office")["items"]] == [
        (1, False),
        (2, True),
        (3, True),
    ]

    ran = service.sixtap("policies", "check", "office@2", "--json")
    report = json.loads(ran.out)
    assert (ran.code, report["name"], report["version"], report["mode"], report["options"]) == (FAILED, "office", 2, "wpco", 2)
    assert [(one["path"], one["support"]) for one in report["findings"]] == [
        ("adjustVolumeDisabled", "no"),
        ("cameraDisabled", "profile"),
    ]
    assert service.sixtap("policies", "check", "office", "--mode", "dedicated").code == DONE
    assert events(service) == ["PolicyKept"] * 3 + ["PolicyPushOrdered", "PolicyPushed"] * 2


def events(service: Service) -> list[str]:
    return [event.kind for event in service.do(service.ledger.events()) if event.kind.startswith("Policy")]


def told(service: Service, name: str) -> dict[str, Any]:
    """What the management service has now, without what is its own."""
    with urlopen(f"{service.endpoint}/v1/enterprises/{ENTERPRISE}/policies/{name}") as answer:  # noqa: S310 - the emulator's own
        document: dict[str, Any] = json.load(answer)
    return {key: value for key, value in document.items() if key not in ("name", "version")}


def test_a_password_is_filled_in_from_its_file_on_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "password").write_text("Tr0ub4dor\n", encoding="utf-8")
    plain = system_service.document
    secrets = {"secrets": {"office": str(tmp_path / "password")}}
    monkeypatch.setattr(system_service, "document", lambda *arguments, **named: plain(*arguments, **named) | secrets)
    with Service(tmp_path, screen=False) as service:
        done(service, "import", policy(tmp_path, "office.json", openNetworkConfiguration={"Passphrase": "secret:office"}))
        done(service, "push", "office")
        assert told(service, "office") == {"openNetworkConfiguration": {"Passphrase": "Tr0ub4dor"}}
        assert "Tr0ub4dor" not in done(service, "show", "office")
    assert b"Tr0ub4dor" not in b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())


def test_what_is_not_there_or_cannot_be_is_told(service: Service, tmp_path: Path) -> None:
    missing = Ran(WRONG_USE, "", "The bench keeps no policy named 'office'. List them with: sixtap policies list\n")
    for command in ("show", "push", "check", "diff", "list"):
        assert service.sixtap("policies", command, "office") == missing
    assert done(service, "import", policy(tmp_path, "office.json")) == "office: version 1.\n"
    assert "no version 2 of a policy named 'office'" in service.sixtap("policies", "check", "office@2").err
    assert done(service, "diff", "office") == "No difference.\n"
