import type { Module } from "../../source/load.js";
import { beginning } from "../../source/load.js";
import type { Lock, LockedSource, LockReading } from "../../source/lock.js";
import type { Program } from "../resolve.js";

/** E513 to E516: what comes from outside the folder counts only as it was when it was locked. */
export function checkLocked(program: Program, reading: LockReading): void {
  const { modules, report, entry } = program;
  if (reading.kind === "invalid") {
    report.add("E515", entry.module.file, beginning(entry.module), { reason: reading.reason });
    return;
  }
  const lock = reading.kind === "lock" ? reading.lock : undefined;
  for (const module of modules) {
    for (const { node, module: used } of module.uses) {
      if (!used.file.outside) continue;
      const locked = lock?.sources.get(used.file.name);
      if (locked === undefined) report.add("E513", module.file, node.from.at, { name: used.file.name });
      else if (locked.digest !== used.file.digest)
        report.add("E514", module.file, node.from.at, { name: used.file.name, reason: difference(locked, used) });
    }
  }
  for (const symbol of new Set(entry.visible("tool").values())) {
    for (const attribute of symbol.node.attributes) {
      if (attribute.kind !== "pin") continue;
      const pin = lock?.tools.get(symbol.name);
      if (pin !== undefined && pin !== attribute.digest)
        report.add("E516", symbol.module.file, attribute.at, { name: symbol.name });
    }
  }
}

function difference(locked: LockedSource, used: Module): string {
  const { header } = used.syntax;
  const now = header?.version === undefined ? undefined : Number(header.version.text);
  if (header !== undefined && header.name.text !== locked.policy)
    return `it was \`${locked.policy}\`, it is \`${header.name.text}\``;
  if (now !== locked.version) return `it was version ${locked.version ?? "none"}, it is version ${now ?? "none"}`;
  return "its text is another, and its version is the same";
}

/** The lock of what a policy takes from elsewhere as it is now, to be reviewed and kept. */
export function currentLock(program: Program): Lock {
  const sources = new Map<string, LockedSource>();
  for (const { file, syntax } of program.modules) {
    if (!file.outside) continue;
    const version = syntax.header?.version === undefined ? {} : { version: Number(syntax.header.version.text) };
    sources.set(file.name, {
      name: file.name,
      policy: syntax.header?.name.text ?? "",
      ...version,
      digest: file.digest,
    });
  }
  const tools = new Map<string, string>();
  for (const symbol of program.entry.visible("tool").values()) {
    for (const attribute of symbol.node.attributes)
      if (attribute.kind === "pin") tools.set(symbol.name, attribute.digest);
  }
  return { sources, tools };
}
