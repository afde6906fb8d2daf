// @ts-check
// Python begins as soon as this is loaded, and not only when JupyterLite asks for it. `kit site` fills in
// the names in braces.

import { loadPyodide as load } from "./pyodide.mjs";

// Python looks into a zip first, slowly. Its library is beside the packages instead, and here is an empty one.
const NO_ZIP = "data:application/zip;base64,UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";

const here = new URL(".", import.meta.url).href;
const begun = begin();
begun.catch((fault) => postMessage({ kitFailed: String(fault) })); // the page says so

async function begin() {
  const packages = unpacked(`${here}{{ packages }}`);
  const python = await load({
    indexURL: here,
    stdLibURL: NO_ZIP,
    fsInit: async (FS, { sitePackages }) => write(FS, sitePackages, await packages),
  });
  // Before the browser's storage is mounted: there Python would look for each of them first.
  python.runPython("import {{ modules }}");
  return python;
}

/**
 * @param {any} FS
 * @param {string} place
 * @param {[string, Uint8Array][]} files
 */
function write(FS, place, files) {
  const folders = new Set();
  for (const [name, data] of files) {
    const path = `${place}/${name}`;
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!folders.has(folder)) FS.mkdirTree(folder);
    folders.add(folder);
    FS.writeFile(path, data, { canOwn: true });
  }
}

/**
 * Return the files that packages.py has packed.
 * @param {string} address
 * @returns {Promise<[string, Uint8Array][]>}
 */
async function unpacked(address) {
  const { body } = await fetch(address);
  if (!body) throw new Error(`${address} is empty`);
  const whole = await new Response(body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  let at = 4 + new DataView(whole).getUint32(0, true);
  const listed = JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 4, at - 4)));
  return listed.map((/** @type {[string, number]} */ [name, length]) => {
    at += length;
    return [name, new Uint8Array(whole, at - length, length)];
  });
}

/**
 * What JupyterLite calls when it wants Python.
 * @param {{ env: Record<string, string>, stdout: (text: string) => void, stderr: (text: string) => void }} options
 */
export async function loadPyodide({ env, stdout, stderr }) {
  const python = await begun;
  python.setStdout({ batched: stdout });
  python.setStderr({ batched: stderr });
  const site = { KIT_ANSWERS: new URL("../../api/answers", here).href };
  python.pyimport("os").environ.update(python.toPy({ ...env, ...site }));
  return python;
}
