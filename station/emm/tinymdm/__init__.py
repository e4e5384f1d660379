"""TinyMDM as a management service: users, devices, exported codes and, where switched on, one group for each enrollment."""

from station.emm.tinymdm.keys import Keys, load_keys
from station.emm.tinymdm.service import Book, Settings, TinyMdm

__all__ = ["Book", "Keys", "Settings", "TinyMdm", "load_keys"]
