import { GuardError } from "../errors.js";
import type { Session } from "../session.js";
import { answerKey, callKey, readMessage, type PromptPart } from "./model-message.js";

/** The message is this agent's own, said in this conversation: it is made of what was read, and adds nothing to it. */
export interface Own {
  readonly from: "model";
}

/** A text that the host vouches for. */
export interface Said {
  /** Who put it before the model: the person who is served, or the host itself. */
  readonly from: "user" | "system";
  readonly text: string;
  /** Labels of what is not the person's own words: pasted mail, a retrieved document, an earlier conversation. */
  readonly labels?: readonly string[];
}

type Answer = Own | Said | readonly Said[] | undefined;

/**
 * Tells who said a message of the prompt: only the host knows which are the person's own words, and which hold pasted or
 * retrieved text. Undefined where nobody vouches for it, which is untrusted. Of a model's message only `{ from: "model" }`
 * counts: heard as anybody else's words, what a model repeats of a page would stand as theirs.
 */
export type Saying<Message> = (message: Message) => Answer | Promise<Answer>;

const seen = new WeakMap<Session, WeakMap<object, unknown>>();

/** Sessions for which a host says who said what: it is asked, be there a rule that looks at it or not. */
const asking = new WeakSet<Session>();

/** Whether it matters what stands before the model. */
function matters(session: Session): boolean {
  const { hears }: { readonly hears?: unknown } = session; // a session of another version does not say
  return hears !== false || asking.has(session);
}

/**
 * Tells a session what stands before the model. Every message is heard once a session, as `said` says or as text that nobody
 * vouches for; what the guard's tools answered and messages that make calls the guard took are not heard again. What was
 * dealt with is noted in the session, so every adapter of a guard knows it, and a later process too; of what is forgotten
 * answers are text that nobody vouches for. `read` tells what of a message is heard, where it is not written as the AI SDK's
 * `ModelMessage` is. Throws a {@link GuardError} `misuse` where `said` gives what it must not.
 */
export async function hearPrompt<Message extends object>(
  session: Session,
  messages: readonly Message[],
  said?: Saying<Message>,
  read: (message: Message) => readonly PromptPart[] = readMessage,
): Promise<void> {
  if (said !== undefined) asking.add(session);
  if (!matters(session)) return;
  // An empty prompt is one that cannot be seen.
  if (messages.length === 0 && session.note("heard ")) session.heard("unknown", "");
  const objects = seenIn(session);
  for (const message of messages) {
    const content = contentOf(message);
    if (objects.has(message) && objects.get(message) === content) continue;
    for (const part of read(message)) await hear(session, part, said === undefined ? undefined : () => said(message));
    objects.set(message, content);
  }
}

/** What was dealt with by the object, each with its content: one that a host wrote anew is another message. */
function seenIn(session: Session): WeakMap<object, unknown> {
  const known = seen.get(session);
  if (known !== undefined) return known;
  const made = new WeakMap<object, unknown>();
  seen.set(session, made);
  return made;
}

function contentOf(message: object): unknown {
  return Reflect.get(message, "content");
}

async function hear(
  session: Session,
  part: PromptPart,
  said: (() => Answer | Promise<Answer>) | undefined,
): Promise<void> {
  if (session.isNoted(`heard ${part.key}`) || isOwn(session, part)) return;
  const { own, texts } = part.kind === "answer" || said === undefined ? NOBODY : answerOf(await said(), part.kind);
  // Nothing is awaited from here on, so that a message of two calls at once is heard once.
  if (!session.note(`heard ${part.key}`)) return;
  for (const { from, text, labels } of texts) session.heard(from, text, labels === undefined ? {} : { labels });
  if (!own && (texts.length === 0 || !part.plain)) session.heard("unknown", part.text);
}

/** Whether the guard gave the answer, or took every call that the message makes. */
function isOwn(session: Session, { kind, key, calls }: PromptPart): boolean {
  if (kind === "answer") return session.isNoted(`handed ${key}`);
  return calls.length > 0 && calls.every((call) => session.isNoted(`took ${call}`));
}

/** Takes note of a call that the model made, by the host's id and name for it. */
export function tookCall(session: Session, callId: string, tool: string): void {
  if (matters(session)) session.note(`took ${callKey(callId, tool)}`);
}

/** Takes note of what a call was answered with, and keeps it: the host saves its conversation next. */
export function handedAnswer(session: Session, callId: string, answer: unknown): void {
  if (!matters(session)) return;
  handedKey(session, answerKey(callId, typeof answer === "string" ? answer : JSON.stringify(answer)));
  // A note that is lost makes an answer text that nobody vouches for, which asks more.
  session.kept().catch(() => undefined);
}

function handedKey(session: Session, key: string): void {
  session.note(`handed ${key}`);
}

/**
 * The same for a host that reads its messages itself: `keyOf` gives the key of the answer's {@link PromptPart}. Where the
 * host hands this very object on, with this content, it need not be read again.
 */
export function handedMessage<Message extends object>(
  session: Session,
  message: Message,
  keyOf: (message: Message) => string,
): void {
  if (!matters(session)) return;
  handedKey(session, keyOf(message));
  dealtWith(session, message);
}

/** Takes note of a message that is dealt with: it is not heard. `keyOf` gives the key of its {@link PromptPart}. */
export function heardMessage<Message extends object>(
  session: Session,
  message: Message,
  keyOf: (message: Message) => string,
): void {
  if (!matters(session)) return;
  const objects = seenIn(session);
  if (objects.has(message) && objects.get(message) === contentOf(message)) return;
  session.note(`heard ${keyOf(message)}`);
  dealtWith(session, message);
}

/** A text alone: what a list holds may be changed in it. */
function dealtWith(session: Session, message: object): void {
  const content = contentOf(message);
  if (typeof content === "string") seenIn(session).set(message, content);
}

const NOBODY: { readonly own: boolean; readonly texts: readonly Said[] } = { own: false, texts: [] };

function answerOf(answer: Answer, kind: PromptPart["kind"]): typeof NOBODY {
  if (answer === undefined) return NOBODY;
  const list: readonly (Own | Said)[] = isList(answer) ? answer : [answer];
  const texts: Said[] = [];
  for (const one of list) {
    const from: unknown = typeof one === "object" && one !== null ? one.from : undefined;
    if (from === "model") continue;
    if (!isSaid(one))
      throw new GuardError(
        "misuse",
        '`said` gives { from: "user" | "system", text, labels? }, a list of these, { from: "model" }, or undefined',
      );
    texts.push(one);
  }
  if (kind === "model") return { own: list.length === 1 && texts.length === 0, texts: [] };
  return { own: false, texts };
}

function isList(answer: Own | Said | readonly Said[]): answer is readonly Said[] {
  return Array.isArray(answer);
}

function isSaid(one: unknown): one is Said {
  if (typeof one !== "object" || one === null) return false;
  const from: unknown = Reflect.get(one, "from");
  return (from === "user" || from === "system") && typeof Reflect.get(one, "text") === "string";
}
