// @ts-check
// The marking desk's page: it draws one answer and sends what is done to it. Only the kernel saves,
// and only the kernel's word turns the status to 'saved'.

/**
 * One criterion of an answer; its id is the row's in to-mark.csv. Texts are safe HTML but for `anchor`
 * and `comment`, which are plain.
 *
 * @typedef {object} Criterion
 * @property {string} id
 * @property {string} text
 * @property {string} most
 * @property {{ points: string, text: string, anchor: string }[]} levels
 * @property {string} mark
 * @property {string} comment
 */

/**
 * What the desk shows: one answer, and how much is left. `answer` is plain text.
 *
 * @typedef {object} DeskState
 * @property {{ id: string, left: number, all: number }[]} questions
 * @property {string} question
 * @property {string} prompt
 * @property {string} look_for
 * @property {string} model
 * @property {string[]} common
 * @property {number} n
 * @property {number} all
 * @property {number} left
 * @property {string} answer
 * @property {string} who
 * @property {Criterion[]} criteria
 * @property {string[]} bank
 * @property {boolean} comments
 * @property {string} agreement
 * @property {boolean} can_undo
 */

/** @typedef {{ seq: number, ok: boolean, state: DeskState, why?: string }} DeskReply */
/** @typedef {{ do: string } & Record<string, string>} DeskMessage */

let desks = 0;

