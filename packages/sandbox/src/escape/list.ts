import type { Attack } from "./attack.js";
import { FILE_ATTACKS } from "./files.js";
import { NETWORK_ATTACKS } from "./network.js";
import { PROCESS_ATTACKS } from "./processes.js";
import { RESULT_ATTACKS } from "./results.js";

/**
 * What is tried from inside of every tier. What the broker itself must hold (redirects, second looks of a name, races
 * between check and use) is tried by its own tests: no program can tell it from a refusal.
 */
export const ESCAPE_LIST: readonly Attack[] = [
  ...FILE_ATTACKS,
  ...NETWORK_ATTACKS,
  ...PROCESS_ATTACKS,
  ...RESULT_ATTACKS,
];
