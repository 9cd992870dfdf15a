import type { Approvals } from "./approvals.js";

/** The approvals of the policy in force, whichever that is: a host may keep hold of this. */
export function currentApprovals(desk: () => Approvals): Approvals {
  return {
    list: (of) => desk().list(of),
    get: (id) => desk().get(id),
    wait: (id, options) => desk().wait(id, options),
    resolve: (id, word) => desk().resolve(id, word),
    revoke: (id, whose) => desk().revoke(id, whose),
    remembered: () => desk().remembered(),
  };
}
