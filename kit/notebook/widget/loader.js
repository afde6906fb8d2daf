// @ts-check
// Sent with every question, so it is short. The script and its style come once a kernel, in a model that
// all its questions share; a page imports the script once, however many questions it shows.

const modules = (globalThis.kitModules ??= new Map());

/** @param {string} script */
function importOnce(script) {
  const known = modules.get(script);
  if (known) return known;
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const imported = import(address).finally(() => URL.revokeObjectURL(address));
  modules.set(script, imported);
  return imported;
}

/**
 * anywidget would write `_css` into the page anew with every question, and the browser would then
 * style the whole page anew.
 *
 * @param {string} css
 */
function setStyle(css) {
  const style = document.getElementById("kit-style")
    ?? document.head.appendChild(Object.assign(document.createElement("style"), { id: "kit-style" }));
  if (style.textContent !== css) style.textContent = css;
}

/**
 * A page that missed the shared model, with its line down for a moment, asks for it once more.
 *
 * @param {WidgetModel} model
 */
async function sharedModel(model) {
  const found = () => model.widget_manager.get_model(model.get("shared"));
  try {
    return await found();
  } catch {
    const sharedAnew = new Promise((resolve) => { model.on("change:shared", resolve); });
    model.send({ do: "share" });
    await sharedAnew;
    return found();
  }
}

/** @param {View} view */
async function render(view) {
  const shared = await sharedModel(view.model);
  setStyle(shared.get("css"));
  const question = await importOnce(shared.get("script"));
  return question.default.render(view);
}

export default { render };
