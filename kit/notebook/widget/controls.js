// @ts-check
// Where the kinds of question register what draws them, and what more than one of them uses.

/** @type {Controls} */
const controls = {};

/**
 * Return the question's prompt as a heading; the question's region is named by it.
 *
 * @param {Tools} tools
 * @param {string | null} box the id of the one box that it is the label of
 */
const heading = ({ question, base }, box = null) => h("h3", { class: "kit-prompt", id: `${base}-prompt` },
  h(box ? "label" : "span", { for: box, html: question.prompt }));

/**
 * Return a fieldset with the question's prompt as its legend.
 *
 * @param {Tools} tools
 * @param {(Node | null)[]} children
 */
const underPrompt = (tools, ...children) =>
  h("fieldset", {}, h("legend", {}, heading(tools)), ...children);

/**
 * Return the place of a reason; its control names it in `aria-describedby`.
 *
 * @param {string} id
 */
const reasonPlace = (id) => h("div", { class: "kit-reason", id: `${id}-why`, hidden: true });

/**
 * Do something to the page, and scroll so that `node` stays where it is on the screen.
 *
 * @param {Element} node
 * @param {() => void} change
 */
function keepPlace(node, change) {
  const before = node.getBoundingClientRect().top;
  change();
  const by = node.getBoundingClientRect().top - before;
  if (by !== 0) scrollerOf(node).scrollTop += by;
}

/**
 * Return what scrolls the part of the page that `node` is in.
 *
 * @param {Element} node
 */
function scrollerOf(node) {
  for (let part = node.parentElement; part; part = part.parentElement) {
    const scrolls = /auto|scroll/.test(getComputedStyle(part).overflowY);
    if (scrolls && part.scrollHeight > part.clientHeight) return part;
  }
  return document.scrollingElement ?? document.documentElement;
}

/**
 * A number from `min` to 100 and a slider beside it, which say in words what they mean.
 *
 * @param {object} options
 * @param {string} options.base stands before the ids of its elements
 * @param {number} options.min
 * @param {Record<ChanceFault | "unset" | "said", string>} options.sentences
 * @param {string} options.label
 * @param {string} options.sliderLabel
 * @param {Tools} options.tools
 */
function percentBox({ base, min, sentences, label, sliderLabel, tools }) {
  const { words, changed } = tools;
  const said = h("p", { class: "kit-said", id: `${base}-said` });
  // No type="number": the mouse wheel turns one, and it hides what it cannot read: '7e' as nothing.
  const number = h("input", {
    type: "text", role: "spinbutton", id: `${base}-n`, inputmode: "numeric", class: "kit-whole",
    "aria-valuemin": min, "aria-valuemax": 100, "aria-describedby": `${base}-said`,
  });
  const slider = h("input", {
    type: "range", min, max: 100, step: 1, id: `${base}-r`, "aria-label": sliderLabel,
    "aria-describedby": `${base}-said`,
  });
  /** @type {{ text: string, value: number | null }} */
  let written = { text: "", value: null };
  const text = () => number.value.trim();
  const read = () => {
    return text() === written.text ? written.value : readChance(text(), min).value;
  };
  const unread = () => {
    const { fault } = readChance(text(), min);
    if (fault === null || text() === written.text) return null;
    const low = Math.floor(Number.parseFloat(text()));
    return fill(sentences[fault], { text: text(), low, high: low + 1 });
  };
  const takeBack = h("button", { type: "button", class: "kit-button kit-minor", onclick: () => {
    number.value = "";
    number.focus({ preventScroll: true });
    tell();
    changed();
  } }, words.take_back);
  const tell = () => {
    const value = read();
    takeBack.hidden = text() === "" || number.disabled;
    slider.classList.toggle("kit-unset", value === null);
    if (value === null) {
      number.removeAttribute("aria-valuenow");
    } else {
      slider.value = String(value);
      number.setAttribute("aria-valuenow", String(value));
    }
    number.setAttribute("aria-invalid", String(unread() !== null));
    said.textContent = unread()
      ?? (value === null ? sentences.unset : fill(sentences.said, { n: value }));
  };
  number.addEventListener("input", () => { tell(); changed(true); });
  number.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault(); // the cursor stays where it is
    if (unread()) return;
    const value = Math.trunc(read() ?? 0) + step;
    number.value = String(Math.min(100, Math.max(min, value)));
    tell();
    changed(true);
  });
  let before = { text: "", at: "" }; // what a finger that only scrolls past leaves there
  onSlide(slider, {
    touch: () => { before = { text: number.value, at: slider.value }; },
    move: () => { number.value = slider.value; tell(); },
    restore: () => { number.value = before.text; slider.value = before.at; tell(); },
    choose: () => changed(true),
  });
  return {
    nodes: [h("div", { class: "kit-percent" },
      h("label", { for: `${base}-n` }, label), number, slider),
    // Not beside the slider: what comes and goes there would move the slider while it is pulled.
    h("div", { class: "kit-percent" }, said, takeBack)],
    read,
    unread,
    /** @param {number | null | undefined} value */
    write: (value) => {
      number.value = String(value ?? "");
      written = { text: number.value, value: value ?? null };
      tell();
    },
    /** @param {boolean} yes */
    disable: (yes) => { number.disabled = yes; slider.disabled = yes; tell(); },
  };
}
