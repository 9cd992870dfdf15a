import type { Json } from "@writ/ir";
import type { FactFunction } from "@writ/runtime";
import { at, listAt, numberAt, textAt } from "../json-lines.js";
import type { TauCall, TauRun } from "./run.js";
import { idOf, type Answers, type Store } from "./store.js";

/** What the results of all runs say of the airline: the newest of each reservation and profile. */
export class AirlineRecords {
  readonly reservations = new Map<string, unknown>();
  readonly users = new Map<string, unknown>();

  constructor(runs: readonly TauRun[]) {
    for (const { calls } of runs) for (const { result } of calls) this.learn(result);
  }

  learn(result: unknown): void {
    const [reservation, user] = [textAt(result, "reservation_id"), textAt(result, "user_id")];
    if (reservation !== undefined && user !== undefined) this.reservations.set(reservation, result);
    else if (user !== undefined && at(result, "payment_methods") !== undefined) this.users.set(user, result);
  }
}

/**
 * The airline's answers during one run, from recorded results alone: its tools check too little for what they took to
 * imply anything. Fares, routes, delays and who is entitled to what were recorded by nobody and stay unanswered.
 */
export class AirlineStore implements Store {
  readonly facts: Readonly<Record<string, FactFunction>>;
  private readonly records: AirlineRecords;
  private readonly answers: Answers;

  constructor(run: TauRun, records: AirlineRecords, answers: Answers) {
    this.records = records;
    this.answers = answers;
    const kinds = (fact: string, prefix: string): FactFunction => {
      return (methods) =>
        answers.note(
          fact,
          "recorded",
          listOf(methods).filter((one) => typeof one === "string" && one.startsWith(prefix)).length,
        );
    };
    this.facts = {
      traveller_id: () => answers.note("traveller_id", "recorded", run.user),
      membership: (user) => this.answer("membership", textAt(records.users.get(idOf(user)), "membership")),
      payment_methods: (user) => this.paymentMethods(idOf(user)),
      certificates: kinds("certificates", "certificate_"),
      credit_cards: kinds("credit_cards", "credit_card_"),
      gift_cards: kinds("gift_cards", "gift_card_"),
      reservation_owner: (id) => this.answer("reservation_owner", textAt(this.reservation(id), "user_id")),
      reservation_cabin: (id) => this.answer("reservation_cabin", textAt(this.reservation(id), "cabin")),
      reservation_flights: (id) => this.segments("reservation_flights", id, "flight_number"),
      reservation_dates: (id) => this.segments("reservation_dates", id, "date"),
      reservation_passengers: (id) => this.size("reservation_passengers", id),
      reservation_bags: (id) => this.answer("reservation_bags", numberAt(this.reservation(id), "total_baggages")),
      reservation_paid_bags: (id) =>
        this.answer("reservation_paid_bags", numberAt(this.reservation(id), "nonfree_baggages")),
      insured: (id) => this.insured(id),
      booked_at: (id) => this.bookedAt(id),
    };
  }

  before(): void {
    // What is answered does not depend on the call.
  }

  after(call: TauCall): void {
    if (call.error === undefined) this.records.learn(call.result);
  }

  private reservation(id: Json | undefined): unknown {
    return this.records.reservations.get(idOf(id));
  }

  private answer(fact: string, found: Json | undefined): Json {
    return found === undefined ? this.answers.none(fact) : this.answers.note(fact, "recorded", found);
  }

  private segments(fact: string, id: Json | undefined, name: string): Json {
    const all = listAt(this.reservation(id), "flights").map((flight) => textAt(flight, name));
    const found = all.filter((one) => one !== undefined);
    return this.answer(fact, all.length > 0 && found.length === all.length ? found : undefined);
  }

  private size(fact: string, id: Json | undefined): Json {
    const { length } = listAt(this.reservation(id), "passengers");
    return this.answer(fact, length > 0 ? length : undefined);
  }

  private insured(id: Json | undefined): Json {
    const insurance = textAt(this.reservation(id), "insurance");
    return this.answer("insured", insurance === undefined ? undefined : insurance === "yes");
  }

  /** The airline's times are Eastern Standard Time, all of them. */
  private bookedAt(id: Json | undefined): Json {
    const time = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)/.exec(textAt(this.reservation(id), "created_at") ?? "");
    const instant = time === null ? Number.NaN : Date.parse(`${time[1]}T${time[2]}-05:00`);
    return this.answer("booked_at", Number.isNaN(instant) ? undefined : new Date(instant).toISOString());
  }

  private paymentMethods(user: string): Json {
    const methods = at(this.records.users.get(user), "payment_methods");
    return this.answer(
      "payment_methods",
      typeof methods === "object" && methods !== null ? Object.keys(methods) : undefined,
    );
  }
}

function listOf(value: Json | undefined): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
