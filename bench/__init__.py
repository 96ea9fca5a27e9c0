"""Measures the portal's way against the plain way, side by side in one process: `make bench`, `make bench ARGS=units`.

Only the ratio counts: both sides run on the same machine in the same minute, so the figure means the same everywhere.
A subject is a module here with a function `pairs()` that makes its data and yields `Pair`s; add its name to SUBJECTS.
"""
