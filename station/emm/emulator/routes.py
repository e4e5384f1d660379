"""Which request is which: the APIs' methods by their discovery documents, the phones' routes, the control routes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from .discovery import APIS, Method, document
from .errors import ApiError


@dataclass(frozen=True, slots=True)
class Route:
    """An id, what it answers to, and the API method behind it (None for the emulator's own routes)."""

    id: str
    http_method: str
    path: re.Pattern[str]
    method: Method | None = None

    @property
    def control(self) -> bool:
        """Routes for whoever runs the emulator: neither logged nor faulty."""
        return self.id.startswith("control.")


PHONES_ENROLL = Route("phones.enroll", "POST", re.compile("/phones/enroll"))
PHONES_REPORT = Route("phones.report", "POST", re.compile("/phones/report"))
PHONES_LEAVE = Route("phones.leave", "POST", re.compile("/phones/leave"))
CONTROL_REQUESTS = Route("control.requests", "GET", re.compile("/control/requests"))
CONTROL_FAULTS = Route("control.faults", "POST", re.compile("/control/faults"))


@cache
def all_routes() -> Sequence[Route]:
    """Every route, the APIs' in their documents' order."""
    methods = [method for api in APIS for method in document(api).methods]
    api = [Route(method.id, method.http_method, method.path, method) for method in methods]
    return (*api, PHONES_ENROLL, PHONES_REPORT, PHONES_LEAVE, CONTROL_REQUESTS, CONTROL_FAULTS)


def find(http_method: str, path: str) -> tuple[Route, str]:
    """The route of a request and the resource name in its path ("" where there is none).

    Raises 404 for a path that nothing answers to, 405 when only other HTTP methods do.
    """
    allowed: list[str] = []
    for route in all_routes():
        match = route.path.fullmatch(path)
        if match and route.http_method == http_method:
            return route, match[1] if match.lastindex else ""
        if match:
            allowed.append(route.http_method)
    if allowed:
        allow = ", ".join(sorted(set(allowed)))
        raise ApiError(405, f"The request method {http_method} is not supported here; supported: {allow}.", allow=allow)
    raise ApiError(404, "Method not found.")
