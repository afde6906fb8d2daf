// @ts-check
// A label for each statement.

const FEW_LABELS = 4; // as many stand beside each other, in full; more would hide the statements

/** @type {(tools: Tools) => Control<Record<string, string>>} */
controls.label = (tools) => {
  const { question } = tools;
  const inLists = question.labels.length > FEW_LABELS;
  const pick = inLists ? labelList : labelRow;
  /** @type {Map<string, LabelPick>} */
  const picks = new Map();
  /** @type {Map<string, HTMLElement>} */
  const parts = new Map();
  const rows = question.units.map((unit, i) => {
    const base = `${tools.base}-${i}`;
    const reason = reasonPlace(base);
    const picked = pick({ ...tools, base }, reason.id);
    picks.set(unit.id, picked);
    parts.set(unit.id, reason);
    const where = unit.paragraph == null ? null
      : h("span", { class: "kit-where" }, ` (¶${unit.paragraph})`);
    // A row of buttons is a group, which the legend names; a list is one control, with a label.
    const said = h(inLists ? "label" : "span",
      { for: inLists ? `${base}-list` : null, html: unit.text });
    return h("fieldset", { class: "kit-unit" }, h("legend", {}, said, where), picked.node, reason);
  });
  return {
    node: underPrompt(tools, ...rows),
    read: () => Object.fromEntries(
      [...picks].map(([id, picked]) => [id, picked.read()]).filter(([, label]) => label)),
    write: (value) => picks.forEach((picked, id) => picked.write(value?.[id] ?? "")),
    disable: (yes) => picks.forEach(({ controls: all }) => {
      for (const control of all) control.disabled = yes;
    }),
    parts,
  };
};

/**
 * All labels in a row, which wraps where there is no room.
 *
 * @param {Tools} tools
 * @param {string} reason the id of what describes the choice
 * @returns {LabelPick}
 */
function labelRow({ question, base, changed }, reason) {
  const inputs = question.labels.map((label) => h("input", {
    type: "radio", name: base, value: label.id, "aria-describedby": reason, onchange: () => changed(),
  }));
  return {
    node: h("div", { class: "kit-labels" },
      ...inputs.map((input, n) => h("label", {}, input, question.labels[n].text))),
    read: () => inputs.find((input) => input.checked)?.value ?? "",
    write: (id) => { for (const input of inputs) input.checked = input.value === id; },
    controls: inputs,
  };
}

/**
 * A list to choose from.
 *
 * @param {Tools} tools
 * @param {string} reason the id of what describes the choice
 * @returns {LabelPick}
 */
function labelList({ question, words, base, changed }, reason) {
  const select = h("select",
    { id: `${base}-list`, "aria-describedby": reason, onchange: () => changed() },
    h("option", { value: "" }, words.choose),
    ...question.labels.map((label) => h("option", { value: label.id }, label.text)));
  return {
    node: select,
    read: () => select.value,
    write: (id) => { select.value = id; },
    controls: [select],
  };
}
