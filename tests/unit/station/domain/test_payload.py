"""The QR payload: which extras Android would refuse or misread, and how it is told without their values."""

from __future__ import annotations

import itertools
import json
import traceback
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.simulated import android
from station.domain.errors import BadPayload
from station.domain.payload import (
    ADMIN,
    BUNDLE,
    CHECKS,
    DEAD,
    DEVICE_OWNER_ONLY,
    EAP_ONLY,
    PREFIX,
    REFUSED,
    TOKEN,
    Payload,
    parse,
    serialise,
    with_extras,
)
from station.domain.policy import Mode

STEADY = settings(deadline=None, derandomize=True)
HUSHED = "ThisIsNotToBeTold"
WIFI = {"WIFI_SSID": "Wärehouse", "WIFI_SECURITY_TYPE": "WPA", "WIFI_PASSWORD": HUSHED}
EAP = {"WIFI_SSID": "Corp", "WIFI_SECURITY_TYPE": "EAP", "WIFI_EAP_METHOD": "PEAP", "WIFI_PHASE2_AUTH": "MSCHAPV2"}


def code(value: str = "ABCDEFGHIJKLMNOPQRST", more: Mapping[str, object] = MappingProxyType({})) -> str:
    """What the Android Management API gives as an enrollment token's `qrCode`."""
    entries: dict[str, object] = {
        ADMIN: "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
        PREFIX + "DEVICE_ADMIN_SIGNATURE_CHECKSUM": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
        PREFIX + "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": "https://play.google.com/managed/downloadManagingApp?identifier=setup",
        BUNDLE: {TOKEN: value},
        **more,
    }
    return json.dumps(entries, indent=1)


def payload(**extras: object) -> Payload:
    return with_extras(parse(code()), extras, Mode.FULLY_MANAGED)


# --- what the service gives ----------------------------------------------------------------------------------------------


def test_the_services_code_is_kept_as_it_is() -> None:
    text = code(more={"unknown.key": {"kept": [1, 2.5, None, "é"]}})
    assert json.loads(serialise(parse(text))) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "[]", '"text"', "{}", f'{{"{ADMIN}": 1}}', f'{{"{ADMIN}": null}}', "\ufeff{}", "[" * 100_000, f"{HUSHED}"],
)
def test_a_code_without_a_device_admin_component_is_refused_and_never_quoted(text: str) -> None:
    with pytest.raises(BadPayload) as caught:
        parse(text)
    assert HUSHED not in "".join(traceback.format_exception(caught.value))
    assert len(str(caught.value)) < 200


JSON = st.none() | st.integers() | st.text(max_size=5) | st.dictionaries(st.just(TOKEN), st.text(max_size=5), max_size=1)


@settings(STEADY, max_examples=100)
@given(st.text() | st.dictionaries(st.sampled_from((ADMIN, BUNDLE, "x")), JSON).map(json.dumps))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    try:
        parsed = parse(text)
    except BadPayload:
        return
    assert isinstance(parsed.entries[ADMIN], str)


def test_a_payload_does_not_show_its_content() -> None:
    assert HUSHED not in repr(payload(**WIFI))


# --- extras that are refused -----------------------------------------------------------------------------------------------

LONG_NAME = "ä" * 16 + "x"
Refusal = tuple[dict[str, object], str, str]


def refusals(
    names: Iterable[str], values: Iterable[object], why: str, beside: Mapping[str, object] = MappingProxyType({})
) -> list[Refusal]:
    return [({**beside, name: value}, name, why) for name, value in itertools.product(names, values)]


