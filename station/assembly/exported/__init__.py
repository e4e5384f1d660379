"""Codes that a console exported: pictures, PDF and JSON files, alone, in folders or in ZIP files. The command reads them itself."""

from station.assembly.exported.files import codes_in
from station.assembly.exported.found import Found, Unread
from station.assembly.exported.owners import Owned, owners, read_map

__all__ = ["Found", "Owned", "Unread", "codes_in", "owners", "read_map"]
