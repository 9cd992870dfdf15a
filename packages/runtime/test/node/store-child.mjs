// One of several processes on one store. Says what it did on standard output, at once; `go` on standard input starts it.
import { writeSync } from "node:fs";
import { fileStore } from "../../src/node/index.ts";

const [kind, folder, name, amount] = process.argv.slice(2);
const say = (words) => writeSync(1, `${words}\n`);
const count = Number(amount);
const claim = (key, limit, takes) => [{ key, count: limit, window: "session", ...(takes ? { takes } : {}) }];

/** All at once, under a limit that fits a part of them. With `free`, some never start: what they held is for others. */
async function burst(store, free = false) {
  const ids = Array.from({ length: count }, (_, i) => `${name}-${i}`);
  await Promise.all(
    ids.map(async (id, i) => {
      const reservation = await store.reserve(id, claim("burst", 200), 1000);
      if (!reservation.ok) return say(`refused ${id}`);
      if (free && i % 5 === 0) {
        await store.release(id);
        return say(`released ${id}`);
      }
      await store.commit(id, 1000);
      say(`admitted ${id}`);
    }),
  );
}

const churn = (store) => burst(store, true);

/** Counts in one value with many others: each addition exactly once. */
async function race(store) {
  for (let done = 0; done < count;) {
    const seen = await store.get("counter");
    if (await store.compareAndSet("counter", seen?.version, (seen?.value ?? 0) + 1)) {
      done += 1;
      await store.append("log", [`${name}-${done}`]);
    }
  }
  say("counted");
}

/** Works until it is killed, and says what was acknowledged to it. */
async function storm(store) {
  let n = 0;
  await Promise.all(
    Array.from({ length: 4 }, async (_, worker) => {
      for (;;) {
        n += 1;
        const id = `${name}-${n}`;
        const key = `w/${name}/${worker}`;
        if (!(await store.reserve(id, claim("all", 1_000_000_000), n)).ok) throw new Error("refused");
        say("reserved");
        await store.commit(id, n);
        say("committed");
        const seen = await store.get(key);
        const value = (seen?.value ?? 0) + 1;
        if (!(await store.compareAndSet(key, seen?.version, value))) throw new Error("lost");
        say(`set ${key} ${value}`);
        const entry = `${worker}-${value}`;
        await store.append(`log/${name}`, [entry]);
        say(`appended ${entry}`);
      }
    }),
  );
}

/** Holds a place that is reserved and one that runs, until it is killed. */
async function hold(store) {
  await store.reserve(`${name}-held`, claim("held", 1), 1000);
  await store.reserve(`${name}-runs`, claim("runs", 1, "concurrent"), 1000);
  await store.commit(`${name}-runs`, 1000);
  say("holding");
  await new Promise((resolve) => setTimeout(resolve, 1_000_000));
}

/** Makes one call that a person has to agree to, many times at once, and says what became of each. */
async function approved(store) {
  const { createGuard, memoryAudit } = await import("../../src/index.ts");
  const { approvedCall, approvedClock, approvedPolicy, approvedSession } = await import("./approved.ts");
  const guard = await createGuard({ policy: approvedPolicy, audit: memoryAudit(), state: store, clock: approvedClock });
  const session = await guard.session(approvedSession);
  await Promise.all(
    Array.from({ length: count }, async () => {
      const outcome = await session.call(approvedCall, () => say("ran"));
      say(outcome.status);
    }),
  );
}

const store = await fileStore(folder, { compactAt: 8192 });
say("open");
await new Promise((resolve) => process.stdin.once("data", resolve));
await { burst, churn, race, storm, hold, approved }[kind](store);
await store.close();
process.exit(0);
