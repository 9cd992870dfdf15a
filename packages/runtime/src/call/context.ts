import type { Identity } from "@writ/ir";
import type { Desk } from "../approvals/desk.js";
import type { Link } from "../delegation/chain.js";
import type { Detectors } from "../detect/detectors.js";
import { refusedInput, type Verdict } from "../evaluate/decide.js";
import type { Program } from "../evaluate/program.js";
import type { MemoryLog } from "../flow/memory-log.js";
import type { SessionMemory } from "../flow/session-memory.js";
import type { NestedIn } from "../isolation/nested-in.js";
import type { Walls } from "../isolation/walls.js";
import type { Breaker } from "../gate/breaker.js";
import type { Flight, Flights } from "../gate/flights.js";
import type { SessionEnd } from "../gate/session-end.js";
import type { Stops } from "../gate/stops.js";
import type { FactFunction, Inquiry } from "./inquiry.js";
import type { Observer } from "../observe.js";
import type { ToolCall } from "../port.js";
import { randomId } from "../random-id.js";
import type { BoundTools } from "../tools/bound-tools.js";
import type { AuditSink } from "../ports/audit-sink.js";
import type { Clock } from "../ports/clock.js";
import type { StateStore } from "../ports/state-store.js";

/** What a call needs of its guard and its session. */
export interface CallContext {
  readonly program: Program;
  readonly audit: AuditSink;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly approvals: Desk;
  readonly facts: ReadonlyMap<string, FactFunction>;
  readonly detectors: Detectors;
  readonly session: string;
  /** The session at the head of the chain: limits, approvals and the canary are its. */
  readonly shared: string;
  readonly identity: Identity;
  /** For whom else every call is decided, the outermost first; empty for an agent that acts by itself. */
  readonly chain?: readonly Link[] | undefined;
  readonly memory: SessionMemory;
  /** Keeps the memory in the state store; absent for a session that nobody can take up again. */
  readonly recall?: Pick<MemoryLog, "settle" | "keep"> | undefined;
  /** Gives the name of the next handle; then texts that are exactly a handle (`$1`) stand for what was given out under it. */
  readonly handles: (() => string) | undefined;
  readonly closed: () => boolean;
  /** Absent where nothing runs, as in a rehearsal. */
  readonly end?: Pick<SessionEnd, "look" | "end"> | undefined;
  readonly flights: Flights;
  /** Absent where nothing runs, as in a rehearsal. */
  readonly stops?: Stops | undefined;
  readonly breaker?: Breaker | undefined;
  /** The host's tools as they were bound; absent where nothing runs, as in a rehearsal. */
  readonly bound?: BoundTools | undefined;
  /** Tools that the model's provider runs by itself, as the host named them. */
  readonly providerTools?: ReadonlySet<string> | undefined;
  readonly observe?: Observer | undefined;
  /** Held and never looked at (`shapes.ts`). */
  readonly shapes?: readonly object[] | undefined;
  /** What stands between calls and the host where a tier asks for it. */
  readonly walls: Walls;
  /** The call within which a sandbox asked for this one; absent for a call of the host's. */
  readonly nestedIn?: NestedIn | undefined;
  /** Set by `rehearsal.ts` alone, whose tools are values and run nothing: roles a test supposes, and no tier refused. */
  readonly rehearsal?: {
    readonly supposed: ReadonlySet<string> | undefined;
    /** Told of what a call was decided by, while history and labels are still as they were then. */
    readonly watch?: ((verdict: Verdict) => void) | undefined;
  };
}

/** One call on its way: what is known of it so far. */
export interface Attempt {
  readonly id: string;
  readonly call: ToolCall;
  readonly verdict: Verdict;
  /** The journal's; undefined for a call without a host's id. */
  readonly key: string | undefined;
  readonly inquiry: Inquiry;
  readonly flight: Flight;
}

/** A call of which nothing is known yet. */
export class Unprepared implements Attempt {
  readonly id = randomId("c");
  readonly key = undefined;
  readonly call: ToolCall;
  readonly flight: Flight;
  readonly inquiry: Inquiry;

  constructor(call: ToolCall, flight: Flight, inquiry: Inquiry) {
    this.call = call;
    this.flight = flight;
    this.inquiry = inquiry;
  }

  get verdict(): Verdict {
    return refusedInput({ path: "", code: "fault", message: "the call could not be looked at" });
  }
}
