"""Passwords in documents: by reference only, filled in when the document leaves."""

from __future__ import annotations

import pytest

from station.domain.errors import WrongUse
from station.domain.secretrefs import filled, open_secrets, reference, refuse_open_secrets

NETWORK = {"NetworkConfigurations": [{"Type": "WiFi", "WiFi": {"SSID": "office", "Passphrase": "Tr0ub4dor"}}]}


@pytest.mark.parametrize(
    "field",
    [
        *(
            "Passphrase",
            "Password",
            "password",
            "PKCS12",
            "PSK",
            "wifiPassword",
            "WIFI_PASSWORD",
            "api-key",
            "apiKey",
            "shared_secret",
        ),
        *("privateKey", "clientSecret", "auth.token", "accessToken", "credentials", "PreSharedKey"),
    ],
)
def test_a_text_in_a_field_for_secrets_is_found(field: str) -> None:
    assert list(open_secrets({"a": [{field: "x"}]})) == [f"a[0].{field}"]


@pytest.mark.parametrize(
    "field", ["passwordQuality", "compass", "SSID", "privateKeyAlias", "tokens_endpoint", "packageName", "keyguard"]
)
def test_other_fields_are_left_alone(field: str) -> None:
    assert not list(open_secrets({field: "x"}))


@pytest.mark.parametrize("value", ["", "secret:office", 7, True, None])
def test_what_is_no_secret_written_out_is_no_problem(value: object) -> None:
    refuse_open_secrets({"password": value})


def test_the_refusal_names_places_and_never_values() -> None:
    with pytest.raises(WrongUse) as refused:
        refuse_open_secrets({"openNetworkConfiguration": NETWORK, "x": [{"token": "hush"}] * 4})
    assert "openNetworkConfiguration.NetworkConfigurations[0].WiFi.Passphrase, x[0].token, x[1].token and 2 more" in str(refused.value)
    assert "Tr0ub4dor" not in str(refused.value)
    assert "hush" not in str(refused.value)


def test_references_are_filled_in_a_copy_wherever_they_stand() -> None:
    document = {"a": ["secret:one", {"b": "secret:two", "c": "no secret:one"}], "d": 3}
    assert filled(document, str.upper) == {"a": ["ONE", {"b": "TWO", "c": "no secret:one"}], "d": 3}
    assert document["a"] == ["secret:one", {"b": "secret:two", "c": "no secret:one"}]


@pytest.mark.parametrize("text", ["secret:", "secret:a b", "Secret:a", "secret:" + "x" * 65, "secret:a\n", 3, None])
def test_what_is_no_reference_is_none(text: object) -> None:
    assert reference(text) is None
