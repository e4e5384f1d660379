"""How drivers fail.

HardwareError
|- DeviceLost        was there, is gone; drivers go on looking for it and say when it is back
|- DeviceNotOpened   a URL that cannot work: unknown scheme, no such file, no permission
|- TeachingRefused   a phone's screen cannot be kept as a reference, or there is none of that name
`- NoView            the camera gives no pictures by which it could be examined
"""


class HardwareError(Exception):
    """A driver's failure: names the part, the cause and what to do. Holds no secret."""


class DeviceLost(HardwareError):
    """A part that worked stopped answering (unplugged, process ended)."""


class DeviceNotOpened(HardwareError):
    """A part could not be opened at all, by this URL."""


class TeachingRefused(HardwareError):
    """A phone's screen cannot be kept as a reference, or there is none of that name."""


class NoView(HardwareError):
    """The camera gives no pictures by which it could be examined, or no screen that could be taught."""
