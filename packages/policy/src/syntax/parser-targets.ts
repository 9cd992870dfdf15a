import type { IOrAlt } from "chevrotain";
import type { Target } from "./ast.js";
import { TypeParser } from "./parser-types.js";
import { sign, Word } from "./tokens.js";

/** What a rule is about. */
export abstract class TargetParser extends TypeParser {
  protected targets: () => Target[] = this.RULE("targets", (): Target[] => {
    const targets: Target[] = [this.SUBRULE(this.target, { ARGS: [undefined] })];
    this.MANY(() => {
      const joint = this.OR<IOrAlt<"," | "|">[]>([
        { ALT: () => (this.CONSUME(sign(",")), ",") },
        { ALT: () => (this.CONSUME(sign("|")), "|") },
      ]);
      targets.push(this.SUBRULE1(this.target, { ARGS: [joint] }));
    });
    return targets;
  });

  /** `*`, `fs.*`, `fs.read`, `write`. */
  protected target = this.RULE("target", (joint: Target["joined"]): Target => {
    const start = this.begin();
    const text = this.OR<IOrAlt<string>[]>([
      { ALT: () => this.CONSUME(sign("*")).image },
      {
        ALT: () => {
          let name = this.CONSUME(Word).image;
          this.MANY(() => {
            this.CONSUME(sign("."));
            name += `.${this.CONSUME1(Word).image}`;
          });
          this.OPTION(() => {
            this.CONSUME1(sign("."));
            this.CONSUME1(sign("*"));
            name += ".*";
          });
          return name;
        },
      },
    ]);
    return { text, joined: joint, at: this.since(start) };
  });
}
