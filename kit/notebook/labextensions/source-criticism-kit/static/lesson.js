// @ts-check
// A lesson is alive when it opens, and reads like a page. The kernel runs nothing unasked but what
// `mayRun` knows: see recognise.js.

import { callOf, mayRun } from "./recognise.js";

const ID = "source-criticism-kit:lesson";
const WIDGET = "application/vnd.jupyter.widget-view+json";

// The kernel stands in the notebook's folder and looks there first for what it imports. A file
// kit.py beside a stranger's notebook must not be taken for the kit, so that folder is left out
// before the kit is imported. `-P` for kernels would do the same, but kernels are not ours to start.
const GUARD = "import sys, os; sys.path[:] = [p for p in sys.path if p not in ('', '.', os.getcwd())]";
const RUN_ALL_MS = 500; // so long the menu may take, after a restart, to begin with the first cell
const LOST_MS = 4000; // a connection that is away for so long is called lost
const PREVIEW_MS = 200; // so often a preview looks whether its file has been written anew
// The course may have changed in every file, and the kit keeps what it has read.
const FORGET = "import sys\nfor name in [m for m in sys.modules if m.partition('.')[0] == 'kit']: del sys.modules[name]";
// What a call shows can depend on it: with the extension at work, handing in is a button.
const SAY_SO = "os.environ['KIT_PAGE'] = 'alive'";
// A failure is the one answer that every kernel gives: the browser's knows no `user_expressions`.
const NEED_KIT = "from importlib.util import find_spec\nif find_spec('kit') is None: raise ModuleNotFoundError('kit')";

/**
 * What some calls need that is large, so that a browser fetches it only for them, and after all others.
 * @type {Readonly<Record<string, string>>}
 */
const LATER = Object.freeze({ age: "matplotlib", evidence: "pandas", heard: "matplotlib" });
const NEEDS = /data-kit-needs=\\"(\w+)/; // so says a page in its output that it would show more with this

/**
 * Return the plugin that JupyterLab activates.
 * @param {(name: string) => Promise<any>} borrow  gives a module of JupyterLab's own
 * @returns {Promise<object[]>}
 */
export async function plugins(borrow) {
  const { INotebookTracker } = await borrow("@jupyterlab/notebook");
  const { ISettingRegistry } = await borrow("@jupyterlab/settingregistry");
  const { CodeCell } = await borrow("@jupyterlab/cells");
  const { Widget } = await borrow("@lumino/widgets");
  const activate = async (/** @type {any} */ app, /** @type {any} */ tracker, /** @type {any} */ registry) => {
    addStyle();
    const settings = registry ? await registry.load(ID).catch(() => null) : null;
    const chosen = (/** @type {string} */ name) => settings?.composite[name] !== false;
    const open = async (/** @type {any} */ panel) => {
      if (onSite()) keepOutOfBrowser(panel);
      await panel.context.ready;
      if (panel.isDisposed) return;
      keepStillForms(panel.context.model);
      if (!isLesson(panel)) return;
      const lesson = new Lesson(app, panel, CodeCell, Widget);
      if (chosen("readingView")) lesson.read();
      if (chosen("runWhenOpened")) await lesson.comeAlive();
      if (panel.context.model.getMetadata("kit").preview) void lesson.followFile();
    };
    tracker.widgetAdded.connect((/** @type {any} */ _, /** @type {any} */ panel) => void open(panel));
    tracker.forEach((/** @type {any} */ panel) => void open(panel));
  };
  return [
    { id: ID, autoStart: true, requires: [INotebookTracker], optional: [ISettingRegistry], activate },
  ];
}

/** Whether this is the browser edition, which `kit site` makes. */
function onSite() {
  return Boolean(document.getElementById("jupyter-config-data")?.textContent?.includes('"kitSite"'));
}

/**
 * Save no page of a site: what the browser has saved once it shows from then on, also when the teacher
 * has corrected the page since. Nothing of the learner's is in a page; the answers are kept apart, and
 * the browser is asked not to throw them away when it needs room.
 * @param {any} panel
 */
function keepOutOfBrowser(panel) {
  panel.context.save = async () => {};
  void navigator.storage?.persist?.();
}

