"""`python -m station.cli`, the same as `sixtap`."""

from station.cli.app import main

main()
