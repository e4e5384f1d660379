"""Policy documents from files: JSON and YAML, and what is neither."""

from __future__ import annotations

import json

import pytest
import yaml

from station.domain.errors import WrongUse
from station.policies.reading import DEEPEST, LARGEST, read_document

DOCUMENT = {"applications": [{"packageName": "a.b", "minimumVersionCode": 3}], "cameraDisabled": True, "maximumTimeToLock": "1000"}


@pytest.mark.parametrize("tabs", [None, 2, "\t"])
def test_json_is_read(tabs: int | str | None) -> None:
    text = json.dumps(DOCUMENT, indent=tabs)
    assert read_document(text.encode()) == DOCUMENT
    assert read_document(b"\xef\xbb\xbf" + text.encode()) == DOCUMENT


def test_yaml_is_read() -> None:
    assert read_document(yaml.safe_dump(DOCUMENT).encode()) == DOCUMENT
    assert read_document(b"{cameraDisabled: true}") == {"cameraDisabled": True}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(("true", True), ("False", False), ("on", "on"), ("no", "no"), ("2026-01-02", "2026-01-02"), ("12:30", "12:30")),
        *(("010", 10), ("-3", -3), ("0x1F", "0x1F"), ("1.5", 1.5), ("1e3", 1000.0), ("~", None), ("", None), ("'7'", "7")),
    ],
)
def test_plain_words_of_yaml_mean_what_version_1_2_says(written: str, meant: object) -> None:
    read = read_document(f"option: {written}".encode())["option"]
    assert (read, type(read)) == (meant, type(meant))


def test_anchors_and_merges_are_followed_into_copies() -> None:
    text = b"applications:\n - &app {installType: AVAILABLE, packageName: a}\n - {<<: *app, packageName: b}\n - *app\n"
    first, second, third = read_document(text)["applications"]
    assert (second, third) == ({"installType": "AVAILABLE", "packageName": "b"}, first)
    assert third is not first


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "policy.yaml is empty."),
        (b"# only a remark\n", "policy.yaml is empty."),
        (b"[1, 2]", "policy.yaml is no object with named options."),
        (b"just text", "policy.yaml is no object"),
        (b'{\n  "a": 1,\n}', "policy.yaml, line 3, column 1: "),
        (b'{"a": 1,\n "a": 2}', "policy.yaml: 'a' stands twice in one object."),
        (b'{"a": NaN}', "policy.yaml: NaN is no number in JSON."),
        (b'{"a": 1e999}', "holds a number that JSON cannot say"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number with thousands of digits"),
        (b'{"a": "\\ud800"}', "half of a letter"),
        (b'{"\\ud800": 1}', "half of a letter"),
        (b"a: 1\nb: [1\nc: 2", "policy.yaml, line 3, column "),
        (b"a: 1\nb: {c: 1, c: 2}", "policy.yaml, line 2, column 11: 'c' stands twice in one object."),
        (b"a: 1\n2: b", "policy.yaml, line 2, column 1: the name of an option must be a text."),
        (b"a: !!python/object/apply:os.getcwd []", "policy.yaml, line 1, column 4: could not determine a constructor"),
        (b"a: !!binary aGk=", "a value that JSON cannot say (bytes)"),
        (b"a: *nobody", "undefined alias"),
        (b"a: 1\n--- \nb: 2", "line 2, column 1: but found another document"),
        (b"ok: 1\na: \x01", "policy.yaml, line 2: a control character."),
        (b"a: 1\n\xff\xfe", "policy.yaml, line 2: this is not UTF-8 text."),
        (b"a: " + b"9" * 5000, "line 1, column 4: this number is too long"),
        (b"a: " + b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "more than 40 levels"),
        (b'{"a":' * 20_000, "nested too deeply"),
        (b"a: &a [*a]", "more than 40 levels"),
        (b"a: &a [1,1,1,1,1,1,1,1,1]\n" + b"".join(b"%c: &%c [%s]\n" % (n, n, b",".join([b"*%c" % (n - 1)] * 9)) for n in b"bcdefg"),
         "more than 100000 values"),
        (b" " * (LARGEST + 1), "a policy has 1048576 at most"),
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused_with_the_place(content: bytes, says: str) -> None:
    with pytest.raises(WrongUse) as refused:
        read_document(content, "policy.yaml")
    assert says in str(refused.value)
    assert str(refused.value).startswith("policy.yaml")
