/** A part of isolation that others have and this version has not. */
export interface NotBuilt {
  readonly part: string;
  readonly why: string;
}

/** What no command provides on any machine. `writ doctor` says it, so that nobody takes it for there. */
export const NOT_BUILT: readonly NotBuilt[] = [
  {
    part: "eBPF",
    why: "no filter in control groups stands behind the process tier: its walls are namespaces and the filter of system calls, which lets no socket be made",
  },
  { part: "Pyodide", why: "there is no Python in wasm: Python runs in process, container and gvisor" },
];
