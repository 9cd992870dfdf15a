/** Why a call under way has to end before its time. */
export interface Ending {
  readonly cause: "stopped" | "closed" | "ended";
  /** For the model. */
  readonly message: string;
  /** For people. */
  readonly why: string;
}

/** One call under way, from its first look to its last record. */
export class Flight {
  /** Every name of its tool, and of the agents that it is made for. */
  readonly tools: readonly string[];
  readonly agents: readonly string[];
  /** The call's id, once it is known. */
  call = "";
  #ending: Ending | undefined;
  #abort: ((ending: Ending) => void) | undefined;

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
    this.#abort?.(ending);
  }

  /** The tool runs from here on: `abort` ends the wait for it. At once where the call has to end already. */
  running(abort: (ending: Ending) => void): void {
    if (this.#ending === undefined) this.#abort = abort;
    else abort(this.#ending);
  }

  landed(): void {
    this.#abort = undefined;
  }
}

/** The calls of a guard that are under way. */
export class Flights {
  readonly #open = new Set<Flight>();
  /** Calls with a host's id that are under way, each with who waits for its end. */
  readonly #byCall = new Map<string, (() => void)[]>();
  #whenIdle: (() => void)[] = [];

  get size(): number {
    return this.#open.size;
  }

  has(call: string): boolean {
    return [...this.#open].some((flight) => flight.call === call);
  }

  /** Whether another flight of a call is under way. */
  hasAnother(flight: Flight, call: string): boolean {
    return [...this.#open].some((other) => other !== flight && other.call === call);
  }

  begin(tools: readonly string[], agents: readonly string[]): Flight {
    const flight = new Flight(tools, agents);
    this.#open.add(flight);
    return flight;
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
    this.#open.delete(flight);
    const waiting = this.#byCall.get(flight.call);
    if (waiting !== undefined) this.#byCall.delete(flight.call);
    for (const tell of waiting ?? []) tell();
    if (this.#open.size > 0) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
  }

  /** Ends those for which there is a reason. */
  end(reason: (flight: Flight) => Ending | undefined): void {
    for (const flight of this.#open) {
      const ending = reason(flight);
      if (ending !== undefined) flight.end(ending);
    }
  }

  /** Waits until nothing is under way, at most `ms` milliseconds; false where something still is. */
  async idle(ms: number): Promise<boolean> {
    if (this.#open.size === 0) return true;
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
