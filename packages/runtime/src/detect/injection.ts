import type { Finding } from "./detector.js";
import { findOverrides } from "./overrides.js";
import { findBy, type Rule } from "./patterns.js";

const rule = (kind: string, pattern: RegExp, confidence: number): Rule => ({ kind, pattern, confidence });

const ORDERS =
  "(?:instructions?|prompts?|directions?|directives?|commands?|orders?|rules|guidelines|guardrails|tasks?|messages?|context|constraints)";

/**
 * Signals that a text speaks to the model instead of its reader, each rare in ordinary text. Deterministic and narrow by
 * design: it finds attacks that say what they are, and none that ask politely. It is a signal, never the wall: what a
 * page may start is decided by its labels.
 */
const RULES: readonly Rule[] = [
  rule(
    "override",
    new RegExp(
      `\\b(?:ignore|disregard|forget)\\s(?:all\\s|everything\\s)?(?:of\\s)?(?:your|the|my)\\s${ORDERS}\\b`,
      "gi",
    ),
    0.85,
  ),
  rule(
    "override",
    /\b(?:ignore|disregard|forget)\s(?:everything|anything|all)\s(?:that\s)?(?:you|i|we|was|were|has|above|before|said|told)\b/gi,
    0.85,
  ),
  rule(
    "new_orders",
    /\b(?:your|the)\s(?:new|real|actual|updated|true|only)\s(?:instructions?|task|goal|objective|mission|directives?|orders?)\s(?:is|are|:)/gi,
    0.85,
  ),
  rule("new_orders", /\bnew\s(?:system\s)?(?:instructions?|directives?|prompt)\s{0,2}:/gi, 0.85),
  rule(
    "to_the_model",
    /<\/?(?:information|important|system|instructions?|admin|assistant)>\s{0,10}(?:this is|you (?:must|should|are)|please|before you|important|attention|todo)/gi,
    0.9,
  ),
  rule(
    "to_the_model",
    /\bthis is an? (?:important |urgent )?(?:message|note|instruction) (?:from|by|for) (?:me|the (?:user|system|developer|administrator|admin|ai|assistant|agent))\b/gi,
    0.85,
  ),
  rule(
    "to_the_model",
    /\b(?:attention|important|note|message|instructions?)\b[^.!?\n]{0,15}?\b(?:ai|llm|language model|chat ?bot|ai (?:assistant|agent|model))s?\s{0,2}[:,!-]/gi,
    0.85,
  ),
  rule(
    "to_the_model",
    /\b(?:before|after) (?:you (?:can )?(?:solve|complet\w{1,3}|finish|answer|do|proceed)|(?:solving|completing|answering|finishing))[^.!?\n]{0,60}\b(?:you must|please|do the following|first)\b/gi,
    0.8,
  ),
  rule(
    "role_tokens",
    /<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|>|\[\/?INST\]|<<\/?SYS>>|^#{2,3} ?(?:system|instruction)s? ?:/gim,
    0.9,
  ),
  rule(
    "role_tokens",
    /(?:^|\n)\s{0,4}(?:system|assistant)\s{0,2}:\s{0,4}(?:you (?:are|must|will|should)|ignore|forget|new)/gi,
    0.85,
  ),
  rule(
    "persona",
    /\byou are (?:now|no longer|from now on)\b[^.!?\n]{0,40}\b(?:dan|unrestricted|jailbroken|developer mode|an? (?:ai|assistant|model) (?:without|with no)|evil|unfiltered)\b/gi,
    0.9,
  ),
  rule(
    "secrecy",
    /\b(?:do not|don't|never|without)\s(?:tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|reveal(?:ing)?|notify(?:ing)?|alert(?:ing)?)\b[^.!?\n]{0,20}\bthe user\b/gi,
    0.85,
  ),
  rule(
    "prompt_theft",
    /\b(?:reveal|print|show|repeat|output|leak|send)\b[^.!?\n]{0,30}\b(?:your|the)\s(?:system|initial|hidden|original)\s(?:prompt|instructions?|message)\b/gi,
    0.85,
  ),
  // Tag characters of Unicode spell text that only a model reads.
  rule("hidden_text", /[\u{E0020}-\u{E007E}]{8,4096}/gu, 0.95),
  rule("hidden_text", /<!--[^>]{0,200}\b(?:ignore|assistant|instruction|ai agent|you must)\b[^>]{0,400}-->/gi, 0.8),
];

/** Signals of instructions to the model in a text that should hold none. */
export function findInjection(text: string): readonly Finding[] {
  // Joiners and marks between letters hide words from a pattern and not from a model.
  const find = (within: string): readonly Finding[] => [...findOverrides(within), ...findBy(RULES, within)];
  return /[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/u.test(text)
    ? whole(find(text.replace(/[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/gu, "")), text)
    : find(text);
}

/** Where characters were taken out, offsets no longer fit: the finding is the whole text. */
function whole(findings: readonly Finding[], text: string): readonly Finding[] {
  return findings.map(({ kind, confidence }) => ({ kind, confidence, start: 0, end: text.length }));
}
