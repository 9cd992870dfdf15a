/** An option, a file or a line of one that the command cannot use: said to whoever called it, without a stack. */
export class AgentsError extends Error {
  override readonly name: string = "AgentsError";
}
