"""Rewrite the outputs of the notebooks: python tests/docs/refresh_notebooks.py

The result is read by a person before it is committed; the tests only hold that it is current.
"""

from __future__ import annotations

import nbformat
from notebooks import NOTEBOOKS, executed, shown

if __name__ == "__main__":
    for path in NOTEBOOKS:
        before, after = nbformat.read(path, as_version=4), executed(path)
        if [shown(cell) for cell in before.cells] != [shown(cell) for cell in after.cells]:
            nbformat.write(after, path)
            print(f"{path.name}: rewritten")
