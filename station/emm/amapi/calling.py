"""Asynchronous calls to Google's APIs: in threads, within the budget, tried again where that may help."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from station.domain.errors import SixtapError
from station.emm.amapi.faults import Fault, readable
from station.emm.amapi.pacing import TRIES, Budget, pause, worth_another_try
from station.emm.amapi.records import next_page

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

    from station.emm.amapi.transport import Answer, Api, Transport

PAGE_SIZE = 100  # the largest that Google serves (Android Management API reference, devices.list)
THREADS = 8

_log = logging.getLogger(__name__)


class Caller:
    """Calls methods by names such as `devices.list`; every failure leaves as one readable SixtapError.

    `subject`: the resource that errors are about, an enterprise or a subscription. `calls` counts the calls sent, by method. The
    client library is loaded by the first call, in its thread.
    """

    def __init__(
        self,
        subject: str,
        endpoint: str,
        credentials: Credentials,
        *,
        budgets: Mapping[str, Budget],
        timeout: float,
        random: Random,
        api: Api = "androidmanagement",
    ) -> None:
        self.calls: Counter[str] = Counter()
        self._subject = subject
        self._api: Api = api
        self._endpoint = endpoint
        self._credentials = credentials
        self._budgets = budgets
        self._timeout = timeout
        self._random = random
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="amapi")
        self._loading = threading.Lock()
        self._transport: Transport | None = None

    async def call(self, method: str, **arguments: object) -> Answer:
        """The answer of a call that may be tried again."""
        try:
            return await self._patiently(method, arguments)
        except Fault as fault:
            error = self.readable(fault, method)
        # Raised outside of the handler, so that no traceback shows what the client library said.
        raise error

    async def find(self, method: str, **arguments: object) -> Answer | None:
        """The same; None where the service knows no such thing (404)."""
        try:
            return await self._patiently(method, arguments)
        except Fault as fault:
            if fault.kind == "not_found":
                return None
            error = self.readable(fault, method)
        raise error

    async def call_once(self, method: str, **arguments: object) -> Answer:
        """The answer of a call that is not tried again."""
        try:
            return await self._try_once(method, arguments)
        except Fault as fault:
            error = self.readable(fault, method)
        raise error

    async def pages(self, method: str, fields: str) -> AsyncIterator[Answer]:
        """Every page of a collection of the enterprise."""
        token: str | None = None
        while True:
            page = await self.call(method, parent=self._subject, pageSize=PAGE_SIZE, pageToken=token, fields=fields)
            yield page
            token = next_page(page)
            if not token:
                return

    def readable(self, fault: Fault, method: str) -> SixtapError:
        """What `fault` means to a person when `method` was called."""
        return readable(fault, method, subject=self._subject, host=self._endpoint)

    async def close(self) -> None:
        """Wait for calls that are under way, at most as long as the timeout."""
        await asyncio.get_running_loop().run_in_executor(None, self._threads.shutdown)

    async def hang_up(self) -> None:
        """The same, but calls that are under way are broken off at once."""
        await asyncio.get_running_loop().run_in_executor(None, self._break_off)

    def _break_off(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._loading:
            transport = self._transport
        if transport is not None:
            transport.hang_up()
        self._threads.shutdown()

    async def _patiently(self, method: str, arguments: dict[str, object]) -> Answer:
        retrying = AsyncRetrying(
            sleep=asyncio.sleep,
            stop=stop_after_attempt(TRIES),
            wait=self._pause,
            retry=retry_if_exception(worth_another_try),
            before_sleep=partial(self._tell, method),
            reraise=True,
        )
        return await retrying(self._try_once, method, arguments)

    async def _try_once(self, method: str, arguments: dict[str, object]) -> Answer:
        if budget := self._budgets.get(method):
            await budget.take()
        self.calls[method] += 1
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: self._loaded().call(method, arguments))

    @property
    def clock_offset(self) -> float | None:
        """Seconds that the service's clock is ahead of this machine's, as its newest answer told; None before any did."""
        return self._transport.clock_offset if self._transport is not None else None

    def _loaded(self) -> Transport:
        with self._loading:
            if self._transport is None:
                from station.emm.amapi.transport import Transport  # takes a second on a Pi, so not before it is needed

                self._transport = Transport(self._credentials, self._endpoint, self._timeout, self._api)
            return self._transport

    def _pause(self, state: RetryCallState) -> float:
        return pause(_fault(state), state.attempt_number, self._random)

    def _tell(self, method: str, state: RetryCallState) -> None:
        _log.info("%s Next try in %.1f s.", self.readable(_fault(state), method).message, state.upcoming_sleep)


def _fault(state: RetryCallState) -> Fault:
    failed = state.outcome.exception() if state.outcome else None
    if not isinstance(failed, Fault):  # only faults are tried again
        raise TypeError("a call is tried again after a fault only")
    return failed
