"""What a change of some octets turns in a symbol, against the drawings of an encoder that knows nothing of families."""

from __future__ import annotations

import random
import string

import numpy as np
import pytest
import segno
from numpy.typing import NDArray

from station.domain.family import ALPHABET, RELATIVES, SURE, effect, family, layout, relatives
from station.domain.symbol import header

LEVELS = "LMQH"
SYMBOLS = [*((version, level) for version in (1, 2, 7, 10, 14, 25) for level in LEVELS), (6, "M"), (9, "Q"), (17, "M"), (40, "L")]


def encoded(content: bytes, version: int, level: str, mask: int = 3) -> bytes:
    """The encoder's own modules."""
    matrix = segno.make_qr(content, error=level, version=version, mask=mask, mode="byte", boost_error=False).matrix
    return b"".join(bytes(row) for row in matrix)


def letters(dealer: random.Random, count: int) -> bytes:
    return bytes(dealer.choices(ALPHABET, k=count))


def unpacked(member: bytes, count: int) -> NDArray[np.uint8]:
    return np.unpackbits(np.frombuffer(member, np.uint8), count=count)


def codewords_of(version: int, level: str) -> int:
    return layout(version, level).capacity - 3


@pytest.mark.parametrize(("version", "level"), SYMBOLS)
def test_a_change_turns_what_it_turns_in_the_encoders_drawing(version: int, level: str) -> None:
    """Content that fills the symbol, so that each block is reached; the octets that change begin and end anywhere."""
    dealer, plan = random.Random(f"{version}{level}"), layout(version, level)
    room, mask = codewords_of(version, level), dealer.randrange(8)
    base = letters(dealer, room)
    drawn = encoded(base, version, level, mask)
    for length in (min(20, room), room):
        start = dealer.randint(0, room - length)
        changed = base[:start] + bytes(dealer.randrange(256) for _ in range(length)) + base[start + length :]
        change = bytes(a ^ b for a, b in zip(base[start : start + length], changed[start : start + length], strict=True))
        turned = effect(version, level, header(version) + 8 * start, change)
        assert plan.unpack(plan.pack(drawn) ^ turned) == encoded(changed, version, level, mask)


