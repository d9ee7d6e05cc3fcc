# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# All or nothing: the n-th system call of a command is refused, for each n (or
# some) and each call that it makes. After each: a message and the state of
# before, or success and the whole effect.
#
# What the tests named *_fault share, behind lib.sh:
#
#	sweep "SETUP	COMMAND" ...

need bpftool strace

# under strace nobody else can trace: the leak sanitizer has to rest
export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0

# CALL:ERROR, with a + when all that follow are refused, too. Memory is left
# out: that its lack is harmless, the unit tests see.
faults="bpf:EPERM bpf:ENOMEM bpf:EPERM+ mkdir:EPERM rmdir:EPERM symlink:EPERM
	unlink:EPERM mount:EPERM umount2:EPERM statfs:EPERM flock:EPERM
	socket:EPERM setsockopt:EPERM bind:EPERM connect:EPERM getsockname:EPERM sendto:EPERM
	sendmsg:EPERM recvmmsg:EPERM recvmmsg:ENOBUFS recvmsg:EPERM
	sched_setaffinity:EPERM rt_sigtimedwait:EINTR clone3:EAGAIN fcntl:EMFILE close_range:ENOSYS"
# these the sanitizers need themselves
[ -n "${SANITIZED-}" ] || faults+=" openat:EPERM newfstatat:EPERM fstat:EPERM
	read:EPERM lseek:EPERM readlink:EPERM ioctl:EPERM"
[ "$(rounds all few)" = all ] || faults="bpf:EPERM mkdir:EPERM sendto:EPERM"
globals=$BPFFS/tc/globals
injected=0 survived=0

# summary: the state without what differs between two runs that do the same
summary() {
	local pin key id

	bpffs_tree
	for pin in "$globals"/*; do
		[ ! -f "$pin" ] || slots "$pin" | while read -r key id; do
			echo "$pin $key $(member_tag "$pin" "$id")"
		done
	done
	grep ' bpf ' /proc/mounts || :
	{
		"$SYS_TC" qdisc show dev v0
		"$SYS_TC" filter show dev v0 ingress
		"$SYS_TC" filter show dev v0 egress
		"$SYS_IP" link show
		"$SYS_IP" route show dev v0
	} | sed 's/ id [0-9]*//'
}

# member_tag PIN ID: of a program, or the name of a map
member_tag() {
	case $(bpftool map show pinned "$1") in
	*": prog_array "*)	prog_tag "$2" ;;
	*)	bpftool map show id "$2" | sed -n 's/.* name \([^ ]*\) .*/\1/p' ;;
	esac
}

prog_tag() {
	bpftool prog show id "$1" | sed -n 's/.* tag \([0-9a-f]*\).*/\1/p'
}

# judge WHAT: the end of a command, with status, before, after of refuse_each
judge() {
	if [ "$status" -eq 0 ]; then
		[ "$(summary)" = "$after" ] ||
			die "$1: success, but:
$(diff <(echo "$after") <(summary))"
		survived=$((survived + 1))
		return
	fi
	[ "$status" -lt 128 ] || [ "$status" -eq 255 ] || die "$1: status $status"
	[ -s err ] || die "$1: status $status without a message"
	unchanged "$before" "$1 ($(head -n 1 err)): state"
}

# refuse_each SETUP CMD...: SETUP makes the state of before, from any other
refuse_each() {
	local setup=$1 fault call n before after max status=0 names

	shift
	names=$(sed 's/:[A-Z+]*//g' <<<$faults | tr ' \t\n' ,)
	$setup
	strace -f -qq -o calls -e trace="?${names//,/,?}" "$@" >/dev/null 2>err ||
		die "'$*' fails: $(cat err)"
	after=$(summary)
	for fault in $faults; do
		call=${fault%:*} error=${fault#*:}
		# what was in a slot can be put back by bpf() alone
		case "$setup $error" in
		"live_slots EPERM+" | "live_outer EPERM+") continue ;;
		esac
		max=$(grep -c "^[0-9]* *$call(" calls || :)
		for n in $(seq 1 "$(rounds 1 8)" "$max"); do
			if [ "$status" -eq 0 ]; then
				$setup
				before=$(state)
			fi
			status=0
			strace -f -qq -o trace -e trace="$call" \
				-e inject="$call:error=${error%+}:when=$n${error#"${error%+}"}" \
				"$@" >/dev/null 2>err || status=$?
			if ! grep INJECTED trace >/dev/null; then
				# each thread counts for itself
				[ "$1" = env ] || die "$fault $n did not happen in '$*'"
				continue
			fi
			injected=$((injected + 1))
			judge "$fault $n of '$*'"
		done
	done
}

# ---- what there is before ----

nothing() {
	"$SYS_IP" link set dev v2 xdp off
	"$SYS_IP" link set dev v3 xdp off
	"$SYS_TC" qdisc del dev v0 clsact 2>/dev/null || :
	"$SYS_TC" qdisc add dev v0 clsact
	"$SYS_IP" link set dev v0 xdp off
	"$SYS_IP" route flush dev v0 proto boot
	rm -rf "$BPFFS"/{tc,ip,xdp}
}

# (a replacement looks at the programs of others, too, so that the number of
# its calls is no one's to know; t_txn.c has that one)
live_route() {
	nothing
	"$IP" route add 10.1.0.0/16 dev v0 encap bpf in obj lwt.bpf.o sec in
}

no_bpffs() {
	nothing
	umount "$BPFFS" 2>/dev/null || :
}

no_qdisc() {
	"$SYS_TC" qdisc del dev v0 clsact 2>/dev/null || :
}

live_slots() {
	nothing
	"$TC" filter add dev v0 ingress pref 1 handle 1 bpf da obj jump.bpf.o 2>/dev/null
}

# an outer map from an earlier load, with one slot filled of three
live_outer() {
	nothing
	"$TC" filter add dev v0 ingress pref 1 handle 1 bpf da obj one.o
}

live_xdp() {
	nothing
	"$IP" link set dev v0 xdp obj count.bpf.o
}

# it listens until the last
agent() {
	nothing
	[ -z "$agent" ] || return 0
	"$EXAMPLES/agent" "$T/sock" >/dev/null 2>&1 &
	agent=$!
	while [ ! -S "$T/sock" ]; do sleep 0.1; done
}
agent=

# by the library, all or nothing: the last of them is v0
$CC -o many "$TOP/testsuite/root/many.c" -I"$TOP/include" -L"$TOP/lib" -lbpfelf
export LD_LIBRARY_PATH=$TOP/lib

compile_bpf jump.bpf.c
compile_bpf count.bpf.c
compile_bpf stage.bpf.c
compile_bpf verdict.bpf.c
compile_bpf lwt.bpf.c
compile_bpf run.bpf.c
variant times1000 jump.bpf.c -DSTEP=1000
variant one inners.bpf.c -DINNERS=1
compile_bpf inners.bpf.c
veth
"$SYS_IP" link add v2 type veth peer name v3

sweep() {
	local words

	for words; do
		refuse_each $words
	done
	echo "note: $injected calls refused, $survived of them without harm"
}
