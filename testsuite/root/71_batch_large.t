#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Ten thousand filters, fewer in a guest, in one batch: one process, a socket
# and the program that they share, and the line that fails is named.

. "$(dirname "$0")/lib.sh"

count=$(rounds 10000 2000)

# filters HOOK: how many are there
filters() {
	"$SYS_TC" filter show dev v0 "$1" | grep -c ' handle '
}

compile_bpf verdict.bpf.c
o=verdict.bpf.o
veth
"$SYS_TC" qdisc add dev v0 clsact

# ---- how long, and what is open at the end ----

seq "$count" | sed "s/.*/filter add dev v0 ingress pref 1 handle & bpf da obj $o sec classifier/" >lines
mkfifo pipe
start=$(date +%s%N)
"$TC" -batch - <pipe &
tc=$!
exec 7>pipe
cat lines >&7
echo "filter add dev v0 egress pref 1 handle 1 bpf da obj $o sec classifier" >&7
until "$SYS_TC" filter show dev v0 egress | grep -q handle; do
	sleep 0.05
done
end=$(date +%s%N)
open=$(find "/proc/$tc/fd" -type l -printf '%l\n' | grep -v /pipe |
	grep -vxF "$(find "/proc/$$/fd" -type l -printf '%l\n')")
assert_eq "$(sed 's/:.*prog/:prog/; s/:\[.*//' <<<"$open" | sort | tr '\n' ' ')" \
	"anon_inode:prog socket " "descriptors of its own: $open"
exec 7>&-
wait $tc
assert_eq "$(filters ingress)" "$count"
per_filter=$(((end - start) / (count + 1) / 1000))

# ---- a line in the middle that fails ----

"$SYS_TC" filter del dev v0 ingress
head -n 2000 lines | sed '1501s/obj .*/obj nowhere.o/' >bad
fails 1 "$TC" -batch bad 2>err
assert_eq "$(tail -n 1 err)" "Command failed bad:1501"
assert_eq "$(grep -c . err)" 3 "lines: $(cat err)"
assert_eq "$(filters ingress)" 1500
"$SYS_TC" filter del dev v0 ingress
fails 1 "$TC" -force -batch bad 2>err
assert_eq "$(grep '^Command' err)" "Command failed bad:1501"
assert_eq "$(filters ingress)" 1999

# ---- copies: each is told, and takes no time for that ----

"$SYS_TC" filter del dev v0 ingress
head -n 2000 lines | sed 's/pref .* bpf da/bpf da/; s/add/replace/' >copies
start=$(date +%s%N)
"$TC" -batch copies 2>err || die "$(tail -n 5 err)"
end=$(date +%s%N)
assert_eq "$(filters ingress)" 2000
assert_eq "$(grep -c '^Note: nothing was replaced' err)" 1999
per_copy=$(((end - start) / 2000 / 1000))

# ---- ip goes on behind an error of XDP ----

for i in $(seq 50); do
	echo "link set dev v0 xdp obj $o"
	echo "link set dev v0 xdp obj nowhere.o"
	echo "link set dev v0 xdp obj $o sec drop"	# there is one already
	echo "link set dev v0 xdp off"
done >xdp
fails 1 "$IP" -batch xdp 2>err
assert_eq "$(tail -n 1 err)" "Command failed xdp:2"
"$SYS_IP" link set dev v0 xdp off
fails 1 "$IP" -force -batch xdp 2>err
assert_eq "$(grep -c '^Command failed' err)" 50	# -force replaces, too
assert_eq "$(xdp_id v0)" ""

echo "note: $per_filter us per filter of $count, $per_copy us per copy of 2000"
