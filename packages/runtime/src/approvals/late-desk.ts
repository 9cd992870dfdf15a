import type { ApprovalDesk, Desk, DeskPorts } from "./desk.js";

/** A desk that is read when it is first needed: few guards ask, and what asks and shows is much code. */
export class LateDesk implements Desk {
  readonly #ports: DeskPorts;
  #loading: Promise<ApprovalDesk> | undefined;
  #desk: ApprovalDesk | undefined;
  #closed = false;

  constructor(ports: DeskPorts) {
    this.#ports = ports;
  }

  /** Has it ready, as a policy with a rule that asks wants it. Rejects where it cannot be loaded; the next one tries again. */
  async load(): Promise<ApprovalDesk> {
    this.#loading ??= this.#open().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #open(): Promise<ApprovalDesk> {
    const library = await import("./desk.js");
    const desk = new library.ApprovalDesk(this.#ports);
    if (this.#closed) desk.close();
    this.#desk = desk;
    return desk;
  }

  close(): void {
    this.#closed = true;
    this.#desk?.close();
  }

  async standing(...args: Parameters<Desk["standing"]>): ReturnType<Desk["standing"]> {
    return (await this.load()).standing(...args);
  }

  async use(...args: Parameters<Desk["use"]>): ReturnType<Desk["use"]> {
    return (await this.load()).use(...args);
  }

  async giveBack(...args: Parameters<Desk["giveBack"]>): ReturnType<Desk["giveBack"]> {
    return (await this.load()).giveBack(...args);
  }

  async voidAll(): Promise<void> {
    return (await this.load()).voidAll();
  }

  async list(...args: Parameters<Desk["list"]>): ReturnType<Desk["list"]> {
    return (await this.load()).list(...args);
  }

  async get(...args: Parameters<Desk["get"]>): ReturnType<Desk["get"]> {
    return (await this.load()).get(...args);
  }

  async wait(...args: Parameters<Desk["wait"]>): ReturnType<Desk["wait"]> {
    return (await this.load()).wait(...args);
  }

  async resolve(...args: Parameters<Desk["resolve"]>): ReturnType<Desk["resolve"]> {
    return (await this.load()).resolve(...args);
  }

  async revoke(...args: Parameters<Desk["revoke"]>): ReturnType<Desk["revoke"]> {
    return (await this.load()).revoke(...args);
  }

  async remembered(): ReturnType<Desk["remembered"]> {
    return (await this.load()).remembered();
  }
}
