// The page's half of a question: it draws and it sends. Only the kernel scores and keeps, and
// only the kernel's word turns the status to 'saved'.

const ASK_AGAIN_MS = 2000; // after so long the record may have changed elsewhere
const TYPING_MS = 700; // a pause in typing this long sends what is there

const LONGEST = 20000; // characters of one written answer, as in kit/questions/answers.py

let views = 0;

const empty = (value) => value == null || (typeof value === "object" && Object.keys(value).length === 0);

const same = (one, other) => (empty(one) && empty(other)) || JSON.stringify(one) === JSON.stringify(other);

// --- The controls, one builder a kind -------------------------------------------------------
// Each gets the question, the words, a base for element ids and `changed(soon)`, and returns
// { node, read(), write(value), disable(yes), parts: Map(id -> reason's place) }, and where need be
// is(value): does the page hold this answer? settle(value): what it holds was read as this;
// unread(): why what is typed is no answer, or null; claim(): what is seen is meant as the answer.
// A box that is not touched reads as what was written to it, however the browser shows that.

function choices(type) {
  return ({ question, base, changed }) => {
    const inputs = [];
    const parts = new Map();
    const rows = question.options.map((option, i) => {
      const id = `${base}-${i}`;
      const reason = h("div", { class: "kit-reason", id: `${id}-why`, hidden: true });
      const input = h("input", {
        type, id, name: base, value: option.id, "aria-describedby": `${id}-why`,
        onchange: () => changed(),
      });
      inputs.push(input);
      parts.set(option.id, reason);
      return h("div", { class: "kit-option" }, input,
        h("label", { for: id, html: option.text }), reason);
    });
    const ticked = () => inputs.filter((input) => input.checked).map((input) => input.value);
    return {
      node: h("fieldset", {}, h("legend", { html: question.prompt }), ...rows),
      read: type === "radio" ? () => ticked()[0] ?? null : ticked,
      write: (value) => inputs.forEach((input) => {
        input.checked = type === "radio" ? input.value === value
          : (value ?? []).includes(input.value);
      }),
      disable: (yes) => inputs.forEach((input) => { input.disabled = yes; }),
      parts,
    };
  };
}

function labels({ question, words, base, changed }) {
  const selects = new Map();
  const parts = new Map();
  const rows = question.units.map((unit, i) => {
    const id = `${base}-${i}`;
    const reason = h("div", { class: "kit-reason", id: `${id}-why`, hidden: true });
    const select = h("select", { id, "aria-describedby": `${id}-why`, onchange: () => changed() },
      h("option", { value: "" }, words.choose),
      ...question.labels.map((label) => h("option", { value: label.id }, label.text)));
    selects.set(unit.id, select);
    parts.set(unit.id, reason);
    const where = unit.paragraph == null ? null
      : h("span", { class: "kit-where" }, ` (¶${unit.paragraph})`);
    const text = h("label", { for: id, html: unit.text });
    text.append(where ?? "");
    return h("div", { class: "kit-unit" }, text, select, reason);
  });
  return {
    node: h("fieldset", {}, h("legend", { html: question.prompt }), ...rows),
    read: () => Object.fromEntries(
      [...selects].filter(([, s]) => s.value).map(([id, s]) => [id, s.value])),
    write: (value) => selects.forEach((s, id) => { s.value = value?.[id] ?? ""; }),
    disable: (yes) => selects.forEach((s) => { s.disabled = yes; }),
    parts,
  };
}

