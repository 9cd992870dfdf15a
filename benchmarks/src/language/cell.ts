import { sample } from "../sample.js";
import { compileTimes } from "./compile-times.js";

/** The process of one row: runs it and writes one line of JSON, its figures. Arguments: the row's place, and how many runs. */
const [place, runs] = process.argv.slice(2).map(Number);
const benchmark = place === undefined ? undefined : compileTimes()[place];
if (benchmark === undefined || runs === undefined) throw new Error("cell.js is started by the suite");
process.stdout.write(`${JSON.stringify(await sample({ ...benchmark, runs }))}\n`);