REFUSALS: list[Refusal] = [
    ({**WIFI, "WIFI_SECURITY_TYPE": "WPA2"}, "WIFI_SECURITY_TYPE", "exactly NONE, WPA, WEP or EAP"),
    ({**WIFI, "WIFI_SECURITY_TYPE": "SAE"}, "WIFI_SECURITY_TYPE", "open network"),
    ({**WIFI, "WIFI_SECURITY_TYPE": "WPA3"}, "WIFI_SECURITY_TYPE", "open network"),
    ({**WIFI, "WIFI_SECURITY_TYPE": "wpa"}, "WIFI_SECURITY_TYPE", "open network"),
    ({**WIFI, "WIFI_SECURITY_TYPE": "WPA "}, "WIFI_SECURITY_TYPE", "open network"),
    ({**WIFI, "WIFI_SECURITY_TYPE": ""}, "WIFI_SECURITY_TYPE", "open network"),
    ({**WIFI, "WIFI_SECURITY_TYPE": None}, "WIFI_SECURITY_TYPE", "open network"),
    ({"WIFI_SSID": ""}, "WIFI_SSID", "not empty"),
    ({"WIFI_SSID": 5}, "WIFI_SSID", "network's name"),
    ({"WIFI_SSID": "x" * 33}, "WIFI_SSID", "33 octets"),
    ({"WIFI_SSID": LONG_NAME}, "WIFI_SSID", "33 octets"),
    ({"WIFI_SSID": "📱" * 9}, "WIFI_SSID", "36 octets"),
    ({"WIFI_SSID": "half\ud83d"}, "WIFI_SSID", "half a character"),
    ({**WIFI, "WIFI_PASSWORD": "1234567"}, "WIFI_PASSWORD", "8 to 63"),
    ({**WIFI, "WIFI_PASSWORD": (HUSHED * 4)[:64]}, "WIFI_PASSWORD", "8 to 63"),
    ({**WIFI, "WIFI_PASSWORD": ""}, "WIFI_PASSWORD", "not empty"),
    ({**WIFI, "WIFI_PASSWORD": 12345678}, "WIFI_PASSWORD", "must be a text"),
    ({**WIFI, "WIFI_PASSWORD": [HUSHED]}, "WIFI_PASSWORD", "must be a text"),
    ({**WIFI, "WIFI_PASSWORD": HUSHED + "\udc00"}, "WIFI_PASSWORD", "half a character"),
    ({"WIFI_SSID": "Net", "WIFI_PASSWORD": HUSHED}, "WIFI_PASSWORD", "open to Android"),
    ({**WIFI, "WIFI_SECURITY_TYPE": "NONE"}, "WIFI_PASSWORD", "open to Android"),
    ({"WIFI_SSID": "Net", "WIFI_SECURITY_TYPE": "WPA"}, "WIFI_SECURITY_TYPE", "needs a WIFI_PASSWORD"),
    ({"WIFI_SSID": "Net", "WIFI_SECURITY_TYPE": "WEP"}, "WIFI_SECURITY_TYPE", "needs a WIFI_PASSWORD"),
    ({"WIFI_SECURITY_TYPE": "WPA", "WIFI_PASSWORD": HUSHED}, "WIFI_PASSWORD", "needs WIFI_SSID"),
    ({"WIFI_HIDDEN": True}, "WIFI_HIDDEN", "needs WIFI_SSID"),
    ({**WIFI, "WIFI_HIDDEN": "true"}, "WIFI_HIDDEN", "true or false"),
    ({**WIFI, "WIFI_HIDDEN": 1}, "WIFI_HIDDEN", "true or false"),
    ({**WIFI, "WIFI_PROXY_HOST": "proxy"}, "WIFI_PROXY_HOST", "needs WIFI_PROXY_PORT"),
    ({**WIFI, "WIFI_PROXY_HOST": "proxy", "WIFI_PROXY_PORT": "8080"}, "WIFI_PROXY_PORT", "1 to 65535"),
    ({**WIFI, "WIFI_PROXY_HOST": "proxy", "WIFI_PROXY_PORT": 0}, "WIFI_PROXY_PORT", "1 to 65535"),
    ({**WIFI, "WIFI_PROXY_HOST": "proxy", "WIFI_PROXY_PORT": 65536}, "WIFI_PROXY_PORT", "1 to 65535"),
    ({**WIFI, "WIFI_PROXY_HOST": "proxy", "WIFI_PROXY_PORT": True}, "WIFI_PROXY_PORT", "1 to 65535"),
    ({"WIFI_SSID": "Corp", "WIFI_SECURITY_TYPE": "EAP"}, "WIFI_EAP_METHOD", "needs a WIFI_EAP_METHOD"),
    *refusals(EAP_ONLY, [HUSHED], "only with WIFI_SECURITY_TYPE EAP", WIFI),
    *refusals(EAP_ONLY, [HUSHED], "only with WIFI_SECURITY_TYPE EAP", {"WIFI_SSID": "Net"}),
    *refusals(["LOCALE"], ["en-GB", "en", "EN_gb", "english_GB", "en_GB.UTF-8", "en_GB\n", "", 7], "en_GB"),
    *refusals(["TIME_ZONE"], ["Europe/", "/Paris", "Central European Time", "", None], "Europe/Paris"),
    *refusals(["LOCAL_TIME"], [0, -1, 1.5, "1700000000000", True, 2**63], "milliseconds"),
    *refusals(["USE_MOBILE_DATA", "LEAVE_ALL_SYSTEM_APPS_ENABLED", "SKIP_ENCRYPTION"], ["yes", 1], "true or false"),
    *refusals(["ALLOW_OFFLINE"], [True], "needs the internet"),
    *refusals(["DISCLAIMERS"], [[]], "no QR code can do"),
    *refusals(["LOGO_URI", "SKIP_USER_CONSENT", "WIFI_PSK", "a.a.e.PWS", "", "\x1b[31m"], [HUSHED], "no provisioning extra"),
    ({"ADMIN_EXTRAS_BUNDLE": {TOKEN: HUSHED}}, "ADMIN_EXTRAS_BUNDLE", "no provisioning extra"),
    ({"DEVICE_ADMIN_COMPONENT_NAME": HUSHED}, "DEVICE_ADMIN_COMPONENT_NAME", "no provisioning extra"),
]


