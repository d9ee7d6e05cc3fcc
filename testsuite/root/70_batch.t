#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# -batch: lines that are ours and lines that are not, from a file and from
# stdin, and what happens when one of them fails.

. "$(dirname "$0")/lib.sh"
need bpftool

prefs() {
	"$SYS_TC" filter show dev v0 "${1:-ingress}" | sed -n 's/.* pref \([0-9]*\) .*handle.*/\1/p' |
		tr '\n' ' '
}

mtu() {
	"$SYS_IP" link show dev v0 | sed -n 's/.* mtu \([0-9]*\) .*/\1/p'
}

clear() {
	"$SYS_TC" filter del dev v0 ingress
	"$SYS_IP" link set dev v0 mtu 1500 xdp off
}

compile_bpf verdict.bpf.c
compile_bpf count.bpf.c
compile_bpf jump.bpf.c
o=verdict.bpf.o
veth

# ---- all kinds of lines, from a file and from stdin ----

cat >tc.batch <<END
# a comment, and an empty line

qdisc add dev v0 clsact
filter add dev v0 ingress pref 1 bpf da obj $o
  filter add dev v0 ingress \\
	pref 2 bpf da obj count.bpf.o	# more of a comment
qdisc replace dev v0 root pfifo limit 77
filter add dev v0 ingress pref 3 bpf da bytecode '1,6 0 0 0,'
filter add dev v0 ingress pref 4 bpf da obj "$o" sec 'shot'
filter show dev v0 ingress pref 4
filter del dev v0 ingress pref 2
END
cat >ip.batch <<END
link set dev v0 mtu 1600 xdp obj $o
link set dev v0 txqueuelen 55
link set dev v0 mtu 1700
addr add 10.77.0.1/24 dev v0
link show dev v0
END
for from in file stdin; do
	if [ $from = file ]; then
		"$TC" -batch tc.batch >out
		"$IP" -b ip.batch >ip.out
	else
		"$TC" -b - <tc.batch >out
		"$IP" -batch - <ip.batch >ip.out
	fi
	assert_eq "$(prefs)" "1 3 4 " "filters from $from"
	assert_match "$("$SYS_TC" qdisc show dev v0)" '^qdisc pfifo .* limit 77p'
	assert_eq "$(cat out)" "$("$SYS_TC" filter show dev v0 ingress pref 4)" "its output"
	assert_eq "$(mtu)" 1700
	[ -n "$(xdp_id v0)" ] || die "no XDP program from $from"
	assert_match "$("$SYS_IP" addr show dev v0)" 'inet 10\.77\.0\.1/24'
	assert_match "$("$SYS_IP" link show dev v0)" ' qlen 55$'
	assert_eq "$(cat ip.out)" "$("$SYS_IP" link show dev v0)"
	"$SYS_IP" addr del 10.77.0.1/24 dev v0
	"$SYS_IP" link set dev v0 mtu 1500 xdp off
	"$SYS_TC" qdisc del dev v0 clsact
	"$SYS_TC" qdisc del dev v0 root
done
"$SYS_TC" qdisc add dev v0 clsact

# ---- a line that fails ----

# each: a line that fails, by one who does it
for line in "filter add dev v0 ingress pref 8 bpf da obj /nowhere.o" \
	    "filter add dev v0 parent 5: pref 8 bpf da obj $o" \
	    "filter add dev nodev ingress pref 8 bpf da obj $o" \
	    "filter add dev v0 ingress pref x bpf da obj $o" \
	    "filter add dev v0 ingress pref 8 nonsense" \
	    "nonsense" "exec bpf graft m:globals/none key 1 obj $o"; do
	cat >bad <<END
filter add dev v0 ingress pref 1 bpf da obj $o

$line
filter add dev v0 ingress pref 2 bpf da obj $o
END
	fails 1 "$TC" -batch bad 2>err
	assert_eq "$(tail -n 1 err)" "Command failed bad:3" "after '$line'"
	assert_eq "$(prefs)" "1 " "after '$line'"
	clear
	fails 1 "$TC" -force -batch bad 2>err
	assert_eq "$(prefs)" "1 2 " "with -force, after '$line'"
	assert_match "$(cat err)" '^Command failed bad:3$'
	clear
	fails 1 "$TC" -b - <bad 2>err
	assert_eq "$(tail -n 1 err)" "Command failed -:3" "from stdin, '$line'"
	clear
done

for line in "link set dev v0 xdp obj /nowhere.o" "link set dev nodev xdp obj $o" \
	    "link set dev v0 xdp nonsense" "link set dev v0 mtu 999999999" \
	    "link set dev v0 xdp obj $o mtu 999999999" "nonsense"; do
	cat >bad <<END
link set dev v0 mtu 1501
$line
link set dev v0 mtu 1502
END
	fails 1 "$IP" -batch bad 2>err
	assert_eq "$(tail -n 1 err)" "Command failed bad:2" "after '$line'"
	assert_eq "$(mtu)" 1501 "after '$line'"
	clear
	fails 1 "$IP" -force -batch bad 2>err
	assert_eq "$(mtu)" 1502 "with -force, after '$line'"
	[ -z "$(xdp_id v0)" ] || die "attached after '$line'"
	clear
done

# ---- no file, and only lines of the system's ----

out=$(fails 1 "$TC" -batch /nowhere 2>&1)
assert_eq "$out" 'Cannot open file "/nowhere" for reading: No such file or directory'
printf 'addr show dev v0\nroute show\n' >shows
assert_eq "$("$IP" -batch shows)" "$("$SYS_IP" -batch shows)"
printf 'qdisc show dev lo\nclass show dev v0\n' >shows
assert_eq "$("$TC" -j -batch shows)" "$("$SYS_TC" -j -batch shows)"

# ---- a thousand lines, with room for few descriptors ----

for i in $(seq 500); do
	echo "filter replace dev v0 ingress pref 1 handle 1 bpf da obj jump.bpf.o"
	echo "filter add dev v0 ingress pref 2 bpf da obj /nowhere.o"
done >many
(ulimit -n 24 && fails 1 "$TC" -force -batch many 2>err)
assert_eq "$(grep -c '^Command failed' err)" 500
assert_eq "$(grep -c '^Error: .*/nowhere.o' err)" 500
assert_eq "$(prefs)" "1 "
for i in $(seq 300); do
	echo "link set dev v0 xdp obj count.bpf.o"
	echo "link set dev v0 xdp off"
done >many
(ulimit -n 24 && "$IP" -batch many)
assert_eq "$(xdp_id v0)" ""
