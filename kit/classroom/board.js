// @ts-check
// What the class has voted, on the teacher's page. It asks the kernel every second while it is looked
// at: the votes come from other computers, and nobody tells this one of them.

const LOOK_MS = 1000;

/**
 * @typedef {{ n: number, options: Record<string, number>, hands: Record<string, number>,
 *   votes: number, passed_over: number }} Round
 * @typedef {{ round: number, rounds: Round[], told: boolean,
 *   reasons: Record<string, { mark: string, reason: string }> }} Votes
 */

/** @param {View} view */
function render({ model, el }) {
  const words = model.get("words");
  /** @type {{ id: string, text: string }[]} */
  const options = model.get("options");
  let asking = false;
  let ended = false;

  const said = h("p", { role: "status" });
  const line = h("p");
  /** @param {number} n */
  const roundButton = (n) => h("button", { type: "button",
    onclick: () => void ask({ do: "round", round: n }) }, words[`round_${n}`]);
  const rounds = [roundButton(1), roundButton(2)];
  const tell = h("button", { type: "button", onclick: () => {
    void ask({ do: "tell", told: tell.getAttribute("aria-pressed") !== "true" });
  } }, words.tell);
  const clear = h("button", { type: "button", onclick: () => {
    if (confirm(words.sure)) void ask({ do: "clear" });
  } }, words.clear);
  const wide = h("button", { type: "button", onclick: () => void root.requestFullscreen?.() }, words.wide);
  const rows = new Map(options.map((option) => [option.id, optionRow(option)]));
  const root = h("section", { class: "kit-board", "aria-label": words.title },
    h("div", { html: model.get("passage") }),
    h("h3", { html: model.get("prompt") }),
    line, ...[...rows.values()].map((row) => row.node), said,
    h("div", { class: "kit-tools" }, ...rounds, tell, wide, clear),
    codeBox(), handBox());
  keepControls(root);
  el.replaceChildren(root);

  /** @param {{ id: string, text: string }} option */
  function optionRow(option) {
    const votes = h("div", { class: "kit-votes" });
    const mark = h("strong");
    const reason = h("p", { class: "kit-reason" });
    const node = h("div", { class: "kit-voted" },
      h("div", {}, mark, h("span", { html: option.text })), votes, reason);
    return { node, votes, mark, reason };
  }

  /** For a class whose pages cannot reach this one: each reads out a code. */
  function codeBox() {
    const box = h("input", { type: "text", maxlength: 12, spellcheck: "false" });
    const form = h("form", { onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      if (await ask({ do: "code", text: box.value })) box.value = "";
      box.focus();
    } }, h("label", {}, words.code, box, h("button", { type: "submit" }, words.add)));
    return h("details", {}, h("summary", {}, words.codes), form);
  }

  /** Or hands are counted, and typed in. */
  function handBox() {
    const boxes = new Map(options.map((option) => [option.id,
      h("input", { type: "number", min: 0, max: 999, step: 1 })]));
    const fields = options.map((option) => h("label", {}, boxes.get(option.id),
      h("span", { html: option.text })));
    const form = h("form", { onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      /** @type {Record<string, number>} */
      const hands = {};
      for (const [id, box] of boxes) hands[id] = Number(box.value || 0);
      void ask({ do: "hands", round: shown?.round ?? 1, hands });
    } }, ...fields, h("button", { type: "submit" }, words.count));
    return h("details", {}, h("summary", {}, words.hands), form);
  }

  /** @type {Votes | null} */
  let shown = null;

  /** @param {object} what @returns {Promise<boolean>} whether it was done */
  async function ask(what) {
    asking = true;
    const reply = await askKernel(model, what);
    asking = false;
    if (ended) return false;
    if (reply?.ok) paint(reply.state);
    const sentence = reply?.ok ? "" : reply?.why ?? words.no_answer;
    if (said.textContent !== sentence) said.textContent = sentence;
    return Boolean(reply?.ok);
  }

  /** @param {Votes} state */
  function paint(state) {
    shown = state;
    const begun = state.rounds.filter((round) => round.n === state.round || round.votes);
    const told = begun.map((round) => fill(words[`line_${round.n}`], round));
    const odd = state.rounds.reduce((sum, round) => sum + round.passed_over, 0);
    if (odd) told.push(fill(words.passed_over, { n: odd }));
    line.textContent = told.join(" ");
    rounds.forEach((button, n) => button.setAttribute("aria-pressed", String(state.round === n + 1)));
    tell.setAttribute("aria-pressed", String(state.told));
    for (const [id, row] of rows) {
      row.votes.replaceChildren(...begun.flatMap((round) => bar(round, id)));
      const reason = state.reasons[id];
      row.mark.textContent = reason ? `${reason.mark} ` : "";
      row.reason.innerHTML = reason?.reason ?? ""; // authored text, made safe in the kernel
      row.node.classList.toggle("kit-right", reason?.mark === "✓");
    }
  }

  /**
   * @param {Round} round
   * @param {string} id
   */
  function bar(round, id) {
    const n = round.options[id] ?? 0;
    const percent = round.votes ? Math.round((100 * n) / round.votes) : 0;
    const first = round.n === 1 ? "kit-first" : "";
    return [h("span", {}, fill(words[`bar_${round.n}`], { n, percent })),
      h("div", { class: `kit-track ${first}`, "aria-hidden": "true" },
        h("div", { style: `width:${percent}%` }))];
  }

  void ask({ do: "look" });
  const timer = setInterval(() => {
    if (!asking && document.visibilityState === "visible" && root.isConnected) void ask({ do: "look" });
  }, LOOK_MS);
  return () => {
    ended = true;
    clearInterval(timer);
  };
}

export default { render };
