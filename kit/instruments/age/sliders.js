// @ts-check
// A slider for each assumption. The kernel works out what follows and draws it.

/**
 * An assumption, and what can be assumed, in words.
 *
 * @typedef {{ id: string, label: string, choices: string[] }} Assumption
 */

/** @param {View} view */
function render({ model, el }) {
  /** @type {Assumption[]} */
  const assumptions = model.get("controls");
  const now = h("strong", { class: "kit-now" });
  const shown = h("div");
  const box = h("div", { class: "kit-q kit-sliders" }, h("p", {}, model.get("intro")),
    ...assumptions.flatMap((assumption) => slider(model, assumption)),
    h("p", { style: "margin-top:1rem", "aria-live": "polite" }, now), shown);
  keepControls(box);
  turnedByNoWheel(box);
  el.append(box);
  const tell = () => { now.textContent = model.get("now"); };
  const draw = () => { shown.innerHTML = model.get("shown"); }; // the kernel escapes every text in it
  model.on("change:now", tell);
  model.on("change:shown", draw);
  tell();
  draw();
}

/**
 * @param {WidgetModel} model
 * @param {Assumption} assumption
 */
function slider(model, { id, label, choices }) {
  const input = h("input", { type: "range", min: 0, max: choices.length - 1, step: 1,
    style: "display:block;width:100%" });
  const said = h("div", { class: "kit-assumed" });
  /** @param {number} at */
  const tell = (at) => {
    said.textContent = choices[at];
    input.setAttribute("aria-valuetext", choices[at]);
  };
  const show = () => {
    const at = model.get("chosen")[id];
    input.value = String(at);
    tell(at);
  };
  const choose = () => {
    model.set("chosen", { ...model.get("chosen"), [id]: Number(input.value) });
    model.save_changes();
  };
  onSlide(input, { move: () => tell(Number(input.value)), restore: show, choose });
  model.on("change:chosen", show);
  show();
  return [h("label", { style: "display:block;margin-top:.8rem" }, h("strong", {}, label), input), said];
}

export default { render };
