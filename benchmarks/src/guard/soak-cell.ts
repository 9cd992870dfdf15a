import { soak } from "./soak.js";

const [folder, calls, every] = process.argv.slice(2);
if (folder === undefined || calls === undefined || every === undefined)
  throw new Error("soak-cell.js is started by the suite");
process.stdout.write(`${JSON.stringify(await soak(folder, Number(calls), Number(every)))}\n`);
process.exit(0);
