// JupyterLab, Notebook 7 and JupyterLite load this file and ask it for a module. There is no build:
// what a bundler would wrap, these lines say. The kit's own files beside it are modules of the browser.
(() => {
  const folder = document.currentScript.src.replace(/[^/]*$/, "");
  let shared = {};

  /** Return a module of JupyterLab's own: of several versions the one that is in use there. */
  const borrow = async (name) => {
    const versions = Object.values(shared[name] ?? {});
    const used = versions.find((version) => version.loaded) ?? versions[0];
    if (!used) throw new Error(`${name} is not shared here`);
    return (await used.get())();
  };

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB["source-criticism-kit"] = {
    init: (scope) => {
      shared = scope;
    },
    get: async (module) => {
      if (module !== "./extension") throw new Error(`source-criticism-kit has no ${module}`);
      const { plugins } = await import(`${folder}lesson.js`);
      const made = await plugins(borrow);
      return () => ({ __esModule: true, default: made });
    },
  };
})();
