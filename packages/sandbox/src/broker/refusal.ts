/** An effect that is not done. Its message is Writ's, fit for the program that asked and for the record. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Words for what the system says, with nothing of its own text, which holds paths and addresses of the host. */
export function wordsOf(error: unknown, known: Readonly<Record<string, string>>): string {
  if (error instanceof Refusal) return error.message;
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return (typeof code === "string" && Object.hasOwn(known, code) ? known[code] : undefined) ?? "it failed";
}
