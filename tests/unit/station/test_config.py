"""The configuration file: what it may hold, and what is said about one that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.config import Config, Emm, TinyMdmEmm, load_config
from station.domain.errors import ConfigurationError
from station.domain.policy import Mode

SHIPPED = Path(__file__).parents[3] / "systemd" / "sixtap.toml"
PASSWORD = "correct horse battery"  # noqa: S105 - the secret that is looked for
LEAST = '[emm]\nenterprise = "LC012345"\n'
TINYMDM = '[emm]\nkind = "tinymdm"\npublic_key = "/k/public"\nsecret_key = "/k/secret"\n'
TOP = 'bench = "bench-1"\n'


def load(folder: Path, text: str | bytes) -> Config:
    path = folder / "sixtap.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_config(path)


def refusal(folder: Path, text: str | bytes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(folder, text)
    assert str(folder / "sixtap.toml") in caught.value.message
    assert caught.value.remedy
    assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True)  # a cause would repeat the values
    return str(caught.value)


def test_folders_of_the_terminal_are_none_unless_they_are_named(tmp_path: Path) -> None:
    assert load(tmp_path, LEAST).terminal.folders == ()
    assert load(tmp_path, LEAST + '[terminal]\nfolders = ["/srv/sixtap"]\n').terminal.folders == (Path("/srv/sixtap"),)


def test_an_enterprise_is_all_that_must_be_said(tmp_path: Path) -> None:
    config = load(tmp_path, LEAST)
    assert isinstance(config.emm, Emm)
    assert (config.bench, config.emm.enterprise, config.emm.kind) == ("bench-1", "LC012345", "amapi")
    assert (config.state, config.socket) == (Path("/var/lib/sixtap"), Path("/run/sixtap/sixtap.sock"))
    assert (config.rack.trays, config.hardware.camera, config.twin) == (10, "", None)
    assert config.provisioning_extras() == {}


def test_tinymdm_needs_its_two_key_files_and_no_more(tmp_path: Path) -> None:
    more = 'requests_per_second = 2.5\n[emm.policies]\nsales = "77"\n[emm.enrollment_types]\ncope = "wpco"\n'
    emm = load(tmp_path, TINYMDM + more).emm
    assert isinstance(emm, TinyMdmEmm)
    assert (emm.calls_per_minute, emm.zone, emm.group_codes, emm.wpco_query) == (150, "UTC", False, {})
    assert (emm.policies, emm.enrollment_types) == ({"sales": "77"}, {"cope": Mode.WPCO})


def test_the_file_that_ships_can_be_loaded() -> None:
    config = load_config(SHIPPED)
    assert config.twin is None
    assert isinstance(config.emm, Emm)
    assert config.emm.endpoint is None
    assert config.emm.key is not None


WRONG: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "nothing": ("", ("emm: Field required",)),
    "a subscription that is a topic": (
        LEAST + 'subscription = "projects/p/topics/t"\n',
        ("emm.subscription: String should match pattern",),
    ),
    "no enterprise": ("[emm]\n", ("emm.enterprise: Field required",)),
    "an enterprise that is a path": ('[emm]\nenterprise = "enterprises/LC01"\n', ("emm.enterprise: String should match pattern",)),
    "an unknown key": (TOP + 'bnech = "x"\n' + LEAST, ("bnech: Extra inputs are not permitted",)),
    "an unknown section": (LEAST + "[cammera]\n", ("cammera: Extra inputs are not permitted",)),
    "an unknown key in a section": (LEAST + "[rack]\ntray = 3\n", ("rack.tray: Extra inputs are not permitted",)),
    "a text for a number": (LEAST + '[rack]\ntrays = "many"\n', ("rack.trays: Input should be a valid integer",)),
    "a number for a text": ("bench = 7\n" + LEAST, ("bench: Input should be a valid string",)),
    "a number for a section": ("rack = 7\n" + LEAST, ("rack: Input should be",)),
    "a text for a list": (LEAST + '[roles]\nlead = "sixtap-lead"\n', ("roles.lead: Input should be a valid tuple",)),
    "too many trays": (LEAST + "[rack]\ntrays = 501\n", ("rack.trays: Input should be less than or equal to 500",)),
    "a time before now": (LEAST + "[times]\nscan = -1\n", ("times.scan: Input should be greater than 0",)),
    "a time that is no number": (LEAST + "[times]\npoll = nan\n", ("times.poll: Input should be greater than 0",)),
    "another management service": ('[emm]\nkind = "jamf"\nenterprise = "LC01"\n', ("emm: kind must be amapi, tinymdm or prepared",)),
    "TinyMDM in no time zone": (TINYMDM + 'zone = "Europe/Atlantis"\n', ("emm.zone: ",)),
    "TinyMDM's word for no mode": (TINYMDM + '[emm.enrollment_types]\ncope = "company"\n', ("emm.enrollment_types.cope: ",)),
    "a policy's id that is a path": (TINYMDM + '[emm.policies]\nsales = "../1"\n', ("emm.policies.sales: ",)),
    "Google's key for TinyMDM": (TINYMDM + 'enterprise = "LC01"\n', ("emm.enterprise: ",)),
    "a bench named by a path": ('bench = "../x"\n' + LEAST, ("bench: String should match pattern",)),
    "several at once": ("bench = 7\n[rack]\ntrays = -1\n", ("bench: ", "rack.trays: ", "emm: Field required")),
    "no TOML": ("bench\n", ("is no valid TOML", "line 1")),
    "a key twice": (TOP + TOP + LEAST, ("is no valid TOML", "line 2")),
    "no UTF-8": (b'bench = "\xff"\n', ("is no valid TOML",)),
    "JSON": ('{"bench": "b"}', ("is no valid TOML", "line 1")),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_cannot_be_used_is_told_apart_by_its_keys(tmp_path: Path, name: str) -> None:
    text, says = WRONG[name]
    said = refusal(tmp_path, text)
    assert [one for one in says if one not in said] == []
    assert "pydantic" not in said


@pytest.mark.parametrize(("place", "says"), [("nowhere.toml", "No such file or directory"), (".", "Is a directory")])
def test_a_file_that_cannot_be_read_is_named_with_the_cause(tmp_path: Path, place: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        load_config(tmp_path / place)
    assert str(tmp_path) in caught.value.message


SPILLED = [
    f'wifi_password = "{PASSWORD}"\n' + LEAST,
    f'bench = "{PASSWORD}"\n' + LEAST,
    f'extras = "{PASSWORD}"\n' + LEAST,
    f'[emm]\nenterprise = "{PASSWORD}"\n',
    f'[emm]\nenterprise = "LC01"\nwifi = {{ password = "{PASSWORD}" }}\n',
    f'[emm]\nenterprise = "LC01"\nkind = "{PASSWORD}"\n',
    LEAST + f'[extras]\nWIFI_PASSWORD = ["{PASSWORD}"]\n',
    LEAST + f'[extras.WIFI_PASSWORD]\nvalue = "{PASSWORD}"\n',
    LEAST + f'[rack]\ntrays = "{PASSWORD}"\n',
    LEAST + f'[extras]\nWIFI_PASSWORD = "{PASSWORD}\n',  # never closed
    LEAST + f"[extras]\nWIFI_PASSWORD = {PASSWORD}\n",  # no quotes
    LEAST + f'[extras]\nWIFI_PASSWORD = "{PASSWORD}"\nWIFI_PASSWORD = "{PASSWORD}"\n',
]


@pytest.mark.parametrize("text", SPILLED)
def test_a_password_in_the_wrong_place_is_not_repeated(tmp_path: Path, text: str) -> None:
    said = refusal(tmp_path, text)
    assert [word for word in PASSWORD.split() if word in said] == []


def test_a_password_is_taken_from_its_own_file(tmp_path: Path) -> None:
    secret = tmp_path / "wifi"
    text = f'wifi_password_file = "{secret}"\n{LEAST}[extras]\nWIFI_SSID = "depot"\nUSE_MOBILE_DATA = true\nLOCAL_TIME = 1\n'
    for content in (PASSWORD, f"{PASSWORD}\n", f"{PASSWORD}\r\n"):
        secret.write_text(content, encoding="utf-8", newline="")
        config = load(tmp_path, text)
        extras = {"WIFI_SSID": "depot", "USE_MOBILE_DATA": True, "LOCAL_TIME": 1, "WIFI_PASSWORD": PASSWORD}
        assert config.provisioning_extras() == extras
        assert PASSWORD not in repr(config)
    secret.write_text(f" {PASSWORD} ", encoding="utf-8")
    assert load(tmp_path, text).provisioning_extras()["WIFI_PASSWORD"] == f" {PASSWORD} "


def test_secrets_of_policies_are_taken_from_their_own_files(tmp_path: Path) -> None:
    (tmp_path / "office").write_text(f"{PASSWORD}\n", encoding="utf-8")
    config = load(tmp_path, f'{LEAST}[secrets]\noffice = "{tmp_path}/office"\ngone = "{tmp_path}/gone"\n')
    assert (config.secret("office"), config.secret("other")) == (PASSWORD, None)
    with pytest.raises(ConfigurationError, match=r"secrets\.gone"):
        config.secret("gone")


def test_extras_are_no_part_of_a_configuration_s_repr(tmp_path: Path) -> None:
    config = load(tmp_path, LEAST + f'[extras]\nWIFI_PASSWORD = "{PASSWORD}"\n')
    assert config.provisioning_extras() == {"WIFI_PASSWORD": PASSWORD}
    assert PASSWORD not in f"{config!r} {config}"


@pytest.mark.parametrize(
    ("place", "says"),
    [
        (PASSWORD, "No such file or directory"),  # the password itself, where its file should be named
        (f"/dev/null/{PASSWORD}", "Not a directory"),
        ("x" * 300 + PASSWORD, "File name too long"),
        (f"\\u0000{PASSWORD}", "it is no path"),
        (".", "Is a directory"),
        ("latin-1", "no UTF-8 text"),
    ],
)
def test_a_password_file_that_cannot_be_read_is_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin-1").write_bytes("Zoë correct horse".encode("latin-1"))
    config = load(tmp_path, f'wifi_password_file = "{place}"\n{LEAST}')
    with pytest.raises(ConfigurationError, match=says) as caught:
        config.provisioning_extras()
    assert "wifi_password_file" in caught.value.message
    assert caught.value.__suppress_context__
    assert [word for word in PASSWORD.split() if word in str(caught.value)] == []
