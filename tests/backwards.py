"""Run each notebook's code cells from the last to the first, and print their outputs as JSON.

    python backwards.py WORK NOTEBOOK...

So each cell runs before all those that stand above it: as on day two, when a learner runs one
middle cell first. Each notebook has a process of its own, with a record of its own in WORK, and the
kit imported anew; what is no part of the kit is imported once, for all, before they part. There is
no kernel between: test_notebooks.py runs the same cells in real ones, forwards.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

# What every lesson needs is imported once. Not pandas: it looks first whether a kernel is there.
import anywidget
import cattrs
import ipywidgets
import jinja2
import markdown_it
import nbformat
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.displayhook import CapturingDisplayHook
from IPython.utils.capture import capture_output

IMPORTED = (anywidget, cattrs, ipywidgets, jinja2, markdown_it, nbformat)


def outputs(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Run a notebook's code cells, the last one first; return each cell's outputs by its id."""
    os.chdir(path.parent)
    sys.path[0] = ""  # as in a kernel
    shell = ZMQInteractiveShell.instance()  # a kernel's, without its lines to elsewhere
    found = {}
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    for cell in reversed(cells):
        results: list[dict[str, Any]] = []
        shell.display_trap.hook = CapturingDisplayHook(shell, results)
        with capture_output() as shown:
            result = shell.run_cell(cell.source)
        displayed = [output.data for output in shown.outputs]
        displayed += [each["data"] for each in results]
        rows = [{"output_type": "display_data", "data": data} for data in displayed]
        if shown.stdout or shown.stderr:
            text = shown.stdout + shown.stderr
            rows.append({"output_type": "stream", "text": text})
        fault = result.error_before_exec or result.error_in_exec
        if fault:
            told = "".join(traceback.format_exception(fault))
            rows.append({"output_type": "error", "text": told})
        found[cell.id] = rows
    return found


def in_a_process(path: Path, work: Path) -> dict[str, list[dict[str, Any]]]:
    """Run a notebook in a process of its own, which knows nothing of the others."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        os.environ["KIT_WORK"] = str(work / "my-work")
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            json.dump(outputs(path), pipe)
            pipe.flush()
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(process, 0)
    return json.loads(said)


def main() -> None:
    work, *paths = map(Path, sys.argv[1:])
    found = {str(path): in_a_process(path, work / str(n)) for n, path in enumerate(paths)}
    json.dump(found, sys.stdout)


main()
