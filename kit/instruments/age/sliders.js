// A slider for each assumption. The kernel works out what follows and draws it.

function render({ model, el }) {
  const box = add(el, "div", "kit-q kit-sliders");
  add(box, "p").textContent = model.get("intro");
  for (const control of model.get("controls")) slider(model, box, control);
  const now = add(add(box, "p"), "strong", "kit-now");
  now.parentElement.style.marginTop = "1rem";
  now.setAttribute("aria-live", "polite");
  const shown = add(box, "div");
  const tell = () => (now.textContent = model.get("now"));
  const draw = () => (shown.innerHTML = model.get("shown")); // the kernel escapes every text in it
  model.on("change:now", tell);
  model.on("change:shown", draw);
  tell();
  draw();
}

function slider(model, box, control) {
  const label = add(box, "label");
  label.style.cssText = "display:block;margin-top:.8rem";
  add(label, "strong").textContent = control.label;
  const input = add(label, "input");
  Object.assign(input, { type: "range", min: 0, max: control.choices.length - 1, step: 1 });
  input.style.cssText = "display:block;width:100%";
  // Else JupyterLab takes the arrow keys to go from cell to cell.
  input.setAttribute("data-lm-suppress-shortcuts", "true");
  const said = add(box, "div", "kit-assumed");
  // Else Firefox brings back where it stood when the page was left.
  input.setAttribute("autocomplete", "off");
  const tell = (at) => {
    said.textContent = control.choices[at];
    input.setAttribute("aria-valuetext", control.choices[at]);
  };
  const show = () => {
    const at = model.get("chosen")[control.id];
    input.value = at;
    tell(at);
  };
  const choose = () => {
    model.set("chosen", { ...model.get("chosen"), [control.id]: Number(input.value) });
    model.save_changes();
  };
  // As in question.js: a finger that scrolls past sets a slider where it comes down on it. Until it is
  // lifted nothing is chosen, and where the browser takes the touch back, all is as it was.
  let touched = false;
  const lift = (then) => () => {
    if (touched) then();
    touched = false;
  };
  input.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; });
  input.addEventListener("pointercancel", lift(show));
  input.addEventListener("pointerup", lift(choose));
  input.addEventListener("input", () => {
    tell(Number(input.value));
    if (!touched) choose();
  });
  // As in dom.js: without the focus, the wheel scrolls the page in Firefox too.
  input.addEventListener("wheel", ({ deltaMode }) => {
    if (deltaMode === WheelEvent.DOM_DELTA_PIXEL || input !== input.getRootNode().activeElement) return;
    input.blur();
    requestAnimationFrame(() => input.focus({ preventScroll: true }));
  }, { passive: true });
  model.on("change:chosen", show);
  show();
}

function add(parent, tag, name = "") {
  const child = parent.appendChild(document.createElement(tag));
  child.className = name;
  return child;
}

export default { render };
