import type { TarEntry } from "./tar.js";

/** Who runs in every image: nobody, by the number that Debian and Red Hat give it. */
export const NOBODY = 65_534;

/** What every root needs to be there, although nothing is in it. */
export function skeleton(): TarEntry[] {
  return [
    ...["dev", "etc", "proc", "run", "sys", "tmp", "usr", "usr/local", "usr/local/bin", "var", "var/tmp", "writ"].map(
      (path): TarEntry => ({ kind: "folder", path, mode: path === "tmp" ? 0o777 : 0o755 }),
    ),
    {
      kind: "text",
      path: "etc/passwd",
      mode: 0o644,
      text: `root:x:0:0:root:/:/nonexistent\nnobody:x:${NOBODY}:${NOBODY}:nobody:/tmp:/nonexistent\n`,
    },
    { kind: "text", path: "etc/group", mode: 0o644, text: `root:x:0:\nnogroup:x:${NOBODY}:\n` },
    { kind: "text", path: "etc/nsswitch.conf", mode: 0o644, text: "passwd: files\ngroup: files\nhosts: files\n" },
  ];
}
