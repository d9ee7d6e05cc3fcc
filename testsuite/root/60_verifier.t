#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What the user is told of the verifier: why a program was refused, first and
# in full; with `verb` what it has to say of a good one.

. "$(dirname "$0")/lib.sh"
need bpftool

# as a packet's field is read through a number, or from behind its end
reason="(invalid mem access 'scalar'|offset is outside of the packet)"

# report FILE OBJECT PROGRAM SECTION: it names all of them and the reason on its
# first line, and the whole log follows
report() {
	assert_match "$(sed 1q "$1")" "^Error: object '$2': program '$3' \(section '$4'\): the verifier refuses it: R[0-9] $reason \(Permission denied\), at: return \*\(volatile.*( @ [a-z]*.bpf.c:[0-9]+)?\$"
	assert_match "$(cat "$1")" "^Prog section '$4' rejected: Permission denied \(13\)!"
	assert_match "$(cat "$1")" '^ - Type: +[36]$'
	assert_match "$(cat "$1")" '^ - Instructions: +[0-9]+ \(0 over limit\)$'
	assert_match "$(cat "$1")" '^ - License: +GPL$'
	assert_match "$(cat "$1")" '^0: R1=ctx\('	# the first line of a log
	assert_match "$(cat "$1")" "^R[0-9] $reason"
	assert_match "$(cat "$1")" '^processed [0-9]+ insns'	# and its last
	no_empty_analysis "$1"
}

# no_empty_analysis FILE: the heading is followed by a log
no_empty_analysis() {
	awk '/^Verifier analysis:/ { heading = NR; next }
	     heading && NF && !/^Unable to/ { heading = 0 }
	     END { exit heading != 0 }' "$1" || die "empty analysis: $(cat "$1")"
}

variant refused pins.bpf.c -DREFUSED
variant badtail jump.bpf.c -DBAD
compile_bpf longlog.bpf.c
variant longrefused longlog.bpf.c -DREFUSED
compile_bpf verdict.bpf.c
compile_bpf count.bpf.c
veth
"$TC" qdisc add dev v0 clsact
before=$(state)

for verb in "" verb; do
	fails 1 "$TC" filter add dev v0 ingress bpf da obj refused.o sec refused $verb 2>err
	sed -i '/^Map /,/^$/d; /./,$!d' err		# of the good maps before it
	sed -n '/^Error/,$p' err >report
	report report refused.o reads_nowhere refused
	assert_match "$(tail -n 1 err)" '^Unable to load program$'

	fails 1 "$TC" filter add dev v0 ingress bpf da obj badtail.o $verb 2>err
	sed -n '/^Error/,$p' err >report
	report report badtail.o stage3 01/0x3

	fails 255 "$IP" link set dev v0 xdp obj refused.o sec refused $verb 2>err
	sed -n '/^Error/,$p' err >report
	report report refused.o reads_nowhere refused
	unchanged "$before"
done

# refused before the verifier looks at it: no heading with nothing below
fails 1 "$TC" filter add dev v0 ingress bpf da skip_sw obj verdict.bpf.o 2>err
assert_match "$(sed 1q err)" "^Error: object 'verdict.bpf.o': program 'cls_pass' .*Invalid argument"
no_empty_analysis err
fails 1 setpriv --bounding-set=-bpf,-sys_admin --inh-caps=-all \
	"$TC" filter add dev v0 ingress bpf da obj verdict.bpf.o 2>err
assert_match "$(sed 1q err)" "^Error: object 'verdict.bpf.o': .*Operation not permitted"
assert_match "$(cat err)" '^Hint: .*(CAP_BPF|root)'
no_empty_analysis err
unchanged "$before"

# `verb` on a good one: its log on stderr, and it is loaded
"$TC" filter add dev v0 ingress pref 1 bpf da obj count.bpf.o verb >out 2>err
assert_eq "$(cat out)" ""
assert_match "$(cat err)" "^Map object 'hits' loaded \([0-9]+\)!"
assert_match "$(cat err)" "^Prog section 'classifier' loaded \([0-9]+\)!"
assert_match "$(cat err)" '^0: R1=ctx\('
assert_match "$(cat err)" '^processed [0-9]+ insns'
assert_match "$("$SYS_TC" filter show dev v0 ingress)" 'count.bpf.o:\[classifier\]'
"$IP" link set dev v0 xdp obj count.bpf.o verbose 2>err
assert_match "$(cat err)" "^Map 'hits' loaded as pinned!"
assert_match "$(cat err)" "^Prog section 'prog' loaded"
assert_match "$(cat err)" '^processed [0-9]+ insns'
[ -n "$(xdp_id v0)" ] || die "nothing attached"
# and without it, silence
"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj count.bpf.o >out 2>&1
assert_eq "$(cat out)" ""

# a log of more than 16 MiB: it is shown whole, and the load succeeds
"$TC" filter add dev v0 egress pref 1 bpf da obj longlog.bpf.o verb 2>err
[ "$(stat -c %s err)" -gt $((16 << 20)) ] || die "a log of $(stat -c %s err) bytes only"
tail -n 5 err | grep '^processed ' >/dev/null || die "no end: $(tail -n 5 err)"
assert_match "$("$SYS_TC" filter show dev v0 egress)" 'longlog.bpf.o:\[classifier\].* name talkative '
"$TC" filter add dev v0 egress pref 2 bpf da obj longlog.bpf.o >err 2>&1
assert_eq "$(cat err)" ""
for verb in "" verb; do
	fails 1 "$TC" filter add dev v0 egress pref 3 bpf da obj longrefused.o $verb 2>err
	sed -n '/^Error/p' err >first
	assert_match "$(cat first)" "program 'talkative' .*the verifier refuses it: R[0-9] invalid mem access"
	tail -n 5 err | grep '^processed ' >/dev/null || die "no end: $(tail -n 5 err)"
done
assert_eq "$("$SYS_TC" filter show dev v0 egress pref 3)" ""
