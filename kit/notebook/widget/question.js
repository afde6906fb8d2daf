// @ts-check
// A question on the page: its control, its confidence box, its hints, and what the record says of it.
// The page draws and sends. Only the kernel scores and keeps, and only its word turns the status to
// 'Saved' (session.js).

let views = 0;

/**
 * How sure the learner is; null where the question does not ask.
 *
 * @param {Tools} tools
 */
function confidenceBox({ question, words, base, changed }) {
  if (question.chance == null) return null;
  const ask = fill(words.sure, { chance: question.chance });
  const { nodes, ...box } = percentBox({
    base: `${base}-sure`, min: question.chance, label: ask, sliderLabel: words.sure_slider, changed,
    sentences: { range: ask, unset: words.sure_unset, said: words.sure_said },
  });
  return { ...box, node: h("div", { class: "kit-sure" }, ...nodes) };
}

/** @param {Tools} tools */
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

/**
 * The paragraphs that the question is about, folded.
 *
 * @param {Tools} tools
 */
function paragraphs({ question, words }) {
  return (question.paragraphs ?? []).map((paragraph) => {
    const folded = h("details", { class: "kit-about" },
      h("summary", {}, fill(words.paragraph, { n: paragraph.n })));
    if (paragraph.own) {
      folded.append(h("p", {}, `${words.own_copy} `, h("q", {}, paragraph.own)));
    } else {
      folded.append(h("p", { html: paragraph.text }),
        ...paragraph.quotations.map((quotation) => h("blockquote", {}, `“${quotation}”`)));
    }
    return folded;
  });
}

/**
 * @param {Map<string, HTMLElement>} places
 * @param {Feedback | undefined} feedback
 */
function paintReasons(places, feedback) {
  for (const [id, place] of places) {
    const part = feedback?.parts[id];
    place.hidden = !part;
    place.replaceChildren();
    place.classList.toggle("kit-right", part?.right === true);
    if (!part) continue;
    place.append(h("strong", {}, `${part.mark || (part.right ? "✓" : "✗")} ${part.tag} `),
      h("span", { html: part.reason }));
  }
}

/**
 * @param {State} state
 * @param {Words} words
 */
function resultNodes(state, words) {
  const { feedback } = state;
  /** @type {HTMLElement[]} */
  const nodes = state.after ? [h("div", { html: state.after })] : [];
  if (!feedback) return nodes;
  nodes.push(h("p", { class: "kit-verdict" },
    state.checked ? feedback.verdict : words.changed_since_check));
  for (const html of [feedback.slip, feedback.reason]) {
    if (html) nodes.push(h("div", { html }));
  }
  if (feedback.model) {
    nodes.push(h("p", {}, h("strong", {}, words.model)), h("blockquote", { html: feedback.model }));
  }
  if (feedback.shares?.length) nodes.push(sharesPicture(feedback.shares, words));
  return nodes;
}

/**
 * @param {NonNullable<Feedback["shares"]>} rows
 * @param {Words} words
 */
function sharesPicture(rows, words) {
  const total = Math.max(1, rows.reduce((sum, row) => sum + row[2], 0));
  /**
   * @param {number} n
   * @param {string} kind
   * @param {string} word
   */
  const bar = (n, kind, word) => h("div", { class: `kit-bar ${kind}` },
    h("span", { class: "kit-fill", style: `width:${(60 * n) / total}%` }),
    h("span", { class: "kit-n" }, fill(word, { n, total })));
  return h("figure", { class: "kit-shares" }, h("figcaption", {}, words.shares),
    ...rows.map(([text, yours, ours]) => h("div", { class: "kit-share" },
      h("div", {}, text), bar(yours, "kit-yours", words.yours), bar(ours, "kit-ours", words.ours))));
}

/**
 * An answer as a learner reads it.
 *
 * @param {Tools} tools
 * @param {Answer} value
 */
function inWords({ question, words }, value) {
  /** @param {string | number} id */
  const named = (id) => {
    const row = [...question.options, ...question.labels].find((r) => r.id === id);
    return row ? h("span", { html: row.text }).textContent : String(id);
  };
  if (value === null || value === undefined) return words.blank;
  if (typeof value === "object") return Object.values(value).map(named).join("; ");
  return named(value);
}

/**
 * Jupyter must not take the learner's keys as shortcuts. JupyterLab listens after the page does,
 * Notebook 7 before it: hence both ways. Ctrl+S still saves the notebook.
 *
 * @param {HTMLElement} root
 */
function keepKeys(root) {
  keepControls(root);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return;
    event.stopPropagation();
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      root.parentElement?.dispatchEvent(new KeyboardEvent("keydown", event));
    }
  });
}

/** @type {Store} */
const browserStore = {
  put(name, held) { try { localStorage.setItem(name, JSON.stringify(held)); } catch { /* full */ } },
  get(name) { try { return JSON.parse(localStorage.getItem(name) ?? "null"); } catch { return null; } },
  drop(name) { try { localStorage.removeItem(name); } catch { /* private window */ } },
};

