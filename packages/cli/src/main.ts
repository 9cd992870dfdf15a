import { processStreams } from "./output/streams.js";
import { run } from "./run.js";

// Not process.exit(): what was written has to leave the process first.
process.exitCode = await run(process.argv.slice(2), processStreams());
