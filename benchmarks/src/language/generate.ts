const HEAD = `policy bench.rules @ 1
use std.tiers

identity user    { id: Id, groups: [Text], mfa: Bool }
identity session { customer: Id }

role support { user.groups has "support" }
role manager { user.groups has "manager" }
role auditor { user.groups has "auditor" }
`;
const ROLES = ["support", "manager", "auditor"] as const;
const SPACES = ["crm", "billing", "orders", "stock", "audit"] as const;
/** Rules that one tool has, on average. */
const RULES_PER_TOOL = 50;

/** A policy of so many rules, a tool for every fifty. The same number gives the same text. */
export function policyOf(rules: number): string {
  const tools = Math.max(1, Math.ceil(rules / RULES_PER_TOOL));
  const toolLines = Array.from(
    { length: tools },
    (_, i) =>
      `tool ${toolName(i)} (customer: Id, amount: Money, count: Int, note: Line<200>) -> Id { effect write  risk low }\n`,
  );
  const ruleTexts = Array.from({ length: rules }, (_, i) => ruleOf(i, tools));
  return `${HEAD}\n${toolLines.join("")}\n${ruleTexts.join("\n")}`;
}

/** The same policy, one rule in its middle with another bound: what one keystroke leaves behind. */
export function edited(text: string, round: number): string {
  const lines = text.split("\n");
  const middle = Math.floor(lines.length / 2);
  const place = lines.findIndex((line, i) => i >= middle && line.endsWith(" USD"));
  return lines.with(place, `  when  amount <= ${1_000_000 + round} USD`).join("\n");
}

/** A policy of about fifty lines, such as one would write by hand. */
export function smallPolicy(): string {
  return policyOf(7);
}

function toolName(i: number): string {
  return `${SPACES[i % SPACES.length] ?? "crm"}.action_${i}`;
}

/** Kinds, roles and conditions in turn, each with numbers of its own, so that no two rules say the same. */
function ruleOf(i: number, tools: number): string {
  const tool = toolName(i % tools);
  const role = ROLES[i % ROLES.length] ?? "support";
  const nth = Math.floor(i / tools);
  // Every tool has rules of every kind.
  switch ((i + nth) % 5) {
    case 0:
    case 1:
      return `allow grant_${i} on ${tool} {\n  for   ${role}\n  when  amount <= ${10 + nth} USD\n}\n`;
    case 2:
      return `ask ask_${i} on ${tool} {\n  for   ${role}\n  when  customer == session.customer and amount > ${100 + nth} USD and amount <= ${5000 + i} USD\n  from  manager except requester\n}\n`;
    case 3:
      return `forbid stop_${i} on ${tool} {\n  when     count > ${1000 + i} or note like "*#${i}#*"\n  because  "Rule ${i}"\n}\n`;
    default:
      return `allow limited_${i} on ${tool} {\n  for     ${role}\n  when    user.mfa and count in ${i}..${i + 50}\n  limit   ${5 + (i % 40)} calls per hour by user\n  unless  note contains "secret-${i}"\n}\n`;
  }
}
