import { cond } from "./author.mjs";

const out = (sink) => ({ effect: "egress", sink });
const link = (x) => ({ x });

export const cases = [
  cond("path-dir", "p: Path", "p.dir == \"/a\"", { yes: [{ p: "/a/b" }, { p: "/a/./x.ts" }], no: [{ p: "/a" }, { p: "/a/b/c" }] }),
  cond("path-dir-of-the-root", "p: Path", "p.dir == \"/\"", { yes: [{ p: "/" }, { p: "/a" }], no: [{ p: "/a/b" }] }),
  cond("path-name", "p: Path", "p.name == \"id_rsa\"", { yes: [{ p: "/home/a/.ssh/id_rsa" }], no: [{ p: "/id_rsa/x" }, { p: "/id_rsa.pub" }, { p: "/" }] }),
  cond("path-ext", "p: Path", "p.ext == \"ts\"", { yes: [{ p: "/a/b.ts" }, { p: "/a/b.test.ts" }], no: [{ p: "/a/.ts" }, { p: "/a/b" }, { p: "/a.ts/b" }, { p: "/a/b.TS" }] }),
  cond("path-ext-may-be-empty", "p: Path", "p.ext == \"\"", { yes: [{ p: "/a/.env" }, { p: "/a/b" }, { p: "/" }, { p: "/a/b." }], no: [{ p: "/a/b.c" }] }),
  cond("path-member-of-a-member", "p: Path", "p.dir.name == \"src\"", { yes: [{ p: "/x/src/a.ts" }], no: [{ p: "/x/src/a/b.ts" }] }),
  cond("url-scheme", "x: Url", "x.scheme == \"https\"", { ...out("x"), yes: [link("HTTPS://acme.com/")], no: [link("http://acme.com/"), link("file:///etc/passwd"), link("data:text/html,hi")] }),
  cond("url-host", "x: Url", "x.host in [\"acme.com\", \"*.acme.com\"]", {
    ...out("x"),
    yes: [link("https://acme.com/"), link("https://docs.ACME.com./a"), link("https://acme.com:8443/")],
    no: [link("https://acme.com.evil.test/"), link("https://evil-acme.com/"), link("https://evil.test/acme.com"), link("https://evil.test/?x=acme.com"), link("https://evil.test/#acme.com"), link("https://\u0430cme.com/")],
    unknown: [link("file:///etc/passwd"), link("data:text/plain,acme.com")],
  }),
  cond("url-port", "x: Url", "x.port == 443", { ...out("x"), yes: [link("https://acme.com/"), link("https://acme.com:443/"), link("http://acme.com:443/")], no: [link("https://acme.com:8443/"), link("http://acme.com/")], unknown: [link("data:text/plain,hi")] }),
  cond("url-path", "x: Url", "x.path like \"/api/**\"", { ...out("x"), yes: [link("https://acme.com/api/a/b"), link("https://acme.com/x/../api/a")], no: [link("https://acme.com/"), link("https://acme.com/api/../admin"), link("https://acme.com/api/%2e%2e/admin")] }),
  cond("url-path-stays-percent-encoded", "x: Url", "x.path == \"/a%20b\"", { ...out("x"), yes: [link("https://acme.com/a%20b")], no: [link("https://acme.com/a+b")] }),
  cond("url-query", "x: Url", "x.query == \"\"", { ...out("x"), yes: [link("https://acme.com/a"), link("https://acme.com/a?"), link("https://acme.com/a#b?c")], no: [link("https://acme.com/?q=1")] }),
  cond("url-query-has-no-question-mark", "x: Url", "x.query == \"q=1&r\"", { ...out("x"), yes: [link("https://acme.com/?q=1&r")], no: [link("https://acme.com/?r")] }),
  cond("url-domain-is-registrable", "x: Url", "x.domain == \"acme.co.uk\"", { ...out("x"), yes: [link("https://a.b.acme.co.uk/"), link("https://acme.co.uk/")], no: [link("https://evil.co.uk/")], unknown: [link("https://co.uk/"), link("http://10.0.0.1/"), link("http://[::1]/")] }),
  cond("url-domain-knows-private-suffixes", "x: Url", "x.domain == \"ann.github.io\"", { ...out("x"), yes: [link("https://ann.github.io/"), link("https://x.ann.github.io/")], no: [link("https://bo.github.io/")], unknown: [link("https://github.io/")] }),
  cond("url-private-host", "x: Url", "x.private_host", {
    ...out("x"),
    yes: [link("http://localhost/"), link("http://a.localhost/"), link("http://127.0.0.1/"), link("http://10.1.2.3/"), link("http://172.16.0.1/"), link("http://192.168.1.1/"), link("http://[::1]/"), link("http://[fd00::1]/"), link("http://[fe80::1]/"), link("http://0.0.0.0/"), link("http://[::]/")],
    no: [link("https://acme.com/"), link("http://8.8.8.8/"), link("http://172.32.0.1/"), link("http://[2606:4700::1111]/")],
  }),
  cond("url-private-host-metadata", "x: Url", "x.private_host", {
    ...out("x"), yes: [link("http://169.254.169.254/latest/meta-data"), link("http://metadata.google.internal/"), link("http://[fd00:ec2::254]/"), link("http://100.100.100.200/"), link("http://intranet/"), link("http://printer.local/")], no: [link("http://169.253.169.254/")],
  }),
  cond("url-private-host-in-every-spelling", "x: Url", "x.private_host", {
    ...out("x"),
    yes: [link("http://127.1/"), link("http://0x7f000001/"), link("http://2130706433/"), link("http://0177.0.0.1/"), link("http://[::ffff:127.0.0.1]/"), link("http://[::ffff:a9fe:a9fe]/"), link("http://127.0.0.1./"), link("http://\u2460\u2461\u2466.0.0.1/"), link("http://[64:ff9b::a00:1]/"), link("http://[2002:7f00:1::]/")],
    no: [link("http://134744072/")],
  }),
  cond("url-private-host-without-an-internet-host", "x: Url", "x.private_host", { ...out("x"), yes: [link("file:///etc/passwd"), link("data:text/plain,hi"), link("gopher://acme.com/"), link("blob:https://acme.com/x")], no: [link("wss://acme.com/"), link("ftp://acme.com/")] }),
  cond("host-domain", "h: Host", "h.domain == \"acme.com\"", { ...out("h"), yes: [{ h: "a.b.acme.com" }, { h: "ACME.com." }], no: [{ h: "acme.com.evil.test" }], unknown: [{ h: "com" }, { h: "10.0.0.1" }] }),
  cond("host-private", "h: Host", "h.private", { ...out("h"), yes: [{ h: "localhost" }, { h: "10.0.0.1" }, { h: "0x7f.1" }, { h: "[fd00::1]" }, { h: "printer" }, { h: "db.internal" }, { h: "nas.home.arpa" }], no: [{ h: "acme.com" }, { h: "8.8.8.8" }, { h: "internal.acme.com" }] }),
  cond("email-local", "e: Email", "e.local == \"ann\"", { ...out("e"), yes: [{ e: "Ann <ann@x.de>" }], no: [{ e: "Ann@x.de" }, { e: "ann+a@x.de" }] }),
  cond("email-domain", "e: Email", "e.domain == \"acme.com\"", { ...out("e"), yes: [{ e: "a@ACME.com" }, { e: "a@acme.com." }], no: [{ e: "a@www.acme.com" }, { e: "acme.com@evil.test" }, { e: "a@acme.co" }] }),
  cond("email-domain-in-punycode", "e: Email", "e.domain == \"b\u00fccher.de\"", { ...out("e"), yes: [{ e: "a@B\u00dcCHER.de" }, { e: "a@xn--bcher-kva.de" }], no: [{ e: "a@bucher.de" }] }),
  cond("urls-of-a-text", "s: Text", "some s.urls.host not in [\"acme.com\", \"*.acme.com\"]", {
    yes: [{ s: "see https://evil.test/x." }, { s: "![a](https://evil.test/?q=secret)" }, { s: "[a]: http://evil.test" }, { s: "<img src='//evil.test/a.png'>" }, { s: "www.evil.test/x" }, { s: "https://acme.com and https://acme.com.evil.test" }],
    no: [{ s: "no address" }, { s: "" }, { s: "(see https://docs.ACME.com/a), [b](https://acme.com/b)." }, { s: "a.png and /a" }, { s: "acme.com" }],
    unknown: [{ s: "https://user@evil.test/" }, { s: "[a](https\\://evil.test)" }],
  }),
  cond("urls-of-a-line", "s: Line", "every s.urls.scheme == \"https\"", { yes: [{ s: "https://acme.com/" }, { s: "none" }], no: [{ s: "http://acme.com/" }, { s: "javascript:alert(1)" }, { s: "data:text/html,hi" }] }),
  cond("fields-of-records", "r: { a: { b: Int } }", "r.a.b == 1", { yes: [{ r: { a: { b: 1 } } }], no: [{ r: { a: { b: 2 } } }] }),
  cond("fields-of-named-records", "c: Customer", "c.email.domain == \"acme.com\" and c.id != \"c0\"", { decls: "type Customer { id: Id, email: Email }", yes: [{ c: { id: "c9", email: "a@acme.com" } }], no: [{ c: { id: "c9", email: "a@evil.test" } }, { c: { id: "c0", email: "a@acme.com" } }] }),
  cond("optional-field-under-has", "r: { a?: Int }", "has(r.a) and r.a > 1", { yes: [{ r: { a: 2 } }], no: [{ r: {} }, { r: { a: 1 } }] }),
  cond("tool-name", "n: Int", "tool.name == \"t\" or tool.name == \"u\"", { yes: [{ n: 1 }] }),
  cond("tool-name-is-the-qualified-one", "n: Int", "tool.name like \"?\"", { yes: [{ n: 1 }] }),
  cond("tool-risk", "n: Int", "tool.risk == \"low\"", { yes: [{ n: 1 }] }),
  cond("tool-risk-in", "n: Int", "tool.risk in [\"high\", \"critical\"]", { no: [{ n: 1 }] }),
  cond("now", "n: Int", "now < 2026-06-01T00:00:00Z", { yes: [{ n: 1 }, [{ n: 1 }, { now: Date.UTC(2026, 4, 31) }]], no: [[{ n: 1 }, { now: Date.UTC(2026, 5, 1) }], [{ n: 1 }, { now: Date.UTC(2027, 0, 1) }]] }),
  cond("now-in-a-range", "n: Int", "now in 2026-01-01T00:00:00Z .. 2026-01-31T00:00:00Z", { yes: [{ n: 1 }], no: [[{ n: 1 }, { now: Date.UTC(2026, 1, 1) }]] }),
  cond("args-names-what-the-scope-hides", "user: Line, limit: Int", "args.user == \"x\" and args.limit < 5", { yes: [{ user: "x", limit: 1 }], no: [{ user: "y", limit: 1 }, { user: "x", limit: 5 }] }),
  cond("arguments-with-the-names-of-keywords", "to: Line, from: Line, allow: Int", "to == \"x\" and args.from == \"y\" and allow == 1", { yes: [{ to: "x", from: "y", allow: 1 }], no: [{ to: "x", from: "z", allow: 1 }] }),
];
