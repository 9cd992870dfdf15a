import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

export interface Options {
  /** What a person says to a refund that waits; without one the terminal is asked, where there is one. */
  readonly word?: "approve" | "reject";
  readonly standIn: boolean;
  /** Where `out/` and `.writ/` are kept. */
  readonly data: string;
  /** The policy of the guarded run. */
  readonly policy: string;
  readonly help: boolean;
}

export const HELP = `npm start -- [options]

  --approve      a manager agrees to the large refund
  --reject       a manager refuses the large refund
  --stand-in     use the scripted stand-in, even with a model key in the environment
  --policy FILE  guard with this policy; by default examples/support-desk/policy/support.policy
  --data DIR     keep out/ and .writ/ in DIR; by default in examples/support-desk
  --help         this text

Without --approve and --reject the terminal is asked. Where there is no terminal the refund stays waiting.
`;

/** Options from the command line; text where they are not understood. */
export function readOptions(args: readonly string[], home: string): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        approve: { type: "boolean" },
        reject: { type: "boolean" },
        "stand-in": { type: "boolean" },
        data: { type: "string" },
        policy: { type: "string" },
        help: { type: "boolean" },
      },
    });
    if (values.approve === true && values.reject === true) return "--approve and --reject exclude each other";
    const word = values.approve === true ? "approve" : values.reject === true ? "reject" : undefined;
    return {
      ...(word === undefined ? {} : { word }),
      standIn: values["stand-in"] === true,
      data: values.data === undefined ? home : typed(values.data),
      policy: values.policy === undefined ? join(home, "policy", "support.policy") : typed(values.policy),
      help: values.help === true,
    };
  } catch (error) {
    return error instanceof Error ? error.message : "the options are not understood";
  }
}

/** A path as it was typed: npm runs scripts in another folder, and says in which it was called. */
function typed(path: string): string {
  return resolve(process.env["INIT_CWD"] ?? "", path);
}
