from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.emm.emulator.errors import ApiError
from station.emm.emulator.paging import Pager


@dataclass(frozen=True)
class Thing:
    number: int


def things(count: int) -> list[Thing]:
    return [Thing(number * 3) for number in range(count)]


@given(st.integers(0, 230), st.integers(0, 150))
def test_pages_give_every_item_once_in_order(count: int, size: int) -> None:
    pager, items, seen = Pager(0), things(count), list[Thing]()
    query: dict[str, object] = {"pageSize": size}
    while True:
        page, more = pager.page("things", items, query)
        assert len(page) <= min(size or 10, 100)
        seen += page
        if not more:
            break
        query["pageToken"] = more["nextPageToken"]
    assert seen == items


def test_a_page_goes_on_behind_items_that_vanished_or_came() -> None:
    pager, items = Pager(0), things(20)
    _, more = pager.page("things", items, {})
    rest, _ = pager.page("things", [*items[:2], *items[12:], Thing(100)], {"pageToken": more["nextPageToken"]})
    assert [thing.number for thing in rest] == [36, 39, 42, 45, 48, 51, 54, 57, 100]


@pytest.mark.parametrize("broken", ["", "x", "AAAA", "ü", "%", "A" * 5000])
def test_refuses_page_tokens_that_it_did_not_give(broken: str) -> None:
    pager = Pager(0)
    _, more = pager.page("things", things(20), {})
    with pytest.raises(ApiError, match="page token"):
        pager.page("things", things(20), {"pageToken": broken + more["nextPageToken"][4:]})


def test_refuses_page_tokens_of_another_collection_or_server() -> None:
    _, more = Pager(0).page("things", things(20), {})
    for pager, collection in ((Pager(0), "others"), (Pager(1), "things")):
        with pytest.raises(ApiError) as caught:
            pager.page(collection, things(20), {"pageToken": more["nextPageToken"]})
        assert caught.value.code == 400


def test_refuses_a_negative_page_size() -> None:
    with pytest.raises(ApiError, match="negative"):
        Pager(0).page("things", things(1), {"pageSize": -1})
