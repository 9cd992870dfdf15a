/** A policy with all that a session keeps: labels of values, readers, limits, history. */
export const SESSION_POLICY = `policy bench.session @ 1
use std.tiers
use std.labels

taint value

identity user    { id: Id, roles: [Text] }
identity session { customer: Email }

role support { user.roles has "support" }

type Case {
  id:       Ref<"case">                       trusted
  customer: Email                             claimed
  status:   Line matches "[a-z]{1,20}"        trusted
  text:     Text                              untrusted
}

tool cases.read (id: Line) -> Case {
  effect  read
  risk    low
  labels  confidential
  readers result.customer
}

tool mail.reply (to: Email, subject: Line, body: Text) -> Id {
  effect egress
  risk   low
  sink   to
  steer  to
}

allow look on cases.read {
  for   support
  when  id like "case-*"
  limit 1000000 calls per hour by user
}

allow answer on mail.reply {
  for     support
  when    to == session.customer
  redact  body with cards
}

require looked_first on mail.reply { after cases.read ok within 1h }

quota calls on * { limit 1000000 calls per session }

flow confidential -> egress forbid { unless every sinks in readers }

flow untrusted -> egress forbid { unless not (to from untrusted) }
`;

const CUSTOMER = "ann@customer.example";

/** Who makes the calls. */
export const SESSION_IDENTITY = {
  user: { id: "bob", roles: ["support"] },
  session: { customer: CUSTOMER },
} as const;

/** What the user said before the calls. */
export const SESSION_WORDS = `look at the open cases and answer ${CUSTOMER}`;

export interface SessionCall {
  readonly tool: string;
  readonly args: { readonly [name: string]: string };
  readonly result: string | { readonly [name: string]: string };
}

/** The n-th call: nine cases are read, each with texts of its own, then a mail is written from what they say. */
export function sessionCall(n: number): SessionCall {
  if (n % 10 === 9)
    return {
      tool: "mail.reply",
      args: {
        to: CUSTOMER,
        subject: `Case ${n - 1}`,
        body: `About case-${n - 1}: the parcel number ${n} is on its way.`,
      },
      result: `mail-${n}`,
    };
  return {
    tool: "cases.read",
    args: { id: `case-${n}` },
    result: {
      id: `case-${n}`,
      customer: CUSTOMER,
      status: "open",
      text: `Parcel ${100_000 + n} sent to street ${n} has not come; reference R${n * 7919} of order ${n * 31}.`,
    },
  };
}
