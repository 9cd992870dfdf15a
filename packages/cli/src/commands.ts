import type { CommandInfo } from "./command.js";

const json = { json: { about: "one JSON document on standard output" } };
const files = { least: 1, most: 10_000, what: "FILE" };

const replayOptions = {
  key: { value: "FILE", about: "the private key for a log's sealed arguments" },
  user: { value: "JSON", about: "claims of the user of runs that name none" },
  approver: {
    value: "JSON",
    about: "claims of who agrees where the policy asks, or a list of them; by default the user",
  },
  facts: { value: "JSON", about: 'what facts answer, whatever they are asked: {"open":true}' },
  params: { value: "JSON", about: "values of the policy's params" },
};

/** Every command there is. */
export const COMMANDS: Readonly<Record<string, CommandInfo>> = {
  init: {
    usage: "writ init [DIR] [--json]",
    summary: "begin with a policy and its tests",
    options: json,
    takes: { least: 0, most: 1, what: "DIR" },
    load: () => import("./commands/init.js"),
  },
  check: {
    usage: "writ check FILE... [--fix] [--deny warnings|CODE,...] [--format FORMAT] [--json]",
    summary: "say what is wrong in policies",
    options: {
      ...json,
      format: { value: "FORMAT", about: "human (the default), json, sarif (2.1.0) or github (annotations)" },
      fix: { about: "apply the fixes that need no thought, to files in the policy's folder" },
      deny: { value: "warnings|CODE,...", about: "make all warnings, or these, errors" },
    },
    takes: files,
    load: () => import("./commands/check.js"),
  },
  test: {
    usage: "writ test FILE... [--coverage] [--mutate[=strict]] [--max-mutants N] [--json]",
    summary: "run the tests that stand in policies",
    options: {
      ...json,
      coverage: { about: "say which rules and conditions no test touches" },
      mutate: {
        choices: ["strict"],
        about:
          "try the tests on slightly changed policies, and list those that no test notices; strict: then end with 2",
      },
      "max-mutants": { value: "N", about: "try at most so many changed policies of a file (2000)" },
    },
    takes: files,
    load: () => import("./commands/test.js"),
  },
  compile: {
    usage: "writ compile FILE [-o OUT] [--json]",
    summary: "compile a policy to a bundle and print its digest",
    options: { ...json, out: { short: "o", value: "OUT", about: "write the bundle here instead of standard output" } },
    takes: { least: 1, most: 1, what: "FILE" },
    load: () => import("./commands/compile.js"),
  },
  lock: {
    usage: "writ lock FILE [--check] [--json]",
    summary: "hold what a policy takes from packages to what was reviewed",
    options: { ...json, check: { about: "write nothing, only say whether the lock file is as it should be" } },
    takes: { least: 1, most: 1, what: "FILE" },
    load: () => import("./commands/lock.js"),
  },
  doctor: {
    usage: "writ doctor [FILE] [--json]",
    summary: "say which isolations this machine holds, and which tiers of a policy can be had here",
    options: json,
    takes: { least: 0, most: 1, what: "FILE" },
    load: () => import("./commands/doctor.js"),
  },
  "sandbox build": {
    usage: "writ sandbox build [--json]",
    summary: "make the images that the tiers container and gvisor need, without a registry",
    options: json,
    takes: { least: 0, most: 0, what: "" },
    load: () => import("./commands/sandbox-build.js"),
  },
  "bench isolation": {
    usage: "writ bench isolation [--tier TIER] [--full] [--escapes] [--json]",
    summary: "measure what a call pays for its sandbox here, and run the escape list",
    options: {
      ...json,
      tier: { value: "TIER", about: "only process, wasm, container or gvisor" },
      full: { about: "with as many repetitions as the published figures; minutes instead of seconds" },
      escapes: {
        about: "also run the escape list, in JavaScript, with --full in every language; 2 if anything got out",
      },
    },
    takes: { least: 0, most: 0, what: "" },
    load: () => import("./commands/bench-isolation.js"),
  },
  fmt: {
    usage: "writ fmt FILE... [--check] [--json]",
    summary: "lay policies out",
    options: { ...json, check: { about: "change nothing, only say which files are not laid out" } },
    takes: files,
    load: () => import("./commands/fmt.js"),
  },
  import: {
    usage: "writ import FILE... [--name NAME] [--as GROUP] [--module] [-o OUT] [--json]",
    summary: "write declarations of tools from JSON Schema, MCP, OpenAPI or Zod",
    options: {
      ...json,
      name: { value: "NAME", about: "what the policy is called; imported.FILE otherwise" },
      as: { value: "GROUP", about: "what the tools' names begin with" },
      module: { about: "FILE is a JavaScript or TypeScript module that exports tools; it is run" },
      out: {
        short: "o",
        value: "OUT",
        about: "write the policy here, if nothing is there, instead of standard output",
      },
    },
    takes: files,
    load: () => import("./commands/import.js"),
  },
  "audit verify": {
    usage: "writ audit verify FOLDER|PROOF [--key FILE|KEY] [--checkpoint FILE] [--json]",
    summary: "verify an audit log, or a proof from one, offline",
    options: {
      ...json,
      key: { value: "FILE|KEY", about: "the log's public key, kept where the log's keeper cannot change it" },
      checkpoint: {
        value: "FILE",
        about: "a checkpoint kept elsewhere, instead of the folder's own, or the older one of a proof",
      },
    },
    takes: { least: 1, most: 1, what: "FOLDER" },
    load: () => import("./commands/audit-verify.js"),
  },
  "audit prove": {
    usage: "writ audit prove FOLDER N|--since FILE [--hash-only] [-o OUT] [--key FILE|KEY] [--json]",
    summary: "write a proof that record N is in the log, or that it only grew",
    options: {
      ...json,
      since: { value: "FILE", about: "prove that the log only grew since this older checkpoint" },
      "hash-only": { about: "put the record's hash into the proof, not the record" },
      out: { short: "o", value: "OUT", about: "write the proof here instead of standard output" },
      key: { value: "FILE|KEY", about: "the log's public key instead of the folder's own" },
    },
    takes: { least: 1, most: 2, what: "FOLDER" },
    load: () => import("./commands/audit-prove.js"),
  },
  "audit doubtful": {
    usage:
      "writ audit doubtful FOLDER [--settle CALL --by NAME --outcome OUTCOME [--note TEXT] [--state FOLDER]] [--json]",
    summary: "list calls that began and have no outcome, and settle one",
    options: {
      ...json,
      settle: { value: "CALL", about: "record what a person found out about this call; no guard may hold the log" },
      by: { value: "NAME", about: "who found it out" },
      outcome: { value: "OUTCOME", about: "happened, or not-happened: then it may be made again" },
      note: { value: "TEXT", about: "how it was found out" },
      state: { value: "FOLDER", about: "the guard's fileStore(...), so that a call made again is answered by it" },
    },
    takes: { least: 1, most: 1, what: "FOLDER" },
    load: () => import("./commands/audit-doubtful.js"),
  },
  "audit export": {
    usage: "writ audit export FOLDER [--format json|csv|ocsf|otlp]",
    summary: "write an audit log for other systems, a line a record or a call",
    options: {
      format: {
        value: "FORMAT",
        about: "json (the default: records), csv (records), ocsf (calls, OCSF 1.9), otlp (calls, OpenTelemetry)",
      },
    },
    takes: { least: 1, most: 1, what: "FOLDER" },
    load: () => import("./commands/audit-export.js"),
  },
  "audit show": {
    usage: "writ audit show FOLDER N [--unseal FILE] [--json]",
    summary: "show a record of an audit log, and with a key its full arguments",
    options: {
      ...json,
      unseal: { value: "FILE", about: "the private key for sealed arguments" },
    },
    takes: { least: 2, most: 2, what: "FOLDER" },
    load: () => import("./commands/audit-show.js"),
  },
  "audit retain": {
    usage: "writ audit retain FOLDER --before DATE [--sealed] [--by WHO] [--signing-key FILE] [--json]",
    summary: "delete old records, or their sealed arguments, and leave the log provable",
    options: {
      ...json,
      before: { value: "DATE", about: "2026-05-01, 2026-05-01T10:00:00Z, or an age such as 90d" },
      sealed: { about: "delete only the sealed arguments" },
      by: { value: "WHO", about: "who orders it, for the log; the account's name otherwise" },
      "signing-key": { value: "FILE", about: "the log's signing key where it is not in its usual place" },
    },
    takes: { least: 1, most: 1, what: "FOLDER" },
    load: () => import("./commands/audit-retain.js"),
  },
  "audit keygen": {
    usage: "writ audit keygen FILE [--json]",
    summary: "make a key pair for sealed arguments: FILE and FILE.pub",
    options: json,
    takes: { least: 1, most: 1, what: "FILE" },
    load: () => import("./commands/audit-keygen.js"),
  },
  replay: {
    usage:
      "writ replay TRACES|LOG --policy FILE [--key FILE] [--user JSON] [--approver JSON] [--facts JSON] [--params JSON] [--json]",
    summary: "decide recorded calls anew under a policy, and say what would be otherwise",
    options: {
      ...json,
      policy: { value: "FILE", about: "the policy to try" },
      ...replayOptions,
    },
    takes: { least: 1, most: 1, what: "TRACES|LOG" },
    load: () => import("./commands/replay.js"),
  },
  diff: {
    usage:
      "writ diff OLD NEW [--log TRACES|LOG] [--key FILE] [--user JSON] [--approver JSON] [--facts JSON] [--params JSON] [--json]",
    summary: "say what differs between two policies, or which recorded calls they decide otherwise",
    options: {
      ...json,
      log: { value: "TRACES|LOG", about: "decide these recorded calls under both" },
      ...replayOptions,
    },
    takes: { least: 2, most: 2, what: "policy before and a policy after" },
    load: () => import("./commands/diff.js"),
  },
  explain: {
    usage: "writ explain CODE|FILE --call JSON [--user JSON] [--agent JSON] [--params JSON] [--json]",
    summary: "tell what a diagnostic means, or why a policy decides a call as it does",
    options: {
      ...json,
      call: { value: "JSON", about: 'the call to explain: {"tool":"pay","args":{}}' },
      user: { value: "JSON", about: "claims of the user who makes it" },
      agent: { value: "JSON", about: "claims of the agent" },
      params: { value: "JSON", about: "values of the policy's params" },
    },
    takes: { least: 1, most: 1, what: "CODE" },
    load: () => import("./commands/explain.js"),
  },
  help: {
    usage: "writ help [COMMAND]",
    summary: "this text, or what a command takes",
    options: {},
    takes: { least: 0, most: 2, what: "COMMAND" },
    load: () => import("./commands/help.js"),
  },
};
