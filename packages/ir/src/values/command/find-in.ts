import { Found } from "./found.js";
import { walkText } from "./walk.js";

/** What a shell text runs, as far as it is understood. Never throws. */
export function findIn(text: string): Found {
  const found = new Found();
  try {
    walkText(text, found);
  } catch (error) {
    // The walk recurses as deep as the tree; a host that calls from deep in its own stack may have little left.
    if (!(error instanceof RangeError)) throw error;
    found.unsure = true;
  }
  return found;
}