// A number from `min` to 100 and a slider beside it, which say in words what they mean.
function percentBox({ base, min, sentences, label, sliderLabel, changed }) {
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
  let written = { text: "", value: null };
  let touched = null; // what stood here before a finger came down on the slider
  const text = () => number.value.trim();
  const read = () => {
    if (text() === written.text) return written.value;
    const value = /^\d+$/.test(text()) ? Number(text()) : null;
    return value !== null && value >= min && value <= 100 ? value : null;
  };
  const unread = () => (read() === null && text() !== "" ? sentences.range : null);
  const tell = () => {
    const value = read();
    slider.classList.toggle("kit-unset", value === null);
    if (value !== null) slider.value = value;
    if (value === null) number.removeAttribute("aria-valuenow");
    else number.setAttribute("aria-valuenow", value);
    number.setAttribute("aria-invalid", String(unread() !== null));
    said.textContent = unread()
      ?? (value === null ? sentences.unset : fill(sentences.said, { n: value }));
  };
  number.addEventListener("input", () => { tell(); changed(true); });
  number.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault(); // the cursor stays where it is
    if (unread()) return;
    number.value = Math.min(100, Math.max(min, Math.trunc(read() ?? 0) + step));
    tell();
    changed(true);
  });
  // A finger that scrolls past sets a slider where it comes down on it. Until it is lifted nothing
  // counts, and where the browser takes the touch back to scroll, all is as it was.
  slider.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") touched = { text: number.value, at: slider.value };
  });
  slider.addEventListener("pointercancel", () => {
    if (touched === null) return;
    number.value = touched.text;
    slider.value = touched.at;
    touched = null;
    tell();
  });
  slider.addEventListener("pointerup", () => {
    if (touched === null) return;
    touched = null;
    changed(true);
  });
  slider.addEventListener("input", () => {
    number.value = slider.value;
    tell();
    if (touched === null) changed(true);
  });
  return {
    nodes: [h("div", { class: "kit-percent" },
      h("label", { for: `${base}-n` }, label), number, slider), said],
    read,
    unread,
    write: (value) => {
      number.value = value ?? "";
      written = { text: number.value, value: value ?? null };
      tell();
    },
    disable: (yes) => { number.disabled = yes; slider.disabled = yes; },
  };
}

function probability({ question, words, base, changed }) {
  const box = percentBox({
    base, min: 0, label: words.percent, sliderLabel: words.slider, changed,
    sentences: {
      range: words.percent_range, unset: words.percent_unset, said: words.percent_said,
    },
  });
  return {
    ...box,
    node: h("fieldset", {}, h("legend", { html: question.prompt }), ...box.nodes),
    parts: new Map(),
  };
}

// Typed as text: only the kernel reads numbers, and refuses what could be two.
function number({ question, words, base, changed }) {
  const box = h("input", {
    type: "text", id: `${base}-number`, inputmode: "decimal", maxlength: 60,
    class: "kit-number", "aria-describedby": `${base}-unit`,
    oninput: () => changed(true), onblur: () => changed(),
  });
  let known = null; // the text that the kernel has read, and as what
  const text = () => box.value.trim();
  return {
    node: h("fieldset", {}, h("legend", { html: question.prompt }),
      h("div", { class: "kit-percent" }, h("label", { for: `${base}-number` }, words.number_box), box,
        h("span", { id: `${base}-unit` }, question.unit))),
    read: () => (known?.text === text() ? known.value : text() || null),
    is: (value) => (value == null ? text() === ""
      : String(value) === text() || (known?.value === value && known.text === text())),
    settle: (value) => { known = { value, text: text() }; },
    write: (value) => {
      box.value = value ?? "";
      known = { value: value ?? null, text: text() };
    },
    disable: (yes) => { box.disabled = yes; },
    parts: new Map(),
  };
}

function order({ question, words, base, changed }) {
  const parts = new Map();
  const said = h("p", { class: "kit-said", role: "status" });
  const rows = new Map(question.options.map((option, i) => {
    const text = h("span", { html: option.text });
    const plain = text.textContent;
    const reason = h("div", { class: "kit-reason", id: `${base}-${i}-why`, hidden: true });
    const arrow = (sign, word, step) => h("button", {
      type: "button", class: "kit-arrow", "aria-label": fill(word, { text: plain }),
      onclick: () => move(option.id, plain, step),
    }, sign);
    parts.set(option.id, reason);
    return [option.id, h("li", { "data-id": option.id },
      h("div", { class: "kit-movable" }, text,
        arrow("↑", words.move_up, -1), arrow("↓", words.move_down, 1)), reason)];
  }));
  const list = h("ol", { class: "kit-order" }, ...rows.values());
  const keep = h("button", { type: "button", class: "kit-button", onclick: () => {
    claim();
    changed();
    list.querySelector("button").focus();
  } }, words.keep_order);
  let answered = false;
  const now = () => [...list.children].map((row) => row.dataset.id);
  const claim = () => { answered = true; tell(""); };
  function tell(sentence) {
    keep.hidden = answered;
    said.textContent = answered ? sentence : words.order_unset;
  }
  function move(id, text, step) {
    const row = rows.get(id);
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    // The neighbour moves, so that the button pressed keeps the focus.
    if (other && step < 0) row.after(other);
    else if (other) row.before(other);
    answered = true;
    tell(fill(words.moved, { text, n: now().indexOf(id) + 1, all: rows.size }));
    changed();
  }
  return {
    node: h("fieldset", {}, h("legend", { html: question.prompt }), list, keep, said),
    read: () => (answered ? now() : null),
    write: (value) => {
      answered = value != null;
      for (const id of value ?? question.options.map((o) => o.id)) list.append(rows.get(id));
      tell("");
    },
    disable: (yes) => {
      for (const button of [...list.querySelectorAll("button"), keep]) button.disabled = yes;
    },
    claim,
    parts,
  };
}

