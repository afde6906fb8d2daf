// @ts-check
// What the kernel shows of the record. It says when that has changed; what was answered in another
// notebook it does not hear of, so it is asked when the page is looked at again.

/**
 * Call `then` whenever an element comes back into sight: scrolled to, its tab or window chosen.
 *
 * @param {Element} element
 * @param {() => void} then
 * @returns {() => void} ends that
 */
function whenSeenAgain(element, then) {
  let seen = true;
  const look = (/** @type {boolean} */ now) => {
    if (now && !seen) then();
    seen = now;
  };
  const observer = new IntersectionObserver((entries) => look(entries[entries.length - 1].isIntersecting));
  observer.observe(element);
  const turned = () => { if (seen && document.visibilityState === "visible") then(); };
  document.addEventListener("visibilitychange", turned);
  window.addEventListener("focus", turned);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", turned);
    window.removeEventListener("focus", turned);
  };
}

/** @param {View} view */
function render({ model, el }) {
  const page = `live-${Math.random().toString(36).slice(2, 8)}`;
  let seq = 0;
  let lost = 0;
  const shown = h("div", { class: "jp-RenderedHTMLCommon", tabindex: -1 });
  const said = h("p", { role: "status", hidden: true });
  const button = h("button", { type: "button", onclick: () => press() });
  el.classList.add("kit-live");
  el.classList.toggle("kit-below", model.get("below"));
  el.replaceChildren(button, said, shown);
  if (model.get("below")) el.append(button);
  keepControls(el);

  const draw = () => {
    shown.innerHTML = model.get("shown"); // the kernel escapes every text in it
    button.textContent = model.get("button");
    button.hidden = !model.get("button");
  };
  /** @param {"press" | "draw"} act */
  const send = (act) => {
    seq += 1;
    try { model.send({ do: act, page, seq }); } catch { /* the line is down: the page says so */ }
  };
  const press = () => {
    send("press");
    lost = setTimeout(() => tell(model.get("no_reply")), ACK_MS);
  };
  /** @param {string} sentence */
  const tell = (sentence) => {
    said.textContent = sentence;
    said.hidden = !sentence;
  };
  /** @param {any} reply */
  const onReply = (reply) => {
    if (reply?.page !== page || reply.seq !== seq || !lost) return;
    clearTimeout(lost);
    lost = 0;
    tell(reply.ok ? "" : reply.why);
    shown.focus({ preventScroll: true });
  };
  model.on("msg:custom", onReply);
  model.on("change:shown", draw);
  model.on("change:button", draw);
  draw();
  const forget = whenSeenAgain(shown, () => { if (!lost) send("draw"); });
  return () => {
    forget();
    clearTimeout(lost);
    model.off("msg:custom", onReply);
    model.off("change:shown", draw);
    model.off("change:button", draw);
  };
}

export default { render };
