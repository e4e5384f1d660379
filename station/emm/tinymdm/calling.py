"""Calls to TinyMDM's API: within the rate, tried again where that does no harm, every failure one readable error."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from random import Random
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from station.domain.errors import SixtapError
from station.emm.amapi.credentials import is_loopback
from station.emm.amapi.faults import Fault
from station.emm.amapi.pacing import TRIES, pause, worth_another_try
from station.emm.tinymdm.faults import answered, broken, readable
from station.emm.tinymdm.keys import Keys

PAGE_SIZE = 1000  # the largest that clients of this API ask for
LARGEST_PICTURE = 4 * 1024 * 1024  # octets
MOST_PAGES = 10_000  # a service whose pages never end is not followed for ever

Answer = Mapping[str, object]

# All that the bench ever asks of TinyMDM. Nothing in this table can change, lock or wipe a device.
ROUTES: Mapping[str, tuple[str, str]] = {
    "enterprise.info": ("GET", "enterprise/info"),
    "users.list": ("GET", "users"),
    "users.create": ("POST", "users"),
    "users.update": ("PUT", "users/{}"),
    "groups.list": ("GET", "groups"),
    "groups.create": ("POST", "groups"),
    "groups.delete": ("DELETE", "groups/{}"),
    "groups.add": ("POST", "groups/{}/users/{}"),
    "groups.devices": ("GET", "groups/{}/devices"),
    "groups.code": ("GET", "groups/{}/enrollment_qr_code"),
    "policies.assign": ("POST", "policies/{}/members/{}"),
    "devices.list": ("GET", "devices"),
    "devices.get": ("GET", "devices/{}"),
}

_log = logging.getLogger(__name__)


class Turnstile:
    """Lets calls through one by one, evenly, at most `per_second` of them on the event loop's clock."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1.0 / per_second
        self._free = float("-inf")

    async def take(self) -> None:
        """Return when it is one more call's turn."""
        now = asyncio.get_running_loop().time()
        turn = max(now, self._free)
        self._free = turn + self._gap
        if turn > now:
            await asyncio.sleep(turn - now)


