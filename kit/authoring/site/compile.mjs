// Run by Node.js: node compile.mjs CORE SCRATCH MODULES. CORE holds Pyodide's files; in SCRATCH are the
// packages, and there it writes `compiled`: of each module that MODULES import the compiled form.

import { pathToFileURL } from "node:url";

const [core, scratch, modules] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${core}/pyodide.mjs`).href);
const pyodide = await loadPyodide({ indexURL: `${core}/` });
const { FS } = pyodide;
FS.mkdir("/scratch");
FS.mount(FS.filesystems.NODEFS, { root: scratch }, "/scratch");
FS.mount(FS.filesystems.NODEFS, { root: `${scratch}/packages` }, pyodide.runPython("import site; site.getsitepackages()[0]"));
pyodide.globals.set("modules", modules.split(","));
pyodide.runPython(`
import importlib, marshal, sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path

importlib.invalidate_caches()
for name in modules:
    importlib.import_module(name)
UNCHECKED = (1).to_bytes(12, "little")  # flags and digest: nobody looks for the source
for name, module in list(sys.modules.items()):
    spec = getattr(module, "__spec__", None)
    if spec is None or not (spec.origin or "").endswith(".py"):
        continue
    place = Path("/scratch/compiled", *spec.name.split("."))
    if spec.submodule_search_locations is not None:
        place /= "__init__"
    place.parent.mkdir(parents=True, exist_ok=True)
    code = marshal.dumps(spec.loader.get_code(spec.name))
    place.with_name(place.name + ".pyc").write_bytes(MAGIC_NUMBER + UNCHECKED + code)
`);
