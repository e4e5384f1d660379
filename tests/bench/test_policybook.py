"""Policies kept as versions, and given to the management service: what is recorded, and what never is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from station.bench.policybook import PolicyBook
from station.domain.errors import NotFound, SixtapError, WrongUse
from station.ports import Actor, PolicyVersion
from tests.bench.rig import Crashed, Rig
from tests.bench.scenes import bench

ADMIN = Actor("ada", "admin")
NETWORK = {"openNetworkConfiguration": {"NetworkConfigurations": [{"WiFi": {"SSID": "office", "Passphrase": "secret:office"}}]}}
KINDS = {"PolicyKept", "PolicyPushOrdered", "PolicyPushed"}
PASSWORD = "Tr0ub4dor & co"  # noqa: S105 - the secret that is looked for


def book(rig: Rig, **secrets: str) -> PolicyBook:
    """The bench's policies, with files for these secrets."""
    return PolicyBook(rig.bench.record, rig.cloud, secrets.get)


def put(rig: Rig, name: str, document: Mapping[str, Any]) -> tuple[int, bool]:
    kept, changed = rig.act(rig.bench.policybook.put(ADMIN, name, dict(document)))
    return kept.version, changed


def at_service(rig: Rig, name: str) -> dict[str, object]:
    return rig.act(rig.cloud.policy(name))


def recorded(rig: Rig) -> list[tuple[str, str, dict[str, object]]]:
    events = rig.loop.run_until_complete(rig.ledger.events(limit=1000))
    return [(event.actor, event.kind, event.body) for event in events if event.kind in KINDS]


def test_only_another_content_makes_another_version() -> None:
    with bench(started=False) as rig:
        assert put(rig, "p", {"cameraDisabled": True, "funDisabled": True}) == (1, True)
        assert put(rig, "p", {"funDisabled": True, "cameraDisabled": True}) == (1, False)
        assert put(rig, "policies/p", {"name": "enterprises/E/policies/q", "version": "9", "cameraDisabled": True}) == (2, True)
        assert put(rig, "p", {"cameraDisabled": 1}) == (3, True)
        assert put(rig, "other", {}) == (1, True)
        newest = rig.act(rig.bench.policybook.newest())
        assert [(one.name, one.version, one.actor) for one in newest] == [("other", 1, "ada"), ("p", 3, "ada")]
        assert [json.loads(one.document) for one in rig.act(rig.bench.policybook.versions("p"))][1] == {"cameraDisabled": True}
        assert [body["version"] for _, kind, body in recorded(rig) if body["policy"] == "p" and kind == "PolicyKept"] == [1, 2, 3]


def test_a_document_that_json_cannot_say_is_refused() -> None:
    with bench(started=False) as rig:
        with pytest.raises(WrongUse, match="a number that JSON cannot say"):
            put(rig, "p", {"openNetworkConfiguration": {"x": float("nan")}})
        assert rig.act(rig.ledger.policy("p")) is None


def test_a_secret_reaches_the_service_and_nothing_that_is_kept() -> None:
    with bench(started=False) as rig:
        put(rig, "p", NETWORK)
        pushed, written = rig.act(book(rig, office=PASSWORD).push(ADMIN, "p"))
        assert (pushed.version, written) == (1, PolicyVersion("p", 1))
        assert PASSWORD in json.dumps(at_service(rig, "p"))
        kept = rig.act(rig.ledger.policy("p"))
        assert kept is not None
        assert kept.pushed == pushed.pushed is not None
        assert PASSWORD not in kept.document
        assert PASSWORD not in repr(rig.loop.run_until_complete(rig.ledger.events(limit=1000)))


def test_a_secret_that_is_written_out_or_has_no_file_is_refused_before_anything_is_done() -> None:
    with bench(started=False) as rig:
        with pytest.raises(WrongUse, match=r"Passphrase") as refused:
            put(rig, "p", json.loads(json.dumps(NETWORK).replace("secret:office", PASSWORD)))
        assert PASSWORD not in str(refused.value)
        assert rig.act(rig.ledger.policy("p")) is None
        put(rig, "p", NETWORK)
        with pytest.raises(WrongUse, match=r"secret:office.*no file"):
            rig.act(rig.bench.policybook.push(ADMIN, "p"))
        assert [kind for _, kind, _ in recorded(rig)] == ["PolicyKept"]
        with pytest.raises(SixtapError):
            at_service(rig, "p")


def test_a_push_is_ordered_in_the_record_before_it_is_done() -> None:
    with bench(started=False) as rig:
        put(rig, "p", {"cameraDisabled": True})
        rig.life.end_at(2, "before")
        with pytest.raises(Crashed):
            rig.act(rig.bench.policybook.push(ADMIN, "p"))
        assert at_service(rig, "p")["cameraDisabled"] is True
        assert [(actor, kind) for actor, kind, _ in recorded(rig)] == [("ada", "PolicyKept"), ("ada", "PolicyPushOrdered")]
        pushed, written = rig.act(rig.bench.policybook.push(ADMIN, "p"))
        assert (pushed.version, written.id) == (1, "p")
        assert recorded(rig)[-1][1:] == (
            "PolicyPushed",
            {"policy": "p", "version": 1, "digest": pushed.digest, "service_version": written.version},
        )


def test_a_push_that_the_service_refuses_counts_for_nothing() -> None:
    with bench(started=False) as rig:
        put(rig, "p", {"cameraDisabled": True})
        rig.cloud.failing = {"put_policy"}
        with pytest.raises(SixtapError):
            rig.act(rig.bench.policybook.push(ADMIN, "p"))
        kept = rig.act(rig.ledger.policy("p"))
        assert kept is not None
        assert kept.pushed is None
        assert recorded(rig)[-1][1] == "PolicyPushOrdered"


def test_what_the_service_has_is_asked_and_its_silence_is_told() -> None:
    with bench(started=False) as rig:
        put(rig, "p", {})
        rig.act(rig.bench.policybook.push(ADMIN, "p"))
        found = rig.act(rig.bench.policybook.at_service())
        assert (found.answer, found.versions) == ("answered", {"default": 1, "p": 1})
        rig.cloud.failing = {"policies"}
        assert rig.act(rig.bench.policybook.at_service()).answer == "silent"
        rig.cloud.failing = set()
        rig.cloud.seconds = 60.0
        assert rig.act(rig.bench.policybook.at_service()).answer == "silent"


def test_what_is_not_kept_cannot_be_had() -> None:
    with bench(started=False) as rig:
        put(rig, "p", {})
        for asked in (rig.bench.policybook.version("q"), rig.bench.policybook.version("p", 2), rig.bench.policybook.versions("q")):
            with pytest.raises(NotFound):
                rig.act(asked)
        with pytest.raises(WrongUse, match="no policy name"):
            rig.act(rig.bench.policybook.version("a/b"))