function addStyle() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("lesson.css", import.meta.url).href;
  document.head.append(link);
}

/** @param {any} panel */
function cellsOf(panel) {
  return panel.content.widgets.map((/** @type {any} */ cell) => ({
    type: cell.model.type,
    source: cell.model.sharedModel.getSource(),
  }));
}

/** Whether a notebook carries the kit's mark, and is nothing but calls of the kit. @param {any} panel */
function isLesson(panel) {
  const mark = panel.context.model.getMetadata("kit");
  return Boolean(mark && typeof mark === "object" && mark.sheet) && mayRun(cellsOf(panel));
}

/**
 * Save questions in their still form, in every notebook. A saved view of a widget is an error next
 * week, when the kernel that drew it is gone.
 * @param {any} model
 */
function keepStillForms(model) {
  const toJSON = model.toJSON.bind(model);
  model.toJSON = () => {
    const saved = toJSON();
    for (const cell of saved.cells ?? []) {
      for (const { data } of cell.outputs ?? []) {
        // nbformat has texts whole or as lists of lines.
        if (data?.[WIDGET] && [data["text/html"]].flat().join("").includes('class="kit-')) delete data[WIDGET];
      }
    }
    return saved;
  };
}

/** One open lesson. */
class Lesson {
  /**
   * @param {any} app
   * @param {any} panel
   * @param {any} CodeCell
   * @param {any} Widget
   */
  constructor(app, panel, CodeCell, Widget) {
    this.app = app;
    this.panel = panel;
    this.CodeCell = CodeCell;
    const { words, lang, dir } = panel.context.model.getMetadata("kit");
    this.words = words ?? {};
    this.kernelName = "python3";
    this.said = ""; // the word of what the line says now
    this.line = document.createElement("span");
    this.line.setAttribute("role", "status");
    this.again = this.button("again", () => void this.restart());
    this.again.hidden = true;
    this.code = this.button("show_code", () => this.showCode());
    const bar = new Widget();
    bar.addClass("kit-page-bar");
    bar.node.append(this.line, this.again, this.code);
    if (lang) for (const node of [bar.node, panel.content.node]) Object.assign(node, { lang, dir });
    panel.contentHeader.addWidget(bar);
    this.keepUnchanged();
    this.leaveCellsAlone();
    panel.node.addEventListener("kit-hand-in", (/** @type {any} */ event) => {
      if (!onSite()) event.detail.kept = this.keepSeal(event.detail.seal);
    });
  }

  /** @param {string} name @param {() => void} act */
  button(name, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.words[name] ?? name;
    button.addEventListener("click", act);
    return button;
  }

  /** Show the lesson as a page to read: no code, no tools. */
  read() {
    const notebook = this.panel.content;
    // A question that is scrolled away and back must not be drawn anew.
    if (notebook.notebookConfig.windowingMode === "full") {
      notebook.notebookConfig = { ...notebook.notebookConfig, windowingMode: "none" };
    }
    this.reading(true);
    this.app.shell.collapseLeft?.();
    this.app.shell.collapseRight?.();
  }

  /** Show JupyterLab's two side bars, or hide them; Notebook 7 has none. @param {boolean} on */
  sideBars(on) {
    const { shell } = this.app;
    for (const side of ["left", "right"]) {
      if (shell.isSideTabBarVisible?.(side) === !on) shell.toggleSideTabBarVisibility(side);
    }
  }

  /** Hide what to do where the page does not run by itself. */
  hideNotes() {
    for (const cell of this.panel.content.widgets) {
      const tags = cell.model.getMetadata("tags");
      if (Array.isArray(tags) && tags.includes("kit-by-hand")) cell.hide();
    }
  }

  /** @param {boolean} on */
  reading(on) {
    this.panel.node.classList.toggle("kit-reading", on);
    this.panel.toolbar.setHidden(on);
    this.sideBars(!on);
    for (const cell of this.panel.content.widgets) {
      if (cell.model.type === "code") cell.inputHidden = on; // the view's; the file folds its code away
    }
    this.code.textContent = this.words[on ? "show_code" : "hide_code"];
    this.code.setAttribute("aria-pressed", String(!on));
  }

