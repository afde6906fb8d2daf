// What passes between the kernel and the page, and between the parts of the page. `tsc` alone reads
// this (kit/tsconfig.json); nothing of it is sent. The kernel's side of it is payload.py.

/** A learner's answer, in the form that its kind gives it; null where there is none. */
type Answer = string | number | string[] | Record<string, string> | null;

/** The sentences of the page, by their keys under `[view]` in messages.toml. */
type Words = Record<string, string>;

interface Choice {
  id: string;
  /** Safe HTML. */
  text: string;
}

/** A question, without its key. Texts are safe HTML, made in the kernel. */
interface Question {
  id: string;
  kind: string;
  kind_word: string;
  lang: string;
  dir: string;
  prompt: string;
  passage: string;
  options: Choice[];
  units: (Choice & { paragraph: number | null })[];
  /** Plain text, not HTML: an `option` element holds no markup. */
  labels: Choice[];
  rubric: Choice[];
  hints: string[];
  /** Whether it is committed to, once and for all, instead of checked. */
  locks: boolean;
  checks: boolean;
  /** Shown beside the box for a number. */
  unit?: string;
  /** The confidence that a blind guess deserves, where the question asks how sure one is. */
  chance?: number;
  /** How many words are asked for. */
  words?: number;
  paragraphs?: { n: number; text: string; own: string; quotations: string[] }[];
}

/** What a check says. */
interface Feedback {
  verdict: string;
  parts: Record<string, { tag: string; reason: string; right: boolean | null; mark?: string }>;
  slip?: string;
  reason?: string;
  model?: string;
  /** Of each label: its text, how often the learner gave it, and how often the key does. */
  shares?: [string, number, number][];
}

/** How the learner stands with the question, by the record. */
interface State {
  /** The name of the learner's record. */
  record: string;
  value: Answer;
  /** Counts what was written for this question. */
  revision: number;
  committed?: boolean;
  /** The wording has changed since. */
  stale?: boolean;
  unsealed?: boolean;
  complete?: boolean;
  /** Confidence, in per cent. */
  sure?: number | null;
  /** The learner's own judgement of a text: a level for each criterion. */
  own?: Record<string, string> | null;
  read_as?: string;
  after?: string;
  feedback?: Feedback;
  checked?: boolean;
  can_show?: boolean;
}

/** Another answer than the one on this page, and what it says: a line each, none for silence. */
interface Other extends State {
  in_words: string[];
}

/** What stands on the page: sent with every message, and held in the browser until it is kept. */
interface Held {
  value: Answer;
  sure: number | null;
  own: Record<string, string>;
  /** The revision of the record that this answer goes beyond. */
  base: number;
  /** What this page sent and never heard of again; held in the browser alone. */
  mine?: Answer[];
}

/** What the page asks the kernel to do. */
type Act = "keep" | "check" | "show" | "commit" | "ping";

interface Message extends Held {
  do: Act;
  page: string;
  seq: number;
}

/** The kernel's answer to one message, which it names by page and number. */
type Reply = Acknowledgement | Refusal;

interface Acknowledgement {
  page: string;
  seq: number;
  ok: true;
  /** What the record now holds. */
  state: State;
}

interface Refusal {
  page: string;
  seq: number;
  ok: false;
  /** A sentence: why. */
  why?: string;
  /** What was sent cannot be read as an answer. */
  unreadable?: boolean;
  /** The record has been written to by somebody else since; this is what it holds. */
  elsewhere?: Other;
}

/** The keys of the sentences in which a question says how it stands. */
type Status = "blank" | "saving" | "saved" | "partly" | "unsealed" | "stale" | "locked"
  | "unreadable" | "refused" | "not_saved" | "no_record" | "no_kernel";

/** What is wrong with a typed chance: no number, too much, too little, or not whole. */
type ChanceFault = "range" | "over" | "under" | "whole";

/** What one kind of question draws, and how its answer is read from the page. */
interface Control<A extends Answer> {
  node: HTMLElement;
  /** A box that is not touched reads as what was written to it, however the browser shows that. */
  read(): A | null;
  write(value: A | null): void;
  disable(yes: boolean): void;
  /** Where the reasons go: a place for each option or statement, by its id. */
  parts: Map<string, HTMLElement>;
  /** Whether the page holds this answer. Without it, what is read is compared. */
  is?(value: A | null): boolean;
  /** The kernel has read what is typed as this. */
  settle?(value: A | null): void;
  /** Why what is typed is no answer, or null. */
  unread?(): string | null;
  /** What is seen is meant as the answer. */
  claim?(): void;
  /** What the button that checks says, where it is not 'Check'. */
  check?: string;
  /** Where the learner judges the answer, once it has been checked. */
  own?: SelfAssessment | null;
}

interface SelfAssessment {
  node: HTMLElement;
  read(): Record<string, string>;
  write(value: Record<string, string> | null | undefined): void;
}

/** How one statement gets its label; '' is none. */
interface LabelPick {
  node: HTMLElement;
  read(): string;
  write(id: string): void;
  controls: (HTMLInputElement | HTMLSelectElement)[];
}

/** What a control is made from. */
interface Tools {
  question: Question;
  words: Words;
  /** Stands before the ids of its elements, which must be unique in the page. */
  base: string;
  /** To be called when the answer on the page has changed; `typing` waits for a pause. */
  changed(typing?: boolean): void;
}

/** Drawn by name of kind; each kit/questions/KIND/control.js adds its own. */
type Controls = Record<string, (tools: Tools) => Control<any>>;

/** The page as the save protocol sees it. */
interface Form {
  /** What stands there; in the place of what cannot be read, what `state` holds. */
  read(state: State): Omit<Held, "base">;
  /** Why something cannot be read as an answer, or null. */
  unread(): string | null;
  /** Whether all of it is in `state`, but for what cannot be read. */
  shows(state: State): boolean;
  /** Put an answer there, whatever stands there now. */
  write(from: Held | State): void;
  /** The same, but what cannot be read stays for the learner to mend, until it is committed. */
  update(from: Held | State): void;
  /** The kernel has read the answer as this. */
  settle(value: Answer): void;
  /** Draw what the record says beside the answer: reasons, verdict, what is locked. */
  paint(state: State): void;
  /** Say how the question stands. */
  tell(status: Status, why?: string): void;
  /** Offer the choice between the answer here and the one given elsewhere; null takes it back. */
  offer(other: Other | null): void;
  /** What was asked for with a button is there: a verdict, all reasons, what follows a commitment. */
  responded(): void;
}

/** Where an answer is held until the kernel has it: the browser's own storage. */
interface Store {
  put(name: string, held: Held): void;
  get(name: string): Held | null;
  drop(name: string): void;
}

interface Clock {
  now(): number;
  /** Do something after so many milliseconds; returns what calls that off. */
  after(ms: number, then: () => void): () => void;
}

/** What the kit uses of a widget's model. */
interface WidgetModel {
  get(name: string): any;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(message: object): void;
  on(event: string, heard: (...args: any[]) => void): void;
  off(event: string, heard: (...args: any[]) => void): void;
  widget_manager: { get_model(id: string): Promise<WidgetModel> };
}

/** What anywidget hands to `render`. */
interface View {
  model: WidgetModel;
  el: HTMLElement;
}

type Attributes = Record<string, string | number | boolean | null | undefined | ((event: any) => void)>;

/** A script of the page, once it is imported. */
type DrawingModule = { default: { render(view: View): unknown } };

/** The scripts that this page has imported, by their text (loader.js). */
declare var kitModules: Map<string, Promise<DrawingModule>> | undefined;