function write({ question, words, base, changed }) {
  const short = question.words === 1;
  const count = h("span", { class: "kit-count", id: `${base}-count` });
  let written = { text: "", value: null };
  const tell = () => {
    const n = (box.value.match(/\S+/g) ?? []).length;
    count.textContent = box.value.length >= LONGEST ? words.box_full
      : fill(words.count, { n, about: question.words });
  };
  const box = h(short ? "input" : "textarea", {
    id: `${base}-text`, maxlength: short ? 80 : LONGEST, rows: short ? null : 6,
    type: short ? "text" : null, autocapitalize: short ? "off" : null,
    "aria-describedby": short ? null : `${base}-count`,
    oninput: () => { tell(); changed(true); },
    onblur: () => changed(),
  });
  const rubric = question.rubric.length === 0 ? null : h("div", { class: "kit-rubric" },
    h("p", {}, words.rubric), h("ul", {}, ...question.rubric.map((c) => h("li", { html: c.text }))));
  return {
    node: h("div", {}, h("label", { class: "kit-legend", for: `${base}-text`,
      html: question.prompt }), rubric, box, short ? null : count),
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
  };
}

const KINDS = {
  "choose-one": choices("radio"),
  "choose-many": choices("checkbox"),
  label: labels,
  number,
  order,
  probability,
  write,
};

// --- Beside the answer: how sure, hints, and one's own judgement ----------------------------------

function sureBox({ question, words, base, changed }) {
  if (question.chance == null) return null;
  const box = percentBox({
    base: `${base}-sure`, min: question.chance, sliderLabel: words.sure_slider, changed,
    label: fill(words.sure, { chance: question.chance }),
    sentences: {
      range: fill(words.sure, { chance: question.chance }),
      unset: words.sure_unset, said: words.sure_said,
    },
  });
  return { ...box, node: h("div", { class: "kit-sure" }, ...box.nodes) };
}

function hintBox({ question, words }) {
  const all = question.hints.length;
  if (all === 0) return null;
  const shown = h("div", { role: "status" });
  const next = h("button", { type: "button", class: "kit-button kit-minor", onclick: () => {
    const n = shown.children.length + 1;
    const hint = h("p", { tabindex: -1 }, h("strong", {}, `${fill(words.hint, { n, all })}: `),
      h("span", { html: question.hints[n - 1] }));
    shown.append(hint);
    if (n === all) { hint.focus(); next.hidden = true; }
    else next.textContent = words.next_hint;
  } }, fill(words.hint, { n: 1, all }));
  return h("div", { class: "kit-hints" }, shown, next);
}

function ownBox({ question, words, base, changed }) {
  if (question.kind !== "write" || question.rubric.length === 0) return null;
  const levels = [["met", words.met], ["partly", words.partly_met], ["not-yet", words.not_yet]];
  const inputs = [];
  const rows = question.rubric.map((criterion, i) => h("fieldset", { class: "kit-own-row" },
    h("legend", { html: criterion.text }), ...levels.map(([level, word]) => {
      const id = `${base}-own-${i}-${level}`;
      const input = h("input", { type: "radio", id, name: `${base}-own-${i}`, value: level,
        "data-criterion": criterion.id, onchange: () => changed() });
      inputs.push(input);
      return h("span", {}, input, h("label", { for: id }, word));
    })));
  return {
    node: h("div", { class: "kit-own", hidden: true }, h("p", {}, words.own), ...rows),
    read: () => Object.fromEntries(
      inputs.filter((i) => i.checked).map((i) => [i.dataset.criterion, i.value])),
    write: (value) => inputs.forEach((i) => {
      i.checked = value?.[i.dataset.criterion] === i.value;
    }),
  };
}

