import { EXIT } from "./exit-codes.js";
import { processStreams } from "./output/streams.js";
import { report, run } from "./run.js";

const streams = processStreams();

// What slips past run() would end the process with a stack trace and a code that means something else.
process.once("uncaughtException", (error) => {
  void report(error, false, streams).finally(() => process.exit(EXIT.fault));
});

// Not process.exit(): what was written has to leave the process first.
process.exitCode = await run(process.argv.slice(2), streams);
