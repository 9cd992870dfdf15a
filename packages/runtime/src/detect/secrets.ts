import type { Finding } from "./detector.js";
import { findBy, type Rule } from "./patterns.js";

const rule = (kind: string, pattern: RegExp, confidence = 0.99, check?: (found: string) => boolean): Rule => ({
  kind,
  pattern,
  confidence,
  ...(check === undefined ? {} : { check }),
});

/**
 * Tokens that their issuers mark with a prefix of their own, from the issuers' documentation (AWS, GitHub, GitLab,
 * Slack, Stripe, Google, OpenAI, Anthropic, npm, PyPI, SendGrid, Twilio, Shopify, DigitalOcean, Hugging Face, Databricks),
 * private keys (RFC 7468), JSON Web Tokens (RFC 7519) and passwords in URLs (RFC 3986).
 */
const RULES: readonly Rule[] = [
  rule("aws_access_key", /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/g),
  rule(
    "github_token",
    /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})(?![A-Za-z0-9])/g,
  ),
  rule("gitlab_token", /(?<![A-Za-z0-9])gl(?:pat|dt|rt|cbt|ptt|ft|soat)-[A-Za-z0-9_-]{20,64}/g),
  rule("slack_token", /(?<![A-Za-z0-9])xox[abeoprs]-(?:\d{1,16}-)?[A-Za-z0-9-]{10,250}/g),
  rule("slack_webhook", /hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9_/]{20,100}/g),
  rule(
    "stripe_key",
    /(?<![A-Za-z0-9])(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,247}|(?<![A-Za-z0-9])whsec_[A-Za-z0-9]{24,64}/g,
  ),
  rule("google_api_key", /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g),
  rule("google_oauth_secret", /(?<![A-Za-z0-9])GOCSPX-[A-Za-z0-9_-]{28}/g),
  rule("anthropic_key", /(?<![A-Za-z0-9])sk-ant-[A-Za-z0-9_-]{24,256}/g),
  rule(
    "openai_key",
    /(?<![A-Za-z0-9])sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,256}/g,
    0.9,
    (found) => /\d/.test(found) && /[A-Z]/.test(found),
  ),
  rule("npm_token", /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g),
  rule("pypi_token", /(?<![A-Za-z0-9])pypi-[A-Za-z0-9_-]{50,400}/g),
  rule("sendgrid_key", /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/g),
  rule("twilio_key", /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/g, 0.9),
  rule("shopify_token", /(?<![A-Za-z0-9])shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/g),
  rule("digitalocean_token", /(?<![A-Za-z0-9])do[opr]_v1_[0-9a-f]{64}/g),
  rule("huggingface_token", /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{34}(?![A-Za-z0-9])/g),
  rule("databricks_token", /(?<![A-Za-z0-9])dapi[0-9a-f]{32}(?![A-Za-z0-9])/g),
  rule(
    "private_key",
    /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:(?:(?!-----)[\s\S]){0,20000}-----END [A-Z0-9 ]{1,60}-----|[A-Za-z0-9+/=\s\\]{0,20000})/g,
  ),
  rule("jwt", /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4096}\.eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{16,2048}/g),
  rule("url_password", /[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/[^\s/:@'"]{1,100}:([^\s/@'"]{3,200})@[^\s/]{1,253}/g, 0.9),
  // A name that says what it is, and a value that looks like one: `api_key = "..."`.
  rule(
    "assigned_secret",
    /(?:api[_-]?key|apikey|secret|token|passw(?:or)?d|passphrase|auth[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret|credentials?)["']?\s{0,3}(?:=|:|=>|:=)\s{0,3}["']?([A-Za-z0-9+/_=.!@#$%^&*~-]{8,200})/gi,
    0.8,
    looksRandom,
  ),
];

/** Shannon entropy of a text's characters, in bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Not a word, a placeholder or a path: mixed characters, many different ones. */
function looksRandom(value: string): boolean {
  if (
    /^(?:x+|\*+|\.+|<.*>|\$\{?.*|%.*%|your[_-].*|example.*|changeme|placeholder.*|redacted.*|null|undefined|true|false|none)$/i.test(
      value,
    )
  )
    return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  return kinds >= 2 && /\d|[^A-Za-z0-9._/-]/.test(value) && entropy(value) >= (value.length < 16 ? 2.5 : 3);
}

/** Tokens, keys and passwords. A secret without a known form and without a name beside it is not seen. */
export function findSecrets(text: string): readonly Finding[] {
  return findBy(RULES, text);
}
