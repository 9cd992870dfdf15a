/** Why a call under way has to end before its time. */
export interface Ending {
  readonly cause: "stopped" | "closed" | "ended";
  /** For the model. */
  readonly message: string;
  /** For people. */
  readonly why: string;
}

/** A run that can be ended before its time. */
export interface Abortable {
  abort(ending: Ending): void;
}

/** One call under way, from its first look to its last record. */
export class Flight {
  /** Every name of its tool, and of the agents that it is made for. */
  readonly tools: readonly string[];
  readonly agents: readonly string[];
  /** The call's id, once it is known. */
  call = "";
  #ending: Ending | undefined;
  #running: Abortable | undefined;
  /** Its neighbours among those under way. */
  before: Flight | undefined;
  after: Flight | undefined;

  constructor(tools: readonly string[], agents: readonly string[]) {
    this.tools = tools;
    this.agents = agents;
  }

  /** Set once the call has to end. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  end(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#running?.abort(ending);
  }

  /** The tool runs from here on, until it has landed: `run` is ended with the flight. At once where the call has to end already. */
  running(run: Abortable): void {
    if (this.#ending === undefined) this.#running = run;
    else run.abort(this.#ending);
  }

  landed(): void {
    this.#running = undefined;
  }
}

/** The calls of a guard that are under way. */
export class Flights {
  /** The newest; the others follow from it. */
  #newest: Flight | undefined;
  #size = 0;
  /** Calls with a host's id that are under way, each with who waits for its end. */
  readonly #byCall = new Map<string, (() => void)[]>();
  #whenIdle: (() => void)[] = [];

  get size(): number {
    return this.#size;
  }

  has(call: string): boolean {
    return this.#all().some((flight) => flight.call === call);
  }

  /** Whether another flight of a call is under way. */
  hasAnother(flight: Flight, call: string): boolean {
    return this.#all().some((other) => other !== flight && other.call === call);
  }

  begin(tools: readonly string[], agents: readonly string[]): Flight {
    const flight = new Flight(tools, agents);
    flight.after = this.#newest;
    if (this.#newest !== undefined) this.#newest.before = flight;
    this.#newest = flight;
    this.#size += 1;
    return flight;
  }

  /** The oldest first. */
  #all(): readonly Flight[] {
    const all: Flight[] = [];
    for (let flight = this.#newest; flight !== undefined; flight = flight.after) all.push(flight);
    return all.toReversed();
  }

  /** The flight is this call's from here on; false where another flight of it is under way. */
  claim(flight: Flight, call: string): boolean {
    if (this.#byCall.has(call)) return false;
    this.#byCall.set(call, []);
    flight.call = call;
    return true;
  }

  /** Waits for the end of the flight of a call. */
  async landing(call: string): Promise<void> {
    const waiting = this.#byCall.get(call);
    if (waiting !== undefined) await new Promise<void>((resolve) => void waiting.push(resolve));
  }

  done(flight: Flight): void {
    const { before, after } = flight;
    if (before !== undefined) before.after = after;
    else if (this.#newest === flight) this.#newest = after;
    else return; // it ended before
    if (after !== undefined) after.before = before;
    flight.before = undefined;
    flight.after = undefined;
    this.#size -= 1;
    const waiting = this.#byCall.size === 0 ? undefined : this.#byCall.get(flight.call);
    if (waiting !== undefined) {
      this.#byCall.delete(flight.call);
      for (const tell of waiting) tell();
    }
    if (this.#size > 0 || this.#whenIdle.length === 0) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
  }

  /** Ends those for which there is a reason, those too that are begun while others end. */
  end(reason: (flight: Flight) => Ending | undefined): void {
    const seen = new Set<Flight>();
    for (let open = this.#all(); open.length > 0; open = this.#all().filter((flight) => !seen.has(flight)))
      for (const flight of open) {
        seen.add(flight);
        const ending = reason(flight);
        if (ending !== undefined) flight.end(ending);
      }
  }

  /** Waits until nothing is under way, at most `ms` milliseconds; false where something still is. */
  async idle(ms: number): Promise<boolean> {
    if (this.#size === 0) return true;
    if (ms <= 0) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, ms, false);
    const tell = (): void => resolve(true);
    this.#whenIdle.push(tell);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#whenIdle = this.#whenIdle.filter((other) => other !== tell);
    }
  }
}
