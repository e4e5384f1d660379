"""Names and numbers from a seed. Each is derived from (seed, what for, count), so no request shifts another's values."""

from __future__ import annotations

import hashlib
import string

_ALPHABET = string.ascii_letters + string.digits


class Seeded:
    """Deterministic ids. The same seed, purpose and count give the same text on every machine."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def number(self, below: int, *purpose: str | int) -> int:
        """An integer from 0 up to, not including, `below`."""
        return int.from_bytes(self._digest(purpose), "big") % below

    def letters(self, length: int, *purpose: str | int) -> str:
        """Letters and digits, at most 32."""
        return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in self._digest(purpose)[:length])

    def digits(self, length: int, *purpose: str | int) -> str:
        """Decimal digits, the first is not 0."""
        low = 10 ** (length - 1)
        return str(low + self.number(9 * low, *purpose))

    def hexadecimal(self, length: int, *purpose: str | int) -> str:
        """Lower-case hexadecimal digits, at most 64."""
        return self._digest(purpose).hex()[:length]

    def _digest(self, purpose: tuple[str | int, ...]) -> bytes:
        return hashlib.sha256(repr((self._seed, *purpose)).encode()).digest()
