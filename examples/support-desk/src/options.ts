import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface Options {
  /** What a person says to a refund that waits; without one the terminal is asked, where there is one. */
  readonly word?: "approve" | "reject";
  readonly standIn: boolean;
  /** Where `out/` and `.writ/` are kept. */
  readonly data: string;
  readonly help: boolean;
}

export const HELP = `npm start -- [options]

  --approve     a manager agrees to the large refund
  --reject      a manager refuses the large refund
  --stand-in    use the scripted stand-in, even with a model key in the environment
  --data DIR    keep out/ and .writ/ in DIR; by default in examples/support-desk
  --help        this text

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
        help: { type: "boolean" },
      },
    });
    if (values.approve === true && values.reject === true) return "--approve and --reject exclude each other";
    const word = values.approve === true ? "approve" : values.reject === true ? "reject" : undefined;
    return {
      ...(word === undefined ? {} : { word }),
      standIn: values["stand-in"] === true,
      data: values.data === undefined ? home : resolve(process.env["INIT_CWD"] ?? "", values.data),
      help: values.help === true,
    };
  } catch (error) {
    return error instanceof Error ? error.message : "the options are not understood";
  }
}
