import type { Code, Details } from "../diagnostics/catalog.js";
import type { Report } from "../diagnostics/diagnostic.js";
import { suggest } from "../diagnostics/suggest.js";
import { STANDARD_LIBRARY } from "../std/library.js";
import type { PolicyFile, UseNode } from "../syntax/ast.js";
import { parse, type Parsed } from "../syntax/parse.js";
import { decodeText, MAX_FILE_BYTES } from "./decode-text.js";
import { isPackagePath, type ModuleHost } from "./module-host.js";
import type { Place } from "./place.js";
import { SourceFile } from "./source-file.js";

/** A file that was read and parsed, and the modules it uses. */
export interface Module {
  /** Its place in the bundle's `sources`. */
  readonly index: number;
  readonly file: SourceFile;
  readonly syntax: PolicyFile;
  readonly uses: readonly { readonly node: UseNode; readonly module: Module }[];
  /** Names it would declare, had they been readable. */
  readonly lost: readonly string[];
  /** Whether it may declare more than was read of it. */
  readonly cut: boolean;
  /** The `use`s that brought nothing, because what they name could not be read. */
  readonly failed: readonly UseNode[];
}

const MAX_MODULES = 256;
const MAX_TOTAL_BYTES = 16 * 1024 * 1024;
const standard = new Map<string, Parsed>();

/** Reads a policy and everything it uses, each file once. The first module is the entry. */
export function load(entry: string, host: ModuleHost, report: Report): readonly Module[] {
  const loader = new Loader(host, report);
  loader.entry(entry);
  return loader.modules;
}

class Loader {
  readonly modules: Module[] = [];
  readonly #byId = new Map<string, Module>();
  readonly #host: ModuleHost;
  readonly #report: Report;
  #bytes = 0;
  #exceeded = false;

  constructor(host: ModuleHost, report: Report) {
    this.#host = host;
    this.#report = report;
  }

  entry(specifier: string): void {
    const found = this.#host.resolve(specifier, undefined);
    const none = new SourceFile(specifier, found.ok ? found.name : specifier, "");
    if (!found.ok) {
      this.#report.add(
        "E501",
        none,
        { start: 0, end: 0 },
        { name: specifier, reason: found.reason, expected: "check the path" },
      );
      return;
    }
    this.#read(found.id, found.name, [], (code, details) => {
      this.#report.add(
        code,
        none,
        { start: 0, end: 0 },
        code === "E501" ? { ...details, expected: "check the path and that it may be read" } : details,
      );
    });
  }

  /** Reads one module; `fail` says at the `use` (or for the entry itself) why it could not be. */
  #read(
    id: string,
    name: string,
    trail: readonly SourceFile[],
    fail: (code: Code, details: Details) => void,
    outside = false,
  ): Module | undefined {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    if (this.modules.length >= MAX_MODULES || this.#bytes > MAX_TOTAL_BYTES) {
      if (!this.#exceeded)
        fail("E505", {
          reason: this.modules.length >= MAX_MODULES ? `more than ${MAX_MODULES}` : "more than 16 MB together",
        });
      this.#exceeded = true;
      return undefined;
    }
    const parsed = this.#parse(id, name, fail, outside);
    if (parsed === undefined) return undefined;
    const uses: { node: UseNode; module: Module }[] = [];
    const failed: UseNode[] = [];
    const module: Module = {
      index: this.modules.length,
      file: parsed.file,
      syntax: parsed.parsed.file,
      uses,
      lost: parsed.parsed.lost,
      cut: parsed.parsed.cut,
      failed,
    };
    this.modules.push(module);
    this.#byId.set(id, module);
    for (const problem of parsed.parsed.problems)
      this.#report.add(problem.code, module.file, problem.at, problem.details);
    this.#report.doubt(module.file, parsed.parsed.doubtful);
    for (const node of module.syntax.uses) {
      const used = this.#use(node, module, [...trail, module.file]);
      if (used === undefined) failed.push(node);
      else uses.push({ node, module: used });
    }
    return module;
  }

  #parse(
    id: string,
    name: string,
    fail: (code: Code, details: Details) => void,
    outside: boolean,
  ): { file: SourceFile; parsed: Parsed } | undefined {
    const library = STANDARD_LIBRARY.get(id);
    if (library !== undefined) {
      const parsed = standard.get(id) ?? parse(library);
      standard.set(id, parsed);
      return { file: new SourceFile(id, name, library), parsed };
    }
    const read = this.#host.read(id);
    if (!read.ok) {
      fail("E501", { name, reason: read.reason });
      return undefined;
    }
    const decoded = decodeText(read.content);
    if (!decoded.ok) {
      this.#report.add(decoded.code, new SourceFile(id, name, ""), { start: 0, end: 0 }, decoded.details);
      return undefined;
    }
    this.#bytes += Math.min(decoded.bytes, MAX_FILE_BYTES);
    return { file: new SourceFile(id, name, decoded.text, outside), parsed: parse(decoded.text) };
  }

  #use(node: UseNode, from: Module, trail: readonly SourceFile[]): Module | undefined {
    const say = (code: Code, details: Details, suggestion?: string): undefined =>
      this.#report.add(code, from.file, node.from.at, details, { suggestion });
    const { value } = node.from;
    if (node.from.kind === "std") {
      if (!STANDARD_LIBRARY.has(value)) {
        return say(
          "E506",
          { name: value, list: [...STANDARD_LIBRARY.keys()] },
          suggest(value, STANDARD_LIBRARY.keys()),
        );
      }
      return this.#read(value, value, trail, say);
    }
    if (!value.startsWith("./") && !value.startsWith("../") && !isPackagePath(value)) {
      return say("E501", {
        name: value,
        reason: "it is neither a relative path nor a file of a package",
        expected: "begin a path with `./`; a package's file is written `@scope/package/file.policy`",
      });
    }
    const found = this.#host.resolve(value, from.file.id);
    if (!found.ok) return say("E501", { name: value, reason: found.reason });
    const cycle = trail.findIndex((file) => file.id === found.id);
    if (cycle !== -1)
      return say("E502", { name: found.name, list: [...trail.slice(cycle).map((file) => file.name), found.name] });
    return this.#read(found.id, found.name, trail, say, found.outside);
  }
}

/** The place of the whole beginning of a file, for what has no word of its own. */
export function beginning(module: Module): Place {
  return module.syntax.header?.name.at ?? { start: 0, end: 0 };
}
