"""Run a notebook's code cells from the last to the first in one new kernel; print their outputs.

    python backwards.py NOTEBOOK

So each cell runs before all those that stand above it: as on day two, when a learner runs one
middle cell first. Started by test_notebooks.py, in a process of its own for the kernel's sockets.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

path = Path(sys.argv[1])
book = nbformat.read(path, as_version=4)
book.cells = [cell for cell in reversed(book.cells) if cell.cell_type == "code"]
client = NotebookClient(
    book, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
)
client.execute()
sys.stdout.write(json.dumps({cell.id: cell.outputs for cell in book.cells}))
