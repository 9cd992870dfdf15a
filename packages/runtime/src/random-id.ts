/** A new identifier: a letter that says of what, and 128 random bits in hexadecimal. */
export function randomId(kind: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `${kind}_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
