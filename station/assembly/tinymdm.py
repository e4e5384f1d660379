"""TinyMDM as the configuration names it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from zoneinfo import ZoneInfo

from hardware.simulated.loop import VirtualLoop
from station.config import Config, TinyMdmEmm
from station.emm.tinymdm import Settings, TinyMdm, load_keys
from station.ports import CodeVault, Ledger


class LedgerBook:
    """What the ledger knows of tokens."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def knows(self, token: str) -> bool:
        return bool(await self._ledger.attempts_by_token(token))

    async def user_of(self, token: str) -> str | None:
        attempts = await self._ledger.attempts_by_token(token)
        return (await self._ledger.enrollment(attempts[-1].enrollment)).user if attempts else None


def open_tinymdm(config: Config, emm: TinyMdmEmm, vault: CodeVault, ledger: Ledger) -> TinyMdm:
    """The service of `[emm]`. Raises ConfigurationError."""
    settings = Settings(
        per_second=emm.requests_per_second,
        timeout=emm.timeout_seconds,
        zone=ZoneInfo(emm.zone),
        policies=emm.policies,
        enrollment_types=emm.enrollment_types,
        group_codes=emm.group_codes,
        code_query=emm.code_query,
        wpco_query=emm.wpco_query,
    )
    return TinyMdm(
        load_keys(emm.public_key, emm.secret_key, emm.account),
        settings,
        endpoint=emm.endpoint,
        vault=vault,
        book=LedgerBook(ledger),
        decode=_only_code,
        random=random.Random(config.twin.seed if config.twin else None),
        simulated=emm.endpoint is not None,
        minting=emm.minting,
        during=_time_held(),
    )


def _only_code(picture: bytes) -> str:
    from station.assembly.exported.pictures import only_code  # the vision libraries: only where a picture is read

    return only_code(picture)


def _time_held() -> Callable[[], AbstractContextManager[object]]:
    """On the twin, time stands still while an answer is on its way."""
    loop = asyncio.get_running_loop()
    return loop.hold if isinstance(loop, VirtualLoop) else nullcontext
