/** Something that keeps the tool from its work, in words for a person: one line, and what to do about it. */
export class Fault extends Error {
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.name = "Fault";
    this.help = help;
  }
}

/** Why the system refused, in words; errors of the system carry a code. */
export function systemWords(error: unknown): string {
  const code = systemCode(error);
  switch (code) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "it is a folder";
    case "ENOTDIR":
      return "a part of its path is no folder";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ELOOP":
      return "its symbolic links lead in a circle";
    case "ENOSPC":
      return "no space is left";
    case "EROFS":
      return "the file system is read-only";
    default:
      return code ?? (error instanceof Error ? error.message : "unknown error");
  }
}

/** `ENOENT` and its like; undefined where the error is none of the system. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
