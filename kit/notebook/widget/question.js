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
function confidenceBox(tools) {
  const { question, words, base } = tools;
  const { chance } = question;
  if (chance == null) return null;
  const label = fill(words.sure, { chance });
  const { nodes, ...box } = percentBox({
    base: `${base}-sure`, min: chance, label, sliderLabel: words.sure_slider, tools,
    sentences: {
      range: fill(words.sure_range, { chance }), under: fill(words.sure_under, { chance }),
      over: words.percent_over, whole: words.percent_whole, unset: words.sure_unset,
      said: words.sure_said,
    },
  });
  return { ...box, node: h("div", { class: "kit-sure" }, ...nodes) };
}

/**
 * The hints, one at a time, below the button that asks for them.
 *
 * @param {Tools} tools
 * @param {(sentence: string) => void} say reads to those who hear the page
 */
function hintBox({ question, words }, say) {
  const all = question.hints.length;
  if (all === 0) return null;
  const shown = h("div", {});
  /** @returns {HTMLElement} the hint that is shown now */
  const showNext = () => {
    const n = shown.children.length + 1;
    const hint = h("p", { tabindex: -1 }, h("strong", {}, `${fill(words.hint, { n, all })}: `),
      h("span", { html: question.hints[n - 1] }));
    shown.append(hint);
    next.hidden = n === all;
    next.textContent = words.next_hint;
    return hint;
  };
  const next = h("button", { type: "button", class: "kit-button kit-minor", onclick: () => {
    const hint = showNext();
    if (next.hidden) hint.focus({ preventScroll: true });
    else say(hint.textContent ?? "");
  } }, fill(words.hint, { n: 1, all }));
  const node = h("div", { class: "kit-hints" }, next, shown);
  return {
    node,
    /** The first answer was not right: the first hint is there without being asked for. */
    first: () => { if (!shown.children.length) showNext(); },
    /** All reasons are open: a hint would say less. */
    end: () => { next.hidden = true; node.hidden = !shown.children.length; },
    read: () => shown.textContent ?? "",
  };
}

/**
 * The paragraphs that the question is about, folded into one; nothing where it is about none.
 *
 * @param {Tools} tools
 */
