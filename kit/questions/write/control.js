// @ts-check
// A text of the learner's own, and their own judgement of it beside a model answer.

const LONGEST = 20000; // characters of one written answer, as in kit/questions/base.py

/** @type {(tools: Tools) => Control<string>} */
controls.write = (tools) => {
  const { question, words, base, changed } = tools;
  const short = question.words === 1;
  const count = h("p", { class: "kit-count", id: `${base}-count` });
  /** @type {{ text: string, value: string | null }} */
  let written = { text: "", value: null };
  const tell = () => {
    const n = (box.value.match(/\S+/g) ?? []).length;
    const sentence = box.value.length > LONGEST ? words.box_full : words.count;
    count.textContent = fill(sentence,
      { n, about: question.words, long: box.value.length, most: LONGEST });
  };
  const box = h(short ? "input" : "textarea", {
    id: `${base}-text`, dir: "auto", maxlength: short ? 80 : null, rows: short ? null : 6,
    type: short ? "text" : null, autocapitalize: short ? "off" : null,
    "aria-describedby": short ? null : count.id,
    oninput: () => { tell(); changed(true); },
    onblur: () => changed(),
  });
  const rubric = question.rubric.length === 0 ? null : h("div", { class: "kit-rubric" },
    h("p", {}, words.rubric), h("ul", {}, ...question.rubric.map((c) => h("li", { html: c.text }))));
  return {
    node: h("div", {}, heading(tools, box.id), rubric, box, short ? null : count),
    read: () => {
      if (box.value === written.text) return written.value;
      return box.value.trim() === "" ? null : box.value;
    },
    write: (value) => {
      box.value = value ?? "";
      written = { text: box.value, value: value ?? null };
      tell();
    },
    disable: (yes) => { box.readOnly = yes; },
    parts: new Map(),
    check: words.show_model,
    own: selfAssessment(tools),
  };
};

/**
 * @param {Tools} tools
 * @returns {SelfAssessment | null}
 */
function selfAssessment({ question, words, base, changed }) {
  if (question.rubric.length === 0) return null;
  const levels = [["met", words.met], ["partly", words.partly_met], ["not-yet", words.not_yet]];
  /** @type {{ input: HTMLInputElement, criterion: string }[]} */
  const marks = [];
  const rows = question.rubric.map((criterion, i) => h("fieldset", { class: "kit-own-row" },
    h("legend", { html: criterion.text }), h("div", { class: "kit-labels" },
      ...levels.map(([level, word]) => {
        const input = h("input", { type: "radio", name: `${base}-own-${i}`, value: level,
          onchange: () => changed() });
        marks.push({ input, criterion: criterion.id });
        return h("label", {}, input, word);
      }))));
  return {
    node: h("div", { class: "kit-own", hidden: true }, h("p", {}, words.own), ...rows),
    read: () => Object.fromEntries(
      marks.filter(({ input }) => input.checked).map(({ input, criterion }) => [criterion, input.value])),
    write: (value) => marks.forEach(({ input, criterion }) => {
      input.checked = value?.[criterion] === input.value;
    }),
  };
}
