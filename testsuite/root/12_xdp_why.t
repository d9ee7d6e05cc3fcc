#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# When an XDP request does something else than was meant: what is on the
# device, who holds it, what the driver says, and a command that helps, which
# is then run to see that it does.

. "$(dirname "$0")/lib.sh"
need bpftool

# hint TEXT: the command that it names
hint() {
	sed -n 's/^Hint: [^:]*: \(ip .*\)/\1/p' <<<"$1"
}

# follow TEXT: run the command that it names, as ours
follow() {
	local words

	words=$(hint "$1")
	[ -n "$words" ] || die "no command in: $1"
	eval "$IP ${words#ip }" 2>err || die "'$words' does not help: $(cat err)"
}

compile_bpf verdict.bpf.c
o=verdict.bpf.o
$CC -Wall -Wextra -Werror -o hold "$TOP/testsuite/root/hold.c"
bpftool prog load $o "$BPFFS/pass" type xdp
"$SYS_IP" link add w0 type veth peer name w1
"$SYS_IP" link add br9 type bridge
"$SYS_IP" netns add peer

# ---- off, while the program sits in another mode ----

"$IP" link set dev w0 xdpgeneric obj $o
id=$(xdp_id w0)
for words in "xdp off" "xdpdrv off" "xdp none mtu 1500"; do
	out=$(fails 0 "$IP" link set dev w0 $words 2>&1)
	assert_eq "$(head -n 1 <<<"$out")" \
		"Note: w0 still has program $id (xdp_pass) in generic mode" "$words"
	assert_eq "$(xdp_id w0)" "$id"
done
follow "$out"
assert_eq "$(xdp_id w0)" ""
assert_eq "$("$IP" link set dev w0 xdp off 2>&1)" "" "nothing left, nothing said"

"$IP" link set dev w0 xdp obj $o
out=$("$IP" link set dev w0 xdpgeneric off 2>&1)
assert_match "$out" '^Note: w0 still has program [0-9]+ \(xdp_pass\) in driver mode$'
follow "$out"
assert_eq "$(xdp_id w0)" ""

# ---- one mode where another is wanted ----

"$IP" link set dev w0 xdpgeneric obj $o
out=$(fails 2 "$IP" link set dev w0 xdpdrv obj $o 2>&1)
assert_eq "$(head -n 1 <<<"$out")" \
	"Error: Native and generic XDP can't be active at the same time."
follow "$out"
"$IP" link set dev w0 xdpdrv obj $o
"$IP" link set dev w0 xdpdrv off

# ---- a driver without XDP ----

out=$("$IP" link set dev br9 xdp obj $o 2>&1)
assert_eq "$out" "Note: br9 runs it in generic mode: its driver has no XDP of its own"
out=$("$IP" link set dev br9 xdp off 2>&1)
assert_eq "$out$(xdp_id br9)" ""
assert_eq "$("$IP" link set dev br9 xdpgeneric obj $o 2>&1)" "" "as was asked for"
"$IP" link set dev br9 xdpgeneric off
out=$(fails 2 "$IP" link set dev br9 xdpdrv obj "$o" sec drop 2>&1)
assert_match "$out" '^Note: br9: mtu 1500, driver bridge$'
follow "$out"
assert_match "$("$SYS_IP" link show dev br9)" ' xdpgeneric '

# ---- an mtu that is too large, here and there ----

"$SYS_IP" link set dev w1 mtu 9000
out=$(fails 2 "$IP" link set dev w0 xdp obj $o 2>&1)
assert_eq "$(head -n 1 <<<"$out")" "Error: veth: Peer MTU is too large to set XDP."
assert_match "$out" '^Note: w0: mtu 1500, peer w1 with mtu 9000, driver veth$'
follow "$out"
"$IP" link set dev w0 xdp obj $o
"$IP" link set dev w0 xdp off
"$SYS_IP" link set dev w1 mtu 9000 netns peer
out=$(fails 2 "$IP" link set dev w0 xdp obj $o 2>&1)
assert_match "$out" '^Note: w0: mtu 1500, peer if[0-9]+ in another namespace, driver veth$'
assert_match "$out" '^Hint: try: in the namespace of if'
"$SYS_IP" -n peer link set dev w1 mtu 1500
"$SYS_IP" link set dev w0 mtu 9000
out=$(fails 2 "$IP" -n peer link set dev w1 xdp obj $o 2>&1)
assert_match "$out" '^Hint: try: in the namespace of if[0-9]+: ip link set dev if[0-9]+ mtu 1500$'
"$SYS_IP" link set dev w0 mtu 1500

# ---- a bpf_link ----

./hold xdp w0 "$BPFFS/pass" "$BPFFS/a_link" >held
for words in "xdp off" "xdpdrv off" "xdp obj $o"; do
	out=$(fails 2 "$IP" link set dev w0 $words 2>&1)
	assert_eq "$(head -n 1 <<<"$out")" "Error: Can't replace active BPF XDP link."
	assert_match "$out" '^Note: w0 has program [0-9]+ \(xdp_pass\) in driver mode$'
	assert_match "$out" "^Note: bpf_link [0-9]+ holds it, pinned as $BPFFS/a_link\$"
	assert_no_match "$out" 'ip -force'
done
rm "$BPFFS/a_link"
comes_to "" xdp_id w0
mkfifo say
./hold xdp w0 "$BPFFS/pass" >say &
holder=$!
read -r word <say
assert_eq "$word" held
out=$(fails 2 "$IP" -force link set dev w0 xdp off 2>&1)
assert_match "$out" "^Note: bpf_link [0-9]+ holds it, open in hold \(pid $holder\)\$"
eval "$(sed -n 's/^Hint: .*, or by: //p' <<<"$out")"
assert_eq "$(xdp_id w0)" ""
kill $holder

# ---- xdp-tools' dispatcher: by its name and its pins ----

cat >dispatcher.bpf.c <<'END'
#include <linux/bpf.h>
#include "bpf_api.h"
__section(ELF_SECTION_PROG)
int xdp_dispatcher(struct xdp_md *ctx)
{
	return XDP_PASS;
}
BPF_LICENSE("GPL");
END
compile_bpf "$T/dispatcher.bpf.c"
"$IP" link set dev w0 xdp obj dispatcher.bpf.o
dir=$BPFFS/xdp/dispatch-$("$SYS_IP" -o link show dev w0 | cut -d: -f1)-$(xdp_id w0)
mkdir -p "$dir"
bpftool prog pin id "$(prog_id "$BPFFS/pass")" "$dir/prog0-prog"
out=$(fails 2 "$IP" link set dev w0 xdp obj $o 2>&1)
assert_match "$out" "^Note: it is the dispatcher of xdp-tools, $dir: prog0-prog\$"
assert_match "$out" '^Hint: .*: xdp-loader unload w0 --all$'
"$IP" link set dev w0 xdp off
