/** Policies from files. */
export { fileHost, type FileHostOptions } from "./file-host.js";
export { compileFile, loadPolicy, PolicyError, type LoadedPolicy } from "./load-policy.js";
