"""`sixtap policies` without a service: what it says of files and of the catalogue, and how wrong use ends."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from station.cli import policies
from station.cli.printing import DONE, FAILED, UNREACHABLE, WRONG_USE
from tests.unit.station.cli.sixtap import Ran, sixtap


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIXTAP_SOCKET", str(tmp_path / "no.sock"))
    return tmp_path


def test_a_document_that_works_whole_ends_with_0(here: Path) -> None:
    (here / "policy.yaml").write_text("factoryResetDisabled: true\n", encoding="utf-8")
    said = "policy.yaml for fully_managed: 1 options; all of them work.\n"
    ran = sixtap("policies", "check", "policy.yaml", "--mode", "fully_managed")
    assert (ran.code, ran.out.splitlines(keepends=True)[-1]) == (DONE, said)
    ran = sixtap("policies", "check", "policy.yaml", "--mode", "fully_managed", "--json")
    assert (ran.code, json.loads(ran.out)["findings"]) == (DONE, [])


def test_a_document_that_is_only_weakened_ends_with_0(here: Path) -> None:
    (here / "policy.json").write_text('{"cameraDisabled": true, "locationMode": "LOCATION_ENFORCED"}', encoding="utf-8")
    ran = sixtap("policies", "check", "policy.json")
    assert ran.code == DONE
    assert [line.split("\t")[:3] for line in ran.out.splitlines()[1:]] == [
        ["░", "locationMode", "partly"],
        ["▌", "cameraDisabled", "work profile only"],
        ["policy.json for wpco: 2 options; 1 work profile only, 1 partly."],
    ]


def test_what_google_would_refuse_is_told_with_what_may_be_meant(here: Path) -> None:
    (here / "policy.json").write_text('{"camera_disabled": "x", "locationMode": 3, "cameraDisabled": "on"}', encoding="utf-8")
    ran = sixtap("policies", "check", "policy.json")
    assert ran.code == FAILED
    assert [line.split("\t")[1:4] for line in ran.out.splitlines()[1:4]] == [
        ["camera_disabled", "invalid", "There is no such field. Did you mean cameraDisabled?"],
        ["locationMode", "invalid", "3 is none of its values."],
        ["cameraDisabled", "invalid", "This must be true or false, and is a text."],
    ]
    ran = sixtap("policies", "import", "policy.json")
    assert (ran.code, ran.out) == (WRONG_USE, "")
    assert ran.err.splitlines()[0] == "camera_disabled: There is no such field. Did you mean cameraDisabled?"
    assert ran.err.splitlines()[3] == "policy.json: Google would refuse it at 3 places. Nothing was imported."
    assert json.loads(sixtap("policies", "import", "policy.json", "--json").out)["problems"][1]["path"] == "locationMode"


def test_a_password_never_leaves_the_file(here: Path) -> None:
    (here / "policy.json").write_text('{"openNetworkConfiguration": {"Passphrase": "hush"}}', encoding="utf-8")
    ran = sixtap("policies", "import", "policy.json")
    assert ran.code == WRONG_USE
    assert "a secret written out at openNetworkConfiguration.Passphrase" in ran.err
    assert "hush" not in ran.err


WRONG: list[tuple[tuple[str, ...], int, str]] = [
    (("check", "missing.json"), WRONG_USE, "missing.json cannot be read: No such file or directory."),
    (("check", "./missing"), WRONG_USE, "missing cannot be read"),
    (("check", "bad.yaml"), WRONG_USE, "bad.yaml, line 2, column 1: "),
    (("check", "good.json", "--mode", "tablet"), WRONG_USE, "'tablet' is no management mode. It may be fully_managed,"),
    (("check", "good.json", "--android", "0"), WRONG_USE, "--android"),
    (("check", "a b"), WRONG_USE, "'a b' is no policy name."),
    (("check", "default@new"), WRONG_USE, "'new' is no version."),
    (("check", "default@0"), WRONG_USE, "'0' is no version."),
    (("check", "default"), UNREACHABLE, "No service answers"),
    (("show", "default", "--version", "0"), WRONG_USE, "--version"),
    (("diff", "good.json"), WRONG_USE, "good.json is compared with nothing."),
    (("diff", "good.json", "default"), UNREACHABLE, "No service answers"),
    (("import", "good.json", "--name", "a/b"), WRONG_USE, "'a/b' is no policy name."),
    (("import", "a b.json"), WRONG_USE, "'a b' is no policy name."),
    (("import", "."), WRONG_USE, ". cannot be read: Is a directory."),
    (("matrix", "--mode", "tablet"), WRONG_USE, "'tablet' is no management mode."),
]


@pytest.mark.parametrize(("arguments", "code", "says"), WRONG)
def test_wrong_use_is_told_with_its_reason(here: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    (here / "good.json").write_text("{}", encoding="utf-8")
    (here / "a b.json").write_text("{}", encoding="utf-8")
    (here / "bad.yaml").write_text("a: [", encoding="utf-8")
    ran = sixtap("policies", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_two_files_are_compared_without_a_service(here: Path) -> None:
    (here / "old.json").write_text('{"a": {"b": 1}, "gone": true, "order": ["x", "y"]}', encoding="utf-8")
    (here / "new.yaml").write_text(f"a: {{b: 2}}\nfresh: {'z' * 80}\norder: [y, x]\n", encoding="utf-8")
    assert sixtap("policies", "diff", "old.json", "new.yaml").out.splitlines() == [
        "~ a.b: 1 -> 2",
        f'+ fresh: "{"z" * 56}...',
        '> order: another order, ["y", "x"]',
        "- gone: true",
    ]
    assert json.loads(sixtap("policies", "diff", "old.json", "new.yaml", "--json").out)[0] == {
        "path": "a.b", "kind": "changed", "old": 1, "new": 2,
    }  # fmt: skip
    assert sixtap("policies", "diff", "old.json", "old.json") == Ran(DONE, "No difference.\n", "")


def test_the_matrix_shows_icons_and_what_they_mean() -> None:
    lines = sixtap("policies", "matrix", "--search", "keyguarddisabled").out.splitlines()
    assert lines == [
        "F D W P\toption\tAndroid\tbasis",
        "· ■ · ·\tkeyguardDisabled\t\tstated",
        "■ ■ ░ ░\tkeyguardDisabledFeatures[]\t\tassumed",
        "F fully_managed   D dedicated   W wpco   P work_profile",
        "■ works   ▌ work profile only   ░ partly   · no effect",
    ]
    lines = sixtap("policies", "matrix", "--search", "Keyguard", "--mode", "dedicated").out.splitlines()
    assert len(lines) == 1
    lines = sixtap("policies", "matrix", "--search", "nfc", "--mode", "wpco", "--stated").out.splitlines()
    sentence = "It has no effect here. Use deviceWidePolicies.deviceRadioState.nfc."
    assert lines[1:] == [f"·\tdeviceRadioState.nfc\tno effect\t{sentence}\t\tstated"]


def test_the_matrix_is_told_to_machines_whole() -> None:
    rows = json.loads(sixtap("policies", "matrix", "--json").out)
    assert len(rows) == 258
    assert sum(row["stated"] for row in rows) == 111
    brightness = next(row for row in rows if row["field"].endswith("screenBrightnessMode"))
    assert brightness["minimum_android"] == {"fully_managed": 9, "dedicated": 9, "wpco": 15}
    assert brightness["reasons"] == {"work_profile": {"id": "company_owned_only", "args": {}}}
    stated = json.loads(sixtap("policies", "matrix", "--json", "--stated").out)
    assert len(stated) == 111


def test_where_the_output_knows_no_icons_they_are_plain_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))
    policies.matrix(search="keyguardDisabled", mode="", stated=True)
    sys.stdout.seek(0)
    assert "- # - -\tkeyguardDisabled" in sys.stdout.read()
