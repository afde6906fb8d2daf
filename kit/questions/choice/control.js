// @ts-check
// One option of several, or as many as fit.

/**
 * @param {Tools} tools
 * @param {"radio" | "checkbox"} type
 */
function optionList(tools, type) {
  const { question, base, changed } = tools;
  /** @type {HTMLInputElement[]} */
  const inputs = [];
  /** @type {Map<string, HTMLElement>} */
  const parts = new Map();
  const rows = question.options.map((option, i) => {
    const id = `${base}-${i}`;
    const reason = reasonPlace(id);
    const input = h("input", {
      type, id, name: base, value: option.id, "aria-describedby": reason.id,
      onchange: () => changed(),
    });
    inputs.push(input);
    parts.set(option.id, reason);
    return h("div", { class: "kit-option" }, input,
      h("label", { for: id, html: option.text }), reason);
  });
  return {
    node: underPrompt(tools, ...rows),
    read: () => inputs.filter((input) => input.checked).map((input) => input.value),
    /** @param {string[]} ids */
    write: (ids) => inputs.forEach((input) => { input.checked = ids.includes(input.value); }),
    /** @param {boolean} yes */
    disable: (yes) => inputs.forEach((input) => { input.disabled = yes; }),
    parts,
  };
}

/** @type {(tools: Tools) => Control<string>} */
controls["choose-one"] = (tools) => {
  const list = optionList(tools, "radio");
  return {
    ...list,
    read: () => list.read()[0] ?? null,
    write: (value) => list.write(value === null ? [] : [value]),
  };
};

/** @type {(tools: Tools) => Control<string[]>} */
controls["choose-many"] = (tools) => {
  const list = optionList(tools, "checkbox");
  return { ...list, write: (value) => list.write(value ?? []) };
};
