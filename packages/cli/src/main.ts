import { writeSync } from "node:fs";
import { EXIT } from "./exit-codes.js";
import { tooOld } from "./node-version.js";
import { processStreams } from "./output/streams.js";
import { faultLine, run } from "./run.js";

// What slips past run() would end the process with a stack trace and a code that means something else.
process.once("uncaughtException", (error) => {
  try {
    writeSync(process.stderr.fd, faultLine(error));
  } finally {
    process.exit(EXIT.fault);
  }
});

const old = tooOld(process.versions.node);
if (old !== undefined) {
  writeSync(process.stderr.fd, `writ: ${old}\n`);
  process.exit(EXIT.fault);
}

// Not process.exit(): what was written has to leave the process first.
process.exitCode = await run(process.argv.slice(2), processStreams());
