/** The files of a new policy, by name: small, complete, and laid out. */
export const STARTER: ReadonlyMap<string, string> = new Map([
  [
    "agent.policy",
    `## What this agent may do: look notes up, mail colleagues, and delete notes once a person agrees.
## What no rule allows is refused. Put your own tools in place of these.
policy my.agent @ 1
use std.identity
use std.labels
use std.tiers
use "./people.policy" { member, keeper }

let ours = ["example.com", "*.example.com"]

## Finds notes. Anybody may have written them, so what comes back is untrusted.
tool notes.search (query: Line<200>) -> [Text] {
  effect  read
  risk    low
  labels  untrusted
}

tool notes.delete (id: Id) {
  effect  delete
  risk    low
}

tool mail.send (to: [Email], subject: Line, body: Text) -> Id {
  effect  egress
  risk    low
  sink    to
}

allow search on notes.search {
  for    member
  limit  60 calls per minute by user
}

ask delete_note on notes.delete {
  for      member
  from     keeper except requester
  show     id
  expires  30m
  because  "Deleted notes do not come back"
}

allow mail_colleagues on mail.send {
  for    member
  when   every to.domain in ours
  limit  20 calls per hour by user
}

test "notes are found, and deleted once a keeper agrees" {
  as    member
  call  notes.search(query: "travel")  => allow by search
  call  notes.delete(id: "n1")         => ask by delete_note from keeper
}

test "mail stays in the house" {
  as    member
  call  mail.send(to: ["ann@example.com"], subject: "hi", body: "ok")                  => allow by mail_colleagues
  call  mail.send(to: ["ann@example.com", "x@other.test"], subject: "hi", body: "ok")  => forbid
}

test "somebody else may do nothing" {
  call  notes.search(query: "travel")  => forbid by default
}
`,
  ],
  [
    "people.policy",
    `## Who is who, as the groups of your identity provider say.
policy my.people @ 1
use std.identity

role member { user.groups has "members" }
role keeper { user.groups has "keepers" and user.mfa }
`,
  ],
]);
