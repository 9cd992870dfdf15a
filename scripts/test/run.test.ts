import { describe, expect, test } from "vitest";
import { explainInstallFailure } from "../workshop/install-failure.mjs";
import { judge } from "../workshop/test.mjs";

describe("the closing line of npm test", () => {
  const file = { name: "/x/a.test.ts", status: "passed", message: "", assertionResults: [] };
  const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

  test("counts passes and skips", () => {
    const results = { ...none, numPassedTests: 3, numPendingTests: 1, numTodoTests: 1, testResults: [file] };
    expect(judge(0, results)).toEqual({ passed: 3, failed: 0, skipped: 2, problems: [] });
  });

  test("counts a file that does not load as a failure", () => {
    const broken = { ...file, status: "failed", message: "cannot find x" };
    const outcome = judge(1, { ...none, numPassedTests: 3, testResults: [file, broken] });
    expect(outcome).toMatchObject({ passed: 3, failed: 1 });
    expect(outcome.problems).toEqual([expect.stringContaining("cannot find x")]);
  });

  test("does not count the file of a failed test once more", () => {
    const failed = { ...file, status: "failed", assertionResults: [{ status: "failed", fullName: "x" }] };
    expect(judge(1, { ...none, numFailedTests: 1, testResults: [failed] })).toMatchObject({ failed: 1, problems: [] });
  });

  test("counts an error outside the tests, which only the exit code shows", () => {
    expect(judge(1, { ...none, numPassedTests: 3, testResults: [file] })).toMatchObject({ passed: 3, failed: 1 });
  });

  test("counts a run without tests, or without results, as a failure", () => {
    expect(judge(0, none)).toMatchObject({ passed: 0, failed: 1 });
    expect(judge(0, { ...none, numPendingTests: 4 })).toMatchObject({ failed: 1, skipped: 4 });
    expect(judge(0, undefined)).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe("the explanation of a failed install", () => {
  test.each([
    ["ENOSPC: no space left on device, write", "the disk is full"],
    ["npm error code ENOTFOUND", "could not be reached"],
    ["ERR_PNPM_META_FETCH_FAIL  GET https://registry.npmjs.org/x: ECONNREFUSED", "could not be reached"],
    ["ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with frozen-lockfile", "disagree"],
    ["EACCES: permission denied, mkdir '/x/node_modules'", "could not be written"],
    ["ERR_PNPM_TARBALL_INTEGRITY  Got unexpected checksum", "not the one in the lockfile"],
    ["something new", "failed"],
  ])("%s", (line, expected) => {
    const { message, help } = explainInstallFailure(["Progress: resolved 1", line]);
    expect(message).toContain(expected);
    expect(help).not.toBe("");
  });
});
