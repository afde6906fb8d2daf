// Before JupyterLite's own service worker: a page or a table of what there is may have been corrected since
// the browser fetched it, and a plain web host seldom says for how long it holds. So the host is asked each
// time; it answers "not changed" in a few bytes. What bears its digest in its name never changes.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const changes = /(\.json|\.ipynb|\.html|\/|\/source-criticism-kit\/.*)$/.test(pathname);
  if (request.method !== "GET" || origin !== location.origin || !changes) return;
  if (/\/api\/(drive|stdin|service-worker)/.test(pathname)) return;
  event.stopImmediatePropagation();
  event.respondWith(fetch(request, { cache: "no-cache" }));
});

