"""A unit's sheet as a workbook to be filled in without a network, and what people send back.

`writing` makes it (openpyxl), `cells` reads files in a bounded process (python-calamine, knows no Django), `answers`
tells what the cells of one row say by the kind of its criterion. `layout` holds the words both sides share.
"""
