const TITLES: Readonly<Record<string, string>> = {
  decision: "Deciding one call",
  guard: "The whole guard around a call",
  audit: "The audit log",
  state: "The state store",
  frameworks: "Adapters of frameworks",
  language: "The language",
  isolation: "Isolation",
  escapes: "The escape list, run",
  soak: "A soak of sandboxes",
  agents: "Recorded agents under attack",
  detectors: "The injection detector",
  tau: "Policies in words, as policies",
  schemas: "Imported schemas and correct calls",
  types: "Semantic types beside the labels of others",
};

/** What stands above a suite in a report. */
export function suiteTitle(suite: string): string {
  return TITLES[suite] ?? suite;
}
