import type { Json } from "../schema/json.js";
import { parseDecimal } from "./decimal.js";
import { failed, Money, type Reading } from "./value.js";

const TWO_DECIMALS =
  "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC " +
  "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES " +
  "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR " +
  "NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT " +
  "TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
const NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
const THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND";

/** Active currencies and the decimals of their minor unit (ISO 4217). */
export const CURRENCIES: ReadonlyMap<string, number> = new Map([
  ...TWO_DECIMALS.split(" ").map((code) => [code, 2] as const),
  ...NO_DECIMALS.split(" ").map((code) => [code, 0] as const),
  ...THREE_DECIMALS.split(" ").map((code) => [code, 3] as const),
  ["CLF", 4],
  ["UYW", 4],
]);

// A JSON number holds 15 significant digits exactly; past that two amounts would be written alike.
const MAX_MINOR = 10n ** 15n - 1n;

/**
 * `Money` and `Money<CODE>`: `{ amount, currency }`, or a bare number where the currency is declared. The amount
 * is a number or a decimal text, never negative and never rounded: more decimals than the currency has is a fault.
 * The wire form keeps the shape of the input, with the amount as a number in major units.
 */
export function readMoney(input: Json, path: string, declared?: string): Reading {
  if (typeof input === "number" || typeof input === "string") {
    if (declared === undefined) return failed(path, "money", "expected { amount, currency }");
    return amount(input, declared, path, (number) => number);
  }
  if (input === null || typeof input !== "object" || !("amount" in input) || !("currency" in input)) {
    return failed(
      path,
      "money",
      declared === undefined ? "expected { amount, currency }" : "expected a number or { amount, currency }",
    );
  }
  const extra = Object.keys(input).find((key) => key !== "amount" && key !== "currency");
  if (extra !== undefined)
    return failed(`${path}.${extra}`, "unknown_field", "money has an amount and a currency only");
  const { amount: given, currency } = input;
  if (typeof currency !== "string" || !CURRENCIES.has(currency)) {
    return failed(`${path}.currency`, "currency", "expected the three capital letters of a currency (ISO 4217)");
  }
  if (declared !== undefined && currency !== declared)
    return failed(`${path}.currency`, "currency", `expected ${declared}`);
  return amount(given ?? null, currency, `${path}.amount`, (number) => ({ amount: number, currency }));
}

function amount(input: Json, currency: string, path: string, wire: (amount: number) => Json): Reading {
  const notOne = `expected a number (of ${currency}, without the code)`;
  if (typeof input !== "number" && typeof input !== "string") return failed(path, "money", notOne);
  const value = parseDecimal(typeof input === "number" ? JSON.stringify(input) : input);
  const exponent = CURRENCIES.get(currency);
  if (value === undefined || exponent === undefined) return failed(path, "money", notOne);
  if (value.digits < 0n) return failed(path, "money", "an amount is never negative");
  if (value.scale > exponent)
    return failed(path, "money", `${currency} has ${exponent} decimals; amounts are never rounded`);
  const minor = value.digits * 10n ** BigInt(exponent - value.scale);
  if (minor > MAX_MINOR) return failed(path, "money", "the amount has more than 15 digits");
  return { ok: true, wire: wire(Number(value.toString())), value: new Money(minor, currency) };
}
