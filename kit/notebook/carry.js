// @ts-check
// Take my answers with me, bring my answers: a file goes out, or comes in. And a text of my own, pasted.

/**
 * Return the headings and paragraphs of a saved page, a line each: of its story where it says which that is.
 * @param {string} html
 */
function textOfPage(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const lines = [];
  for (const part of (page.querySelector("article") ?? page.body).querySelectorAll("h1, h2, h3, p, li")) {
    lines.push((part.textContent ?? "").replace(/\s+/g, " ").trim());
  }
  return lines.filter(Boolean).join("\n");
}

/** @param {View} view */
function render({ model, el }) {
  const words = model.get("words");
  const said = h("p", { role: "status" });
  const file = /** @type {HTMLInputElement} */ (
    h("input", { type: "file", accept: ".json", hidden: true, onchange: () => void bring() }));
  const text = /** @type {HTMLTextAreaElement} */ (h("textarea", { rows: 5 }));
  const story = /** @type {HTMLInputElement} */ (
    h("input", { type: "file", accept: ".txt,.html,.htm", hidden: true, onchange: () => void open() }));
  const keeper = (/** @type {"own" | "article"} */ kind) =>
    h("button", { type: "button", class: "kit-button", onclick: () => void keep(kind) }, words[`keep_${kind}`]);
  const root = h("details", { class: "kit-carry" },
    h("summary", {}, words.summary),
    h("p", {}, words.why),
    h("div", { class: "kit-foot" },
      h("button", { type: "button", class: "kit-button", onclick: () => void take() }, words.take),
      h("button", { type: "button", class: "kit-button", onclick: () => file.click() }, words.bring), file),
    h("label", {}, words.text, text),
    h("div", { class: "kit-foot" },
      h("button", { type: "button", class: "kit-button", onclick: () => story.click() }, words.open), story,
      keeper("own"), keeper("article")),
    said);
  keepControls(root);
  el.classList.add("kit-host");
  el.replaceChildren(root);

  /** @param {"own" | "article"} kind */
  async function keep(kind) {
    const state = await ask({ do: kind, text: text.value });
    if (state) said.textContent = words[`kept_${kind}`];
  }

  /** Put a file's text into the field, where its reader sees what there is to keep. */
  async function open() {
    const chosen = story.files?.[0];
    if (!chosen) return;
    const whole = await chosen.text();
    text.value = /\.html?$/i.test(chosen.name) ? textOfPage(whole) : whole;
    story.value = "";
    text.focus();
  }

  /** @param {{ do: string, text?: string }} what */
  async function ask(what) {
    const reply = await askKernel(model, what);
    if (!reply?.ok) said.textContent = reply?.why ?? words.no_answer;
    return reply?.ok ? reply.state : null;
  }

  async function take() {
    const state = await ask({ do: "take" });
    if (!state) return;
    const address = URL.createObjectURL(new Blob([state.text], { type: "application/json" }));
    h("a", { href: address, download: model.get("name") }).click();
    said.textContent = fill(words.taken, { name: model.get("name") });
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  async function bring() {
    const chosen = file.files?.[0];
    if (!chosen) return;
    const text = await chosen.text();
    file.value = "";
    const state = await ask({ do: "bring", text });
    if (state) said.textContent = fill(words.brought, state);
  }
}

export default { render };
