import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallTier } from "@writ/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { bubblewrap } from "../../src/index.js";
import { profileOf } from "../../src/profile-of.js";

const root = realpathSync(mkdtempSync(join(tmpdir(), "writ-links-")));
mkdirSync(join(root, "work", "sub"), { recursive: true });
mkdirSync(join(root, "secret"));
symlinkSync(join(root, "secret"), join(root, "work", "link"));
symlinkSync(join(root, "work"), join(root, "alias"));
afterAll(() => rmSync(root, { recursive: true }));

const tier = (path: string): CallTier => ({
  name: "high",
  isolate: "process",
  network: [],
  read: [],
  write: [],
  env: [],
  at: [0, 0, 0, 1, 1],
  mounts: [{ path: join(root, path), mode: "write", hidden: [] }],
});

describe("a folder that a call is shown", () => {
  it("is itself", async () => {
    const { mounts } = await profileOf(bubblewrap(), "shell", tier("work/sub"), {});
    expect(mounts).toEqual([{ path: join(root, "work/sub"), mode: "write", masked: [] }]);
  });

  it.each(["work/link", "alias/sub", "work/gone"])(
    "is refused as %s: a link, behind one, or not there",
    async (path) => {
      await expect(profileOf(bubblewrap(), "shell", tier(path), {})).rejects.toMatchObject({ code: "boot_failed" });
    },
  );
});
