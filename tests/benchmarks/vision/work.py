"""Runs a job over many tasks, in one process or several, and shows how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

import cv2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Task = TypeVar("Task")
Answer = TypeVar("Answer")
CONSOLE = Console(width=132)


def each(title: str, job: Callable[[Task], Answer], tasks: Sequence[Task], workers: int) -> list[Answer]:
    """The job's answers, in the tasks' order. Every process uses one thread for vision."""
    cv2.setNumThreads(1)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=CONSOLE, transient=True) as bar, _mapped(job, tasks, workers) as answers:
        shown = bar.add_task(title, total=len(tasks))
        kept = []
        for answer in answers:
            kept.append(answer)
            bar.advance(shown)
    return kept


@contextmanager
def _mapped(job: Callable[[Task], Answer], tasks: Sequence[Task], workers: int) -> Iterator[Iterator[Answer]]:
    if workers < 2:
        yield map(job, tasks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        yield pool.map(job, tasks, chunksize=4)
