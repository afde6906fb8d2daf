// @ts-check
// Says on a page of the site where this browser keeps nothing, or where the questions do not come. It stands
// in the page itself, after answers.js, and needs neither JupyterLite nor Python: either may be missing.

const WAIT_MS = 60_000; // on a slow network the first time takes about so long
const LOOK_MS = 1_000;
const ROOM = 4; // so many pieces of 64 kB JupyterLite needs to open a page

/**
 * Whether the browser still has room for what JupyterLite and the answers need. It is tried: what Chromium
 * says of the room that is left is not how much there is.
 */
async function hasRoom() {
  const name = "kit-room";
  try {
    const opening = indexedDB.open(name);
    opening.onupgradeneeded = () => opening.result.createObjectStore(name);
    const database = await resultOf(opening);
    const turn = database.transaction(name, "readwrite");
    for (let n = 0; n < ROOM; n += 1) turn.objectStore(name).put(crypto.getRandomValues(new Uint8Array(65_536)), n);
    await new Promise((resolve, reject) => {
      turn.oncomplete = resolve;
      turn.onabort = () => reject(turn.error);
    }).finally(() => database.close());
  } catch (fault) {
    return !(fault instanceof DOMException && fault.name === "QuotaExceededError");
  } finally {
    indexedDB.deleteDatabase(name);
  }
  return true;
}

/**
 * Return what the browser keeps of a learner's answers, by lesson; null where it keeps nothing here.
 * @returns {Promise<Record<string, any> | null>}
 */
async function keptRecords() {
  /** @type {Record<string, any>} */
  const records = {};
  try {
    localStorage.getItem("kit"); // where a browser keeps nothing it throws
    if (!navigator.serviceWorker) return null;
    const database = await openStorage();
    const files = await resultOf(database.transaction("files").objectStore("files").getAll());
    database.close();
    for (const file of files.filter((/** @type {any} */ { path }) => /^my-work\/[^/.]+\.json$/.test(path))) {
      const record = JSON.parse(textOf(file) ?? "");
      if (Object.keys(record.entries).length) records[record.sheet] = record;
    }
  } catch (fault) {
    // It has none yet: only a lesson makes the first.
    if (!(fault instanceof DOMException) || !["AbortError", "NotFoundError"].includes(fault.name)) return null;
  }
  return records;
}

/**
 * Watch a lesson until it is alive, and again whenever it is started again.
 * @param {Record<string, string>} words
 * @param {string} course its id
 * @returns {() => void} to be called when Python could not begin
 */
function watchLesson(words, course) {
  const said = document.createElement("p");
  const take = document.createElement("button");
  take.textContent = words.take;
  const list = document.createElement("pre");
  const bar = document.createElement("div");
  bar.className = "kit-late";
  bar.setAttribute("role", "alert");
  bar.append(said, take, list);
  const style = document.createElement("style");
  style.textContent = `.kit-late { position: fixed; inset: auto 0 0; z-index: 9999; max-height: 45vh; overflow: auto;
    padding: 0.5rem 1rem; border-top: 4px solid; background: Canvas; color: CanvasText; font: 1rem/1.5 system-ui; }
    .kit-late button { min-height: 2rem; }`;
  let since = Date.now();

  /** @param {string} sentence */
  const say = async (sentence) => {
    const records = await keptRecords();
    said.textContent = records ? sentence : words.cannot;
    const kept = Object.values(records ?? {});
    take.hidden = kept.length === 0;
    const lines = kept.flatMap(({ entries }) =>
      Object.entries(entries).map(([question, { value }]) => `${question}: ${JSON.stringify(value)}`));
    list.textContent = lines.join("\n");
    take.onclick = () => {
      const file = new Blob([JSON.stringify({ kit_answers: 1, course, records })], { type: "application/json" });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = `answers-${course}.json`;
      link.click();
    };
    document.body.append(style, bar);
  };

  setInterval(() => {
    if (document.querySelector("[data-kit=alive]")) {
      since = Date.now();
      if (said.textContent !== words.cannot) bar.remove(); // alive, but what is answered is not kept
    } else if (!bar.isConnected && Date.now() - since > WAIT_MS) void say(words.late);
  }, LOOK_MS);
  void keptRecords().then(async (records) => {
    if (!records) void say(words.cannot);
    else if (!(await hasRoom())) void say(words.full);
  });
  return () => void say(words.failed);
}