  get isReading() {
    return this.panel.node.classList.contains("kit-reading");
  }

  showCode() {
    this.reading(!this.isReading);
  }

  /**
   * To a reader a cell is nothing: while the page is one to read, keys scroll it and do not step from
   * cell to cell, and neither Enter nor a double click opens its text to be written in.
   */
  leaveCellsAlone() {
    const { node } = this.panel;
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      const target = /** @type {Element} */ (event.target);
      if (!this.isReading || !node.contains(target) || event.ctrlKey || event.metaKey || event.altKey) return;
      // What answers to keys itself keeps them from JupyterLab itself.
      const own = target.closest(".kit-q, a, button, input, select, textarea, summary, .kit-page-bar");
      if (event.key !== "Tab" && !own) event.stopImmediatePropagation();
    };
    // JupyterLab listens at the document before anything below it.
    window.addEventListener("keydown", onKey, { capture: true });
    this.panel.disposed.connect(() => window.removeEventListener("keydown", onKey, { capture: true }));
    node.addEventListener("dblclick", (/** @type {MouseEvent} */ event) => {
      const target = /** @type {Element} */ (event.target);
      if (this.isReading && target.closest(".jp-MarkdownCell")) event.stopImmediatePropagation();
    }, { capture: true });
  }

  /**
   * To look at a page is not to change it: what running it writes into the notebook need not be
   * saved, nobody is asked about it, and the file keeps its still forms.
   */
  keepUnchanged() {
    const model = this.panel.context.model;
    const text = () => JSON.stringify(cellsOf(this.panel));
    const opened = text();
    const settle = () => {
      if (model.dirty && text() === opened) model.dirty = false;
    };
    model.stateChanged.connect(settle);
    settle();
  }

  /**
   * Put what is handed in where nobody has to see it, and save the notebook.
   * @param {string} seal
   * @returns {Promise<boolean>} whether the file holds it now
   */
  async keepSeal(seal) {
    const { context } = this.panel;
    const mark = context.model.getMetadata("kit");
    context.model.setMetadata("kit", { ...mark, hand_in: seal });
    let saved = false;
    const listen = (/** @type {any} */ _, /** @type {string} */ state) => {
      if (state !== "started") saved = state === "completed";
    };
    context.saveState.connect(listen);
    try {
      await context.save();
    } catch {
      saved = false; // JupyterLab has said why
    }
    context.saveState.disconnect(listen);
    return saved;
  }

  /** Run the lesson once there is a kernel, and again whenever its kernel has begun anew. */
  async comeAlive() {
    const session = this.panel.sessionContext;
    this.hideNotes();
    this.say("starting");
    await session.ready;
    this.follow(session);
    if (session.session?.kernel) await this.run();
    else this.say("no_kernel");
  }

  /** Say what becomes of the kernel, and come back with a new one. @param {any} session */
  follow(session) {
    let begunAnew = false;
    let waiting = 0;
    session.statusChanged.connect((/** @type {any} */ _, /** @type {string} */ status) => {
      if (status === "restarting" || status === "autorestarting") begunAnew = true;
      if (status === "dead") this.say("stopped", true);
      if (status === "idle" && begunAnew) {
        begunAnew = false;
        setTimeout(() => {
          if (!this.isRunning()) void this.run(); // "Restart Kernel and Run All Cells" does it itself
        }, RUN_ALL_MS);
      }
    });
    session.connectionStatusChanged.connect((/** @type {any} */ _, /** @type {string} */ status) => {
      const kernel = session.session?.kernel;
      if (status === "connected") {
        // Nothing else: a kernel connects while its questions are still on their way.
        if (this.said === "lost") this.say("");
        // Before anything that the menu may run in a kernel that has begun anew.
        if (kernel) void this.prepare(kernel);
      }
      clearTimeout(waiting);
      // A short gap mends itself, and a kernel that was shut down leaves a moment later.
      waiting = setTimeout(() => {
        const there = kernel && session.session?.kernel === kernel;
        if (there && kernel.connectionStatus !== "connected") this.say("lost");
      }, LOST_MS);
    });
    session.kernelChanged.connect((/** @type {any} */ _, /** @type {any} */ { newValue }) => {
      if (newValue) void this.run();
      else this.say("stopped", true);
    });
  }

  /**
   * Have a kernel look for the kit where it is installed.
   * @param {any} kernel
   * @returns {Promise<boolean>} whether it is there
   */
  async prepare(kernel) {
    const code = [GUARD, SAY_SO, NEED_KIT].join("\n");
    const asked = kernel.requestExecute({ code, silent: true, store_history: false });
    this.kernelName = kernel.name;
    const reply = await asked.done;
    return reply.content.status === "ok";
  }

  /** Whether a cell runs or waits for its turn. */
  isRunning() {
    return this.panel.content.widgets.some((/** @type {any} */ cell) =>
      cell.node.querySelector(".jp-InputPrompt")?.textContent.includes("*"));
  }

  async run() {
    const session = this.panel.sessionContext;
    const kernel = session.session?.kernel;
    const info = await kernel?.info;
    if (info?.language_info.name !== "python") {
      this.say("");
      return;
    }
    if (!(await this.prepare(kernel))) {
      this.say("no_kit");
      return;
    }
    const running = [];
    const later = [];
    for (const cell of this.panel.content.widgets) {
      if (cell.model.type !== "code") continue;
      // Read once more: the page may have been edited since it was opened.
      const call = callOf(cell.model.sharedModel.getSource());
      if (call === "") break;
      if (onSite() && LATER[call]) later.push({ cell, needs: LATER[call] });
      else running.push(this.CodeCell.execute(cell, session));
    }
    for (const { cell, needs } of later) running.push(this.runWith(needs, cell));
    await Promise.allSettled(running);
    this.panel.node.dataset.kit = "alive";
    this.say("");
    this.takeFocus();
    for (const cell of this.panel.content.widgets) {
      const [, needs] = NEEDS.exec(JSON.stringify(cell.model.outputs?.toJSON() ?? "")) ?? [];
      if (needs) await this.runWith(needs, cell);
    }
  }

  /**
   * Let the next Tab lead into the page, where the focus is nowhere. JupyterLab gives it to the first
   * cell, but by chance before that cell is there to take it: then Tab began at the window's menus.
   */
  takeFocus() {
    const { panel } = this;
    if (document.activeElement === document.body && panel.isVisible && this.app.shell.currentWidget === panel) {
      panel.content.activate();
    }
  }

  /** Run a cell after a package has been fetched for it. @param {string} needs @param {any} cell */
  runWith(needs, cell) {
    const session = this.panel.sessionContext;
    session.session?.kernel?.requestExecute({ code: `import ${needs}`, silent: true, store_history: false });
    return this.CodeCell.execute(cell, session);
  }

  /** Show the page anew, where the reader is on it, whenever `kit preview` has written it. */
  async followFile() {
    const { context, content } = this.panel;
    const { contents } = this.app.serviceManager;
    while (!this.panel.isDisposed) {
      const file = await contents.get(context.path, { content: false }).catch(() => null);
      if (file && file.last_modified !== context.contentsModel.last_modified) {
        const { scrollTop } = content.outerNode ?? content.node;
        await context.revert();
        this.reading(this.isReading);
        this.hideNotes();
        await context.sessionContext.session?.kernel?.requestExecute({ code: FORGET, silent: true }).done;
        await this.run();
        context.model.dirty = false;
        (content.outerNode ?? content.node).scrollTop = scrollTop;
      }
      await new Promise((resolve) => setTimeout(resolve, PREVIEW_MS));
    }
  }

  async restart() {
    this.say("starting");
    delete this.panel.node.dataset.kit;
    const session = this.panel.sessionContext;
    if (session.session?.kernel) await session.restartKernel();
    else await session.changeKernel({ name: this.kernelName });
  }

  /** @param {string} word @param {boolean} [again] */
  say(word, again = false) {
    this.said = word;
    this.line.textContent = word && (this.words[word] ?? word);
    this.again.hidden = !again;
  }
}
