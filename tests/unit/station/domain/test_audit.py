"""The hash chain: a record that was changed, shortened, reordered or written anew is found."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.audit import EMPTY, FIELDS, Chain, Flaw, link
from station.ports import Recorded

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
Event = dict[str, object]


def chained(bodies: list[Event], previous: str = EMPTY) -> list[Event]:
    rows: list[Event] = []
    for seq, body in enumerate(bodies, 1):
        row: Event = {
            "seq": seq,
            "at": 1700000000.5 + seq,
            "bench": "a",
            "actor": "camera",
            "role": None,
            "kind": "Ticked",
            "batch": "b",
        }
        row |= {"enrollment": f"e{seq}", "body": body, "previous": previous}
        row["hash"] = previous = link(row)
        rows.append(row)
    return rows


def events(number: int = 6) -> list[Event]:
    return chained([{"n": n, "text": "Zoë ✓", "nested": {"b": [1, 2.5, None, True], "a": ""}} for n in range(1, number + 1)])


def judged(rows: list[Event], head: str | None = None, page: int = 4) -> Flaw | None:
    chain = Chain()
    for start in range(0, len(rows), page):
        chain.feed(rows[start : start + page], expected=head)
    return chain.finish(head)


def test_an_untouched_chain_holds_however_it_is_paged() -> None:
    rows = events(9)
    for page in (1, 2, 9):
        assert judged(rows, page=page) is None
    chain = Chain()
    chain.feed(iter(rows))
    assert (chain.length, chain.head) == (9, rows[-1]["hash"])


def test_an_empty_chain_holds_and_has_the_empty_head() -> None:
    assert judged([]) is None
    assert judged([], EMPTY) is None
    assert Chain().head == EMPTY
    assert judged(events(), EMPTY) is None


def test_a_link_can_be_computed_by_other_means() -> None:
    row = events(1)[0]
    body = ",".join(f'"{name}":{_json(row[name])}' for name in sorted(FIELDS))
    assert link(row) == hashlib.sha256(("{" + body + "}").encode()).hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_every_field_of_an_event_is_hashed_but_the_hash_itself() -> None:
    assert {*FIELDS, "hash"} == {field.name for field in fields(Recorded)}


def test_a_text_that_holds_half_a_character_can_be_chained() -> None:
    rows = chained([{"text": "\ud800"}, {"text": "\udfff"}])
    assert judged(rows) is None
    assert rows[0]["hash"] != link({**rows[0], "body": {"text": "\udfff"}})


@pytest.mark.parametrize("field", FIELDS)
def test_a_change_in_any_field_of_any_event_is_found_there(field: str) -> None:
    other: Event = {"at": 0.0, "body": {"n": 99}, "seq": 77, "role": "admin", "previous": "0" * 64}
    for place in range(6):
        rows = events()
        rows[place][field] = other.get(field, "another")
        flaw = judged(rows)
        assert flaw is not None
        assert flaw.seq == place + 1


def test_a_change_whose_hash_was_made_anew_breaks_the_next_link() -> None:
    rows = events()
    rows[2]["actor"] = "lead"
    rows[2]["hash"] = link(rows[2])
    assert judged(rows) == Flaw(4, "event 4 does not follow on event 3")


@pytest.mark.parametrize("place", range(5))
def test_an_event_that_is_missing_is_named(place: int) -> None:
    rows = events()
    del rows[place]
    assert judged(rows) == Flaw(place + 1, f"event {place + 1} is missing; the next one found is {place + 2}")


def test_a_gap_that_was_closed_by_new_numbers_is_found_by_the_links() -> None:
    rows = events()
    del rows[2]
    for seq, row in enumerate(rows, 1):
        row["seq"] = seq
    flaw = judged(rows)
    assert flaw == Flaw(3, "event 3 does not follow on event 2")


def test_events_in_another_order_are_found() -> None:
    rows = events()
    rows[1], rows[2] = rows[2], rows[1]
    flaw = judged(rows)
    assert flaw is not None
    assert flaw.seq == 2


def test_an_event_written_twice_is_found() -> None:
    rows = events()
    rows.insert(3, rows[2])
    flaw = judged(rows)
    assert flaw is not None
    assert flaw.seq == 4


def test_a_chain_that_was_cut_is_found_by_a_head_noted_before() -> None:
    rows = events()
    head = str(rows[-1]["hash"])
    assert judged(rows[:4]) is None
    assert judged(rows[:4], head) == Flaw(4, "the noted head is nowhere in the chain: it was rewritten or cut")
    assert judged([], head) == Flaw(0, "the noted head is nowhere in the chain: it was rewritten or cut")
    assert judged(rows, head) is None


def test_a_chain_that_has_grown_since_still_has_the_noted_head() -> None:
    rows = events(9)
    for noted in rows:
        assert judged(rows, str(noted["hash"])) is None


def test_a_chain_rewritten_from_its_beginning_is_found_only_by_a_head_noted_before() -> None:
    rows = events()
    bodies: list[Event] = [{"n": 1}, *({"n": n, "kind": "forged"} for n in range(2, 7))]
    forged = chained(bodies)
    assert judged(forged) is None
    assert judged(forged, str(rows[-1]["hash"])) is not None
    assert judged(forged, str(rows[0]["hash"])) is not None


def test_a_chain_rewritten_in_its_latter_half_keeps_the_older_heads_and_loses_the_newer() -> None:
    rows = events()
    bodies: list[Event] = [dict(row["body"]) for row in rows]  # type: ignore[call-overload]  # bodies are dicts here
    bodies[3] = {"n": "forged"}
    forged = chained(bodies)
    assert judged(forged, str(rows[2]["hash"])) is None
    assert judged(forged, str(rows[3]["hash"])) is not None


def test_only_the_first_flaw_is_told_and_nothing_is_walked_after_it() -> None:
    rows = events()
    rows[1]["actor"] = rows[4]["actor"] = "x"
    chain = Chain()
    chain.feed(rows[:3])
    chain.feed(rows[3:])
    assert chain.finish(str(rows[-1]["hash"])) == Flaw(2, "event 2 was changed after it was written")
    assert chain.length == 1


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@STEADY
@given(bodies=st.lists(st.dictionaries(st.text(max_size=5), PLAIN, max_size=3), min_size=1, max_size=6))
def test_what_comes_back_from_json_still_links(bodies: list[Event]) -> None:
    rows = chained(bodies)
    assert judged([json.loads(json.dumps(row)) for row in rows], str(rows[-1]["hash"])) is None


@STEADY
@given(seed=st.integers(0, 10_000))
def test_any_reordering_or_loss_within_the_chain_is_found(seed: int) -> None:
    dealer = random.Random(seed)
    rows = events()
    dealt = dealer.sample(rows, dealer.randint(1, 6))
    flaw = judged(dealt, str(rows[-1]["hash"]))
    assert (flaw is None) == (dealt == rows)
