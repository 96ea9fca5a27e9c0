from __future__ import annotations

import importlib
import os
import sys

import django
from django.db import connection

from bench.pair import Figure, measure

SUBJECTS = ["board", "ranking", "schedule", "scoring_workbooks", "units", "workbooks"]


def table(figures: list[Figure]) -> str:
    width = max(len(figure.name) for figure in figures)
    lines = [f"{'':{width}}        ours       plain   ratio  target"]
    lines += [
        f"{figure.name:{width}}  {figure.ours * 1000:7.2f} ms  {figure.plain * 1000:7.2f} ms  {figure.ratio:6.2f}"
        f"  {figure.target:6.2f}  {'reached' if figure.reached else 'MISSED'}"
        for figure in figures
    ]
    return "\n".join(lines)


def main(subjects: list[str]) -> None:
    if unknown := set(subjects) - set(SUBJECTS):
        sys.exit(f"bench: no such subject: {', '.join(sorted(unknown))}; there are: {', '.join(SUBJECTS)}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isoportal.settings")
    django.setup()
    # A database of its own, made and thrown away like that of the tests.
    connection.creation.create_test_db(verbosity=0)
    try:
        modules = [importlib.import_module(f"bench.{subject}") for subject in subjects or SUBJECTS]
        print(table([measure(pair) for module in modules for pair in module.pairs()]))
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


main(sys.argv[1:])
