import type { Report } from "../../diagnostics/diagnostic.js";
import type { PolicySymbol } from "../symbols.js";
import {
  EFFECTS,
  FLOW_NAMES,
  FUNCTIONS,
  isOneOf,
  PARAMETER_TYPES,
  RISKS,
  SCOPE_NAMES,
  SIMPLE_TYPES,
} from "../vocabulary.js";
import { suggest } from "../../diagnostics/suggest.js";

const LEVELS = ["trusted", "claimed", "named", "untrusted"] as const;

/** E011: names that would read as something else. The grammar has already refused operator and clause words. */
export function checkDeclaredName(symbol: PolicySymbol, report: Report): void {
  const reason = whyNot(symbol);
  if (reason !== undefined)
    report.add("E011", symbol.module.file, symbol.at, { name: symbol.name, what: symbol.kind, reason });
  if (symbol.kind === "tier" && !isOneOf(RISKS, symbol.name)) {
    report.add(
      "E108",
      symbol.module.file,
      symbol.at,
      { name: symbol.name, what: "tier: a tier has the name of a risk", list: RISKS },
      { suggestion: suggest(symbol.name, RISKS) },
    );
  }
  if (symbol.kind === "label") {
    for (const value of symbol.node.values) {
      if (value.text === "by")
        report.add("E011", symbol.module.file, value.at, {
          name: "by",
          what: "label",
          reason: "`labels by ARG` begins with it",
        });
    }
  }
  if (symbol.kind === "tool" && symbol.node.name.parts.length > 16) {
    report.add("E127", symbol.module.file, symbol.at, { what: "a tool's name", reason: "longer than 16 parts" });
  }
}

function whyNot(symbol: PolicySymbol): string | undefined {
  switch (symbol.kind) {
    case "role":
      if (symbol.name === "requester") return "`from` and `except` mean the caller by it";
      return isOneOf(LEVELS, symbol.name) ? "`from` before it would be the operator on integrity levels" : undefined;
    case "let":
    case "param":
      return isOneOf(SCOPE_NAMES, symbol.name) || isOneOf(FLOW_NAMES, symbol.name) || symbol.name === "result"
        ? "it is always in scope with another meaning"
        : undefined;
    case "type":
      return isOneOf(SIMPLE_TYPES, symbol.name) || isOneOf(PARAMETER_TYPES, symbol.name)
        ? "it is a type of the language"
        : undefined;
    case "tool":
      return isOneOf(EFFECTS, symbol.name)
        ? "as a target it means every tool of that effect"
        : symbol.name === "reply"
          ? "as a target it means the agent's answer"
          : undefined;
    case "label":
      return symbol.name === "by" ? "`labels by ARG` begins with it" : undefined;
    case "fact":
      return isOneOf(FUNCTIONS, symbol.name) ? "it is a function of the language" : undefined;
    case "tier":
    case "intent":
      return undefined;
  }
}