@pytest.mark.parametrize(("extras", "name", "why"), REFUSALS)
@pytest.mark.parametrize("prefix", ["", PREFIX], ids=["short", "full"])
def test_a_wrong_extra_is_refused_by_name_and_reason_and_never_by_value(
    extras: dict[str, object], name: str, why: str, prefix: str
) -> None:
    with pytest.raises(BadPayload) as caught:
        payload(**{prefix + key: value for key, value in extras.items()})
    told = str(caught.value)
    assert (name if name.isprintable() else repr(name)) in told
    assert why in told
    assert caught.value.remedy
    assert told.isprintable()
    assert HUSHED not in "".join(traceback.format_exception(caught.value))


def test_an_extra_that_the_services_code_has_already_is_refused() -> None:
    with pytest.raises(BadPayload, match="LOCALE is in the management service's code already"):
        with_extras(parse(code(more={PREFIX + "LOCALE": "de_DE"})), {"LOCALE": "en_GB"}, Mode.FULLY_MANAGED)


def test_an_extra_given_by_both_of_its_names_is_refused() -> None:
    with pytest.raises(BadPayload, match="LOCALE is given twice"):
        payload(**{"LOCALE": "en_GB", PREFIX + "LOCALE": "de_DE"})


# --- extras that are taken ---------------------------------------------------------------------------------------------------

TAKEN: list[dict[str, object]] = [
    {},
    {"WIFI_SSID": "Open"},
    {"WIFI_SSID": "Open", "WIFI_SECURITY_TYPE": "NONE", "WIFI_HIDDEN": True},
    {"WIFI_SSID": "x" * 32},
    {"WIFI_SSID": "ä" * 16},
    {"WIFI_SSID": ' "quoted" \\ '},
    {**WIFI},
    {**WIFI, "WIFI_PASSWORD": "12345678"},
    {**WIFI, "WIFI_PASSWORD": "x" * 63},
    {**WIFI, "WIFI_SECURITY_TYPE": "WEP", "WIFI_PASSWORD": "abcde"},
    {**EAP, "WIFI_IDENTITY": "bench", "WIFI_PASSWORD": "short", "WIFI_DOMAIN": "example.com", "WIFI_CA_CERTIFICATE": "MIIB"},
    {**WIFI, "WIFI_PROXY_HOST": "proxy.example", "WIFI_PROXY_PORT": 8080, "WIFI_PROXY_BYPASS": "localhost"},
    {**WIFI, "WIFI_PAC_URL": "http://proxy.example/pac"},
    {"LOCALE": "en_GB", "TIME_ZONE": "America/Argentina/Buenos_Aires", "LOCAL_TIME": 1_700_000_000_000},
    {"LOCALE": "fil_PH", "TIME_ZONE": "Etc/GMT+5"},
    {"LEAVE_ALL_SYSTEM_APPS_ENABLED": True, "USE_MOBILE_DATA": False, "SENSORS_PERMISSION_GRANT_OPT_OUT": True},
]


