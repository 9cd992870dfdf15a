import { entries, quote } from "./entry.js";

const T = "policy t @ 1\nuse std.labels\nuse std.identity\nuse std.tiers\n";
const LOOKUP = "tool crm.get (id: Id) -> Id { effect read  risk low  labels trusted, pii }\nallow get on crm.get { }\n";
const SEND = "tool mail.send (to: [Email], body: Text) { effect egress  risk low  sink to }\n";

/** E3xx and W3xx: where data can go. */
export const FLOW = entries({
  E301: {
    severity: "error",
    title: "data that no flow keeps from a sink",
    message: (d) =>
      `${quote(d.name)}, which ${quote(d.what)} returns, can reach ${quote(d.list?.[0])}${(d.list?.length ?? 0) > 1 ? ` and ${(d.list?.length ?? 0) - 1} more` : ""}, and no flow decides it`,
    help: (d) =>
      `say what holds: \`flow ${d.name ?? "pii"} -> ${d.expected ?? "egress"} forbid\`, or \`ask { from … }\`, or \`forbid { unless every sinks in readers }\``,
    explanation:
      "What a tool returns flows into everything the model says after it. Where a result has a category, or a level above the lowest, and some tool sends data to a place that an argument names, a flow has to say whether it may go there. A flow for a lower level of the same scale decides the higher ones too; one that raises the tier lets the data go, so it does not count.",
    example: `${T}${LOOKUP}${SEND}allow send on mail.send { when every to.domain in ["acme.com"] }`,
  },
  E302: {
    severity: "error",
    title: "an egress without a sink",
    message: (d) => `${quote(d.name)} sends data out, and does not say which argument says where to`,
    help: (d) => `add \`sink ${d.list?.[0] ?? "to"}\`; its arguments are ${(d.list ?? []).slice(0, 12).join(", ")}`,
    explanation:
      "`sink` names the arguments that say where data goes: recipients, addresses, remotes. Flows are tested against them, so an egress without one could not be held to anybody.",
    example: `${T}tool mail.send (to: [Email], body: Text) { effect egress  risk low }`,
  },
  E303: {
    severity: "error",
    title: "an address that nothing holds",
    message: (d) =>
      `${quote(d.what)} is no egress and is handed the address ${quote(d.name)}, whose host ${quote(d.expected)} does not hold to a list`,
    help: (d) =>
      `add \`${d.reason ?? "url.host"} in ["acme.com", …]\` to every grant, or give the tool \`effect egress\` and \`sink ${d.name ?? "url"}\``,
    explanation:
      "An address is a way out: what is written into its path or query reaches whoever runs the host. A tool that takes one is an egress, unless every grant holds the host to a list of literals.",
    example: `${T}tool web.get (url: Url) { effect read  risk low }\nallow get on web.get { when url.scheme == "https" }`,
  },
  E304: {
    severity: "error",
    title: "a grant that says nothing of a sink",
    message: (d) => `${quote(d.expected)} says nothing of ${quote(d.name)}, where ${quote(d.what)} sends to`,
    help: (d) =>
      `say what ${d.name ?? "it"} may be (\`when every ${d.name ?? "to"}.domain in […]\`, \`unless has(${d.name ?? "bcc"})\`), or forbid it for all`,
    explanation:
      "A grant that looks at `to` and not at `bcc` lets every call send a hidden copy. A grant of an egress, pay, exec or write has to say something of each sink: in a condition, a limit, a transform, or by showing it to the person who is asked; or a `forbid` for everyone has to.",
    example: `${T}tool mail.send (to: [Email], bcc?: [Email]) { effect egress  risk low  sink to, bcc }\nallow send on mail.send { when every to.domain in ["acme.com"] }`,
  },
  E305: {
    severity: "error",
    title: "the lethal three together",
    message: (d) =>
      `${quote(d.name)} sends out, ${quote(d.what)} brings in an outsider's words, ${quote(d.expected)} returns ${quote(d.found)}, and nothing stands in between`,
    help: (d) =>
      `put a flow before it: \`flow ${d.found ?? "confidential"} -> egress forbid\` or \`flow untrusted -> egress ask { from … }\`; or make the grant an \`ask\``,
    explanation:
      "An agent that reads what outsiders write, holds what is confidential, and can send, will send it when an outsider's words tell it to. Any one of the three may be taken away; a flow takes away the meeting of two, and an `ask` puts a person there.",
    example: `${T}${LOOKUP}tool web.get (id: Id) -> Text { effect read  risk low  labels untrusted }\nallow read on web.get { }\n${SEND}allow send on mail.send { when every to.domain in ["acme.com"] }`,
  },
  E306: {
    severity: "error",
    title: "free text that is called trusted",
    message: (d) => `${quote(d.name)} is free text, and ${quote(d.what)}: whoever can write it steers the agent`,
    help: () => 'give it a shape (`matches "[a-z-]{1,40}"`, `like "…"`), another type, or the label that is true of it',
    explanation:
      "A trusted value may decide what happens. Free text that an outsider can write, and that is labelled trusted, is what policies get wrong most; a shape leaves no room for words.",
    example: `${T}type Mail { id: Id trusted, folder: Line trusted }`,
  },
  W301: {
    severity: "warning",
    title: "a result without an integrity",
    message: (d) =>
      `${quote(d.name)} does not say who may have written what it returns, so it counts as ${quote(d.list?.at(-1))}`,
    help: (d) => `add one of ${(d.list ?? []).join(", ")} to its \`labels\`, or to the fields of its result`,
    explanation:
      "A result is untrusted unless its tool, or the field, says otherwise. Saying so shows that somebody has thought about it.",
    example: `${T}tool web.get (id: Id) -> Text { effect read  risk low }\nallow read on web.get { }`,
  },
  W302: {
    severity: "warning",
    title: "a trusted result that holds free text",
    message: (d) =>
      `${quote(d.name)} is ${quote(d.what)} whole, and ${(d.list ?? []).slice(0, 4).join(", ")} is free text`,
    help: () => "label the fields one by one: `name: Line untrusted`, or give the text a shape",
    explanation:
      "Where a whole result is trusted, so is every name, note and subject in it, whoever wrote them into the record.",
    example: `${T}tool crm.get (id: Id) -> Text { effect read  risk low  labels trusted }\nallow read on crm.get { }`,
  },
});