// --- What the page holds until the kernel has it --------------------------------------------

const store = {
  name: (question, state) => `kit:${state.record}:${question.id}`,
  put(name, held) { try { localStorage.setItem(name, JSON.stringify(held)); } catch { /* full */ } },
  get(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
  drop(name) { try { localStorage.removeItem(name); } catch { /* private window */ } },
};

// --- What a check has to say -------------------------------------------------------------------

function paintReasons(parts, feedback) {
  for (const [id, place] of parts) {
    const part = feedback?.parts[id];
    place.hidden = !part;
    place.replaceChildren();
    place.classList.toggle("kit-right", part?.right === true);
    if (!part) continue;
    place.append(h("strong", {}, `${part.mark || (part.right ? "✓" : "✗")} ${part.tag} `),
      h("span", { html: part.reason }));
  }
}

function sharesPicture(rows, words) {
  const total = Math.max(1, rows.reduce((sum, row) => sum + row[2], 0));
  const bar = (n, kind, word) => h("div", { class: `kit-bar ${kind}` },
    h("span", { class: "kit-fill", style: `width:${(60 * n) / total}%` }),
    h("span", { class: "kit-n" }, `${fill(word, { n, total })}`));
  return h("figure", { class: "kit-shares" }, h("figcaption", {}, words.shares),
    ...rows.map(([text, yours, ours]) => h("div", { class: "kit-share" },
      h("div", {}, text), bar(yours, "kit-yours", words.yours), bar(ours, "kit-ours", words.ours))));
}

// Jupyter must not take the learner's keys as shortcuts. JupyterLab listens after the page does,
// Notebook 7 before it: hence both ways. Ctrl+S still saves the notebook.
function keepKeys(root) {
  quiet(root);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return;
    event.stopPropagation();
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      root.parentElement.dispatchEvent(new KeyboardEvent("keydown", event));
    }
  });
}

function quiet(part) {
  for (const control of part.querySelectorAll("input, select, textarea, button, summary")) {
    control.setAttribute("data-lm-suppress-shortcuts", "true");
    // Firefox brings back what a control held when the page was left; the record knows better.
    if (control.matches("input, select, textarea")) control.setAttribute("autocomplete", "off");
  }
}

// --- One question -----------------------------------------------------------------------------

