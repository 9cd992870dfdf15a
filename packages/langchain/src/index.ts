/** Writ for LangChain agents: guarded tools, and a middleware that catches those that nobody guarded. */
export {
  CallRefused,
  delegated,
  guardTools,
  type ApprovalsInterrupt,
  type AwaitedApproval,
  type GuardedOptions,
  type Identify,
  type NodeIdentity,
  type Own,
  type Said,
  type Saying,
  type ToolLike,
} from "@writ/langgraph";
export { assertGuarded } from "./assert-guarded.js";
export { writMiddleware } from "./middleware.js";
