"""The discovery documents: which methods the Android Management API and Pub/Sub have, and what they take.

Source: `androidmanagement.v1.json` and `pubsub.v1.json`, which the installed google-api-python-client carries and its own clients
are built from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

Api = Literal["androidmanagement", "pubsub"]
APIS: tuple[Api, ...] = get_args(Api)


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the API.

    id: as in the document, "androidmanagement.enterprises.get". path: matches a decoded URL path; its one group is the
    resource's `name` or `parent` (none in collections without a parent). query: name -> parameter as the document has it.
    request, response: names of schemas; request is None for methods without a body.
    """

    id: str
    http_method: str
    path: re.Pattern[str]
    query: Mapping[str, Mapping[str, Any]]
    request: str | None
    response: str

    @property
    def api(self) -> Api:
        """Which one it belongs to."""
        return "pubsub" if self.id.startswith("pubsub.") else "androidmanagement"


@dataclass(frozen=True, slots=True)
class Document:
    """The parsed document: revision, methods in its order, schemas by name."""

    revision: str
    methods: tuple[Method, ...]
    schemas: Mapping[str, Mapping[str, Any]]


class DocumentMissing(RuntimeError):
    """The installed client does not carry the discovery document."""


@cache
def document(api: Api = "androidmanagement") -> Document:
    """Read an API's discovery document of the installed client (once for each process).

    Raises DocumentMissing when a slimmed-down installation lost the file.
    """
    name = f"{api}.v1.json"
    try:
        text = files("googleapiclient.discovery_cache.documents").joinpath(name).read_text("utf-8")
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise DocumentMissing(
            f"the emulator needs {name} of google-api-python-client, which is not installed: "
            "install the package again, or keep this file when its discovery documents are thinned out"
        ) from error
    raw = json.loads(text)
    methods: list[Method] = []
    _collect(raw["resources"], raw["parameters"], methods)
    return Document(raw["revision"], tuple(methods), raw["schemas"])


def _collect(resources: Mapping[str, Any], shared: Mapping[str, Any], methods: list[Method]) -> None:
    for resource in resources.values():
        methods.extend(_method(raw, shared) for raw in resource.get("methods", {}).values())
        _collect(resource.get("resources", {}), shared, methods)


def _method(raw: Mapping[str, Any], shared: Mapping[str, Any]) -> Method:
    parameters: Mapping[str, Any] = raw["parameters"]
    own = {name: parameter for name, parameter in parameters.items() if parameter["location"] == "query"}
    return Method(
        id=raw["id"],
        http_method=raw["httpMethod"],
        path=_path_pattern(raw["path"], parameters),
        query={**shared, **own},
        request=raw["request"]["$ref"] if "request" in raw else None,
        response=raw["response"]["$ref"],
    )


def _path_pattern(template: str, parameters: Mapping[str, Any]) -> re.Pattern[str]:
    """`v1/{+parent}/devices` and the parent's own pattern, as one pattern for the whole URL path."""
    parts = re.split(r"\{\+(\w+)\}", "/" + template)
    texts = [re.escape(text) for text in parts[::2]]
    # A resource's id holds no colon: what follows one is the method, as in `topics/T:getIamPolicy`.
    groups = [f"({parameters[name]['pattern'].strip('^$').replace('[^/]', '[^/:]')})" for name in parts[1::2]]
    return re.compile("".join(text + group for text, group in zip(texts, [*groups, ""], strict=True)))
