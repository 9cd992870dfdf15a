import { typeOf, type GuessedType } from "./argument-types.js";
import { EFFECTS, guessEffects, guessRisk, guessSinks } from "./guess.js";
import { ownList, ownObject, texts, type ImportedTool } from "./imported-tool.js";
import { isName, policyName, wordsOf } from "./names.js";
import { literal, quotedComment } from "./plain-text.js";

/** A tool as a declaration, and what a person should look at. */
export interface Declared {
  readonly name: string;
  readonly wire: string;
  readonly text: string;
  /** How many lines are guesses. */
  readonly guesses: number;
  /** Arguments that cannot be declared, so that calls which give them are refused. */
  readonly lost: readonly string[];
}

const REVIEW = "# guess: review";
const MAX_ARGUMENTS = 200;

/** Writes the declaration of one tool; `used` holds the names that are taken. */
export function declare(tool: ImportedTool, group: string | undefined, used: Set<string>): Declared {
  const name = policyName(tool.wire, group ?? tool.group, used);
  const required = new Set(texts(ownList(tool.input, "required")));
  const properties = Object.entries(ownObject(tool.input, "properties") ?? {});
  const types = new Map<string, GuessedType>();
  const lost: string[] = [];
  for (const [argument, schema] of properties) {
    if (!isName(argument) || types.size >= MAX_ARGUMENTS) lost.push(argument);
    else types.set(argument, typeOf(schema, argument, tool.root));
  }
  lost.push(...[...types].flatMap(([argument, type]) => type.lost.map((inner) => `${argument}.${inner}`)));
  const remarks = [...quotedComment(tool.description ?? ""), ...remarksOf(types, lost, required)];
  const lines = attributesOf(tool, new Map([...types].map(([argument, type]) => [argument, type.text])));
  const parameters = [...types].map(
    ([argument, type]) => `${argument}${type.optional || !required.has(argument) ? "?" : ""}: ${type.text}`,
  );
  const output = tool.output === undefined ? "Json" : typeOf(tool.output, undefined, tool.root).text;
  const head = name === tool.wire ? name : `${literal(tool.wire)} as ${name}`;
  const text = [...remarks, `tool ${head} (${parameters.join(", ")}) -> ${output} {`, ...lines, "}"].join("\n");
  const guesses = remarks.filter((line) => line.startsWith("# guess")).length + lines.length;
  return { name, wire: tool.wire, text, guesses, lost };
}

function attributesOf(tool: ImportedTool, types: ReadonlyMap<string, string>): string[] {
  const guessed = guessEffects(tool, types);
  const effects = guessed ?? EFFECTS;
  const risk = guessRisk(guessed);
  const sinks = guessSinks(effects, types);
  const lines = [
    `effect ${effects.join(", ")} ${guessed === undefined ? "# guess: nothing tells what it does, so everything; review" : REVIEW}`,
    risk === undefined ? "# guess: no risk is said, which is critical; review" : `risk ${risk} ${REVIEW}`,
    `labels untrusted ${REVIEW}, and say what it holds (pii, confidential)`,
  ];
  if (sinks.length > 0) lines.push(`sink ${sinks.join(", ")} ${REVIEW}`);
  else if (effects.includes("egress")) lines.push("# guess: it sends, and no argument says where to; review");
  if (tool.hosts.length > 0 && effects.includes("egress"))
    lines.push(`network [${tool.hosts.map(literal).join(", ")}] ${REVIEW}`);
  return lines;
}

function remarksOf(
  types: ReadonlyMap<string, GuessedType>,
  lost: readonly string[],
  required: ReadonlySet<string>,
): string[] {
  const guessed = [...types].filter(([, type]) => type.guessed).map(([argument, { text }]) => `${argument} is ${text}`);
  const amounts = [...types].filter(
    ([argument, { text }]) =>
      (text === "Decimal" || text === "Int") &&
      wordsOf(argument).some((word) => /^(?:amount|price|total|cost)$/.test(word)),
  );
  return [
    ...(guessed.length === 0 ? [] : [`# guess: review that ${guessed.join(", ")}`]),
    ...amounts.map(
      ([argument]) =>
        `# guess: if ${argument} is money, declare it as Money<EUR> (or what it is in), and rules can say 50 EUR`,
    ),
    ...lost.map((argument) =>
      required.has(argument)
        ? `# no policy can declare the argument ${literal(argument.slice(0, 80))}, and the tool needs it: every call is refused`
        : `# no policy can declare the argument ${literal(argument.slice(0, 80))}: calls that give it are refused`,
    ),
  ];
}
