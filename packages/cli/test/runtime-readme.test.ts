import { expect, test } from "vitest";
import { apart, blocks, typesOf } from "./support/document.js";

/** What the examples leave to the host: its services, and a call that waits. */
const CONTEXT = `
import type { Approval, AuditSink, PolicySource, Session, StateStore } from "@writ/runtime";
import { createGuard as start } from "@writ/runtime";
declare const readFile: (path: unknown, encoding: "utf8") => Promise<string>;
declare const lookup: (args: unknown) => Promise<unknown>;
declare const scores: { of(user: unknown): number };
declare const findNames: (text: string) => [];
declare const policy: PolicySource, audit: AuditSink, state: StateStore, session: Session, approval: Approval;
declare const pastedMail: string, text: string, token: string, managersToken: string, id: string;
declare const signal: AbortSignal;
declare const send: (event: unknown) => void;
declare const trace: { getTracer(name: string): Parameters<typeof otelObserver>[0] };
declare const guard: Awaited<ReturnType<typeof start>>;
`;

test("lesson 22: the examples of the runtime's README have sound types", async () => {
  const examples = await blocks("packages/runtime/README.md", "ts");
  expect(examples.length).toBeGreaterThan(4);
  expect(await typesOf(apart(examples, CONTEXT))).toBe("");
});
