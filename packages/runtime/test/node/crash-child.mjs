// Works until it is killed. Says on standard output, at once, what was acknowledged to it.
import { writeSync } from "node:fs";
import { fileAudit, fileStore } from "../../src/node/index.ts";

const [kind, folder] = process.argv.slice(2);
const acknowledge = (words) => writeSync(1, `${words}\n`);

async function audit() {
  const log = await fileAudit(folder, { rotate: { bytes: 8000 } });
  acknowledge("open");
  let n = 0;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (;;) {
        n += 1;
        const { seq, hash } = await log.append(
          { type: "incident", at: n, code: "work", message: "x".repeat(n % 3000) },
          { durable: n % 4 !== 0 },
        );
        acknowledge(`${seq} ${hash}`);
      }
    }),
  );
}

async function state() {
  const store = await fileStore(folder, { compactAt: 4096 });
  acknowledge("open");
  let n = 0;
  await Promise.all(
    Array.from({ length: 8 }, async (_, worker) => {
      for (;;) {
        n += 1;
        const id = `${process.pid}-${n}`;
        const key = `worker/${worker}`;
        const reservation = await store.reserve(id, [{ key: "all", count: 1_000_000_000, window: "session" }], n);
        if (!reservation.ok) throw new Error("refused");
        await store.commit(id, n);
        acknowledge("commit");
        const seen = await store.get(key);
        const value = (seen?.value ?? 0) + 1;
        if (!(await store.compareAndSet(key, seen?.version, value))) throw new Error("lost");
        acknowledge(`set ${key} ${value}`);
      }
    }),
  );
}

await (kind === "audit" ? audit() : state());
