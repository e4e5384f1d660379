"""The palette: calm grounds, five tones that also differ in lightness, for a bright hall and for eyes that mix up red and green."""

from __future__ import annotations

from textual.theme import Theme

PALETTE = Theme(
    name="sixtap",
    dark=True,
    primary="#7fb2e5",
    secondary="#7fb2e5",
    accent="#ffc83d",
    warning="#ffc83d",
    error="#ff7a6b",
    success="#6fdc9b",
    foreground="#edf1f4",
    background="#0f1418",
    surface="#1a2229",
    panel="#232d36",
    variables={
        "act": "#ffc83d",
        "act-ground": "#2b2411",
        "wait": "#7fb2e5",
        "wait-ground": "#142231",
        "done": "#6fdc9b",
        "done-ground": "#11291d",
        "trouble": "#ff7a6b",
        "trouble-ground": "#3b1613",
        "ask": "#cfa8ff",
        "ask-ground": "#271c38",
        "on-tone": "#10151a",
        "key": "#35424e",
        "key-lighten-1": "#41505e",
        "chosen": "#2e4358",
        "muted": "#a9b8c3",
        "faint": "#6d7c87",
    },
)
