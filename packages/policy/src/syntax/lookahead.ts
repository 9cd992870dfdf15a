import { LLkLookaheadStrategy, type ILookaheadStrategy } from "chevrotain";

type Alternation = ReturnType<ILookaheadStrategy["buildLookaheadForAlternation"]>;
type Optional = ReturnType<ILookaheadStrategy["buildLookaheadForOptional"]>;

/**
 * Chevrotain's own lookahead, of which each decision is worked out when the parser first comes to it. All of them at once
 * are most of what it costs to make the parser (40 ms), and a small file comes to a part of them.
 */
export class LazyLookahead extends LLkLookaheadStrategy {
  override buildLookaheadForAlternation(
    options: Parameters<ILookaheadStrategy["buildLookaheadForAlternation"]>[0],
  ): Alternation {
    const build = (): Alternation => super.buildLookaheadForAlternation(options);
    let built: Alternation | undefined;
    // Chevrotain calls it as a method of the parser.
    return function decide(this: unknown, alternatives) {
      built ??= build();
      return built.call(this, alternatives);
    };
  }

  override buildLookaheadForOptional(
    options: Parameters<ILookaheadStrategy["buildLookaheadForOptional"]>[0],
  ): Optional {
    const build = (): Optional => super.buildLookaheadForOptional(options);
    let built: Optional | undefined;
    return function decide(this: unknown) {
      built ??= build();
      return built.call(this);
    };
  }
}
