from __future__ import annotations

import pytest

from station.emm.emulator.errors import ApiError
from station.emm.emulator.faults import Fault, Faults, Rule, read_rules
from station.emm.emulator.methods import CREATE_TOKEN
from station.emm.emulator.seeded import Seeded

LIST = "androidmanagement.enterprises.devices.list"


def drawn(*rules: Rule, calls: int, method: str = CREATE_TOKEN, seed: int = 0) -> list[Fault]:
    faults = Faults(rules, Seeded(seed))
    return [faults.draw(method) for _ in range(calls)]


def test_a_rule_skips_then_fails_so_many_times() -> None:
    found = drawn(Rule(CREATE_TOKEN, "status", status=500, skip=1, times=2), calls=5)
    assert [fault.status for fault in found] == [None, 500, 500, None, None]


def test_zero_times_is_always() -> None:
    assert all(fault.drop == "before" for fault in drawn(Rule("*", "drop_before", times=0), calls=50))


def test_a_rule_touches_its_own_method_only() -> None:
    assert drawn(Rule(LIST, "status"), calls=3) == [Fault()] * 3


def test_the_star_covers_the_api_and_not_the_phones() -> None:
    assert drawn(Rule("*", "status"), calls=1, method=LIST) == [Fault(status=503)]
    assert drawn(Rule("*", "status"), calls=1, method="phones.enroll") == [Fault()]
    assert drawn(Rule("phones.enroll", "drop_after"), calls=1, method="phones.enroll") == [Fault(drop="after")]


def test_latencies_add_up_and_the_first_other_rule_counts() -> None:
    rules = (
        Rule("*", "latency", seconds=1.0),
        Rule("*", "drop_after", skip=1),
        Rule("*", "status", status=429, times=2),
        Rule(CREATE_TOKEN, "latency", seconds=0.5),
    )
    assert drawn(*rules, calls=3) == [Fault(1.5, status=429), Fault(drop="after"), Fault(status=429)]


def test_chances_are_drawn_from_the_seed() -> None:
    rule = Rule("*", "status", times=0, chance=0.3)
    first = drawn(rule, calls=500)
    assert first == drawn(rule, calls=500)
    assert first != drawn(rule, calls=500, seed=1)
    assert 100 < sum(fault.status == 503 for fault in first) < 200
    assert drawn(Rule("*", "status", times=0, chance=0.0), calls=20) == [Fault()] * 20


def test_new_rules_replace_the_old_ones() -> None:
    faults = Faults([Rule("*", "status", times=0)], Seeded(0))
    faults.replace([])
    assert faults.draw(LIST) == Fault()


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"kind": "status"}, "has no 'method'"),
        ({"method": "*"}, "has no 'kind'"),
        ({"method": "*", "kind": "explode"}, "TYPE_ENUM"),
        ({"method": "*", "kind": "status", "status": 200}, "400 to 599"),
        ({"method": "*", "kind": "latency", "seconds": -1}, "must not be negative"),
        ({"method": "*", "kind": "status", "chance": 2}, "between 0 and 1"),
        ({"method": "*", "kind": "status", "often": 1}, 'Unknown name "often"'),
    ],
)
def test_refuses_rules_that_make_no_sense(rule: dict[str, object], message: str) -> None:
    with pytest.raises(ApiError, match=message) as caught:
        read_rules({"rules": [rule]})
    assert caught.value.code == 400


def test_reads_a_rule_with_its_defaults() -> None:
    assert read_rules({"rules": [{"method": "*", "kind": "latency", "seconds": 2}]}) == [Rule("*", "latency", seconds=2)]
    assert read_rules({}) == []
