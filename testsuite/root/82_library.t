#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# The library says nothing and leaves nothing open: quiet.c. It undoes what
# was not committed: undo.c. It replaces only what is expected: expect.c.
# (examples/embed.c has a test of its own.)

. "$(dirname "$0")/lib.sh"
need bpftool valgrind

compile_bpf count.bpf.c
variant refused pins.bpf.c -DREFUSED
veth

for name in quiet undo expect; do
	$CC -Wall -Wextra -Werror -o $name "$TOP/testsuite/root/$name.c" \
		-I"$TOP/include" -L"$TOP/lib" -lbpfelf
done
export LD_LIBRARY_PATH=$TOP/lib

got=0
./quiet v0 count.bpf.o refused.o >out 2>&1 || got=$?
assert_eq "$got" 0 "the line of quiet.c that is not as it should be"
assert_eq "$(cat out)" "" "output"
# what was committed, and nothing else
prog=$(bpftool prog show id "$(xdp_id v0)")
assert_match "$prog" ' name xdp_in '
assert_match "$prog" " map_ids $(map_id "$BPFFS/tc/globals/hits")\$"

"$SYS_IP" link set dev v0 xdp off
if [ -z "${SANITIZED-}" ]; then
	# it does not know that bpf() writes logs
	valgrind -q --leak-check=full --undef-value-errors=no --error-exitcode=99 \
		./quiet v0 count.bpf.o refused.o >out 2>&1 || die "valgrind: $(cat out)"
	assert_eq "$(cat out)" "" "output"
fi

# ---- a transaction that is not committed ----

compile_bpf verdict.bpf.c
compile_bpf jump.bpf.c
"$TC" qdisc add dev v0 clsact
"$TC" filter add dev v0 ingress pref 1 handle 1 bpf da obj jump.bpf.o 2>/dev/null
"$TC" filter add dev v0 ingress pref 2 handle 1 bpf skip_hw obj verdict.bpf.o classid 1:5
"$TC" filter add dev v0 egress pref 5 bpf da obj verdict.bpf.o sec shot
"$IP" -force link set dev v0 xdp obj verdict.bpf.o
before=$(state)
cat >look <<END
#!/bin/sh
{
	$SYS_TC filter show dev v0 ingress
	$SYS_TC filter show dev v0 egress
	$SYS_IP link show dev v0
	bpftool map dump pinned $BPFFS/tc/globals/jmp
} >during
END
chmod +x look
./undo v0 count.bpf.o ./look
unchanged "$before"

# it did happen meanwhile
during=$(cat during)
assert_match "$during" '^filter .* pref 1 .* handle 0x1 count.bpf.o:\[classifier\]'
assert_no_match "$during" '^filter .* pref 2 .* handle'
assert_match "$during" '^filter .* pref [0-9]+ .* handle 0x1 count.bpf.o'
assert_no_match "$during" ' prog/xdp '
assert_match "$during" '^Found 4 elements'

# ---- only the program that is expected ----

old=$(xdp_id v0)
before=$(state)
fails 1 ./expect v0 verdict.bpf.o drop 1 >out
assert_match "$(cat out)" '^2: the expected program 1: '
"$SYS_IP" link add v2 type veth peer name v3
"$IP" link set dev v2 xdp obj verdict.bpf.o
other=$(xdp_id v2)
fails 1 ./expect v0 verdict.bpf.o drop "$other" >out
assert_match "$(cat out)" '^17: Active program does not match expected'
unchanged "$before" "another program"
./expect v0 verdict.bpf.o drop "$old"
new=$(xdp_id v0)
[ "$new" -ne "$old" ] || die "not replaced"
fails 1 ./expect v0 - - "$old" off >out
assert_eq "$(xdp_id v0)" "$new"
./expect v0 - - "$new" off
assert_no_match "$("$SYS_IP" link show dev v0)" ' prog/xdp '
