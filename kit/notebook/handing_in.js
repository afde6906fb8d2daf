// @ts-check
// The button that hands in. The kernel seals, this page asks the kit's extension to put the seal into
// the notebook and to save it, and says only what has happened.

const SETTLE_MS = 3000; // answers that are under way are given so long to arrive

/**
 * What was handed in last.
 *
 * @typedef {{ at: string, name: string, data: string, paste: string }} Sealed
 */

/**
 * How far the learner is.
 *
 * @typedef {object} HandInState
 * @property {number} done
 * @property {number} all
 * @property {string} open the numbers of the open questions
 * @property {boolean} nameless no class code is given
 * @property {boolean} changed an answer was changed after the last time
 * @property {Sealed | null} sealed
 * @property {string} notebook
 * @property {string} [seal]
 */

/** @param {number} ms */
const pause = (ms) => new Promise((then) => { setTimeout(then, ms); });

/**
 * Return what is not in the record of what stands on the page: the status of a question.
 *
 * @param {Element} notebook
 * @returns {Promise<HTMLElement | null>}
 */
async function unsaved(notebook) {
  const until = Date.now() + SETTLE_MS;
  /** @param {string} states */
  const find = (states) => /** @type {HTMLElement | null} */ (notebook.querySelector(states));
  await pause(50); // a box that has just lost the focus sends what is in it
  while (find(".kit-status[data-state=saving]") && Date.now() < until) await pause(50);
  return find(["saving", "not_saved", "refused", "unreadable"]
    .map((state) => `.kit-status[data-state=${state}]`).join());
}

/** @param {View} view */
function render({ model, el }) {
  const words = model.get("words");
  const line = h("p", { role: "status" });
  const open = h("p");
  const said = h("div", { role: "status", tabindex: -1 });
  const button = h("button", { type: "button", class: "kit-button", onclick: () => void press() });
  const root = h("section", { class: "kit-q kit-hand-in", "aria-label": words.button },
    line, open, h("div", { class: "kit-foot" }, button), said);
  keepControls(root);
  el.classList.add("kit-host");
  el.replaceChildren(root);
  model.on("change:state", paint);
  paint();
  return () => model.off("change:state", paint);

  function paint() {
    /** @type {HandInState} */
    const state = model.get("state");
    line.textContent = fill(words.line, state);
    open.textContent = [state.open && fill(words.open, state), state.nameless && words.no_name,
      state.sealed && state.changed && words.changed].filter(Boolean).join(" ");
    button.textContent = state.sealed ? words.again : words.button;
    if (state.sealed && !said.hasChildNodes()) tellSealed(state);
  }

  /** @param {string} paste */
  function pasteBox(paste) {
    const text = h("textarea", { readonly: true, rows: 4, "aria-label": words.paste }, paste);
    const copy = h("button", { type: "button", class: "kit-button", onclick: async () => {
      text.select();
      // An insecure address has no clipboard; what is selected can be copied by Ctrl+C.
      const copied = await navigator.clipboard?.writeText(paste).then(() => true, () => false);
      copy.textContent = copied ? words.copied : words.copy_by_hand;
    } }, words.copy);
    return h("details", {}, h("summary", {}, words.paste), text, copy);
  }

  /** @param {string} sentence */
  function tell(sentence) {
    said.replaceChildren(h("p", {}, sentence));
  }

  /**
   * @param {HandInState} state
   * @param {string} [kept] what became of the seal, where that was just now
   */
  function tellSealed(state, kept = "") {
    if (!state.sealed) return;
    const { at, name, data, paste } = state.sealed;
    const time = new Date(at).toLocaleString(root.closest("[lang]")?.getAttribute("lang") || undefined,
      { dateStyle: "medium", timeStyle: "short" });
    const file = h("a", { download: name, href: `data:application/json;base64,${data}` }, words.download);
    said.replaceChildren(h("p", {}, h("strong", {}, fill(words.sealed, { ...state, time }))));
    if (kept) said.append(h("p", {}, fill(words[kept], state)));
    said.append(h("p", {}, file), pasteBox(paste));
    keepControls(said);
  }

  async function press() {
    tell(words.sealing);
    const notebook = el.closest(".jp-Notebook") ?? document.body;
    const waiting = await unsaved(notebook);
    if (waiting) {
      tell(words.unsaved);
      waiting.scrollIntoView({ block: "center" });
      waiting.focus({ preventScroll: true });
      return;
    }
    const reply = await askKernel(model, { do: "hand_in" });
    if (!reply) tell(words.no_answer);
    else if (!reply.ok) tell(reply.why);
    else tellSealed(reply.state, await keep(reply.state.seal));
  }

  /**
   * Have the seal put into the notebook, and the notebook saved.
   *
   * @param {string} seal
   * @returns {Promise<string>} the name of the sentence that says what became of it
   */
  async function keep(seal) {
    const asked = { seal, /** @type {Promise<boolean> | null} */ kept: null };
    root.dispatchEvent(new CustomEvent("kit-hand-in", { bubbles: true, detail: asked }));
    if (!asked.kept) return "give_copy";
    return (await asked.kept) ? "give" : "give_copy";
  }
}

export default { render };
