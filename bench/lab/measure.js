// Clocks inside the page: from the click that a person makes to the frame that shows what it brought.
(() => {
  const LONGEST = 120000; // milliseconds; what has not come by then will not come
  let clicked = 0;
  document.addEventListener("click", () => { clicked = performance.now(); }, true);

  function seen(root, text) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { data, parentElement } = walker.currentNode;
      if (data.includes(text) && parentElement.checkVisibility()) return true;
    }
    return false;
  }

  // Milliseconds from the next click to the frame in which `text` can be read inside `root`.
  function untilSeen(root, text) {
    if (seen(root, text)) throw new Error("it is there already");
    clicked = 0;
    return new Promise((resolve, reject) => {
      const observer = new MutationObserver(() => {
        if (!clicked || !seen(root, text)) return;
        observer.disconnect();
        requestAnimationFrame(() => resolve(performance.now() - clicked));
      });
      observer.observe(root, { childList: true, subtree: true, characterData: true, attributes: true });
      setTimeout(() => {
        observer.disconnect();
        reject(new Error(`nothing says "${text}"`));
      }, LONGEST);
    });
  }

  // Milliseconds from the last click to the frame in which `count` nodes of a class stand on the
  // page and, where `idle`, no cell is waiting or running any more.
  function untilDrawn(name, count, idle) {
    const nodes = document.getElementsByClassName(name);
    const prompts = () => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
    const since = performance.now();
    return new Promise((resolve, reject) => {
      const look = () => {
        const there = nodes.length >= count
          && (!idle || prompts().every((p) => !p.textContent.includes("*")));
        if (there) resolve(performance.now() - clicked);
        else if (performance.now() - since < LONGEST) requestAnimationFrame(look);
        else reject(new Error(`${nodes.length} of ${count} ${name} are drawn`));
      };
      requestAnimationFrame(look);
    });
  }

  window.bench = { untilSeen, untilDrawn };
})();
