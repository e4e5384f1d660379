from __future__ import annotations

from station.domain.setuptimes import FEWEST, NEWEST, SetupTime, usual


def of(model: str, *seconds: float) -> list[SetupTime]:
    return [SetupTime(model, each) for each in seconds]


def test_nothing_is_usual_while_too_few_phones_are_known() -> None:
    assert usual([]) is None
    assert usual(of("A", *[100.0] * (FEWEST - 1))) is None


def test_one_slow_phone_changes_little() -> None:
    assert usual(of("A", 100, 110, 5000)) == 110


def test_each_model_has_its_own_time_and_the_newest_phone_says_which_counts() -> None:
    times = of("A", 100, 110, 120) + of("B", 300, 310, 320)
    assert usual(times) == 110
    assert usual(times, "B") == 310
    assert usual(times, "C") is None


def test_what_was_long_ago_is_forgotten() -> None:
    assert usual(of("A", *[200.0] * NEWEST, *[10.0] * 100)) == 200
