"""How the stand-in refuses: TinyMDM's own shapes are not published, so it can do it in each that was met."""

from __future__ import annotations

import json
from typing import Literal, get_args

Shape = Literal["text", "object", "page", "nothing"]
SHAPES: tuple[Shape, ...] = get_args(Shape)


class Refusal(Exception):
    """An HTTP status and the words that go with it."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words

    def body(self, shape: Shape) -> tuple[str, str]:
        """Content type and text."""
        if shape == "text":
            return "application/json", json.dumps({"error": self.words})
        if shape == "object":
            return "application/json", json.dumps({"error": {"message": self.words, "code": self.status}})
        if shape == "page":
            return "text/html", f"<html><head><title>Error {self.status}</title></head><body><h1>{self.words}</h1></body></html>"
        return "text/plain", ""
