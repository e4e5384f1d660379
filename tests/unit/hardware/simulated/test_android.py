from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from hardware.simulated.android import Provisioning, Refused, Wifi, can_join, check

Code = Callable[..., str]
HORSE = "correct horse"


def test_a_complete_code_gives_its_token_and_uses_mobile_data(code: Code) -> None:
    order = check(code("ABCDEFGHIJKLMNOPQRST"))
    assert (order.token, order.wifi, order.ignored) == ("ABCDEFGHIJKLMNOPQRST", None, ())


@pytest.mark.parametrize(
    "missing",
    [
        "DEVICE_ADMIN_COMPONENT_NAME",
        "DEVICE_ADMIN_SIGNATURE_CHECKSUM",
        "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION",
        "ADMIN_EXTRAS_BUNDLE",
    ],
)
def test_a_code_without_a_needed_extra_is_refused_by_its_name(code: Code, missing: str) -> None:
    with pytest.raises(Refused, match=missing):
        check(code(**{missing: None}))


@pytest.mark.parametrize("text", ["", "https://enterprise.google.com/android/enroll?et=ABC", "[]", "{"])
def test_a_code_that_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="JSON"):
        check(text)


@pytest.mark.parametrize(
    ("extra", "value"),
    [
        ("DEVICE_ADMIN_COMPONENT_NAME", "com.google.android.apps.work.clouddpc"),
        ("DEVICE_ADMIN_SIGNATURE_CHECKSUM", "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPE"),
        ("DEVICE_ADMIN_SIGNATURE_CHECKSUM", "+/YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg"),
        ("DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION", "ftp://example.org/agent.apk"),
        ("ADMIN_EXTRAS_BUNDLE", {"com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN": ""}),
        ("ADMIN_EXTRAS_BUNDLE", "a text"),
        ("LOCALE", "English (US)"),
        ("WIFI_SSID", ""),
    ],
)
def test_a_needed_extra_with_an_impossible_value_is_refused(code: Code, extra: str, value: object) -> None:
    with pytest.raises(Refused, match=extra.split("_", maxsplit=1)[0]):
        check(code(**{extra: value}))


def test_each_management_agent_looks_for_its_token_in_its_own_place(code: Code) -> None:
    other = "invalid.tinymdm.standin/.AdminReceiver"
    assert check(code(DEVICE_ADMIN_COMPONENT_NAME=other, ADMIN_EXTRAS_BUNDLE={"enrollmentId": "abc"})) == Provisioning(
        "abc", None, None, ()
    )
    with pytest.raises(Refused, match="ADMIN_EXTRAS_BUNDLE"):
        check(code("ABCDEFGHIJKLMNOPQRST", DEVICE_ADMIN_COMPONENT_NAME=other))
    with pytest.raises(Refused, match="cannot be installed"):
        check(code("ABCDEFGHIJKLMNOPQRST", DEVICE_ADMIN_COMPONENT_NAME="com.example.unknown/.Admin"))


@pytest.mark.parametrize("locale", ["en_US", "fr_FR", "zh_Hant_TW", "es_419", "de"])
def test_locales_are_language_tags_with_underscores(code: Code, locale: str) -> None:
    assert check(code(LOCALE=locale)).locale == locale


def test_extras_of_the_wrong_type_are_lost_without_an_error(code: Code) -> None:
    order = check(code(WIFI_SSID="depot", WIFI_PROXY_PORT="8080", WIFI_HIDDEN="true", LOCAL_TIME=True))
    assert sorted(order.ignored) == ["LOCAL_TIME", "WIFI_HIDDEN", "WIFI_PROXY_PORT"]
    assert order.wifi == Wifi("depot", "NONE")


def test_unknown_keys_and_extras_without_effect_are_listed(code: Code) -> None:
    fields = json.loads(code(WIFI_SSID="depot", USE_MOBILE_DATA=True, SKIP_EDUCATION_SCREENS=True, EID="1")) | {"name": "Ada"}
    assert sorted(check(json.dumps(fields)).ignored) == ["EID", "SKIP_EDUCATION_SCREENS", "USE_MOBILE_DATA", "name"]


@pytest.mark.parametrize("kind", ["WPA2", "SAE", "wpa", "", None])
def test_an_unknown_network_type_is_taken_for_an_open_network_and_cannot_join_a_protected_one(code: Code, kind: str | None) -> None:
    wifi = check(code(WIFI_SSID="depot", WIFI_SECURITY_TYPE=kind, WIFI_PASSWORD=HORSE)).wifi
    assert wifi is not None
    assert wifi.security == "NONE"
    assert not can_join(wifi)
    assert not can_join(wifi, {"depot": "correct horse"})
    assert can_join(wifi, {"depot": ""})


def test_a_wpa_network_is_joined_with_its_passphrase_only(code: Code) -> None:
    wifi = check(code(WIFI_SSID="depot", WIFI_SECURITY_TYPE="WPA", WIFI_PASSWORD=HORSE)).wifi
    assert wifi is not None
    assert can_join(wifi)
    assert can_join(wifi, {"depot": "correct horse"})
    assert not can_join(wifi, {"depot": "wrong horse"})
    assert not can_join(wifi, {"elsewhere": "correct horse"})


@pytest.mark.parametrize(
    "wifi",
    [
        Wifi("depot", "WPA", "short"),
        Wifi("depot", "WPA", "x" * 64),
        Wifi("x" * 33, "WPA", "correct horse"),
        Wifi("é" * 17, "WPA", "correct horse"),
    ],
)
def test_names_and_passphrases_outside_their_lengths_join_nothing(wifi: Wifi) -> None:
    assert not can_join(wifi)


def test_a_proxy_without_a_port_and_eap_without_a_method_join_nothing(code: Code) -> None:
    proxy = check(code(WIFI_SSID="depot", WIFI_SECURITY_TYPE="WPA", WIFI_PASSWORD=HORSE, WIFI_PROXY_HOST="proxy")).wifi
    eap = check(code(WIFI_SSID="depot", WIFI_SECURITY_TYPE="EAP", WIFI_PASSWORD=HORSE)).wifi
    assert proxy is not None
    assert eap is not None
    assert not can_join(proxy)
    assert not can_join(eap)


def test_no_secret_is_in_a_repr_or_in_a_refusal(code: Code) -> None:
    text = code("SECRETTOKENVALUE1234", WIFI_SSID="depot", WIFI_SECURITY_TYPE="WPA", WIFI_PASSWORD=HORSE)
    shown = repr(check(text))
    with pytest.raises(Refused) as refused:
        check(text.replace("https://", "http://"))
    for secret in ("SECRETTOKENVALUE1234", "correct horse"):
        assert secret not in shown + str(refused.value) + repr(refused.value)
