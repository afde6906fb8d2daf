// @ts-check
// What every page of the kit uses: questions, the marking desk, sliders. Their scripts come after it.

const ACK_MS = 3000; // no acknowledgement for so long means: not saved

/**
 * Make an element.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes `html` is its content, `on…` listens to an event
 * @param {(Node | string | null | undefined)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "html") node.innerHTML = String(value); // authored text, made safe in the kernel
    else if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, String(value));
  }
  for (const child of children) if (child != null) node.append(child);
  return node;
}

/**
 * Put values into the places of a sentence: `{n}`.
 *
 * @param {string} sentence
 * @param {Record<string, any>} values
 */
const fill = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

/**
 * Keep the keys of these controls from Jupyter, which would take them as shortcuts, and their contents
 * from Firefox, which brings back what a control held when the page was left: the record knows better.
 *
 * @param {HTMLElement} part
 */
function keepControls(part) {
  for (const control of part.querySelectorAll("input, select, textarea, button, summary")) {
    control.setAttribute("data-lm-suppress-shortcuts", "true");
    if (control.matches("input, select, textarea")) control.setAttribute("autocomplete", "off");
  }
}

/**
 * Only typing, a click or a key in the control that has the focus changes an answer. What browsers do
 * beyond that is refused here, for every control in `root`.
 *
 * @param {HTMLElement} root
 */
function onlyByHand(root) {
  let wheelPressed = false;
  root.addEventListener("beforeinput", (event) => {
    // Ctrl+Z anywhere on the page takes back what was typed last, in whichever box that was.
    const elsewhere = event.target !== focused(root);
    if (elsewhere || /Drag|Drop/.test(event.inputType)) event.preventDefault();
  });
  /** @param {DragEvent} event */
  const refuse = (event) => {
    event.preventDefault(); // a text would be put into the box, a file opened in place of the page
    if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
  };
  root.addEventListener("dragover", refuse);
  root.addEventListener("drop", refuse);
  // On Linux a press on the mouse wheel pastes whatever was selected last.
  root.addEventListener("auxclick", (event) => {
    const node = /** @type {Element} */ (event.target);
    if (event.button !== 1 || !node.matches("textarea, input[type=text]")) return;
    event.preventDefault();
    wheelPressed = true;
    setTimeout(() => { wheelPressed = false; }); // the paste comes in the same turn, or not at all
  }, { capture: true });
  root.addEventListener("paste", (event) => { if (wheelPressed) event.preventDefault(); });
  turnedByNoWheel(root);
}

/**
 * Firefox turns a slider that has the focus by a wheel that counts in lines. While the slider is
 * without the focus, the wheel scrolls the page.
 *
 * @param {HTMLElement} root
 */
function turnedByNoWheel(root) {
  root.addEventListener("wheel", ({ target, deltaMode }) => {
    if (deltaMode === WheelEvent.DOM_DELTA_PIXEL || target !== focused(root)) return;
    const control = /** @type {HTMLElement} */ (target);
    if (!control.matches("select, input[type=range]")) return;
    control.blur();
    requestAnimationFrame(() => control.focus({ preventScroll: true }));
  }, { passive: true });
}

/**
 * Return what has the focus, in the part of the page that `root` is in.
 *
 * @param {Node} root
 */
const focused = (root) => /** @type {Document | ShadowRoot} */ (root.getRootNode()).activeElement;

/**
 * Listen to a slider. A finger that scrolls past sets it where it comes down on it: until it is lifted
 * nothing is chosen, and where the browser takes the touch back to scroll, all is as it was.
 *
 * @param {HTMLInputElement} slider
 * @param {object} then
 * @param {() => void} [then.touch] a finger comes down: what is there now may have to be restored
 * @param {() => void} then.move the slider stands elsewhere
 * @param {() => void} then.restore the finger only scrolled
 * @param {() => void} then.choose it is meant to stand there
 */
function onSlide(slider, { touch, move, restore, choose }) {
  let touched = false;
  /** @param {() => void} act */
  const lift = (act) => () => {
    if (!touched) return;
    touched = false;
    act();
  };
  slider.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    touched = true;
    touch?.();
  });
  slider.addEventListener("pointercancel", lift(restore));
  slider.addEventListener("pointerup", lift(choose));
  slider.addEventListener("input", () => {
    move();
    if (!touched) choose();
  });
}

/**
 * Ask the kernel for something, and wait for its reply: for what is pressed, and is no answer (that is
 * a Session's). One request at a time.
 *
 * @param {WidgetModel} model
 * @param {object} what
 * @returns {Promise<any>} the reply; null where none comes in time
 */
function askKernel(model, what) {
  const page = Math.random().toString(36).slice(2);
  return new Promise((then) => {
    /** @param {any} reply */
    const onReply = (reply) => { if (reply?.page === page) end(reply); };
    /** @param {any} reply */
    const end = (reply) => {
      model.off("msg:custom", onReply);
      then(reply);
    };
    model.on("msg:custom", onReply);
    setTimeout(() => end(null), ACK_MS);
    try {
      model.send({ ...what, page, seq: 1 });
    } catch {
      end(null); // the line is down
    }
  });
}
