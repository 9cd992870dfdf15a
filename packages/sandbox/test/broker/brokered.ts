import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyJson, type Json } from "@writ/ir";
import type { Nested, NestedCall } from "@writ/runtime";
import { onTestFinished } from "vitest";
import type { Answer } from "../../src/backend.js";
import { createBroker, type Broker, type BrokerOptions } from "../../src/broker/broker.js";
import { createEdge, type EdgeOptions } from "../../src/broker/egress/edge.js";
import { AUTHORITY } from "./servers.js";

/** A broker with all that was decided by it, and all that came of it, as the record would have it. */
export interface Brokered extends Broker {
  readonly calls: NestedCall[];
  readonly outcomes: unknown[];
}

type Options = Partial<Omit<BrokerOptions, "edge">> & { readonly edge?: EdgeOptions };

/** A broker under a policy that grants everything, unless `nested` is given. */
export function brokered({ edge, ...options }: Options = {}): Brokered {
  const calls: NestedCall[] = [];
  const outcomes: unknown[] = [];
  const nested: Nested = async (call, perform) => {
    calls.push(structuredClone(call));
    try {
      const result = await perform(copyOf(call.args), new AbortController().signal);
      outcomes.push(result);
      return { ok: true, result: copyOf(result) };
    } catch (error) {
      outcomes.push(error instanceof Error ? error.message : "?");
      return { ok: false, message: error instanceof Error ? error.message : "?" };
    }
  };
  const broker = createBroker({
    mounts: [],
    read: [],
    write: [],
    network: [],
    signal: new AbortController().signal,
    nested,
    edge: createEdge(edge),
    ...options,
  });
  return { ...broker, calls, outcomes };
}

function copyOf(value: Json): Json {
  const copied = copyJson(value);
  if (!copied.ok) throw new Error(copied.fault.message);
  return copied.value;
}

export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "writ-broker-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function valueOf(answer: Answer): unknown {
  if (!answer.ok) throw new Error(`not done: ${answer.message}`);
  return answer.value;
}

export function messageOf(answer: Answer): string {
  return answer.ok ? `done: ${JSON.stringify(answer.value)}` : answer.message;
}

/** A value that a test knows to have a member. */
export function member(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) throw new Error("no object");
  const found: unknown = Reflect.get(value, key);
  return found;
}

export function textOf(value: unknown): string {
  if (!(value instanceof Uint8Array)) throw new Error("no bytes");
  return Buffer.from(value).toString("utf8");
}

/** A broker that may reach one server of this machine, under any name. */
export function reaching(port: number, network: readonly string[], edge: EdgeOptions = {}): Brokered {
  return brokered({
    network,
    edge: {
      resolve: () => Promise.resolve(["127.0.0.1"]),
      hosts: { allowPrivate: [`127.0.0.1:${port}`] },
      ca: AUTHORITY,
      ...edge,
    },
  });
}
