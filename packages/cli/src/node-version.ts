/** What to say of a Node that is too old to run what a guard runs; undefined where it is new enough (`engines`). */
export function tooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 13)) return undefined;
  return `Node ${version} is too old: writ needs 22.13 or newer`;
}
