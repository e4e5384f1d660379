from __future__ import annotations

import json
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials

from station.domain.errors import ConfigurationError
from station.emm.amapi import load_credentials
from station.emm.amapi.credentials import checked_endpoint, is_loopback


def key(private: str, **changes: object) -> bytes:
    whole = {
        "type": "service_account",
        "client_email": "bench@p.iam.gserviceaccount.com",
        "private_key": private,
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return json.dumps(whole | changes).encode()


def test_reads_a_service_account_key_from_a_file_and_from_bytes(private_key: str, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_bytes(key(private_key))
    for given in (path, key(private_key)):
        credentials = load_credentials(given)
        assert getattr(credentials, "service_account_email", None) == "bench@p.iam.gserviceaccount.com"
        assert getattr(credentials, "scopes", None) == ["https://www.googleapis.com/auth/androidmanagement"]


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8099", "http://localhost:1/", "http://[::1]:5"])
def test_a_stand_in_on_this_machine_needs_no_key(endpoint: str) -> None:
    assert isinstance(load_credentials(None, endpoint=endpoint), AnonymousCredentials)


@pytest.mark.parametrize(
    "endpoint", [None, "https://androidmanagement.googleapis.com", "http://192.168.1.2:8099", "http://127.0.0.1.evil.example"]
)
def test_anything_else_needs_a_key(endpoint: str | None) -> None:
    with pytest.raises(ConfigurationError, match=r"key.*none is configured"):
        load_credentials(None, endpoint=endpoint)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"type": "authorized_user"}, "no service account key"),
        ({"client_email": None}, "lacks client_email"),
        ({"private_key": 7, "token_uri": None}, "lacks private_key, token_uri"),
        ({"private_key": "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"}, "cannot be read"),
        ({"private_key": "secret"}, "cannot be read"),
        ({"token_uri": "http://oauth2.example/token"}, "cannot be used"),
    ],
)
def test_a_key_that_cannot_work_says_so_without_a_word_of_its_content(
    changes: dict[str, object], words: str, private_key: str
) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        load_credentials(key(private_key, **changes))
    assert "secret" not in str(caught.value)
    assert "c2VjcmV0" not in str(caught.value)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert caught.value.remedy


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"not json", b"7"])
def test_a_file_that_is_no_key_says_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="no service account key") as caught:
        load_credentials(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        load_credentials(tmp_path / "absent.json")


@pytest.mark.parametrize("url", ["http://mdm.example", "ftp://127.0.0.1", "127.0.0.1:8099", "", "https://"])
def test_an_endpoint_that_would_send_secrets_in_the_clear_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be used"):
        checked_endpoint(url)


def test_an_endpoint_loses_its_last_slash() -> None:
    assert checked_endpoint("https://h.example/") == "https://h.example"


def test_a_host_that_only_looks_local_is_not() -> None:
    assert not is_loopback("http://localhost.example")
    assert is_loopback("http://127.8.8.8")
