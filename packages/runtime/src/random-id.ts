const BYTES = 16;
/** Random bytes are drawn for many identifiers at once: asking the system for each costs ten times as much. */
const pool = new Uint8Array(256 * BYTES);
let used = pool.length;

/** The characters of the identifier being made: one text from them is many times faster than one joined of its digits. */
const digits = Array.from({ length: 2 * BYTES }, () => 0);

/** A new identifier: a letter that says of what, and 128 random bits in hexadecimal. */
export function randomId(kind: string): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  for (let i = 0; i < BYTES; i += 1) {
    const byte = pool[used + i] ?? 0;
    pool[used + i] = 0; // what an identifier was made of is kept nowhere else
    digits[2 * i] = hexDigit(byte >> 4);
    digits[2 * i + 1] = hexDigit(byte & 15);
  }
  used += BYTES;
  return `${kind}_${String.fromCharCode(...digits)}`;
}

function hexDigit(value: number): number {
  return value < 10 ? 48 + value : 87 + value;
}
