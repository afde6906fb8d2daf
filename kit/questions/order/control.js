// @ts-check
// Things to put in order: each is moved by two buttons, which a keyboard works as well as a hand.

/** @type {(tools: Tools) => Control<string[]>} */
controls.order = (tools) => {
  const { question, words, base, changed } = tools;
  /** @type {Map<string, HTMLElement>} */
  const parts = new Map();
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();
  const said = h("p", { class: "kit-said", role: "status" });
  question.options.forEach((option, i) => {
    const text = h("span", { html: option.text });
    const plain = text.textContent ?? "";
    const reason = reasonPlace(`${base}-${i}`);
    /**
     * @param {string} sign
     * @param {string} word
     * @param {1 | -1} step
     */
    const arrow = (sign, word, step) => h("button", {
      type: "button", class: "kit-arrow", "aria-label": fill(word, { text: plain }),
      onclick: (event) => keepPlace(event.currentTarget, () => move(option.id, plain, step)),
    }, sign);
    parts.set(option.id, reason);
    rows.set(option.id, h("li", { "data-id": option.id },
      h("div", { class: "kit-movable" }, text,
        arrow("↑", words.move_up, -1), arrow("↓", words.move_down, 1)), reason));
  });
  const list = h("ol", { class: "kit-order" }, ...rows.values());
  const keep = h("button", { type: "button", class: "kit-button", onclick: () => {
    claim();
    changed();
    list.querySelector("button")?.focus({ preventScroll: true });
  } }, words.keep_order);
  let answered = false; // the order in which the question comes is not yet an answer
  const now = () => [...list.children].map((row) => /** @type {HTMLElement} */ (row).dataset.id ?? "");
  const claim = () => { answered = true; tell(""); };
  /** @param {string} sentence */
  function tell(sentence) {
    keep.hidden = answered;
    said.textContent = answered ? sentence : words.order_unset;
  }
  /**
   * @param {string} id
   * @param {string} text
   * @param {1 | -1} step
   */
  function move(id, text, step) {
    const row = rows.get(id);
    const other = step < 0 ? row?.previousElementSibling : row?.nextElementSibling;
    // The neighbour moves, so that the button pressed keeps the focus.
    if (other && step < 0) row?.after(other);
    else if (other) row?.before(other);
    answered = true;
    tell(fill(words.moved, { text, n: now().indexOf(id) + 1, all: rows.size }));
    changed();
  }
  return {
    node: underPrompt(tools, list, keep, said),
    read: () => (answered ? now() : null),
    write: (value) => {
      answered = value != null;
      for (const id of value ?? question.options.map((option) => option.id)) {
        list.append(rows.get(id) ?? "");
      }
      tell("");
    },
    disable: (yes) => {
      for (const button of [...list.querySelectorAll("button"), keep]) button.disabled = yes;
    },
    claim,
    parts,
  };
};
