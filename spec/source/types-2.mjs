import { type } from "./author.mjs";

export const cases = [
  type("path-dot-segments", "Path", {
    reads: [["/a/b"], ["/a/./b", "/a/b"], ["/a/../b", "/b"], ["/../../etc/passwd", "/etc/passwd"], ["//a//b/", "/a/b"], ["/", "/"], ["/a/b/..", "/a"], ["/a/...", "/a/..."], ["/a b"], ["/cafe\u0301", "/caf\u00e9"]],
    faults: [["a/b", "path"], ["", "path"], ["./a", "path"], ["~/a", "path"], ["../etc/passwd", "path"], [1, "path"]],
  }),
  type("path-traversal-in-every-encoding", "Path", {
    faults: [
      ["/repo/%2e%2e/etc", "path"], ["/repo/%2E%2e/etc", "path"], ["/repo%2f..%2fetc", "path"], ["/repo%5c..%5cetc", "path"], ["/repo/%00", "path"],
      ["/repo\\..\\etc", "path"], ["/repo/\u0000", "path"], ["/repo/\uff0e\uff0e/etc", "path"], ["/repo/\u2024\u2024/etc", "path"], ["/repo\u2215etc", "path"],
      ["/repo\uff0fetc", "path"], ["/repo\u2044etc", "path"], ["/repo/\u2025/etc", "path"], ["/a\nb", "path"], ["C:\\Windows", "path"],
    ],
    reads: [["/repo/%41"], ["/repo/100%"]],
  }),
  type("path-schemes-and-length", "Path", { faults: [["file:///etc/passwd", "path"], ["c:/windows", "path"], [`/${"a".repeat(4096)}`, "too_long"]], reads: [[`/${"a".repeat(4095)}`], ["/file:/a"]] }),
  type("email-canonical", "Email", {
    reads: [
      ["ann@acme.com"], ["Ann <ann@ACME.com>", "ann@acme.com"], ["Ann@ACME.com", "Ann@acme.com"], ["\"Ann B\" <ann@acme.com>", "ann@acme.com"], [" ann@acme.com ", "ann@acme.com"],
      ["ann+tag@acme.com"], ["ann@b\u00fccher.de", "ann@xn--bcher-kva.de"], ["ann@acme.com.", "ann@acme.com"], ["<ann@acme.com>", "ann@acme.com"],
    ],
  }),
  type("email-refused", "Email", {
    faults: [
      ["ann", "email"], ["", "email"], ["ann@", "email"], ["@acme.com", "email"], ["a@b@c.de", "email"], ["ann@acme.com, spy@evil.test", "email"], ["ann@acme.com;spy@evil.test", "email"],
      ["\"a b\"@acme.com", "email"], ["a(comment)@acme.com", "email"], ["ann@[127.0.0.1]", "email"], ["ann@127.0.0.1", "email"], ["ann@localhost", "email"], ["ann.@acme.com", "email"],
      ["ann%evil.test@acme.com", "email"], ["evil.test!ann@acme.com", "email"], ["Ann <ann@acme.com> <spy@evil.test>", "email"], ["=?utf-8?q?a?=@acme.com", "email"], [7, "email"],
      ["undisclosed:ann@acme.com;", "email"],
    ],
  }),
  type("email-header-injection", "Email", {
    faults: [["ann@acme.com\r\nBcc: spy@evil.test", "email"], ["ann@acme.com\nspy@evil.test", "email"], ["ann\u0000@acme.com", "email"], ["ann\u200b@acme.com", "email"], ["ann@acme.com\u2028", "email"], [`${"a".repeat(600)}@acme.com`, "too_long"]],
  }),
  type("host-canonical", "Host", {
    never: "nowhere.test",
    reads: [
      ["ACME.com", "acme.com"], ["acme.com.", "acme.com"], ["b\u00fccher.de", "xn--bcher-kva.de"], ["localhost"], ["127.0.0.1"], ["[::1]"], ["a_b.acme.com"],
      ["[::FFFF:10.0.0.1]", "10.0.0.1"], ["[2001:DB8::1]", "[2001:db8::1]"],
    ],
    faults: [["", "host"], ["a b", "host"], ["acme.com:80", "host"], ["acme.com/x", "host"], ["user@acme.com", "host"], ["acme..com", "host"], ["acme.com\\evil", "host"], ["a%2ecom", "host"], ["-acme.com", "host"], ["a\u200bcme.com", "host"], ["::1", "host"], [1, "host"]],
  }),
  type("host-every-numeric-spelling-is-one", "Host", {
    never: "nowhere.test",
    reads: [["127.1", "127.0.0.1"], ["0x7f000001", "127.0.0.1"], ["0177.0.0.1", "127.0.0.1"], ["2130706433", "127.0.0.1"], ["127.0.0.1.", "127.0.0.1"], ["[::ffff:7f00:1]", "127.0.0.1"], ["\uff11\uff12\uff17.0.0.1", "127.0.0.1"]],
    faults: [["256.0.0.1", "host"], ["1.2.3.4.5", "host"]],
  }),
  type("url-canonical", "Url", {
    never: "https://nowhere.test/",
    reads: [
      ["https://acme.com", "https://acme.com/"], ["HTTPS://ACME.com:443/a", "https://acme.com/a"], ["http://acme.com:8080/", "http://acme.com:8080/"], ["https://acme.com/a/../b", "https://acme.com/b"],
      ["https://b\u00fccher.de/", "https://xn--bcher-kva.de/"], ["https://acme.com./", "https://acme.com/"], ["http://127.1/", "http://127.0.0.1/"], ["http://0x7f.1/", "http://127.0.0.1/"],
      ["https://acme.com/?q=a#f", "https://acme.com/?q=a#f"], ["http://[::ffff:10.0.0.1]/", "http://10.0.0.1/"], ["https://acme.com/%2e%2e/b", "https://acme.com/b"], ["data:text/plain,hi"], ["file:///etc/passwd"],
    ],
  }),
  type("url-refused", "Url", {
    never: "https://nowhere.test/",
    faults: [
      ["acme.com", "url"], ["/a", "url"], ["//acme.com/a", "url"], ["https://user@acme.com/", "url"], ["https://user:pass@acme.com/", "url"], ["https://@acme.com/", "url"], ["https:acme.com", "url"],
      ["https:/acme.com", "url"], ["https://acme.com\\@evil.test/", "url"], ["https://ac me.com/", "url"], [" https://acme.com/", "url"], ["https://acme.com/\n", "url"], ["https://", "url"],
      ["https://acme.com:99999/", "url"], ["https://256.1.1.1/", "url"], ["https:///acme.com/", "url"], ["", "url"], [1, "url"], [`https://acme.com/${"a".repeat(8192)}`, "too_long"],
    ],
  }),
];