/** @type {Clock} */
const browserClock = {
  now: () => Date.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

/** @param {View} view */
function render({ model, el }) {
  /** @type {Question} */
  const question = model.get("question");
  /** @type {Words} */
  const words = model.get("words");
  const base = `kit-${(views += 1)}-${Math.random().toString(36).slice(2, 8)}`;
  /** @type {Tools} */
  const tools = { question, words, base, changed: (typing) => session.changed(typing) };

  const control = controls[question.kind](tools);
  const confidence = confidenceBox(tools);
  const { own } = control;
  const status = h("span", { class: "kit-status", role: "status", tabindex: -1 });
  const readAs = h("span", { class: "kit-count" });
  const result = h("div", { class: "kit-result", role: "status", tabindex: -1 });
  const choice = h("div", { class: "kit-choice", hidden: true });
  const word = question.locks ? words.commit : control.check ?? words.check;
  const button = question.locks || question.checks
    ? h("button", { type: "button", class: "kit-button", onclick: press }, word) : null;
  const showMe = h("button", { type: "button", class: "kit-button kit-minor", hidden: true,
    onclick: () => session.send("show") }, words.show_me);
  const root = h("section", { class: `kit-q kit-${question.kind}`, lang: question.lang,
    dir: question.dir, "aria-label": fill(words.region, { kind: question.kind_word }) },
    h("p", { class: "kit-kind" }, question.kind_word),
    question.passage ? h("div", { class: "kit-passage", html: question.passage }) : null,
    ...paragraphs(tools), control.node, confidence?.node, hintBox(tools),
    h("div", { class: "kit-foot" }, button, showMe, readAs, status), choice, result, own?.node);
  keepKeys(root);
  onlyByHand(root);
  el.classList.add("kit-host");
  el.replaceChildren(root);

  /** @param {Answer} value */
  const holds = (value) => control.is?.(value) ?? same(control.read(), value);

  /** @type {Form} */
  const form = {
    read: (state) => ({
      value: control.unread?.() ? state.value : control.read(),
      sure: (confidence?.unread() ? state.sure : confidence?.read()) ?? null,
      own: own?.read() ?? {},
    }),
    unread: () => control.unread?.() ?? confidence?.unread() ?? null,
    shows: (state) => Boolean(control.unread?.() || holds(state.value))
      && Boolean(confidence?.unread() || same(confidence?.read(), state.sure))
      && same(own?.read(), state.own),
    write(from) {
      control.write(from.value);
      confidence?.write(from.sure);
      own?.write(from.own);
    },
    update(from) {
      const committed = "committed" in from && from.committed;
      if ((committed || !control.unread?.()) && !holds(from.value)) control.write(from.value);
      if ((committed || !confidence?.unread()) && !same(confidence?.read(), from.sure)) {
        confidence?.write(from.sure);
      }
      own?.write(from.own);
    },
    settle: (value) => control.settle?.(value),
    paint,
    tell(name, why) {
      status.dataset.state = name;
      const sentence = words[name] + (why ? ` ${why}` : "");
      if (status.textContent !== sentence) status.textContent = sentence;
    },
    offer,
    revealed: () => result.focus(),
  };

  /** @param {State} state */
  function paint(state) {
    const committed = Boolean(state.committed);
    control.disable(committed);
    confidence?.disable(committed);
    if (button && question.locks) hide(button, committed);
    hide(showMe, !state.can_show);
    if (own) hide(own.node, !state.feedback);
    readAs.textContent = state.read_as
      ? fill(words.read_as, { number: `${state.read_as} ${question.unit}`.trim() }) : "";
    paintReasons(control.parts, state.feedback);
    result.replaceChildren(...resultNodes(state, words));
  }

  /**
   * Hiding what has the focus would lose it.
   *
   * @param {HTMLElement} node
   * @param {boolean} yes
   */
  function hide(node, yes) {
    if (yes && node === document.activeElement) status.focus();
    node.hidden = yes;
  }

  /**
   * Two answers to one question, given in two places: the learner says which one stands.
   *
   * @param {State | null} other
   */
  function offer(other) {
    choice.hidden = other === null;
    if (other === null) return;
    const mine = h("button", { type: "button", class: "kit-button", onclick: () => {
      choice.hidden = true;
      session.keepMine(other);
      button?.focus();
    } }, words.keep_mine);
    const theirs = h("button", { type: "button", class: "kit-button", onclick: () => {
      session.takeOther(other);
      button?.focus();
    } }, words.take_other);
    choice.replaceChildren(mine, theirs, h("span", {}, inWords(tools, other.value)));
    keepControls(choice);
  }

  function press() {
    control.claim?.();
    const why = form.unread();
    if (why) result.textContent = why;
    else if (empty(control.read())) result.textContent = words.answer_first;
    else session.send(question.locks ? "commit" : "check");
  }

  const session = new Session({
    page: base, item: question.id, state: model.get("state"), form,
    store: browserStore, clock: browserClock, send: (message) => model.send(message),
  });
  /** @param {Reply} reply */
  const onReply = (reply) => session.acknowledged(reply);
  const onState = () => session.recordChanged(model.get("state"));
  const onLine = () => session.lineChanged();
  model.on("msg:custom", onReply);
  model.on("change:state", onState);
  model.on("comm_live_update", onLine);
  root.addEventListener("focusin", () => session.visited());
  session.start();

  return () => {
    session.end();
    model.off("msg:custom", onReply);
    model.off("change:state", onState);
    model.off("comm_live_update", onLine);
  };
}

export default { render };
