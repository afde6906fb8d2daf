// @ts-check
// How the site's service worker reads and keeps answers for Python (kit/learner/storage.py). They are files
// in JupyterLite's storage, and here they take one step each: on the page it would take several, and the
// page would have to have time for it. `kit site` fills in the name of the storage.

/** @param {any} request @returns {Promise<any>} */
const resultOf = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Open JupyterLite's storage; only JupyterLite makes it. @returns {Promise<IDBDatabase>} */
const openStorage = () => {
  const opening = indexedDB.open("{{ storage }}");
  opening.onupgradeneeded = () => opening.transaction?.abort();
  return resultOf(opening);
};

/** @param {string} path where Python sees a file */
const nameOf = (path) => path.replace(/^\/drive\//, "");

/** @param {any} file as JupyterLite keeps it @returns {string | null} */
const textOf = (file) => {
  if (!file) return null;
  return typeof file.content === "string" ? file.content : JSON.stringify(file.content);
};

/**
 * @param {IDBObjectStore} files
 * @param {string} path
 * @param {object} more what a file has and a folder has not
 */
const put = (files, path, more) => {
  const at = new Date().toISOString();
  const name = path.slice(path.lastIndexOf("/") + 1);
  files.put({ name, path, created: at, last_modified: at, writable: true, ...more }, path);
};

/**
 * Read files, or replace one if it still is what was seen of it.
 * @param {{ read?: string[], write?: string, text?: string, seen?: string | null }} asked
 * @returns {Promise<{ texts?: (string | null)[], written?: boolean }>} fails where the browser keeps nothing
 */
async function keepAnswers({ read, write = "", text = "", seen }) {
  const database = await openStorage();
  try {
    const turn = database.transaction("files", read ? "readonly" : "readwrite", { durability: "strict" });
    const files = turn.objectStore("files");
    if (read) {
      const found = await Promise.all(read.map((path) => resultOf(files.get(nameOf(path)))));
      return { texts: found.map(textOf) };
    }
    const ended = new Promise((resolve, reject) => {
      turn.oncomplete = resolve;
      turn.onabort = () => reject(turn.error);
    });
    const path = nameOf(write);
    const folder = path.slice(0, path.lastIndexOf("/"));
    const [file, there] = await Promise.all([resultOf(files.get(path)), resultOf(files.get(folder))]);
    if (seen !== undefined && textOf(file) !== seen) return { written: false };
    if (!there) put(files, folder, { type: "directory", format: "json", mimetype: "", content: null, size: 0 });
    put(files, path, { type: "file", format: "text", mimetype: "text/plain", content: text, size: text.length });
    await ended;
    return { written: true };
  } finally {
    database.close();
  }
}
