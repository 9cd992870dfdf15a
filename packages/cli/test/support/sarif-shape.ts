/*
 * The objects of SARIF 2.1.0 that `writ` writes, as its published schema (OASIS, errata 01, sarif-schema-2.1.0.json)
 * has them: which properties are required, which there are, and what they hold. Anything else is a violation, since the
 * schema allows no other property.
 */
type Check = (value: unknown, at: string) => string[];

const text: Check = (value, at) => (typeof value === "string" ? [] : [`${at}: no text`]);
const flag: Check = (value, at) => (typeof value === "boolean" ? [] : [`${at}: no boolean`]);
const integer =
  (least: number): Check =>
  (value, at) =>
    typeof value === "number" && Number.isInteger(value) && value >= least ? [] : [`${at}: no integer from ${least}`];
const oneOf =
  (...values: readonly string[]): Check =>
  (value, at) =>
    typeof value === "string" && values.includes(value) ? [] : [`${at}: none of ${values.join(", ")}`];
const uri: Check = (value, at) =>
  typeof value === "string" && /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?#[\]]|%[0-9A-Fa-f]{2})*$/.test(value)
    ? []
    : [`${at}: no URI reference`];

function list(of: Check, least = 0): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return [`${at}: no array`];
    const items: readonly unknown[] = value;
    const same = new Set(items.map((item) => JSON.stringify(item))).size !== items.length;
    return [
      ...(items.length < least ? [`${at}: fewer than ${least}`] : []),
      ...(same ? [`${at}: items twice`] : []),
      ...items.flatMap((item, i) => of(item, `${at}[${i}]`)),
    ];
  };
}

/** An object; a `!` behind a name makes the property required. */
function object(properties: Readonly<Record<string, Check>>): Check {
  const known = new Map(Object.entries(properties).map(([name, check]) => [name.replace(/!$/, ""), check]));
  const required = Object.keys(properties).filter((name) => name.endsWith("!"));
  return (value, at) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at}: no object`];
    return [
      ...required.filter((name) => !(name.slice(0, -1) in value)).map((name) => `${at}: ${name} is missing`),
      ...Object.entries(value).flatMap(
        ([name, held]) => known.get(name)?.(held, `${at}.${name}`) ?? [`${at}: ${name} is no property`],
      ),
    ];
  };
}

const level = oneOf("none", "note", "warning", "error");
const message = object({ "text!": text });
const formatted = object({ "text!": text, markdown: text });
const region = object({ startLine: integer(1), startColumn: integer(1), endLine: integer(1), endColumn: integer(1) });
const artifact = object({ "uri!": uri });
const physical = object({ "artifactLocation!": artifact, region });
const rule = object({
  "id!": text,
  name: text,
  shortDescription: formatted,
  fullDescription: formatted,
  help: formatted,
  helpUri: uri,
  defaultConfiguration: object({ enabled: flag, level }),
  properties: object({ tags: list(text) }),
});
const replacement = object({ "deletedRegion!": region, insertedContent: object({ text }) });
const change = object({ "artifactLocation!": artifact, "replacements!": list(replacement, 1) });
const result = object({
  ruleId: text,
  ruleIndex: integer(-1),
  level,
  "message!": message,
  locations: list(object({ physicalLocation: physical })),
  relatedLocations: list(object({ id: integer(-1), physicalLocation: physical, message })),
  fixes: list(object({ "artifactChanges!": list(change, 1) })),
});
const run = object({
  "tool!": object({ "driver!": object({ "name!": text, version: text, rules: list(rule) }) }),
  columnKind: oneOf("utf16CodeUnits", "unicodeCodePoints"),
  invocations: list(
    object({ "executionSuccessful!": flag, toolExecutionNotifications: list(object({ level, "message!": message })) }),
  ),
  results: list(result),
});

/** What in a document is not as SARIF 2.1.0 has it. */
export function sarifViolations(document: unknown): string[] {
  return object({ $schema: uri, "version!": oneOf("2.1.0"), "runs!": list(run) })(document, "$");
}
