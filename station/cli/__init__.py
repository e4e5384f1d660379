"""The command line: thin commands over the wire, and the service's start."""

from station.cli.app import main

__all__ = ["main"]
