# Becomes a program behind Landlock (landlock(7)) and a system call filter, without user namespaces and without a compiler.
# Arguments: the process that must be its parent; numbers of openat, prctl and seccomp; then pairs: `x` a file to run and
# read, `r` a file or folder to read, `w` one to write, `e` NAME=VALUE of its environment; then `--` and the command.
# The filter is read from descriptor 4. Whatever fails ends it: nothing runs with fewer walls.
use strict;
use warnings;
use POSIX ();

my ($parent, $openat, $prctl, $seccomp, @rest) = @ARGV;
$_ += 0 for $parent, $openat, $prctl, $seccomp;
my ($CREATE, $ADD, $RESTRICT) = (444, 445, 446);

sub fail { print STDERR "landlock: $_[0]: $!\n"; exit 125 }

# The kernel ends it with its parent; a parent that is gone already is not this one's.
syscall($prctl, 1, 9, 0, 0, 0) == 0 or fail("prctl");
getppid() == $parent or exit 125;

open(my $in, "<&=", 4) or fail("no filter");
binmode $in;
my $filter = do { local $/; <$in> };
close $in;
length($filter) > 0 && length($filter) % 8 == 0 or fail("no filter");
my $own = pack("L", $$);
my $place = pack("L", 0x57524954);
$filter =~ s/\Q$place\E/$own/g;

my $abi = syscall($CREATE, 0, 0, 1);
# Before the third a file could be emptied without being opened.
$abi >= 3 or fail("Landlock of version $abi, and it takes 3");

my $every = (1 << ($abi >= 5 ? 16 : 15)) - 1;
my ($run, $read, $list, $write) = (1 << 0, 1 << 2, 1 << 3, 1 << 1);
my $change = $write | $read | $list | (1 << 4) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 12) | (1 << 14);
my $attributes = pack("Q", $every);
$attributes .= pack("Q", 3) if $abi >= 4;
$attributes .= pack("Q", 3) if $abi >= 6;
my $rules = syscall($CREATE, $attributes, length($attributes), 0);
$rules >= 0 or fail("landlock_create_ruleset");

my %env;
while (@rest && $rest[0] ne "--") {
    my ($kind, $what) = splice(@rest, 0, 2);
    if ($kind eq "e") {
        my ($name, $value) = split(/=/, $what, 2);
        $env{$name} = $value;
        next;
    }
    my $path = $what;
    my $fd = syscall($openat, -100, $path, 0x200000 | 0x80000, 0);
    $fd >= 0 or fail("open $path");
    my $rights = $kind eq "x" ? $run | $read : $kind eq "w" ? $change : $read | $list;
    $rights &= $run | $write | $read | (1 << 14) unless -d $path;
    my $rule = pack("Ql", $rights, $fd);
    syscall($ADD, $rules, 1, $rule, 0) == 0 or fail("landlock_add_rule $path");
    POSIX::close($fd);
}
shift @rest;

syscall($prctl, 38, 1, 0, 0, 0) == 0 or fail("no new privileges");
syscall($RESTRICT, $rules, 0) == 0 or fail("landlock_restrict_self");
my $program = pack("S x![P] P", length($filter) / 8, $filter);
syscall($seccomp, 1, 0, $program) == 0 or fail("seccomp");

%ENV = %env;
exec { $rest[0] } @rest or fail("exec $rest[0]");
