import type { Tools } from "../tools.js";
import { gullible } from "./gullible.js";
import type { Model } from "./model.js";
import { openai } from "./openai.js";

/** A real model where the environment holds a key for one, unless the stand-in is asked for. */
export function chooseModel(tools: Tools, standIn: boolean): Model {
  const key = process.env["OPENAI_API_KEY"];
  return key === undefined || key === "" || standIn ? gullible : openai(key, tools);
}
