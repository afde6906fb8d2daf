// @ts-check
// On and back through the slides of a page; the reasons of a question are a step of their own.
"use strict";
const slides = [...document.querySelectorAll("section")];
const count = /** @type {HTMLElement} */ (document.getElementById("count"));
let now = 0;
let told = false;

/**
 * Take the largest letters with which all of a slide is seen.
 *
 * @param {HTMLElement} slide
 */
function fit(slide) {
  const body = /** @type {HTMLElement} */ (slide.querySelector(".body"));
  for (let size = 34; size >= 12; size -= 1) {
    slide.style.fontSize = `${size}px`;
    if (body.scrollHeight <= body.clientHeight + 1 && body.scrollWidth <= body.clientWidth + 1) return;
  }
}

function show() {
  slides.forEach((slide, n) => slide.classList.toggle("now", n === now));
  slides[now].classList.toggle("after", told);
  count.textContent = `${now + 1} / ${slides.length}`;
  history.replaceState(null, "", `#${now + 1}`);
  fit(slides[now]);
}

/** @param {number} step 1 on, -1 back */
function move(step) {
  const hasMore = slides[now].querySelector(".then") !== null;
  if (step > 0 && hasMore && !told) told = true;
  else if (step < 0 && told) told = false;
  else if (slides[now + step]) {
    now += step;
    told = step < 0 && slides[now].querySelector(".then") !== null;
  }
  show();
}

/** @param {Event} event */
const onLink = ({ target }) => target instanceof Element && target.closest("a") !== null;

const ON = ["ArrowRight", "ArrowDown", "PageDown", " ", "Enter"];
const BACK = ["ArrowLeft", "ArrowUp", "PageUp", "Backspace"];
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || onLink(event)) return;
  if (ON.includes(event.key)) move(1);
  else if (BACK.includes(event.key)) move(-1);
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (onLink(event) || String(getSelection())) return;
  move(event.clientX < innerWidth / 2 ? -1 : 1);
});
addEventListener("resize", show);
document.documentElement.classList.add("live");
now = Math.min(Math.max(Number(location.hash.slice(1)) - 1 || 0, 0), slides.length - 1);
show();
