"""User files: texts and workbooks, read through and checked. `python -P -m station.userfiles` reads one apart from everything else."""
