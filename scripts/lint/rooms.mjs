/**
 * The map of the house: which package may import which, and why not. ARCHITECTURE.md says the same in
 * words. The lint rule `writ/arrows` holds source files to it, `manifests.mjs` the package.json files.
 *
 * `writ`: the @writ packages its sources may import. Everything else they import must be a declared
 * dependency, so that the package works as installed. A package that is not listed may import nothing
 * of the house: a new room adds itself here first.
 * @type {Readonly<Record<string, { writ: readonly string[], neutral?: true, adapter?: true }>>}
 */
export const rooms = {
  "packages/ir": { writ: [], neutral: true },
  "packages/policy": { writ: ["ir"], neutral: true },
  "packages/runtime": { writ: ["ir"], neutral: true },
  "packages/sandbox": { writ: ["ir", "runtime"] },
  "packages/langgraph": { writ: ["runtime"], adapter: true },
  // An agent of LangChain is a graph of LangGraph: the one adapter that stands on another (docs/decisions/0011).
  "packages/langchain": { writ: ["langgraph", "runtime"], adapter: true },
  "packages/ai-sdk": { writ: ["runtime"], adapter: true },
  "packages/mastra": { writ: ["runtime"], adapter: true },
  "packages/testing": { writ: ["ir", "policy", "runtime", "sandbox"] },
  "packages/cli": { writ: ["ir", "policy", "runtime", "sandbox", "testing"] },
  // An example stands where a user stands: it may use whatever is published, except the command line.
  // Measures what is published, and starts the command line as a shell does.
  benchmarks: { writ: ["ai-sdk", "ir", "langchain", "langgraph", "mastra", "policy", "runtime", "sandbox", "testing"] },
  "examples/langchain-coder": { writ: ["langchain", "policy", "runtime"] },
  "examples/ai-sdk-chat": { writ: ["ai-sdk", "policy", "runtime"] },
  "examples/mastra-workflow": { writ: ["mastra", "policy", "runtime"] },
  "examples/support-desk": { writ: ["ir", "langgraph", "policy", "runtime", "sandbox", "testing"] },
};

/** Packages that only some rooms may import, wherever they are declared. */
export const tenants = {
  zod: {
    only: /^(packages\/ir\/(src\/schema|scripts)\/|packages\/[^/]+\/test\/|examples\/)/,
    why: "importing zod costs a guard 55 ms and more before its first decision: only the schema entry of ir loads it",
  },
  jose: {
    only: /^(packages\/runtime\/src\/identity\/|packages\/[^/]+\/test\/|examples\/)/,
    why: "a guard without tokens loads none of it: only the entry jwt of the runtime checks one",
  },
  chevrotain: {
    only: /^packages\/policy\//,
    why: "the parser belongs to the policy compiler alone: whoever decides works on a compiled bundle",
  },
};

const adapters = new Set(Object.entries(rooms).flatMap(([folder, room]) => (room.adapter ? [nameOf(folder)] : [])));

/**
 * Why `folder` may not import the package `target` ("policy" for @writ/policy); undefined when it may.
 * @param {string} folder a workspace folder: "packages/runtime"
 * @param {string} target
 * @returns {string | undefined}
 */
export function whyNot(folder, target) {
  const room = rooms[folder];
  const from = nameOf(folder);
  if (room?.writ.includes(target) || from === target) return undefined;
  if (target === "cli") return "nobody imports the cli: it is the last room, argv and colours, with no promise to code";
  if (!room) return `${folder} is not on the map: add it, and what it may import, to scripts/lint/rooms.mjs`;
  if (room.adapter && adapters.has(target)) {
    return "an adapter does not import another adapter: what they share belongs to the runtime";
  }
  if (room.adapter && (target === "policy" || target === "sandbox")) {
    return `an adapter does not import ${target}: it runs inside the agent, and there it gets a finished guard and nothing that could compile a policy or start a sandbox`;
  }
  if (from === "runtime" && target === "policy") {
    return "the runtime does not import the compiler: it takes a compiled bundle, so that deciding stays small and works at the edge";
  }
  if (from === "policy" && target === "runtime") {
    return "the compiler does not import the runtime: the two meet only in the bundle, the contract that ir holds";
  }
  if (from === "ir") return "ir is the contract everyone else imports: it imports nobody";
  return `${from} may import ${room.writ.join(", ") || "nothing of the house"} (scripts/lint/rooms.mjs)`;
}

/** @param {string} folder */
function nameOf(folder) {
  return folder.slice(folder.indexOf("/") + 1);
}
