"""How the emulator refuses: Google's error envelope, `{"error": {"code", "message", "status", "details"}}`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

STATUS_OF = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}

_FAULT_TEXT = {
    403: "The caller does not have permission",
    404: "Requested entity was not found.",
    409: "The operation was aborted.",
    429: "Resource has been exhausted (e.g. check quota).",
    500: "Internal error encountered.",
    503: "The service is currently unavailable.",
    504: "Deadline expired before operation could complete.",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with a request: the field as Google names it (snake case, dotted) and a sentence."""

    field: str
    description: str


class ApiError(Exception):
    """A refusal: HTTP `code`, canonical `status` (google.rpc.Code), `message`, details as JSON; `allow` goes with a 405."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: str | None = None,
        details: Iterable[dict[str, Any]] = (),
        allow: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or STATUS_OF.get(code, "UNKNOWN")
        self.details = tuple(details)
        self.allow = allow

    def body(self) -> dict[str, Any]:
        """The JSON object that the client receives."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = list(self.details)
        return {"error": error}


def invalid(*violations: Violation) -> ApiError:
    """400 INVALID_ARGUMENT with google.rpc.BadRequest; the message joins the descriptions, as Google's front end does."""
    listed = [
        {"field": violation.field, "description": violation.description} if violation.field else {"description": violation.description}
        for violation in violations
    ]
    detail = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": listed}
    return ApiError(400, "\n".join(violation.description for violation in violations), details=[detail])


def not_found() -> ApiError:
    """404 for a resource that does not exist, or no longer."""
    return ApiError(404, "Requested entity was not found.")


def out_of_quota(method: str, per_minute: int) -> ApiError:
    """429 with google.rpc.ErrorInfo, as Service Control words it."""
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "service": "androidmanagement.googleapis.com",
            "quota_metric": method,
            "quota_limit_value": str(per_minute),
        },
    }
    message = (
        f"Quota exceeded for quota metric '{method}' and limit '{method} per minute' of service 'androidmanagement.googleapis.com'."
    )
    return ApiError(429, message, details=[detail])


def planted(code: int) -> ApiError:
    """The error that a fault rule asks for."""
    return ApiError(code, _FAULT_TEXT.get(code, f"The service answered {code}."))
