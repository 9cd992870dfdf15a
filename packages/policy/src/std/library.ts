/** The standard library: the blocks of the language's description, as policies of their own. */
export const STANDARD_LIBRARY: ReadonlyMap<string, string> = new Map([
  [
    "std.labels",
    `policy std.labels @ 1

label confidentiality { public < internal < confidential < secret }
label integrity       { trusted < claimed < named < untrusted }
label category        { pii, pci, credentials }
`,
  ],
  [
    "std.identity",
    `policy std.identity @ 1

identity user    { id: Id, groups: [Text], roles: [Text], mfa: Bool, tenant: Id }
identity agent   { id: Id, model: Text, chain: [Id] }
identity session { id: Id, participants: [Email] }
`,
  ],
  [
    "std.tiers",
    `policy std.tiers @ 1

tier low      { isolate inline                    time 5s   }
tier medium   { isolate process                   time 10s  memory 128MB }
tier high     { isolate container  network none   time 2m   memory 1GB  processes 64 }
tier critical { isolate gvisor     network none   time 2m   memory 1GB  processes 64 }
`,
  ],
]);
