import type { Bundle, Endorsement, Field, Rule, Tool } from "@writ/ir";
import { compileGlob, type Glob } from "@writ/ir/values";
import { GuardError } from "../errors.js";
import type { Code } from "./engine/code.js";
import { compileTool, type CodeSource, type ToolCode } from "./engine/tool-code.js";

/** A rule about results. */
export type OutputRule = Extract<Rule, { kind: "output" }>;

type DecidingRule = Exclude<Rule, OutputRule>;

/** What the tools of one program are made of. */
export interface ToolSource extends CodeSource {
  readonly bundle: Bundle;
  readonly code: Code;
}

/** A tool and the rules that concern it; no other rule is looked at when it is called. Its parts are made when they are asked for. */
export class ToolProgram {
  readonly tool: Tool;
  readonly #all: readonly Rule[];
  readonly #source: ToolSource;
  #sorted: Sorted | undefined;
  #code: ToolCode | undefined;
  #params: ReadonlyMap<string, Field> | undefined;
  #endorsements: readonly Endorsement[] | undefined;
  #labelGlobs: readonly LabelGlob[] | undefined;

  constructor(tool: Tool, rules: readonly Rule[], source: ToolSource) {
    this.tool = tool;
    this.#all = rules;
    this.#source = source;
  }

  /** The decision program: the conditions of `rules`, flat. */
  get code(): ToolCode {
    return this.#code ?? this.compile();
  }

  /** Makes the decision program now. */
  compile(): ToolCode {
    this.#code ??= compileTool(this.#source, this, this.#source.code);
    return this.#code;
  }

  get params(): ReadonlyMap<string, Field> {
    this.#params ??= new Map(this.tool.params.map((param) => [param.name, param]));
    return this.#params;
  }

  /** What decides a call. */
  get rules(): readonly DecidingRule[] {
    return this.#parts().rules;
  }

  /** What acts on its result. */
  get outputs(): readonly OutputRule[] {
    return this.#parts().outputs;
  }

  /** Rules that are evaluated and recorded, and change nothing. */
  get shadows(): readonly DecidingRule[] {
    return this.#parts().shadows;
  }

  /** Whether some rule changes arguments. */
  get transforms(): boolean {
    return this.#parts().transforms;
  }

  /** Whether some rule counts calls. */
  get limited(): boolean {
    return this.#parts().limited;
  }

  get endorsements(): readonly Endorsement[] {
    this.#endorsements ??= someOf(
      this.#source.bundle.endorsements.filter((endorsement) => endorsement.tools.includes(this.tool.name)),
    );
    return this.#endorsements;
  }

  /** The globs of `labels by`. */
  get labelGlobs(): readonly LabelGlob[] {
    this.#labelGlobs ??= labelGlobsOf(this.tool);
    return this.#labelGlobs;
  }

  #parts(): Sorted {
    this.#sorted ??= sorted(this.#all);
    return this.#sorted;
  }
}

interface LabelGlob {
  readonly glob: Glob;
  readonly label: string;
}

/** The compiled globs of `labels by`. Throws a {@link GuardError} `policy_invalid` on one that does not compile. */
export function labelGlobsOf(tool: Tool): readonly LabelGlob[] {
  return someOf(
    (tool.labelsBy?.entries ?? []).map(({ glob, label }) => {
      const compiled = compileGlob(glob);
      if (!compiled.ok)
        throw new GuardError(
          "policy_invalid",
          `the glob ${glob} of ${tool.name} does not compile: ${compiled.message}`,
        );
      return { glob: compiled.glob, label };
    }),
  );
}

interface Sorted {
  readonly rules: readonly DecidingRule[];
  readonly outputs: readonly OutputRule[];
  readonly shadows: readonly DecidingRule[];
  readonly transforms: boolean;
  readonly limited: boolean;
}

function sorted(all: readonly Rule[]): Sorted {
  const rules: DecidingRule[] = [];
  const outputs: OutputRule[] = [];
  const shadows: DecidingRule[] = [];
  for (const rule of all) {
    if (rule.kind === "output") {
      if (rule.shadow !== true) outputs.push(rule);
    } else if (rule.shadow === true) shadows.push(rule);
    else rules.push(rule);
  }
  return {
    rules,
    outputs: someOf(outputs),
    shadows: someOf(shadows),
    transforms: rules.some((rule) => "transforms" in rule && (rule.transforms ?? []).length > 0),
    limited: rules.some((rule) => rule.limits.length > 0),
  };
}

const NONE: readonly never[] = [];

/** Most tools have none of these: thousands of empty lists are one. */
function someOf<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NONE : list;
}
