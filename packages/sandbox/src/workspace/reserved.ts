import { randomBytes } from "node:crypto";

const RESERVED = /^\.writ-[0-9a-f]{24}$/;

/** A name that Writ itself uses in a workspace while it puts something in place. */
export function reservedName(): string {
  return `.writ-${randomBytes(12).toString("hex")}`;
}

/** Whether the last name of a path is one of Writ's own. */
export function isReserved(path: string): boolean {
  return RESERVED.test(path.slice(path.lastIndexOf("/") + 1));
}