class Caller:
    """Calls methods by their names in ROUTES. `calls` counts what was sent. `during` is entered around each wait for an answer."""

    def __init__(
        self,
        endpoint: str,
        keys: Keys,
        *,
        per_second: float,
        timeout: float,
        random: Random,
        during: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self.calls: Counter[str] = Counter()
        self._endpoint = endpoint
        self._keys = keys
        self._turnstile = Turnstile(per_second)
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._random = random
        self._during = during
        self._session: aiohttp.ClientSession | None = None

    async def call(self, method: str, *ids: str, query: Mapping[str, str] | None = None, body: object = None) -> Answer:
        """The answer of a call. A POST is sent again only when TinyMDM asks for patience (429), which proves that it did nothing."""
        try:
            return await self.attempt(method, *ids, query=query, body=body)
        except Fault as fault:
            error = self.readable(fault, method)
        # Raised outside of the handler, so that no traceback holds the request.
        raise error

    async def find(self, method: str, *ids: str) -> Answer | None:
        """The same; None where TinyMDM has no such thing: it answers 404, or 400 for an id of the wrong form."""
        try:
            return await self.attempt(method, *ids)
        except Fault as fault:
            if fault.kind == "not_found" or fault.status == 400:
                return None
            error = self.readable(fault, method)
        raise error

    async def attempt(self, method: str, *ids: str, query: Mapping[str, str] | None = None, body: object = None) -> Answer:
        """As `call`, but raises the Fault itself."""
        posts = ROUTES[method][0] == "POST"
        for tries in range(1, TRIES + 1):
            try:
                return await self._once(method, ids, query or {}, body)
            except Fault as fault:
                again = fault.kind == "quota" if posts else True
                if tries == TRIES or not again or not worth_another_try(fault):
                    raise
                wait = pause(fault, tries, self._random)
                _log.info("%s Next try in %.1f s.", self.readable(fault, method).message, wait)
            await asyncio.sleep(wait)
        raise AssertionError("the last try returns or raises")

    async def pages(self, method: str, *ids: str, size: int = PAGE_SIZE) -> AsyncIterator[Answer]:
        """Every page of a collection.

        Only the query of an address that TinyMDM gives for the next page is used: the keys never follow it to another host.
        """
        query = {"per_page": str(size)}
        seen: set[tuple[tuple[str, str], ...]] = set()
        for _ in range(MOST_PAGES):
            page = await self.call(method, *ids, query=query)
            if not isinstance(page.get("results"), list):
                raise self.readable(Fault("garbled"), method)
            yield page
            query = next_query(page.get("next"), query)
            mark = tuple(sorted(query.items()))
            if not query or mark in seen or not page["results"]:
                return
            seen.add(mark)

    async def picture(self, url: str) -> bytes:
        """A code's picture. Sent without the keys; its address is a secret. Raises SixtapError."""
        for tries in range(1, TRIES + 1):
            try:
                return await self._picture(url)
            except Fault as fault:
                if tries == TRIES or not worth_another_try(fault):
                    error = self.readable(fault, "picture")
                    break
                wait = pause(fault, tries, self._random)
            await asyncio.sleep(wait)
        raise error

    def readable(self, fault: Fault, method: str) -> SixtapError:
        """What `fault` means to a person when `method` was called."""
        return readable(fault, method, self._endpoint)

    async def close(self) -> None:
        """No call comes after this."""
        if self._session is not None:
            await self._session.close()

    async def _once(self, method: str, ids: tuple[str, ...], query: Mapping[str, str], body: object) -> Answer:
        verb, path = ROUTES[method]
        await self._turnstile.take()
        self.calls[method] += 1
        headers = {**self._keys.headers(), "Content-Type": "application/json"} if verb in {"POST", "PUT"} else self._keys.headers()
        url = f"{self._endpoint}/{path.format(*ids)}"
        request = self._open().request(verb, url, params=dict(query), json=body, headers=headers, allow_redirects=False)
        status, content, retry_after = await self._exchange(request)
        document = _document(content) if 200 <= status < 300 else None
        if document is not None and set(document) != {"error"}:  # some services refuse with a success
            return document
        raise answered(status, content, retry_after, {"secret": [body, self._keys.public, self._keys.secret]})

    async def _picture(self, url: str) -> bytes:
        await self._turnstile.take()
        self.calls["picture"] += 1
        if urlsplit(url).scheme != "https" and not is_loopback(url):
            raise Fault("garbled")
        status, content, retry_after = await self._exchange(self._open().get(url, allow_redirects=False))
        if not 200 <= status < 300:
            raise answered(status, content, retry_after, {"secret": [url]})
        if not 0 < len(content) <= LARGEST_PICTURE:
            raise Fault("garbled")
        return content

    async def _exchange(self, request: AbstractAsyncContextManager[aiohttp.ClientResponse]) -> tuple[int, bytes, str]:
        """Status, body and Retry-After. Raises Fault."""
        try:
            with self._during():
                async with request as answer:
                    return answer.status, await answer.read(), answer.headers.get("Retry-After", "")
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            fault = broken(error)
        raise fault

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # No connection waits for a next call: one that died meanwhile would not tell whether a POST was read.
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True),
                timeout=self._timeout,
                trust_env=not is_loopback(self._endpoint),
                cookie_jar=aiohttp.DummyCookieJar(),
                middlewares=(_sent_once,),
            )
        return self._session


async def _sent_once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """aiohttp sends GET, PUT and DELETE again by itself when a connection breaks, past the rate. It knows no Fault."""
    try:
        return await send(request)
    except (aiohttp.ClientError, OSError) as error:
        fault = broken(error)
    raise fault


def next_query(following: object, query: Mapping[str, str]) -> dict[str, str]:
    """The query of the next page, from an address, a bare query, or a page's number; empty after the last one."""
    if isinstance(following, bool) or not isinstance(following, str | int) or not following:
        return {}
    text = str(following)
    if text.isdigit():
        return {**query, "page": text}
    found = dict(parse_qsl(urlsplit(text).query))
    return {**query, **found} if found else {}


def _document(content: bytes) -> Answer:
    """The JSON object of a success; a bare list becomes the results of one page. Raises Fault."""
    if not content.strip():
        return {}
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if isinstance(document, list):
        return {"results": document}
    # What is no object is a captive portal's page, or as good as one.
    if not isinstance(document, dict):
        raise Fault("garbled", maybe_done=True)
    return document
