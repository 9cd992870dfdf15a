import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const made: string[] = [];

/** A folder that is gone after the test file; `quick` in memory where the system has that, for tests of many small files. */
export function temporaryFolder(quick = false): string {
  const folder = mkdtempSync(join(quick && existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "writ-test-"));
  made.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});