@pytest.mark.parametrize(("version", "level"), [(14, "L"), (17, "M"), (25, "Q"), (10, "H")])
def test_many_random_tokens_of_one_family_are_drawn_as_the_encoder_draws_them(version: int, level: str) -> None:
    dealer, plan = random.Random(version), layout(version, level)
    before, after = letters(dealer, codewords_of(version, level) // 2), letters(dealer, 30)
    first = letters(dealer, 20)
    start, root = header(version) + 8 * len(before), plan.pack(encoded(before + first + after, version, level))
    kin = family(version, level, start, (True,) * 20)
    for _ in range(12):
        token = letters(dealer, 20)
        change = effect(version, level, start, bytes(a ^ b for a, b in zip(first, token, strict=True)))
        assert plan.unpack(root ^ change) == encoded(before + token + after, version, level)
        assert not change & ~kin.varies


@pytest.mark.parametrize(("version", "level", "length"), [(14, "L", 20), (6, "M", 3)])
def test_each_module_that_varies_differs_between_some_two_tokens(version: int, level: str, length: int) -> None:
    """Each of seven bits of a letter, alone, is the difference of two that a token may hold."""
    pairs = [b"BC", b"AC", b"AE", b"AI", b"AQ", b"pP", b"1q"]
    assert [one ^ two for one, two in pairs] == [1, 2, 4, 8, 16, 32, 64]
    assert all(letter in ALPHABET for pair in pairs for letter in pair)
    single = [effect(version, level, 500 + 8 * at, bytes([one ^ two])) for at in range(length) for one, two in pairs]
    reached = 0
    for members in single:
        reached |= members
    assert reached == family(version, level, 500, (True,) * length).varies


def test_an_octet_that_is_no_ascii_varies_in_its_highest_bit_too() -> None:
    seven, eight = (family(10, "L", 500, (ascii_only,)).varies for ascii_only in (True, False))
    assert seven | effect(10, "L", 500, b"\x80") == eight
    assert seven != eight


def test_relatives_are_what_the_encoder_draws_for_other_tokens() -> None:
    version, level, before, token, after = 14, "L", b"x" * 300, b"a1B2c3D4e5F6g7H8i9J0", b"y" * 100
    drawn = encoded(before + token + after, version, level)
    varies, others = relatives(drawn, version, level, header(version) + 8 * len(before), token)
    assert len(set(others)) == len(others) == RELATIVES
    plan, own = layout(version, level), np.frombuffer(drawn, np.uint8)
    for other in others[:3]:
        modules = unpacked(other, len(drawn)).tobytes()
        (member,) = tokens_that_give(plan.pack(drawn) ^ plan.pack(modules), token, version, level, header(version) + 8 * len(before))
        assert encoded(before + member + after, version, level) == modules
    spread = np.array([unpacked(other, len(drawn)) ^ own for other in others])
    assert not spread[:, np.frombuffer(varies, np.uint8) == 0].any()
    share = spread[:, np.frombuffer(varies, np.uint8) == 1].mean()
    assert 0.45 < share < 0.55, "relatives should differ from the symbol by chance"


def tokens_that_give(turned: int, token: bytes, version: int, level: str, start: int) -> list[bytes]:
    """The token whose code differs so: read off the modules that only one data bit turns."""
    plan, found = layout(version, level), bytearray(token)
    for at in range(len(token)):
        for bit in range(8):
            codeword, place = divmod(start + 8 * at + bit, 8)
            module = plan.modules(plan.interleaved(codeword))[place]
            if turned >> 8 * plan.octets - 1 - module & 1:
                found[at] ^= 0x80 >> bit
    assert set(found) <= set(ALPHABET)
    return [bytes(found)]


def test_the_same_symbol_has_the_same_relatives_and_is_not_among_them() -> None:
    for length in (1, 2, 20):
        token = b"K" * length
        drawn = encoded(b"x" * 100 + token, 10, "L")
        once, twice = (relatives(drawn, 10, "L", header(10) + 800, token) for _ in range(2))
        assert once == twice
        assert np.packbits(np.frombuffer(drawn, np.uint8)).tobytes() not in once[1]
    few = relatives(encoded(b"x" * 100 + b"K", 10, "L"), 10, "L", header(10) + 800, b"K")[1]
    assert len(few) == len(set(few)) <= len(string.ascii_letters + string.digits) - 1


def test_nothing_varies_without_octets() -> None:
    assert relatives(encoded(b"x", 1, "L"), 1, "L", header(1), b"") == (bytes(21 * 21), ())


def test_a_block_that_holds_a_letter_or_two_of_the_token_varies_faintly() -> None:
    """Version 14 at level L has blocks of 115 codewords: here two of twenty letters lie in the second one."""
    plan, token = layout(14, "L"), b"a1B2c3D4e5F6g7H8i9J0"
    start = 8 * (plan.blocks[0] - 18)
    drawn = encoded(b"x" * 400, 14, "L")
    varies, others = relatives(drawn, 14, "L", start, token)
    faint = np.frombuffer(varies, np.uint8) == 2
    modules = np.zeros(faint.shape, bool)
    for codeword in (plan.blocks[0], plan.blocks[0] + 1):
        modules[list(plan.modules(plan.interleaved(codeword)))] = True
    for row in range(plan.remainder):
        modules[list(plan.modules(plan.correction(1, row)))] = True
    assert faint.any()
    assert not (faint & ~modules).any()
    # what makes it faint: among so many relatives, some have the very same there
    there = {unpacked(other, len(drawn))[faint].tobytes() for other in others}
    assert len(there) < RELATIVES


def test_a_token_in_one_block_varies_plainly_however_short_it_is() -> None:
    for length in (1, 3, SURE // 7 + 1):
        varies, _ = relatives(encoded(b"x" * 400, 14, "L"), 14, "L", header(14), b"x" * length)
        assert set(varies) == {0, 1}
