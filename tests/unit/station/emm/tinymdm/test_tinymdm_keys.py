"""Keys come from files, and are never said."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.domain.errors import ConfigurationError
from station.emm.tinymdm import load_keys


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    public, secret = tmp_path / "public", tmp_path / "secret"
    public.write_text("pub-1\n", encoding="utf-8")
    secret.write_text("  s3cr3t \n", encoding="utf-8")
    return public, secret


def test_an_accounts_pair_and_a_managers_pair_have_headers_of_their_own(files: tuple[Path, Path]) -> None:
    assert load_keys(*files).headers() == {"X-Tinymdm-Apikey-Public": "pub-1", "X-Tinymdm-Apikey-Secret": "s3cr3t"}
    assert load_keys(*files, "4711").headers() == {
        "X-Tinymdm-Manager-Apikey-Public": "pub-1",
        "X-Tinymdm-Manager-Apikey-Secret": "s3cr3t",
        "X-Account-Id": "4711",
    }


def test_keys_are_in_no_repr(files: tuple[Path, Path]) -> None:
    shown = repr(load_keys(*files, "4711"))
    assert "4711" in shown
    assert "pub-1" not in shown
    assert "s3cr3t" not in shown


@pytest.mark.parametrize("content", [b"", b"two words", b"line\nline", b"\xff\xfe", b"k\x00y", b"x" * 513])
def test_a_file_that_holds_no_key_is_named_and_not_quoted(files: tuple[Path, Path], content: bytes) -> None:
    files[1].write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load_keys(*files)
    assert str(files[1]) in str(caught.value)
    assert caught.value.remedy
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert not content.strip() or content.decode("latin-1") not in str(caught.value)


def test_a_missing_file_is_named(files: tuple[Path, Path]) -> None:
    files[0].unlink()
    with pytest.raises(ConfigurationError, match="No such file"):
        load_keys(*files)


def test_an_account_id_with_a_line_break_cannot_become_a_header(files: tuple[Path, Path]) -> None:
    with pytest.raises(ConfigurationError, match="account id"):
        load_keys(*files, "4711\r\nX-Evil: 1")
