// @ts-check
// JupyterLab, Notebook 7 and JupyterLite load this file and ask it for a module. There is no build:
// what a bundler would wrap, these lines say. The kit's own files beside it are modules of the browser.
(() => {
  const here = /** @type {HTMLScriptElement} */ (document.currentScript);
  const folder = here.src.replace(/[^/]*$/, "");
  /** @type {Record<string, Record<string, { loaded?: unknown, get: () => Promise<() => any> }>>} */
  let shared = {};

  /**
   * Return a module of JupyterLab's own: of several versions the one that is in use there.
   *
   * @param {string} name
   */
  const borrow = async (name) => {
    const versions = Object.values(shared[name] ?? {});
    const used = versions.find((version) => version.loaded) ?? versions[0];
    if (!used) throw new Error(`${name} is not shared here`);
    return (await used.get())();
  };

  const container = {
    /** @param {typeof shared} scope */
    init: (scope) => {
      shared = scope;
    },
    /** @param {string} module */
    get: async (module) => {
      if (module !== "./extension") throw new Error(`source-criticism-kit has no ${module}`);
      const { plugins } = await import(`${folder}lesson.js`);
      const made = await plugins(borrow);
      return () => ({ __esModule: true, default: made });
    },
  };
  const page = /** @type {{ _JUPYTERLAB?: Record<string, unknown> }} */ (/** @type {unknown} */ (window));
  page._JUPYTERLAB = page._JUPYTERLAB ?? {};
  page._JUPYTERLAB["source-criticism-kit"] = container;
})();
