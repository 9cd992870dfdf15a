import { expect, test } from "vitest";
import { librariesOf, nodeFiles } from "../../src/images/node-files.js";

test("the libraries and the loader are read from what ldd says, and the kernel's own is not a file", () => {
  const listed = `\tlinux-vdso.so.1 (0x00007ffd)
\tlibdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f01)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f02)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f03)
`;
  expect(librariesOf(listed)).toEqual([
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/lib/x86_64-linux-gnu/libdl.so.2",
    "/lib64/ld-linux-x86-64.so.2",
  ]);
  expect(librariesOf("\tstatically linked\n")).toEqual([]);
});

test("a library that is missing is told by its name", () => {
  expect(() => librariesOf("\tlibatomic.so.1 => not found\n")).toThrow("libatomic.so.1");
});

test("the running Node is found with all that it loads", async (context) => {
  if (process.platform !== "linux") context.skip("images hold a Node for Linux");
  const { files, digest } = await nodeFiles();
  expect(files.map(({ path }) => path)).toContain("usr/local/bin/node");
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
});
