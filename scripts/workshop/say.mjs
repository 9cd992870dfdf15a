/**
 * Prints one line of the workshop's own voice, to standard error, so that the output of the command
 * itself stays clean.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`writ: ${line}\n`);
}

/** A failure a person can act on: what happened, what to do, and the exit code to leave with. */
export class WorkshopError extends Error {
  /**
   * @param {string} message
   * @param {string} [help]
   * @param {number} [exitCode]
   */
  constructor(message, help = "", exitCode = 1) {
    super(message);
    this.name = "WorkshopError";
    this.help = help;
    this.exitCode = exitCode;
  }
}
