import type { Json, Type } from "@writ/ir";
import { readValue, type Value } from "@writ/ir/values";
import { isList, isObject } from "../duties/json-path.js";
import type { Program } from "../evaluate/program.js";
import { wireOf } from "../evaluate/wire.js";
import { labelNames, raise, withReaders, type LabelSet } from "./labels.js";
import type { MemoryEvent, Speaker } from "./memory-event.js";
import { refOf, sourceOf, type SourceRef } from "./source.js";

/** A longer text, or a value of more characters of JSON, is not kept: what is not there is unknown, never clean. */
const MAX_TEXT = 256 * 1024;
const SPEAKERS: ReadonlySet<string> = new Set<Speaker>(["user", "system", "unknown"]);
const OUTCOMES = ["ok", "failed", "denied", "paused", "unknown"] as const;

/**
 * Events as plain JSON and back. Labels stand by their names, values as canonical JSON, so that what is read under a
 * policy in which either means nothing is seen to. Only what this policy looks at is written: no word of a conversation
 * where no rule asks for one.
 */
export class MemoryCodec {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  encode(event: MemoryEvent): Json {
    switch (event.kind) {
      case "heard": {
        const { indexed, intents } = this.#program;
        const asked = indexed || (event.own && intents.size > 0);
        const text = asked ? (event.text ?? null) : "";
        return ["heard", event.from, keptText(text), this.#labels(event.labels), event.own];
      }
      case "joined":
        return ["joined", this.#labels(event.labels), ref(event.source)];
      case "stood": {
        const { source, key = null, text = null } = event;
        // A text that is too long stands nowhere later; its labels still do.
        if (keptText(text) !== text || keptText(key) !== key) return ["forgot", this.#labels(source.labels)];
        return ["stood", ref(source), this.#labels(source.labels), source.own, key, text];
      }
      case "forgot":
        return ["forgot", this.#labels(event.labels)];
      case "derived":
        return ["derived", event.call, event.from.map(ref)];
      case "wrote":
        return ["wrote", event.path, this.#labels(event.labels)];
      case "seen":
      case "noted":
        return [event.kind, event.key];
      case "handed": {
        const value = event.value === undefined || !isSmall(event.value) ? [] : [event.value];
        return [
          "handed",
          event.name,
          value,
          this.#labels(event.labels),
          event.source === undefined ? null : ref(event.source),
        ];
      }
      case "begun":
        return ["begun", event.id, event.tool, this.#args(event.tool, event.args)];
      case "denied":
        return ["denied", event.id, event.tool, this.#args(event.tool, event.args), event.at];
      case "ended":
        return ["ended", event.id, event.tool, event.outcome, event.at, this.#result(event.tool, event.result)];
      case "never":
        return ["never", event.id];
      case "lost":
        return ["lost"];
    }
  }

  /** Undefined for what is no event, or means nothing under this policy. */
  decode(json: Json): MemoryEvent | undefined {
    if (!isList(json)) return undefined;
    const [kind, a, b, c, d, e] = json;
    switch (kind) {
      case "heard": {
        const labels = this.#readLabels(c);
        const text = b === null ? undefined : b;
        if (!isSpeaker(a) || (text !== undefined && typeof text !== "string") || typeof d !== "boolean")
          return undefined;
        return labels === undefined ? undefined : { kind, from: a, text, labels, own: d };
      }
      case "joined": {
        const [labels, source] = [this.#readLabels(a), readRef(b)];
        if (source === undefined || (labels === undefined && a !== null)) return undefined;
        return { kind, labels, source };
      }
      case "stood": {
        const [source, labels] = [readRef(a), this.#readLabels(b)];
        if (source === undefined || labels === undefined || typeof c !== "boolean") return undefined;
        return {
          kind,
          source: sourceOf(source, labels, c),
          ...(typeof d === "string" ? { key: d } : {}),
          ...(typeof e === "string" ? { text: e } : {}),
        };
      }
      case "forgot": {
        const labels = this.#readLabels(a);
        return labels === undefined ? undefined : { kind, labels };
      }
      case "derived": {
        const from = isList(b) ? b.map(readRef).filter((one) => one !== undefined) : undefined;
        return typeof a !== "string" || from === undefined ? undefined : { kind, call: a, from };
      }
      case "wrote": {
        const labels = this.#readLabels(b);
        // Labels that were not known then are not known now.
        if (typeof a !== "string" || (labels === undefined && b !== null)) return undefined;
        return { kind, path: a, labels };
      }
      case "seen":
      case "noted":
        return typeof a === "string" ? { kind, key: a } : undefined;
      case "handed": {
        const labels = this.#readLabels(c);
        if (typeof a !== "string" || !isList(b) || (labels === undefined && c !== null)) return undefined;
        return { kind, name: a, value: b[0], labels, source: readRef(d) };
      }
      case "begun": {
        const args = typeof b === "string" ? this.#readArgs(b, c) : undefined;
        if (typeof a !== "string" || typeof b !== "string" || args === undefined) return undefined;
        return { kind, id: a, tool: b, args };
      }
      case "denied": {
        const args = typeof b === "string" ? this.#readArgs(b, c) : undefined;
        if (typeof a !== "string" || typeof b !== "string" || typeof d !== "number" || args === undefined)
          return undefined;
        return { kind, id: a, tool: b, args, at: d };
      }
      case "ended": {
        const outcome = OUTCOMES.find((one) => one === c);
        if (typeof a !== "string" || typeof b !== "string" || outcome === undefined || typeof d !== "number")
          return undefined;
        const result = this.#readResult(b, e);
        return result.ok ? { kind, id: a, tool: b, outcome, at: d, result: result.value } : undefined;
      }
      case "never":
        return typeof a === "string" ? { kind, id: a } : undefined;
      case "lost":
        return { kind };
      default:
        return undefined;
    }
  }

  #labels(labels: LabelSet | undefined): Json {
    if (labels === undefined) return null;
    return [
      [...labelNames(this.#program.lattice, labels)],
      labels.readers === undefined ? null : [...labels.readers].toSorted(),
    ];
  }

  #readLabels(json: Json | undefined): LabelSet | undefined {
    const [names, readers] = isList(json) ? json : [];
    const { lattice } = this.#program;
    if (!isTexts(names) || !names.every((name) => lattice.places.has(name))) return undefined;
    if (readers !== null && !isTexts(readers)) return undefined;
    return withReaders(raise(lattice, lattice.lowest, names), readers === null ? undefined : new Set(readers));
  }

  /** Arguments as canonical JSON; an empty list where no condition looks at them, or they are too large. */
  #args(tool: string, args: ReadonlyMap<string, Value>): Json {
    const { watched, byName, types } = this.#program;
    const params = byName.get(tool)?.params;
    if (!watched.args.has(tool) || params === undefined) return [];
    const wire = Object.fromEntries(
      [...args].map(([name, value]) => [name, wireOf(value, params.get(name)?.type, types)]),
    );
    return isSmall(wire) ? wire : [];
  }

  #readArgs(tool: string, json: Json | undefined): ReadonlyMap<string, Value> | undefined {
    const { watched, byName } = this.#program;
    const out = new Map<string, Value>();
    if (!watched.args.has(tool)) return out;
    const params = byName.get(tool)?.params;
    if (!isObject(json) || params === undefined) return undefined;
    for (const [name, wire] of Object.entries(json)) {
      const value = this.#read(params.get(name)?.type, wire);
      if (value === undefined) return undefined;
      out.set(name, value);
    }
    return out;
  }

  #result(tool: string, result: Value | undefined): Json {
    const { watched, byName, types } = this.#program;
    if (result === undefined || !watched.results.has(tool)) return [];
    const wire = wireOf(result, byName.get(tool)?.tool.result, types);
    return isSmall(wire) ? [wire] : [];
  }

  /** A result that was not kept is unknown, which is what a condition on it is then; one that cannot be read is a fault. */
  #readResult(tool: string, json: Json | undefined): { readonly ok: boolean; readonly value?: Value } {
    if (!isList(json)) return { ok: false };
    const [wire] = json;
    if (wire === undefined) return { ok: true };
    const value = this.#read(this.#program.byName.get(tool)?.tool.result, wire);
    return value === undefined ? { ok: false } : { ok: true, value };
  }

  #read(type: Type | undefined, wire: Json): Value | undefined {
    if (type === undefined) return undefined;
    const read = readValue(type, wire, this.#program.types, "");
    return read.ok ? read.value : undefined;
  }
}

function keptText(text: string | null): string | null {
  return text === null || text.length > MAX_TEXT ? null : text;
}

function isSmall(value: Json): boolean {
  return JSON.stringify(value).length <= MAX_TEXT;
}

function ref(source: SourceRef): Json {
  const { from, call = null, path = null } = refOf(source);
  return [from, call, path];
}

function readRef(json: Json | undefined): SourceRef | undefined {
  const [from, call, path] = isList(json) ? json : [];
  if (typeof from !== "string") return undefined;
  return {
    from,
    ...(typeof call === "string" ? { call } : {}),
    ...(typeof path === "string" ? { path } : {}),
  };
}

function isSpeaker(value: Json | undefined): value is Speaker {
  return typeof value === "string" && SPEAKERS.has(value);
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return isList(value) && value.every((one) => typeof one === "string");
}
