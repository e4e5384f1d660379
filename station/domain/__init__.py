"""Values and rules that stay true with the power off: no I/O, no clock, no await."""
