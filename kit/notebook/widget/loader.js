// Sent with every question, so it is short. question.js and question.css come once a kernel, in a model
// that all its questions share; a page reads the script once, however many questions it shows.

const drawers = (globalThis.kitDrawers ??= new Map());

function drawer(script) {
  if (!drawers.has(script)) {
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    drawers.set(script, import(address).finally(() => URL.revokeObjectURL(address)));
  }
  return drawers.get(script);
}

// anywidget would write `_css` into the page anew with every question, and the browser would then
// style the whole page anew.
function dress(css) {
  const style = document.getElementById("kit-style")
    ?? document.head.appendChild(Object.assign(document.createElement("style"), { id: "kit-style" }));
  if (style.textContent !== css) style.textContent = css;
}

// A page that missed the shared model, with its line down for a moment, asks for it once more.
async function sharedBy(model) {
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

async function render(view) {
  const shared = await sharedBy(view.model);
  dress(shared.get("css"));
  const { default: { render: draw } } = await drawer(shared.get("script"));
  return draw(view);
}

export default { render };
