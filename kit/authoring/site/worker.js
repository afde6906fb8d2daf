// @ts-check
// What stands before JupyterLite's own service worker.
(() => {
  const SECONDS = 4; // the page answers in milliseconds, or never: when the browser has no room left
  const worker = /** @type {any} */ (self);
  const listen = worker.addEventListener.bind(worker);
  /** @type {(event: any) => void} */
  let theirs = () => {};
  worker.addEventListener = (/** @type {string} */ type, /** @type {(event: any) => void} */ listener) => {
    if (type === "fetch") theirs = listener;
    else listen(type, listener);
  };

  /**
   * The kernel waits for the answer, and can do nothing meanwhile: so it gets one in any case.
   * @param {any} event
   */
  const answered = (event) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(new Response("", { status: 504 })), SECONDS * 1000);
      /** @param {Promise<Response>} answer */
      const respondWith = (answer) => answer.then(resolve, reject).finally(() => clearTimeout(timer));
      theirs({ request: event.request, respondWith, waitUntil: event.waitUntil.bind(event) });
    });

  /** @param {any} request @returns {Promise<Response>} */
  const kept = async (request) => {
    try {
      return Response.json(await keepAnswers(await request.json()));
    } catch (fault) {
      const full = fault instanceof DOMException && fault.name === "QuotaExceededError";
      return new Response("", { status: full ? 507 : 503 });
    }
  };

  // Of most files the browser need not even ask: it does not wait for this script to be awake.
  listen("install", (/** @type {any} */ event) => {
    const own = location.pathname.replace(/[^/]*$/, "");
    for (const files of ["build/*", "extensions/@*", "static/*.mjs", "static/*.wasm", "static/*.bin", "static/*.zip"]) {
      const condition = { urlPattern: { pathname: own + files }, requestMethod: "get" };
      void event.addRoutes?.({ condition, source: "network" });
    }
  });

  listen("fetch", (/** @type {any} */ event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (origin !== location.origin) return;
    if (pathname.endsWith("/api/answers")) {
      event.respondWith(kept(request));
      return;
    }
    if (pathname.endsWith("/api/drive")) {
      event.respondWith(answered(event));
      return;
    }
    // A page or a list may have been corrected since the browser fetched it, and a plain web host seldom
    // says for how long it holds. So the host is asked each time, and answers 'not changed' in a few
    // bytes. What has a digest in its name never changes.
    const changes = /(\.json|\.ipynb|\.html|\/|\/source-criticism-kit\/.*)$/.test(pathname);
    const fixed = /\/(api\/stdin|build)\//.test(pathname); // of a build only a newer JupyterLite's differs
    if (request.method === "GET" && changes && !fixed) {
      event.respondWith(fetch(request.url, { cache: "no-cache" }));
      return;
    }
    // Everything else the browser fetches without us: so it keeps what it has compiled of a script.
    if (pathname.includes("/api/")) theirs(event);
  });
})();
