import { fileStore } from "@writ/runtime/node";
import { measure, workOf } from "./measure.js";

/** One of several processes on one store: `cell.js FOLDER CALLERS PART WORK`. Writes its figures as one line. */
const [folder = "", callers = "", part = "", name = ""] = process.argv.slice(2);
const store = await fileStore(folder);
const work = workOf(store, String(process.pid)).find((one) => one.name === name);
if (work === undefined) throw new Error(`there is no work ${name}`);
await measure(work, Number(callers), Number(part) / 10); // warm
const figures = await measure(work, Number(callers), Number(part));
await store.close();
process.stdout.write(`${JSON.stringify(figures)}\n`);
