/** Known ways an install fails, most specific first, each with what a person can do about it. */
const causes = [
  {
    pattern: /ENOSPC|no space left/i,
    message: "the disk is full",
    help: "Free about 1 GB (the dependencies and pnpm's store) and run the same command again.",
  },
  {
    pattern: /ERR_PNPM_OUTDATED_LOCKFILE|ERR_PNPM_LOCKFILE_CONFIG_MISMATCH/,
    message: "a package.json and pnpm-lock.yaml disagree",
    help: "Run `npx --yes pnpm@10.34.8 install` and commit the lockfile with the package.json.",
  },
  {
    pattern: /EINTEGRITY|ERR_PNPM_TARBALL_INTEGRITY/,
    message: "a downloaded package is not the one in the lockfile",
    help: "Do not work around this: find out whether a proxy or the registry changed the package.",
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|FETCH_FAIL/,
    message: "the package registry could not be reached",
    help: "Check the network, the proxy and `npm config get registry`, and run the same command again.",
  },
  {
    pattern: /ERR_PNPM_FETCH_\d+|ERR_PNPM_NO_MATCHING_VERSION|E40[134]\b/,
    message: "the package registry refused a package",
    help: "Check `npm config get registry`: it must serve the public npm packages.",
  },
  {
    pattern: /EACCES|EPERM|EROFS/,
    message: "a file could not be written",
    help: "Make this folder, the home folder and the temporary folder writable and run the same command again.",
  },
];

/**
 * Says in plain words why an install failed, from the lines it printed.
 * @param {readonly string[]} log
 * @returns {{ message: string, help: string }}
 */
export function explainInstallFailure(log) {
  const text = log.join("\n");
  const cause = causes.find(({ pattern }) => pattern.test(text));
  return cause ?? { message: "the install of the dependencies failed", help: "The lines above say why." };
}
