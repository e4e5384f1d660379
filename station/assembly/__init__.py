"""The only place where implementations are chosen and wired, and the only importer of hardware."""
