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

SIXTEEN = Theme(
    name="sixtap-16",
    dark=True,
    primary="#5555ff",
    secondary="#5555ff",
    accent="#ffff55",
    warning="#ffff55",
    error="#ff5555",
    success="#55ff55",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#0000aa",
    variables={
        "act": "#ffff55",
        "act-ground": "#000000",
        "wait": "#55ffff",
        "wait-ground": "#000000",
        "done": "#55ff55",
        "done-ground": "#000000",
        "trouble": "#ff5555",
        "trouble-ground": "#000000",
        "ask": "#ff55ff",
        "ask-ground": "#000000",
        "on-tone": "#000000",
        "key": "#0000aa",
        "key-lighten-1": "#0000aa",
        "panel-lighten-1": "#0000aa",
        "surface-lighten-1": "#555555",
        "chosen": "#0000aa",
        "muted": "#aaaaaa",
        "faint": "#aaaaaa",
    },
)
"""The same in the sixteen colours that every terminal has (ECMA-48 SGR 30 to 37 and 90 to 97), each given as the value that stands for
it, so that nothing is mixed to a neighbour by chance. Grounds are black there: a tone keeps its colour, its shape and its word."""
