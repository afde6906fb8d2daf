// @ts-check
// A label for each statement.

/** @type {(tools: Tools) => Control<Record<string, string>>} */
controls.label = ({ question, words, base, changed }) => {
  /** @type {Map<string, HTMLSelectElement>} */
  const selects = new Map();
  /** @type {Map<string, HTMLElement>} */
  const parts = new Map();
  const rows = question.units.map((unit, i) => {
    const id = `${base}-${i}`;
    const reason = reasonPlace(id);
    const select = h("select", { id, "aria-describedby": reason.id, onchange: () => changed() },
      h("option", { value: "" }, words.choose),
      ...question.labels.map((label) => h("option", { value: label.id }, label.text)));
    selects.set(unit.id, select);
    parts.set(unit.id, reason);
    const text = h("label", { for: id, html: unit.text });
    if (unit.paragraph != null) {
      text.append(h("span", { class: "kit-where" }, ` (¶${unit.paragraph})`));
    }
    return h("div", { class: "kit-unit" }, text, select, reason);
  });
  return {
    node: underPrompt(question, ...rows),
    read: () => Object.fromEntries(
      [...selects].filter(([, s]) => s.value).map(([id, s]) => [id, s.value])),
    write: (value) => selects.forEach((s, id) => { s.value = value?.[id] ?? ""; }),
    disable: (yes) => selects.forEach((s) => { s.disabled = yes; }),
    parts,
  };
};
