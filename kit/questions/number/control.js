// @ts-check
// A number, typed as text: only the kernel reads numbers, and refuses what could be two.

/** @type {(tools: Tools) => Control<number | string>} */
controls.number = (tools) => {
  const { question, words, base, changed } = tools;
  const box = h("input", {
    type: "text", dir: "auto", id: `${base}-number`, inputmode: "decimal", maxlength: 60,
    class: "kit-number", "aria-describedby": `${base}-unit`,
    oninput: () => changed(true), onblur: () => changed(),
  });
  /** @type {{ text: string, value: number | string | null } | null} */
  let known = null; // the text that the kernel has read, and as what
  const text = () => box.value.trim();
  return {
    node: underPrompt(tools,
      h("div", { class: "kit-percent" }, h("label", { for: box.id }, words.number_box), box,
        h("span", { id: `${base}-unit` }, question.unit))),
    read: () => (known?.text === text() ? known.value : text() || null),
    is: (value) => {
      if (value == null) return text() === "";
      return String(value) === text() || (known?.value === value && known.text === text());
    },
    settle: (value) => { known = { value, text: text() }; },
    write: (value) => {
      box.value = String(value ?? "");
      known = { value: value ?? null, text: text() };
    },
    disable: (yes) => { box.disabled = yes; },
    parts: new Map(),
  };
};