function paragraphs({ question, words }) {
  const about = question.paragraphs ?? [];
  if (!about.length) return null;
  const n = about.map((paragraph) => paragraph.n).join(", ");
  const summary = fill(about.length > 1 ? words.paragraphs : words.paragraph, { n });
  const folded = h("details", { class: "kit-about" }, h("summary", {}, summary));
  for (const paragraph of about) {
    if (about.length > 1) folded.append(h("p", {}, h("strong", {}, `¶${paragraph.n}`)));
    if (paragraph.own) {
      folded.append(h("p", {}, `${words.own_copy} `, h("q", {}, paragraph.own)));
    } else {
      folded.append(h("p", { html: paragraph.text }),
        ...paragraph.quotations.map((quotation) => h("blockquote", {}, `“${quotation}”`)));
    }
  }
  return folded;
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
 * Jupyter must not take the learner's keys as shortcuts. JupyterLab listens after the page does,
 * Notebook 7 before it: hence both ways. What a question does not need, as Ctrl+S, is handed on.
 *
 * @param {HTMLElement} root
 */
function keepKeys(root) {
  keepControls(root);
  const onMac = /Mac|iPhone|iPad/.test(navigator.platform);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return;
    event.stopPropagation();
    if (!isForJupyter(event, onMac)) return;
    const unused = root.parentElement?.dispatchEvent(new KeyboardEvent("keydown", event));
    if (!unused || event.key.toLowerCase() === "s") event.preventDefault();
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

/**
 * What stands on the page, for a Session.
 *
 * @implements {Form}
 */
class QuestionForm {
  #tools; #control; #confidence; #session; #hints; #foot;
  #status = h("span", { class: "kit-status", tabindex: -1 });
  /** What is read to those who hear the page; nobody sees it. */
  #heard = h("div", { class: "kit-heard", role: "status" });
  #announcer = new Announcer((sentence) => { this.#heard.textContent = sentence; }, browserClock);
  #readAs = h("span", { class: "kit-count" });
  /** The verdict stands between the answer and the button that asked for it. */
  #result = h("div", { class: "kit-result", tabindex: -1 });
  #shares = h("div", {});
  #choice = h("div", { class: "kit-choice", hidden: true });
  /** Checks, or commits; null where the question does neither. */
  #button;
  #showMe;
  #saveAgain;
  /** @type {State | null} What the record holds, as it was last drawn. */
  #state = null;

  /**
   * @param {Tools} tools
   * @param {() => Session} session what its buttons speak to
   */
  constructor(tools, session) {
    const { question, words } = tools;
    this.#tools = tools;
    this.#session = session;
    this.#control = controls[question.kind](tools);
    this.#confidence = confidenceBox(tools);
    this.#hints = hintBox(tools, (sentence) => this.#say(sentence));
    this.#button = question.locks || question.checks ? h("button",
      { type: "button", class: "kit-button", onclick: () => this.#press() }, this.#word) : null;
    this.#showMe = h("button", { type: "button", class: "kit-button kit-minor", hidden: true,
      onclick: () => session().send("show") }, words.show_me);
    this.#saveAgain = h("button", { type: "button", class: "kit-button kit-minor", hidden: true,
      onclick: () => session().send("keep") }, words.save_again);
    this.#foot = h("div", { class: "kit-foot" },
      this.#button, this.#showMe, this.#readAs, this.#status, this.#saveAgain);
    this.root = h("section", { class: `kit-q kit-${question.kind}`, lang: question.lang,
      dir: question.dir, "aria-labelledby": `${tools.base}-prompt` },
      h("p", { class: "kit-kind" }, fill(words.region, { kind: question.kind_word })),
      question.passage ? h("div", { class: "kit-passage", html: question.passage }) : null,
      paragraphs(tools), this.#control.node, this.#confidence?.node, this.#hints?.node,
      this.#result, this.#foot, this.#choice, this.#shares, this.#control.own?.node, this.#heard);
    keepKeys(this.root);
    onlyByHand(this.root);
  }

  /** @type {Form["read"]} */
  read(state) {
    return {
      value: this.#control.unread?.() ? state.value : this.#control.read(),
      sure: (this.#confidence?.unread() ? state.sure : this.#confidence?.read()) ?? null,
      own: this.#control.own?.read() ?? {},
    };
  }

  unread() {
    return this.#control.unread?.() ?? this.#confidence?.unread() ?? null;
  }

  /** @type {Form["shows"]} */
  shows(state) {
    const answer = this.#control.unread?.() || this.#holds(state.value);
    const confidence = this.#confidence?.unread() || same(this.#confidence?.read(), state.sure);
    return Boolean(answer && confidence) && same(this.#control.own?.read(), state.own);
  }

  /** @type {Form["write"]} */
  write({ value, sure, own }) {
    this.#control.write(value);
    this.#confidence?.write(sure);
    this.#control.own?.write(own);
  }

  /** @type {Form["update"]} */
  update(from) {
    const committed = "committed" in from && from.committed;
    if ((committed || !this.#control.unread?.()) && !this.#holds(from.value)) {
      this.#control.write(from.value);
    }
    if ((committed || !this.#confidence?.unread()) && !same(this.#confidence?.read(), from.sure)) {
      this.#confidence?.write(from.sure);
    }
    this.#control.own?.write(from.own);
  }

  /** @type {Form["settle"]} */
  settle(value) {
    this.#control.settle?.(value);
  }

  /** @type {Form["paint"]} */
  paint(state) {
    // What was pressed stays under the finger, however much opens above it.
    const active = focused(this.root);
    const pressed = active && this.root.contains(active) && !this.#foot.contains(active);
    keepPlace(pressed ? active : this.#foot, () => this.#draw(state));
  }

  /** @param {State} state */
  #draw(state) {
    const { question, words } = this.#tools;
    this.#state = state;
    const committed = Boolean(state.committed);
    this.#control.disable(committed);
    this.#confidence?.disable(committed);
    if (this.#button && question.locks) this.#hide(this.#button, committed);
    this.#hide(this.#showMe, !state.can_show);
    if (this.#control.own) this.#hide(this.#control.own.node, !state.feedback);
    this.#readAs.textContent = state.read_as
      ? fill(words.read_as, { number: state.read_as }) : "";
    paintReasons(this.#control.parts, state.feedback);
    this.#result.replaceChildren(...resultNodes(state, words));
    const { shares } = state.feedback ?? {};
    this.#shares.replaceChildren(...(shares?.length ? [sharesPicture(shares, words)] : []));
    if (state.can_show) this.#hints?.first();
    else if (state.feedback) this.#hints?.end();
    if (this.#button) this.#button.textContent = this.#word;
  }

  /** @type {Form["tell"]} */
  tell(status, why) {
    const sentence = this.#tools.words[status] + (why ? ` ${why}` : "");
    this.#status.dataset.state = status;
    this.#status.textContent = sentence;
    this.#hide(this.#saveAgain, status !== "refused" || !this.#choice.hidden);
    if (status === "saving") this.#announcer.underWay();
    else this.#announcer.stands([sentence, why ? null : this.unread()].filter(Boolean).join(" "));
  }

  /** @type {Form["offer"]} */
  offer(other) {
    this.#choice.hidden = other === null;
    if (other === null) return;
    const { words } = this.#tools;
    const mine = h("button", { type: "button", class: "kit-button", onclick: () => {
      this.#choice.hidden = true;
      this.#session().keepMine(other);
      this.#button?.focus();
    } }, words.keep_mine);
    const theirs = h("button", { type: "button", class: "kit-button", onclick: () => {
      this.#session().takeOther(other);
      this.#button?.focus();
    } }, words.take_other);
    const says = other.in_words.join("\n") || words.blank;
    this.#choice.replaceChildren(mine, theirs, h("span", {}, says));
    keepControls(this.#choice);
  }

  responded() {
    const { question } = this.#tools;
    const said = [this.#result.innerText];
    const rows = [...question.options, ...question.units];
    for (const id of idsIn(this.#state?.value ?? null)) {
      const row = rows.find((each) => each.id === id);
      const reason = this.#control.parts.get(id)?.textContent;
      if (row && reason) said.push(`${h("span", { html: row.text }).textContent} ${reason}`);
    }
    if (this.#state?.can_show && this.#hints) said.push(this.#hints.read());
    this.#say(said.join(" "));
    if (focused(this.root) === this.#status && this.#result.hasChildNodes()) {
      this.#result.focus({ preventScroll: true }); // the button that was pressed is gone
    }
    this.#result.firstElementChild?.scrollIntoView({ block: "nearest" });
  }

  /** What the button says: to check an answer that was not right is to try again. */
  get #word() {
    const { question, words } = this.#tools;
    if (question.locks) return words.commit;
    if (this.#triedThis) return words.try_again;
    return this.#control.check ?? words.check;
  }

  /** Whether the answer has been checked, was not right, and can be changed before all is shown. */
  get #triedThis() {
    return Boolean(this.#state?.can_show && this.#state.checked);
  }

  #press() {
    const { question, words } = this.#tools;
    this.#control.claim?.();
    const why = this.unread();
    if (why) this.#refuse(why);
    else if (empty(this.#control.read())) this.#refuse(words.answer_first);
    else if (this.#triedThis && this.#state && this.shows(this.#state)) this.#toAnswer();
    else this.#session().send(question.locks ? "commit" : "check");
  }

  /** @param {string} why it is neither checked nor committed */
  #refuse(why) {
    keepPlace(this.#foot, () => this.#result.replaceChildren(h("p", {}, why)));
    this.#say(why);
  }

  /** Nothing has changed since it was checked: to try again begins at the answer. */
  #toAnswer() {
    const { node } = this.#control;
    const control = node.querySelector("input:checked") ?? node.querySelector("input, select, button");
    /** @type {HTMLElement | null} */ (control)?.focus();
  }

  /** @param {string} sentences for those who hear the page */
  #say(sentences) {
    this.#announcer.now(sentences, this.#status.textContent ?? "");
  }

  /** @param {Answer} value */
  #holds(value) {
    return this.#control.is?.(value) ?? same(this.#control.read(), value);
  }

  /**
   * Hiding what has the focus would lose it.
   *
   * @param {HTMLElement} node
   * @param {boolean} yes
   */
  #hide(node, yes) {
    if (yes && node === document.activeElement) this.#status.focus({ preventScroll: true });
    node.hidden = yes;
  }
}

/** @param {View} view */
function render({ model, el }) {
  const page = `kit-${(views += 1)}-${Math.random().toString(36).slice(2, 8)}`;
  /** @type {Question} */
  const question = model.get("question");
  const form = new QuestionForm({
    question, words: model.get("words"), base: page, changed: (typing) => session.changed(typing),
  }, () => session);
  /** @type {Session} */
  const session = new Session({
    page, item: question.id, state: model.get("state"), form, store: browserStore,
    clock: browserClock, send: (message) => model.send(message),
  });
  el.classList.add("kit-host");

  /** @param {Reply} reply */
  const onReply = (reply) => session.acknowledged(reply);
  const onState = () => session.recordChanged(model.get("state"));
  const onLine = () => session.lineChanged();
  model.on("msg:custom", onReply);
  model.on("change:state", onState);
  model.on("comm_live_update", onLine);
  form.root.addEventListener("focusin", () => session.visited());
  session.start();
  // Drawn before it is on the page: there each look at where something is would lay out the whole page
  // anew, and a page of 200 questions would wait most of its time for that.
  el.replaceChildren(form.root);

  return () => {
    session.end();
    model.off("msg:custom", onReply);
    model.off("change:state", onState);
    model.off("comm_live_update", onLine);
  };
}

export default { render };
