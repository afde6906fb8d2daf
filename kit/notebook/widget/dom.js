// What the questions' page and the marking desk's share; it stands before either script.

const ACK_MS = 3000; // no acknowledgement for so long means: not saved

function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "html") node.innerHTML = value; // authored text, made safe in the kernel
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

// Only typing, a click or a key in the control that has the focus changes an answer. What browsers do
// beyond that is refused here, for every control in `root`.
function onlyByHand(root) {
  const focused = () => root.getRootNode().activeElement;
  const isText = (node) => node.matches("textarea, input[type=text]");
  let wheelPressed = false;
  root.addEventListener("beforeinput", (event) => {
    // Ctrl+Z anywhere on the page takes back what was typed last, in whichever box that was.
    const elsewhere = event.target !== focused();
    if (elsewhere || /Drag|Drop/.test(event.inputType)) event.preventDefault();
  });
  for (const name of ["dragover", "drop"]) {
    root.addEventListener(name, (event) => {
      event.preventDefault(); // a text would be put into the box, a file opened in place of the page
      if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
    });
  }
  // On Linux a press on the mouse wheel pastes whatever was selected last.
  root.addEventListener("auxclick", (event) => {
    if (event.button !== 1 || !isText(event.target)) return;
    event.preventDefault();
    wheelPressed = true;
    setTimeout(() => { wheelPressed = false; }); // the paste comes in the same turn, or not at all
  }, { capture: true });
  root.addEventListener("paste", (event) => { if (wheelPressed) event.preventDefault(); });
  // Firefox turns a slider that has the focus by a wheel that counts in lines. While the slider is
  // without the focus, the wheel scrolls the page.
  root.addEventListener("wheel", ({ target, deltaMode }) => {
    if (deltaMode === WheelEvent.DOM_DELTA_PIXEL || target !== focused()) return;
    if (!target.matches("select, input[type=range]")) return;
    target.blur();
    requestAnimationFrame(() => target.focus({ preventScroll: true }));
  }, { passive: true });
}

const fill = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