function render({ model, el }) {
  const question = model.get("question");
  const words = model.get("words");
  const base = `kit-${(views += 1)}-${Math.random().toString(36).slice(2, 8)}`;
  let state = model.get("state");
  let seq = 0; // number of the last message sent
  let sent = null; // its number while unanswered
  let late = null; // timer that calls it lost
  let soon = null; // timer of a pause in typing
  let asked = ""; // what that message asked for
  let spoken = Date.now(); // when the kernel was last spoken to
  let dirty = false; // something on the page has not been sent

  const tools = { question, words, base, changed };
  const control = { is: (value) => same(control.read(), value), ...KINDS[question.kind](tools) };
  const surety = sureBox(tools);
  const own = ownBox(tools);
  const status = h("span", { class: "kit-status", role: "status", tabindex: -1 });
  const readAs = h("span", { class: "kit-count" });
  const result = h("div", { class: "kit-result", role: "status", tabindex: -1 });
  const act = question.locks ? "commit" : "check";
  const word = question.locks ? words.commit
    : question.kind === "write" ? words.show_model : words.check;
  const choice = h("div", { class: "kit-choice", hidden: true });
  const button = question.locks || question.checks
    ? h("button", { type: "button", class: "kit-button", onclick: press }, word) : null;
  const showMe = h("button", { type: "button", class: "kit-button kit-minor", hidden: true,
    onclick: () => send("show") }, words.show_me);
  const about = (question.paragraphs ?? []).map((p) => h("details", { class: "kit-about" },
    h("summary", {}, fill(words.paragraph, { n: p.n })),
    ...(p.own ? [h("p", {}, `${words.own_copy} `, h("q", {}, p.own))] : [h("p", { html: p.text }),
      ...p.quotations.map((quotation) => h("blockquote", {}, `“${quotation}”`))])));
  const root = h("section", { class: `kit-q kit-${question.kind}`, lang: question.lang,
    dir: question.dir, "aria-label": fill(words.region, { kind: question.kind_word }) },
    h("p", { class: "kit-kind" }, question.kind_word),
    question.passage ? h("div", { class: "kit-passage", html: question.passage }) : null,
    ...about, control.node, surety?.node, hintBox(tools),
    h("div", { class: "kit-foot" }, button, showMe, readAs, status), choice, result, own?.node);
  keepKeys(root);
  onlyByHand(root);
  el.classList.add("kit-host");
  el.replaceChildren(root);

  // Why something on the page cannot be read as an answer, or null.
  const unread = () => control.unread?.() ?? surety?.unread() ?? null;

  const kept = () => (control.unread?.() || control.is(state.value))
    && (surety?.unread() || same(surety?.read(), state.sure)) && same(own?.read(), state.own);

  // What cannot be read stays on the page, for the learner to mend; until it is committed.
  function write(from) {
    const open = (box) => from.committed || !box.unread?.();
    if (open(control) && !control.is(from.value)) control.write(from.value);
    if (surety && open(surety) && !same(surety.read(), from.sure)) surety.write(from.sure);
    own?.write(from.own);
  }

  function changed(typing = false) {
    clearTimeout(soon);
    if (state.committed) return;
    const waiting = dirty || (sent !== null && asked !== "ping");
    if (kept() && !waiting) {
      if (unread()) show("unreadable");
      else if (status.dataset.state === "unreadable") settle();
      return;
    }
    dirty = true;
    hold();
    show(unread() ? "unreadable" : "saving");
    if (typing) soon = setTimeout(() => send("keep"), TYPING_MS);
    else send("keep");
  }

  function press() {
    control.claim?.();
    if (unread()) { result.textContent = unread(); return; }
    if (empty(control.read())) { result.textContent = words.answer_first; return; }
    send(act);
  }

  // In the place of what cannot be read stands what the record holds.
  const onPage = () => ({
    value: control.unread?.() ? state.value : control.read(),
    sure: (surety?.unread() ? state.sure : surety?.read()) ?? null,
    own: own?.read() ?? {},
    base: state.revision,
  });

  function hold() {
    store.put(store.name(question, state), onPage());
  }

  function send(what) {
    clearTimeout(soon);
    clearTimeout(late);
    sent = (seq += 1);
    asked = what;
    dirty = false;
    if (what !== "ping") { hold(); show(unread() ? "unreadable" : "saving"); }
    late = setTimeout(() => lost(what), ACK_MS);
    try {
      model.send({ do: what, page: base, seq: sent, ...onPage() });
      spoken = Date.now();
    } catch {
      lost(what);
    }
  }

  function lost(what) {
    clearTimeout(late);
    show(what === "ping" && !dirty ? "no_kernel" : "not_saved");
  }

  function acknowledged(reply) {
    if (reply?.page !== base || reply.seq !== sent) return; // another page's, or overtaken
    clearTimeout(late);
    sent = null;
    if (!reply.ok) {
      dirty = asked !== "ping"; // what is on the page is not in the record
      show(reply.unreadable ? "unreadable" : dirty ? "not_saved" : "no_kernel", reply.why);
      if (reply.elsewhere) offer(reply.elsewhere);
      return;
    }
    if (dirty) return; // typed on since: that will be sent, and acknowledged, by itself
    if (asked !== "ping") control.settle?.(reply.state.value);
    adopt(reply.state);
    if (asked === "show") result.focus();
  }

  function adopt(fresh) {
    state = fresh;
    dirty = false;
    choice.hidden = true;
    store.drop(store.name(question, state));
    write(state);
    paint();
    settle();
  }

  // Two answers to one question, given in two places: the learner says which one stands.
  function offer(other) {
    const mine = h("button", { type: "button", class: "kit-button", onclick: () => {
      choice.hidden = true;
      state = { ...state, revision: other.revision };
      send("keep");
      button?.focus();
    } }, words.keep_mine);
    const theirs = h("button", { type: "button", class: "kit-button", onclick: () => {
      control.write(other.value);
      surety?.write(other.sure);
      adopt(other);
      button?.focus();
    } }, words.take_other);
    choice.replaceChildren(mine, theirs, h("span", {}, inWords(other.value)));
    choice.hidden = false;
    quiet(choice);
  }

  function inWords(value) {
    const rows = [...question.options, ...question.labels];
    const named = (id) => {
      const row = rows.find((r) => r.id === id);
      return row ? h("span", { html: row.text }).textContent : id;
    };
    if (value === null || value === undefined) return words.blank;
    if (Array.isArray(value)) return value.map(named).join("; ");
    if (typeof value === "object") return Object.values(value).map(named).join("; ");
    return String(named(value));
  }

  function show(name, why) {
    status.dataset.state = name;
    const sentence = words[name] + (why ? ` ${why}` : "");
    if (status.textContent !== sentence) status.textContent = sentence;
  }

  function settle() {
    if (state.committed) show("locked");
    else if (unread()) show("unreadable");
    else if (state.stale) show("stale");
    else if (empty(state.value)) show("blank");
    else if (state.unsealed) show("unsealed");
    else if (!state.complete) show("partly");
    else show("saved");
  }

  // Hiding what has the focus would lose it.
  function hide(node, yes) {
    if (yes && node === document.activeElement) status.focus();
    node.hidden = yes;
  }

  function paint() {
    const { feedback } = state;
    control.disable(Boolean(state.committed));
    surety?.disable(Boolean(state.committed));
    if (question.locks) hide(button, Boolean(state.committed));
    hide(showMe, !state.can_show);
    if (own) hide(own.node, !feedback);
    readAs.textContent = state.read_as
      ? fill(words.read_as, { number: `${state.read_as} ${question.unit}`.trim() }) : "";
    paintReasons(control.parts, feedback);
    result.replaceChildren();
    if (state.after) result.append(h("div", { html: state.after }));
    if (!feedback) return;
    result.append(h("p", { class: "kit-verdict" },
      state.checked ? feedback.verdict : words.changed_since_check));
    for (const html of [feedback.slip, feedback.reason]) {
      if (html) result.append(h("div", { html }));
    }
    if (feedback.model) result.append(h("p", {}, h("strong", {}, words.model)),
      h("blockquote", { html: feedback.model }));
    if (feedback.shares?.length) result.append(sharesPicture(feedback.shares, words));
  }

  function onState() {
    const fresh = model.get("state");
    if (sent !== null || dirty) return; // the acknowledgement brings it
    adopt(fresh);
  }

  // The kernel's line went down or came back: doubt what is under way, ask about what is not.
  const onLive = () => {
    if (sent !== null) show("not_saved");
    else if (!dirty) send("ping");
  };
  // Coming back to a question: has it been answered elsewhere since?
  root.addEventListener("focusin", () => {
    if (sent === null && !dirty && Date.now() - spoken > ASK_AGAIN_MS) send("ping");
  });
  model.on("msg:custom", acknowledged);
  model.on("change:state", onState);
  model.on("comm_live_update", onLive);

  control.write(state.value);
  surety?.write(state.sure);
  own?.write(state.own);
  paint();
  settle();
  recover();

  // An answer that never reached the kernel was held by the browser: bring it back and keep it,
  // unless the record has moved on since.
  function recover() {
    const name = store.name(question, state);
    const held = store.get(name);
    if (!held) return;
    if (!state.committed) write(held);
    if (state.committed || kept()) {
      store.drop(name);
      return;
    }
    // The kernel refuses it, and offers both, if the record has moved on since.
    const now = state;
    state = { ...state, revision: held.base };
    send("keep");
    state = now;
  }

  return () => {
    clearTimeout(soon);
    clearTimeout(late);
    if (dirty) send("keep");
    clearTimeout(late);
    model.off("msg:custom", acknowledged);
    model.off("change:state", onState);
    model.off("comm_live_update", onLive);
  };
}

export default { render };