@pytest.mark.parametrize("extras", TAKEN)
def test_a_right_extra_is_added_under_its_full_name_and_nothing_else_changes(extras: dict[str, object]) -> None:
    before, after = parse(code()), payload(**extras)
    assert after.entries == {**before.entries, **{PREFIX + name: value for name, value in extras.items()}}
    assert list(after.entries)[:4] == list(before.entries)
    assert payload(**{PREFIX + name: value for name, value in extras.items()}) == after


@pytest.mark.parametrize("extras", TAKEN)
def test_a_phone_takes_every_extra_that_is_taken_here(extras: dict[str, object]) -> None:
    """The twin's own reading of Android's rules, which shares nothing with these."""
    taken = payload(**extras)
    seen = android.check(serialise(taken))
    assert set(seen.ignored) <= {warning.split(":")[0] for warning in taken.warnings}
    assert seen.locale == extras.get("LOCALE")
    if "WIFI_SSID" in extras:
        assert seen.wifi is not None
        assert (seen.wifi.ssid, seen.wifi.complete) == (extras["WIFI_SSID"], True)
        assert seen.wifi.security == extras.get("WIFI_SECURITY_TYPE", "NONE")
        assert android.can_join(seen.wifi)


@settings(STEADY, max_examples=100)
@given(st.text(max_size=40))
def test_a_network_name_is_taken_exactly_when_it_has_one_to_32_octets(name: str) -> None:
    try:
        payload(WIFI_SSID=name)
    except BadPayload:
        assert not 0 < len(name.encode()) <= 32
    else:
        assert 0 < len(name.encode()) <= 32


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.lists(st.text(max_size=3), max_size=2)


@settings(STEADY, max_examples=150)
@given(st.dictionaries(st.sampled_from(sorted({*CHECKS, *REFUSED})) | st.text(max_size=8), VALUES, max_size=5))
def test_any_extras_are_added_as_they_are_or_refused(extras: Mapping[str, object]) -> None:
    try:
        taken = with_extras(parse(code()), extras, Mode.WPCO)
    except BadPayload as why:
        printable = str(why).isprintable()
    else:
        printable = True
        assert json.loads(serialise(taken))[BUNDLE] == {TOKEN: "ABCDEFGHIJKLMNOPQRST"}
        assert len(taken.entries) == 4 + len(extras)
    assert printable


# --- warnings ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("name", "value"), [("LOCALE", "en_GB"), ("TIME_ZONE", "UTC"), ("LOCAL_TIME", 1), ("SENSORS_PERMISSION_GRANT_OPT_OUT", True)]
)
def test_what_only_a_device_owner_heeds_is_warned_of_in_the_other_modes(mode: Mode, name: str, value: object) -> None:
    warnings = with_extras(parse(code()), {name: value}, mode).warnings
    if mode in {Mode.FULLY_MANAGED, Mode.DEDICATED}:
        assert warnings == ()
    else:
        assert warnings == (f"{name}: only fully managed devices heed it, {mode} ignores it.",)
    assert name in DEVICE_OWNER_ONLY


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", sorted(DEAD))
def test_what_no_phone_heeds_is_warned_of_in_every_mode(mode: Mode, name: str) -> None:
    assert with_extras(parse(code()), {name: True}, mode).warnings == (f"{name}: {DEAD[name]}.",)


def test_mobile_data_beside_a_network_is_warned_of() -> None:
    assert payload(USE_MOBILE_DATA=True).warnings == ()
    assert payload(**WIFI, USE_MOBILE_DATA=True).warnings == ("USE_MOBILE_DATA: a Wi-Fi network is given too, and Wi-Fi wins.",)


def test_warnings_add_up_and_hold_no_values() -> None:
    first = with_extras(parse(code()), {"LOCALE": "en_GB"}, Mode.WPCO)
    both = with_extras(first, {**WIFI, "USE_MOBILE_DATA": True, "SKIP_ENCRYPTION": True}, Mode.WPCO)
    assert len(both.warnings) == 3
    assert not any(text in warning for warning in both.warnings for text in (HUSHED, "Wärehouse", "en_GB"))
