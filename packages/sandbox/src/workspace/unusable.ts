import { SandboxError } from "../sandbox-error.js";
import { visible } from "./visible.js";

/** A workspace that a transaction cannot be made of, or changes that cannot be kept. */
export function unusable(why: string, path?: string): SandboxError {
  const place = path === undefined || path === "" ? "" : `: ${visible(path).slice(0, 300)}`;
  return new SandboxError("bad_workspace", `the workspace cannot be used: ${why}${place}`);
}
