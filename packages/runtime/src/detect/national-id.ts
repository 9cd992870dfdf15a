import type { Finding } from "./detector.js";
import { findBy, type Rule } from "./patterns.js";

/** Says whether a text is a number of a kind: `DE.idnr`. */
type Check = (text: string) => boolean;

let checks: ReadonlyMap<string, Check> | undefined;
let rules: readonly Rule[] = [];

/**
 * Numbers that a state gives to a person, each in a form of its own. Where the form is only digits and the check is one
 * digit, one number in ten would be one: `names` then has to stand before it. Checks are those of the library stdnum.
 */
const FORMS: readonly {
  readonly id: string;
  readonly form: string;
  /** Words of which one has to stand within 40 characters before it. */
  readonly names?: string;
  readonly confidence?: number;
}[] = [
  { id: "US.ssn", form: "\\d{3}-\\d{2}-\\d{4}", confidence: 0.85 },
  { id: "GB.nino", form: "[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]" },
  { id: "DE.idnr", form: "\\d{2} ?\\d{3} ?\\d{3} ?\\d{3}", names: "steuer|idnr|tax id|tin" },
  { id: "DE.svnr", form: "\\d{2} ?\\d{6} ?[A-Z] ?\\d{3}" },
  { id: "FR.nir", form: "[12] ?\\d{2} ?\\d{2} ?(?:\\d{2}|2[AB]) ?\\d{3} ?\\d{3} ?\\d{2}" },
  { id: "ES.dni", form: "\\d{8}-?[A-Z]" },
  { id: "ES.nie", form: "[XYZ]-?\\d{7}-?[A-Z]" },
  { id: "IT.codicefiscale", form: "[A-Z]{6}\\d{2}[A-EHLMPR-T]\\d{2}[A-Z]\\d{3}[A-Z]" },
  { id: "NL.bsn", form: "\\d{9}|\\d{4}[. ]\\d{2}[. ]\\d{3}", names: "bsn|burgerservice|sofi" },
  { id: "BE.nn", form: "\\d{2}\\.\\d{2}\\.\\d{2}-\\d{3}\\.\\d{2}" },
  { id: "BE.nn", form: "\\d{11}", names: "rijksregister|registre national|insz|niss|national number" },
  { id: "CH.ssn", form: "756\\.\\d{4}\\.\\d{4}\\.\\d{2}" },
  { id: "PL.pesel", form: "\\d{11}", names: "pesel" },
  { id: "SE.personnummer", form: "(?:19|20)?\\d{6}[-+]\\d{4}" },
  {
    id: "NO.fodselsnummer",
    form: "\\d{6} ?\\d{5}",
    names: "f\u00f8dselsnummer|fodselsnummer|personnummer|national id",
  },
  { id: "DK.cpr", form: "\\d{6}-\\d{4}", names: "cpr|personnummer" },
  { id: "FI.hetu", form: "\\d{6}[-+A]\\d{3}[0-9A-FHJ-NPR-Y]" },
  { id: "PT.nif", form: "\\d{3} ?\\d{3} ?\\d{3}", names: "nif|contribuinte" },
  { id: "RO.cnp", form: "\\d{13}", names: "cnp|cod numeric" },
  { id: "IE.pps", form: "\\d{7}[A-W][A-IW]?", names: "pps" },
  { id: "CA.sin", form: "\\d{3}[- ]\\d{3}[- ]\\d{3}", names: "sin|nas|social insurance|assurance sociale" },
  { id: "AU.tfn", form: "\\d{3} ?\\d{3} ?\\d{3}", names: "tfn|tax file" },
  { id: "BR.cpf", form: "\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}" },
  { id: "MX.curp", form: "[A-Z]{4}\\d{6}[HMX][A-Z]{5}[A-Z0-9]\\d" },
  { id: "CN.ric", form: "\\d{17}[\\dX]" },
  { id: "TW.natid", form: "[A-Z][12]\\d{8}" },
  { id: "KR.rrn", form: "\\d{6}-\\d{7}" },
  { id: "IN.aadhaar", form: "\\d{4} \\d{4} \\d{4}", names: "aadhaar|uidai|\u0906\u0927\u093e\u0930" },
  { id: "ZA.idnr", form: "\\d{13}", names: "id number|identity|id no" },
];

/** Takes the checks of the library. Throws where one that is needed is missing: the detector is unavailable then. */
export function useStandardNumbers(library: unknown): void {
  const found = new Map(FORMS.map(({ id }) => [id, checkOf(library, id)]));
  rules = FORMS.map(({ id, form, names, confidence = 0.9 }) => ({
    kind: `national_id_${id.slice(0, 2).toLowerCase()}`,
    confidence,
    // A text may write a letter small, where the number has it large.
    pattern:
      names === undefined
        ? new RegExp(`(?<![\\p{L}\\p{N}.-])(${form})(?![\\p{L}\\p{N}]|[.-]\\d)`, "giu")
        : new RegExp(
            `(?<![\\p{L}])(?:${names})[^\\n\\d]{0,40}?(?<![\\p{L}\\p{N}.-])(${form})(?![\\p{L}\\p{N}]|[.-]\\d)`,
            "giu",
          ),
    check: (text) => found.get(id)?.(text.toUpperCase()) ?? true,
  }));
  checks = found;
}

function checkOf(library: unknown, id: string): Check {
  const [country = "", name = ""] = id.split(".");
  const validator = member(member(library, country), name);
  const validate = member(validator, "validate");
  if (typeof validate !== "function") throw new TypeError(`stdnum has no ${id}`);
  return (text) => member(validate.call(validator, text), "isValid") === true;
}

function member(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null && Object.hasOwn(of, name)
    ? Object.entries(of).find(([key]) => key === name)?.[1]
    : undefined;
}

/** Numbers of people that states give out, by form and check digits. Throws where the library is not loaded. */
export function findNationalIds(text: string): readonly Finding[] {
  if (checks === undefined) throw new Error("stdnum is not loaded");
  return findBy(rules, text);
}
