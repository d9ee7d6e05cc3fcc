#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Maps go to an agent over a UNIX socket: ours and iproute2's, when the filter
# is there and not before; and a load that could not hand them over is none.

. "$(dirname "$0")/lib.sh"
need bpftool strace

compile_bpf handoff.bpf.c
compile_bpf verdict.bpf.c
obj=handoff.bpf.o
sock=$T/agent.sock
veth
"$SYS_TC" qdisc add dev v0 clsact
: >said

# agent TC WORD...: TC's import in the background, until it listens
agent() {
	local tc=$1

	shift
	"$tc" exec bpf import "$sock" "$@" >said 2>&1 &
	wait_for test -S "$sock"
}

# ends STATUS: the agent does, with it
ends() {
	local got=0

	wait $! || got=$?
	assert_eq "$got" "$1" "status of the agent, which said: $(cat said); status"
	[ ! -e "$sock" ] || die "the agent left its socket"
}

add() {
	"$TC" filter add dev v0 ingress pref 1 handle 1 bpf da "$@"
}

# gone: the filter is off, and its pins with it
gone() {
	"$SYS_TC" filter del dev v0 ingress
	rm -rf "$BPFFS"/{tc,ip,xdp}
}

# what an agent prints of itself: its variables, and what they lead to
cat >tell <<'END'
#!/bin/sh
env | grep '^BPF_[MN]' | sort
for fd in $BPF_MAP1 $BPF_MAP20; do
	readlink /proc/self/fd/$fd
	sed -n 's/^map_id:[[:space:]]*//p' /proc/self/fdinfo/$fd
done
echo "$@"
END
chmod +x tell

# ---- ours to ours, ours to iproute2's ----

agent "$SYS_TC" run ./tell a 'b c'
add obj $obj export "$sock"
ends 0
theirs=$(sed 's/=.*//; s/^[0-9]*$/ID/' said)
gone

agent "$TC" run ./tell a 'b c'
add obj $obj exp "$sock" verb 2>report
ends 0
assert_eq "$(sed 's/=.*//; s/^[0-9]*$/ID/' said)" "$theirs" "beside iproute2's"
assert_eq "$theirs" "BPF_MAP1
BPF_MAP20
BPF_NUM_MAPS
anon_inode:bpf-map
ID
anon_inode:bpf-map
ID
a b c"
assert_match "$(cat said)" '^BPF_NUM_MAPS=3$'
# of two with one id, it is the first: the pinned one
assert_eq "$(sed -n 7p said)" "$(map_id "$BPFFS/tc/globals/shared")" "map 20"
gone

# a shell, where no program is named; its environment is ours
BPF_MAP1=77 OTHER=x "$TC" exec bpf import "$sock" >said 2>&1 \
	< <(echo 'echo $OTHER $BPF_MAP1 | grep -v 77; exit 7') &
wait_for test -S "$sock"
TC_BPF_UDS=$sock "$TC" filter add dev v0 ingress bpf da obj $obj
ends 7
assert_match "$(cat said)" '^x [0-9]+$'
gone

# no maps: iproute2's agent would wait for ever if it were not told
agent "$TC" run ./tell
add obj verdict.bpf.o sec drop export "$sock"
ends 0
assert_match "$(cat said)" '^BPF_NUM_MAPS=0$'
gone
agent "$SYS_TC" run ./tell
add obj verdict.bpf.o sec drop export "$sock"
ends 255
gone

# ---- the agent of the examples counts what flows ----

"$TC" exec bpf import "$sock" run "$EXAMPLES/agent" >said 2>&1 &
wait_for test -S "$sock"
add obj $obj export "$sock"
ping_v0 3
wait_for grep -q '^  \[1\] 3$' said
kill $!
assert_match "$(sed 1q said)" '^3 maps$'
assert_match "$(cat said)" "^map 1 'seen': type 2, key 4, value 8, 2 entries"
gone

# the same by itself, for one load after the other
"$EXAMPLES/agent" "$sock" >said 2>&1 &
wait_for test -S "$sock"
for n in 2 4; do
	add obj $obj export "$sock"
	ping_v0 $n
	wait_for grep -q "^  \[1\] $n\$" said
	gone
done
assert_eq "$(grep -c "^3 maps of $obj\$" said)" 2
# and then it has no more maps of the first than of the second
assert_eq "$(find /proc/$!/fd -lname 'anon_inode:bpf-map' | wc -l)" 3 "maps held"

