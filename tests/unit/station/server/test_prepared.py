"""Prepared codes at the door: their content goes in and never comes out, not even in an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from station import wire
from station.ports import Actor
from tests.unit.station.server.door import Door, at_the_door

SECRET = "0123456789abcdef"  # noqa: S105 - part of a code
CODE = wire.ExportedCode.model_validate({"user": "u_1", "content": f'{{"a": "{SECRET}"}}', "source": "Anna.png"})


def test_a_code_is_on_the_wire_and_in_no_repr() -> None:
    order = wire.PutCodes(codes=(CODE,))
    assert SECRET not in repr(order)
    assert "Anna" not in repr(order)
    assert SECRET in order.model_dump_json()
    assert wire.COMMAND.validate_json(order.model_dump_json()) == order


@pytest.mark.parametrize(
    "message",
    [
        {"codes": [{"user": "u_1", "content": {"a": SECRET}}]},
        {"codes": [{"user": "u_1", "content": SECRET, "source": "x" * 400}]},
        {"codes": [{"user": "u_1", "content": SECRET, "mode": ["wpco"]}]},
        {"codes": [SECRET]},
        {"codes": [{"user": "u_1", "content": f'{{"a": "{SECRET}"}}'}]},
    ],
)
def test_no_answer_quotes_a_code_that_was_not_understood_or_not_taken(tmp_path: Path, message: dict[str, object]) -> None:
    async def scenario(door: Door) -> None:
        door.actor = Actor("ada", "admin")
        status, answer = await door.post(json.dumps({"command": "put_codes", **message}).encode())
        assert status in {400, 409}
        assert SECRET not in json.dumps(answer)

    at_the_door(tmp_path, scenario)


def test_a_bench_whose_service_makes_its_codes_says_so(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        door.actor = Actor("ada", "admin")
        for status, answer in (await door.order(wire.PurgeCodes()), await door.ask("/v1/codes")):
            assert (status, answer["kind"]) == (409, "WrongUse")
            assert "makes its codes itself" in answer["message"]

    at_the_door(tmp_path, scenario)
