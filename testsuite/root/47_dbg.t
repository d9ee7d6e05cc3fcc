#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# tc exec bpf debug: what programs trace, with tracefs mounted and without.

. "$(dirname "$0")/lib.sh"
need setpriv

tracing=/sys/kernel/tracing
umount -l "$tracing" 2>/dev/null || :

cat >trace.bpf.c <<'END'
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "bpf_api.h"

static int (*printk)(const char *fmt, int size, ...) = (void *)BPF_FUNC_trace_printk;

__section("classifier")
int tell(struct __sk_buff *skb)
{
	char text[] = "%d bytes\n";

	printk(text, sizeof(text), skb->len);
	return -1;
}

BPF_LICENSE("GPL");
END
compile_bpf "$T/trace.bpf.c"
veth
"$TC" qdisc add dev v0 clsact
"$TC" filter add dev v0 ingress bpf da obj trace.bpf.o

# debug: in the background, with the signals as a terminal gives them
debug() {
	: >said
	env --default-signal "$TC" exec bpf "$1" >out 2>said &
	wait_for grep -q '^Running' said
}

# traces: it prints what a packet makes a program trace
traces() {
	local i

	ping_v0 1
	for i in $(seq 100); do
		! grep -q 'bpf_trace_printk: 98 bytes$' said || break
		sleep 0.05
	done
}

# follows: it does so, and ends with ^C
follows() {
	local got=0

	traces
	kill -INT $!
	wait $! || got=$?
	assert_eq "$got" 130 "status"
	assert_eq "$(sed 2q said)" "Running! Hang up with ^C!"
	assert_match "$(cat said)" 'bpf_trace_printk: 98 bytes$'
	assert_eq "$(cat out)" "" "stdout"
}

# ---- nowhere mounted: and nowhere afterwards ----

mounts=$(cat /proc/self/mounts)
[ ! -e "$tracing/trace" ] || skip "tracefs could not be unmounted"
debug dbg
assert_eq "$(cat /proc/$!/mounts)" "$mounts" "mounts"
follows
assert_eq "$(cat /proc/self/mounts)" "$mounts" "mounts"

# ---- where it is mounted ----

mkdir "some place"
mount -t tracefs tracefs "some place"
debug d
assert_match "$(readlink "/proc/$!/fd/"*)" "^$T/some place/trace_pipe\$"
follows
umount "some place"
mount -t tracefs tracefs "$tracing"
debug debug
assert_match "$(readlink "/proc/$!/fd/"*)" "^$tracing/trace_pipe\$"

# one reader at a time, where the kernel has it so (6.8)
if (: <"$tracing/trace_pipe") 2>/dev/null; then
	echo "note: this kernel has many readers"
else
	out=$(fails 255 "$TC" exec bpf dbg 2>&1)
	assert_match "$out" '^Error: somebody else reads the trace pipe'
	assert_match "$out" "^Hint: it is process $! that does"
fi
follows

# ---- switched off: it is said, waited for, and takes no time ----

on=$(cat "$tracing/tracing_on")
trap 'echo "$on" >"$tracing/tracing_on"' EXIT	# it is all namespaces'
echo 0 >"$tracing/tracing_on"
debug dbg
assert_match "$(cat said)" '^Warning: tracing is off'
echo 1 >"$tracing/tracing_on"
# what is read next is the last, and then the pipe has an end
kill -STOP $!
ping_v0 1
echo 0 >"$tracing/tracing_on"
kill -CONT $!
sleep 1
assert_match "$(cat said)" 'bpf_trace_printk: 98 bytes$'
if [ -e /proc/$!/io ]; then
	reads=$(sed -n 's/^syscr: //p' /proc/$!/io)
	[ "$reads" -lt 100 ] || die "it is busy: $reads reads"
fi
echo 1 >"$tracing/tracing_on"
follows
echo "$on" >"$tracing/tracing_on"
trap - EXIT

# ---- not allowed ----

umount "$tracing"
chmod -R a+rX "$T"
cp "$TC" tc
out=$(fails 255 setpriv --reuid 65534 --regid 65534 --clear-groups ./tc exec bpf dbg 2>&1)
assert_match "$out" '^No trace pipe, tracefs not mounted\?$'
assert_match "$out" '^Hint: it takes root'
