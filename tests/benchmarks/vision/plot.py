"""Recall against pixels per module as a picture, for the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.vision.recall import MIX

# Okabe and Ito's colours, told apart by everyone
COLOURS = ("#d55e00", "#000000", "#0072b2", "#009e73", "#cc79a7", "#e69f00")
PANELS = {"0.5": "blur 0.5 px", "1": "blur 1 px", "2": "blur 2 px", MIX: "everything mixed"}


def draw(recall: Mapping[str, Any], folder: Path) -> list[Path]:
    """witness.png and witness.svg in the folder; the same figures give the same files."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "witness", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(11, 3.6), layout="constrained")
        axes = figure.subplots(1, len(PANELS), sharey=True)
        for axis, (column, title) in zip(axes, PANELS.items(), strict=True):
            for (name, table), colour in zip(recall["table"].items(), COLOURS, strict=False):
                shares = sorted((float(ppm), read / total) for ppm, (read, total) in table[column].items())
                ours = colour == COLOURS[0]
                axis.plot(*zip(*shares, strict=True), "o-", color=colour, label=name, lw=2.2 if ours else 1.2, ms=4 if ours else 3)
            axis.set(title=title, xlabel="pixels per module", xscale="log", ylim=(-0.03, 1.03))
            ticks = [0.5, 1, 2, 4] if column != MIX else [0.8, 1, 1.5, 2, 3]
            axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
            axis.set_xticks([], minor=True)
            axis.grid(alpha=0.3)
            axis.axhline(0.95, color="#888888", lw=0.8, ls=":")
        axes[0].set_ylabel("share of frames seen")
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
        made = [folder / "witness.png", folder / "witness.svg"]
        figure.savefig(made[0], dpi=130, metadata={"Software": None})
        figure.savefig(made[1], metadata={"Date": None})
    return made
