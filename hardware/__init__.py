"""Drivers of the bench's parts: camera, attached screen, scanner, and their digital twin. Imports nothing of the station."""