/** @param {View} view */
function render({ model, el }) {
  /** @type {Words} */
  const words = model.get("words");
  const base = `kit-desk-${(desks += 1)}`;
  /** @type {DeskState} */
  let state = model.get("state");
  let active = 0; // the criterion that the number keys mark
  let onward = false; // whether an answer is left as soon as it is marked: then one key is enough
  let seq = 0;
  /** @type {Promise<void>} */
  let queue = Promise.resolve(); // one message after the other: a fast hand must lose none
  /** @type {((reply: DeskReply) => void) | null} */
  let settle = null; // ends the wait for the message under way

  const status = h("span", { class: "kit-status", role: "status" });
  const body = h("div");
  const root = h("section", { class: "kit-q kit-desk", "aria-label": words.title, tabindex: -1 },
    body, h("div", { class: "kit-foot" }, status));
  onlyByHand(root);
  el.classList.add("kit-host");
  el.replaceChildren(root);

  /**
   * @param {string} name
   * @param {string} [why]
   */
  function show(name, why) {
    status.dataset.state = name;
    status.textContent = words[name] + (why ? ` ${why}` : "");
  }

  /**
   * @param {() => DeskMessage | null | undefined} make makes the message when its turn has come: what
   *   a key means hangs on what the keys before it have done. Nothing is sent where it makes none.
   * @param {() => void} [after]
   */
  function send(make, after) {
    queue = queue.then(() => new Promise((done) => {
      const message = make();
      if (!message) { done(); return; }
      const mine = (seq += 1);
      const late = setTimeout(() => { show("not_saved"); done(); }, ACK_MS);
      settle = (reply) => {
        if (reply.seq !== mine) return;
        clearTimeout(late);
        if (reply.ok) {
          state = reply.state;
          show(["mark", "comment", "undo"].includes(message.do) ? "saved" : "ready");
          after?.();
          draw();
        } else show("not_saved", reply.why);
        done();
      };
      try { model.send({ ...message, seq: mine }); } catch { clearTimeout(late); show("not_saved"); done(); }
    }));
  }

  const advance = () => {
    active = Math.min(active + 1, state.criteria.length - 1);
    if (onward && state.criteria.every((criterion) => criterion.mark)) go("open");
  };
  /**
   * @param {Criterion} criterion
   * @param {Criterion["levels"][number]} level
   */
  const mark = (criterion, level) => send(
    () => ({ do: "mark", id: criterion.id, mark: level.points }), advance);
  /** @param {string} points */
  const markActive = (points) => send(() => {
    const criterion = state.criteria[active];
    const level = criterion?.levels.find((x) => x.points === points);
    return level && { do: "mark", id: criterion.id, mark: points };
  }, advance);
  /** @param {"next" | "back" | "open"} to */
  const go = (to) => send(() => ({ do: "go", to }), () => { active = 0; });
  const turn = () => { onward = !onward; draw(); };
  const undo = () => send(() => ({ do: "undo" }), () => { active = 0; });
  const boxes = () => [...body.querySelectorAll("textarea")];

  // What is typed and not sent yet goes out before the answer is left.
  function keepComments() {
    for (const box of boxes()) {
      const there = state.criteria.find((c) => c.id === box.dataset.id);
      if (there && there.comment !== box.value) comment(there, box.value);
    }
  }
  /**
   * @param {Criterion} criterion
   * @param {string} text
   */
  function comment(criterion, text) {
    criterion.comment = text;
    send(() => ({ do: "comment", id: criterion.id, text }));
  }

  /**
   * @param {Criterion} criterion
   * @param {number} i
   */
  function criterionNode(criterion, i) {
    const levels = criterion.levels.map((level) => h("button", {
      type: "button", class: "kit-level", "aria-pressed": String(level.points === criterion.mark),
      onclick: () => { active = i; mark(criterion, level); },
    }, h("kbd", {}, level.points), h("span", {}, h("span", { html: level.text }),
      level.anchor ? h("em", {}, ` “${level.anchor}”`) : null)));
    const box = h("textarea", {
      rows: 1, id: `${base}-c${i}`, "data-id": criterion.id,
      onblur: () => { if (box.value !== criterion.comment) comment(criterion, box.value); },
    });
    box.value = criterion.comment;
    const bank = state.bank.length ? h("div", { class: "kit-bank", role: "group",
      "aria-label": words.bank }, ...state.bank.map((text) => h("button", { type: "button",
      onclick: () => { box.value = box.value ? `${box.value} ${text}` : text; comment(criterion, box.value); },
    }, text))) : null;
    const commenting = state.comments ? [h("label", { for: box.id }, words.comment), box, bank] : [];
    return h("fieldset", { class: `kit-criterion${i === active ? " kit-active" : ""}`, "data-i": i },
      h("legend", {}, h("span", { html: criterion.text }), ` (${criterion.mark || "–"} / ${criterion.most})`),
      h("div", { class: "kit-levels" }, ...levels),
      ...commenting);
  }

  function draw() {
    const inside = root.contains(document.activeElement);
    const typed = boxes().find((b) => b === document.activeElement);
    const typing = typed?.dataset.id;
    const select = h("select", { id: `${base}-q`, onchange: () => {
      keepComments();
      const question = select.value;
      send(() => ({ do: "question", question }), () => { active = 0; });
    } }, ...state.questions.map((q) => h("option", { value: q.id, selected: q.id === state.question },
      fill(words.option, q))));
    body.replaceChildren(
      h("div", { class: "kit-bar2" }, h("label", { for: `${base}-q` }, words.question), select),
      h("p", { html: state.prompt }),
      h("details", {}, h("summary", {}, words.help), h("p", { html: state.look_for }),
        h("blockquote", { html: state.model }),
        h("p", { hidden: !state.common.length }, words.common),
        h("ul", {}, ...state.common.map((line) => h("li", { html: line })))),
      h("p", { class: "kit-count", role: "status" }, fill(words.where, state), " ",
        state.left === 0 ? fill(words.done, state) : ""),
      h("p", { hidden: !state.agreement }, state.agreement),
      h("div", { class: "kit-answer", dir: "auto" }, state.answer),
      ...state.criteria.map(criterionNode),
      h("div", { class: "kit-bar2" },
        h("button", { type: "button", class: "kit-button kit-minor", onclick: () => { keepComments(); go("back"); } }, words.back),
        h("button", { type: "button", class: "kit-button", onclick: () => { keepComments(); go("next"); } }, words.next),
        h("button", { type: "button", class: "kit-button kit-minor", onclick: () => { keepComments(); go("open"); } }, words.open),
        h("button", { type: "button", class: "kit-button kit-minor", disabled: !state.can_undo, onclick: undo }, words.undo)),
      h("p", {}, h("label", {}, h("input", { type: "checkbox", checked: onward, onchange: turn }), ` ${words.onward}`)),
      h("p", { class: "kit-count" }, words.keys));
    keepControls(body);
    if (!inside) return;
    // The page was drawn anew: give the focus back to where it was, or to the criterion in turn.
    const box = boxes().find((b) => b.dataset.id === typing);
    // A comment that is being typed goes on where it was.
    if (box && typed) {
      box.value = typed.value;
      box.setSelectionRange(typed.selectionStart, typed.selectionEnd);
    }
    (box ?? firstLevel() ?? root).focus();
  }

  /** @returns {HTMLElement | null} */
  const firstLevel = () => body.querySelector(`[data-i="${active}"] .kit-level`);

  /** @type {Record<string, () => void>} */
  const KEYS = {
    ArrowRight: () => { keepComments(); go("next"); }, n: () => { keepComments(); go("next"); },
    ArrowLeft: () => { keepComments(); go("back"); }, p: () => { keepComments(); go("back"); },
    o: () => { keepComments(); go("open"); },
    ArrowDown: () => { active = (active + 1) % state.criteria.length; draw(); },
    ArrowUp: () => { active = (active + state.criteria.length - 1) % state.criteria.length; draw(); },
    u: undo, a: turn,
    c: () => boxes()[active]?.focus(),
  };

  // JupyterLab must not take the marker's keys as shortcuts. Ctrl+S still saves the notebook.
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    const control = /** @type {Element} */ (event.target);
    if (control.matches("textarea")) {
      if (event.key === "Escape") { event.preventDefault(); firstLevel()?.focus(); }
      return;
    }
    if (control.matches("select")) return;
    const points = state.criteria.some((c) => c.levels.some((x) => x.points === event.key));
    if (!points && !KEYS[event.key]) return;
    event.preventDefault();
    if (event.repeat && !event.key.startsWith("Arrow")) return; // a key held down marks once
    if (points) markActive(event.key);
    else KEYS[event.key]();
  });
  // The keys mark the criterion that has the focus.
  root.addEventListener("focusin", (event) => {
    /** @type {HTMLElement | null} */
    const inside = /** @type {Element} */ (event.target).closest("[data-i]");
    if (!inside || Number(inside.dataset.i) === active) return;
    active = Number(inside.dataset.i);
    for (const node of body.querySelectorAll("[data-i]")) {
      node.classList.toggle("kit-active", node === inside);
    }
  });

  /** @param {DeskReply} reply */
  const heard = (reply) => settle?.(reply);
  const gone = () => show("not_saved");
  model.on("msg:custom", heard);
  model.on("comm_live_update", gone);
  show("ready");
  draw();
  return () => {
    keepComments();
    model.off("msg:custom", heard);
    model.off("comm_live_update", gone);
  };
}

export default { render };