# a second agent at one place
out=$(fails 255 "$TC" exec bpf import "$sock" 2>&1)
assert_match "$out" "^Error: listen at '$sock': Address already in use"
[ -S "$sock" ] || die "the first agent lost its socket"

# what was killed gives way, a file that is no socket does not
kill -9 $!
wait $! 2>/dev/null || :
[ -S "$sock" ] || die "no socket is left"
old=$(stat -c %i "$sock")
"$TC" exec bpf import "$sock" run true &
is_new() {
	[ "$(stat -c %i "$sock" 2>/dev/null || echo "$old")" != "$old" ]
}
wait_for is_new
add obj $obj export "$sock"
wait $!
gone
echo precious >file
fails 255 "$TC" exec bpf import "$T/file" 2>/dev/null
assert_eq "$(cat file)" precious

# ---- waiting ends ----

out=$(fails 255 "$TC" exec bpf import "$sock" timeout 1 run ./tell 2>&1)
assert_eq "$out" "Error: nobody sent maps to '$sock' within 1 s"
[ ! -e "$sock" ] || die "the socket is left"
for signal in INT:130 TERM:143 HUP:129; do
	# a shell has its children in the background ignore SIGINT
	setsid --fork bash -c 'echo $$ >pid
		trap - INT; exec env --default-signal "$@"' sh \
		"$TC" exec bpf import "$sock" 2>/dev/null
	wait_for test -S "$sock"
	kill -${signal%:*} "$(cat pid)"
	wait_for test ! -e "$sock"
done
out=$(fails 255 "$TC" exec bpf import "$T/none/x" 2>&1)
assert_match "$out" "^Error: listen at '$T/none/x': No such file"
out=$(fails 255 "$TC" exec bpf import "$(printf '/%0120d' 0)" 2>&1)
assert_match "$out" 'File name too long'

# a program that is not there
agent "$TC" run ./nowhere
add obj $obj export "$sock"
ends 255
assert_match "$(cat said)" "^Error: run './nowhere': No such file"
gone

# ---- all or nothing ----

before=$(state)
out=$(fails 1 add obj $obj export "$T/nobody" 2>&1)
assert_match "$out" "^Error: export to '$T/nobody': connect: No such file"
assert_match "$out" "^Hint: .*tc exec bpf import $T/nobody"
unchanged "$before" "nobody listens"
out=$(TC_BPF_UDS=$T/nobody fails 1 add obj $obj 2>&1)
assert_match "$out" "export to '$T/nobody'"
unchanged "$before" "nobody listens, by the environment"

# what the kernel refuses is handed to nobody
agent "$TC" run ./tell
fails 2 "$TC" filter add dev lo ingress bpf da obj $obj export "$sock" 2>/dev/null
unchanged "$before" "refused"
kill $!
ends 143
assert_eq "$(cat said)" ""

# the agent goes away in between: sendmsg() to it is the last one
agent "$TC" run ./tell
strace -qq -e trace=sendmsg -o calls "$TC" filter add dev v0 ingress \
	pref 1 handle 1 bpf da obj $obj export "$sock"
ends 0
calls=$(grep -c 'sendmsg(' calls)
assert_match "$(tail -n 1 calls)" SCM_RIGHTS
gone
agent "$TC" run ./tell
before=$(state)
out=$(fails 1 strace -qq -o /dev/null -e trace=sendmsg \
	-e inject=sendmsg:error=ECONNREFUSED:when="$calls" \
	"$TC" filter add dev v0 ingress pref 1 handle 1 bpf da obj $obj \
	export "$sock" 2>&1)
assert_match "$out" "^Error: export to '$sock': send 3 maps: Connection refused"
unchanged "$before" "not sent"
kill $!
ends 143

# only an object's maps are known
"$TC" filter add dev v0 ingress pref 9 bpf da obj $obj
bpftool prog pin id "$(cls_id v0 ingress)" "$BPFFS/prog"
"$EXAMPLES/agent" "$sock" >said 2>&1 &
wait_for test -S "$sock"
out=$(fails 1 add pinned "$BPFFS/prog" export "$sock" 2>&1)
assert_match "$out" 'only the maps of an object are handed over'
TC_BPF_UDS=$sock "$TC" filter add dev v0 ingress pref 1 bpf da pinned "$BPFFS/prog"
kill $!
