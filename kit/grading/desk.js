// The marking desk's page: it draws one answer and sends what is done to it. Only the kernel saves,
// and only the kernel's word turns the status to 'saved'.

let desks = 0;

function render({ model, el }) {
  const words = model.get("words");
  const base = `kit-desk-${(desks += 1)}`;
  let state = model.get("state");
  let active = 0; // the criterion that the number keys mark
  let seq = 0;
  let queue = Promise.resolve(); // one message after the other: a fast hand must lose none
  let settle = null; // ends the wait for the message under way

  const status = h("span", { class: "kit-status", role: "status" });
  const body = h("div");
  const root = h("section", { class: "kit-q kit-desk", "aria-label": words.title, tabindex: -1 },
    body, h("div", { class: "kit-foot" }, status));
  onlyByHand(root);
  el.classList.add("kit-host");
  el.replaceChildren(root);

  function show(name, why) {
    status.dataset.state = name;
    status.textContent = words[name] + (why ? ` ${why}` : "");
  }

  // `make` makes the message when its turn has come: what a key means hangs on what the keys before
  // it have done. Nothing is sent where it makes none.
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

  const advance = () => { active = Math.min(active + 1, state.criteria.length - 1); };
  const mark = (criterion, level) => send(
    () => ({ do: "mark", id: criterion.id, mark: level.points }), advance);
  const markActive = (points) => send(() => {
    const criterion = state.criteria[active];
    const level = criterion?.levels.find((x) => x.points === points);
    return level && { do: "mark", id: criterion.id, mark: points };
  }, advance);
  const go = (to) => send(() => ({ do: "go", to }), () => { active = 0; });
  const undo = () => send(() => ({ do: "undo" }), () => { active = 0; });
  const boxes = () => [...body.querySelectorAll("textarea")];

  // What is typed and not sent yet goes out before the answer is left.
  function keepComments() {
    for (const box of boxes()) {
      const there = state.criteria.find((c) => c.id === box.dataset.id);
      if (there && there.comment !== box.value) comment(there, box.value);
    }
  }
  function comment(criterion, text) {
    criterion.comment = text;
    send(() => ({ do: "comment", id: criterion.id, text }));
  }

  function criterionNode(criterion, i) {
    const levels = criterion.levels.map((level) => h("button", {
      type: "button", class: "kit-level", "aria-pressed": String(level.points === criterion.mark),
      onclick: () => { active = i; mark(criterion, level); },
    }, h("kbd", {}, level.points), h("span", {}, h("span", { html: level.text }),
      level.anchor ? h("em", {}, ` “${level.anchor}”`) : null)));
    const box = state.comments ? h("textarea", {
      rows: 1, id: `${base}-c${i}`, "data-id": criterion.id,
      onblur: () => { if (box.value !== criterion.comment) comment(criterion, box.value); },
    }) : null;
    if (box) box.value = criterion.comment;
    const bank = box && state.bank.length ? h("div", { class: "kit-bank", role: "group",
      "aria-label": words.bank }, ...state.bank.map((text) => h("button", { type: "button",
      onclick: () => { box.value = box.value ? `${box.value} ${text}` : text; comment(criterion, box.value); },
    }, text))) : null;
    return h("fieldset", { class: `kit-criterion${i === active ? " kit-active" : ""}`, "data-i": i },
      h("legend", {}, h("span", { html: criterion.text }), ` (${criterion.mark || "–"} / ${criterion.most})`),
      h("div", { class: "kit-levels" }, ...levels),
      box ? h("label", { for: box.id }, words.comment) : null, box, bank);
  }

  function draw() {
    const inside = root.contains(document.activeElement);
    const typing = document.activeElement?.dataset?.id;
    const typed = boxes().find((b) => b === document.activeElement);
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
      h("p", { class: "kit-count" }, words.keys));
    for (const control of body.querySelectorAll("select, textarea, button, summary")) {
      control.setAttribute("data-lm-suppress-shortcuts", "true");
      if (control.matches("select, textarea")) control.setAttribute("autocomplete", "off");
    }
    if (!inside) return;
    // The page was drawn anew: give the focus back to where it was, or to the criterion in turn.
    const box = boxes().find((b) => b.dataset.id === typing);
    // A comment that is being typed goes on where it was.
    if (box && typed) {
      box.value = typed.value;
      box.setSelectionRange(typed.selectionStart, typed.selectionEnd);
    }
    (box ?? body.querySelector(`[data-i="${active}"] .kit-level`) ?? root).focus();
  }

  const KEYS = {
    ArrowRight: () => { keepComments(); go("next"); }, n: () => { keepComments(); go("next"); },
    ArrowLeft: () => { keepComments(); go("back"); }, p: () => { keepComments(); go("back"); },
    o: () => { keepComments(); go("open"); },
    ArrowDown: () => { active = (active + 1) % state.criteria.length; draw(); },
    ArrowUp: () => { active = (active + state.criteria.length - 1) % state.criteria.length; draw(); },
    u: undo,
    c: () => boxes()[active]?.focus(),
  };

  // JupyterLab must not take the marker's keys as shortcuts. Ctrl+S still saves the notebook.
  root.addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey || event.altKey;
    if (control) return;
    event.stopPropagation();
    if (event.target.matches("textarea")) {
      if (event.key === "Escape") { event.preventDefault(); body.querySelector(`[data-i="${active}"] .kit-level`)?.focus(); }
      return;
    }
    if (event.target.matches("select")) return;
    const points = state.criteria.some((c) => c.levels.some((x) => x.points === event.key));
    if (!points && !KEYS[event.key]) return;
    event.preventDefault();
    if (event.repeat && !event.key.startsWith("Arrow")) return; // a key held down marks once
    if (points) markActive(event.key);
    else KEYS[event.key]();
  });
  // The keys mark the criterion that has the focus.
  root.addEventListener("focusin", (event) => {
    const inside = event.target.closest("[data-i]");
    if (!inside || Number(inside.dataset.i) === active) return;
    active = Number(inside.dataset.i);
    for (const node of body.querySelectorAll("[data-i]")) {
      node.classList.toggle("kit-active", node === inside);
    }
  });

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
