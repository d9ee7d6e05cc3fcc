#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Options that concern listings do not keep our commands from being ours; with
# -json the errors are JSON, and stdout is what it was.

. "$(dirname "$0")/lib.sh"
need bpftool jq

compile_bpf count.bpf.c		# the system's tc cannot load it
compile_bpf verdict.bpf.c
o=verdict.bpf.o
veth
"$SYS_TC" qdisc add dev v0 clsact

# ---- every option, with a command that only ours can do ----

for options in "-s" "-d" "-r" "-p" "-iec" "-N" "-nm" "-names" "-conf /dev/null" "-cf /dev/null" \
	       "-color" "-color=always" "-c=auto" "-col=never" "-t" "-timestamp" "-ts" "-j" "-o" \
	       "-br" "-echo" "-force" "-j -p -d -s -o -t -ts -iec" "--json --details"; do
	"$TC" $options filter add dev v0 ingress pref 5 bpf da obj count.bpf.o >out 2>err ||
		die "tc $options: $(cat err)"
	assert_eq "$(cls_id v0 ingress 5 | wc -l)" 1 "tc $options"
	assert_eq "$(cat err)" "" "what tc $options says"
	"$TC" $options filter del dev v0 ingress pref 5
done
for options in "-l 5" "-loops 5" "-f inet" "-family inet6" "-4" "-6" "-0" "-M" "-B" "-h" "-iec" "-s" \
	       "-d" "-r" "-o" "-t" "-ts" "-force" "-br" "-j" "-p" "-rc 100000" "-c" "-color=always" \
	       "-c=auto" "-N" "-a" "-echo" "-4 -d -s -t -ts -j -p -o"; do
	"$IP" $options link set dev v0 xdp obj count.bpf.o >out 2>err ||
		die "ip $options: $(cat err)"
	[ -n "$(xdp_id v0)" ] || die "ip $options: nothing attached"
	assert_eq "$(cat out err)" "" "what ip $options says"
	"$IP" $options link set dev v0 xdp off
	assert_eq "$(xdp_id v0)" "" "ip $options"
done

# what the system's refuses is refused, with its words
for options in -Q -c=au -c= -color=Auto; do
	for cmd in "$IP $SYS_IP link show dev v0" "$TC $SYS_TC filter show dev v0"; do
		read -r ours theirs words <<<"$cmd"
		got=0 want=0
		said=$($theirs $options $words 2>&1) || want=$?
		out=$($ours $options $words 2>&1) || got=$?
		assert_eq "$got $out" "$want $said" "$options"
	done
done

# ---- listings with them are the system's ----

"$TC" filter add dev v0 ingress pref 5 bpf da obj count.bpf.o
"$IP" link set dev v0 xdpgeneric obj $o
for options in "-c=always" "-c=auto" "-c=never" "-nm" "-cf /dev/null" "-t" "-ts" "-N" "-iec" "-c=never -j"; do
	assert_eq "$("$TC" $options filter show dev v0 ingress 2>&1)" \
		"$("$SYS_TC" $options filter show dev v0 ingress 2>&1)" "tc $options"
done
for options in "-c" "-c=always -br" "-c=auto" "-4" "-6" "-0" "-f link" "-t" "-ts" "-a" "-N" "-iec -s" \
	       "-h -s" "-rc 100000" "-c -j" "-l 3"; do
	assert_eq "$("$IP" $options link show dev v0 2>&1)" \
		"$("$SYS_IP" $options link show dev v0 2>&1)" "ip $options"
done

# ---- errors are JSON ----

# json STATUS FILTER CMD...: what the filter makes of the one object on stderr
json() {
	local status=$1 filter=$2

	shift 2
	fails "$status" "$@" >out 2>err
	jq -r "$filter" err
}

assert_eq "$(json 1 '.error | "\(.status) \(.name) \(.message)"' \
	"$TC" -j filter add dev v0 ingress bpf da obj nowhere.o)" \
	"1 ENOENT object 'nowhere.o': open: No such file or directory"
assert_eq "$(json 2 '.error | "\(.status) \(.errno) \(.name) \(.message)"' \
	"$TC" -j filter add dev v0 ingress pref 5 handle 1 bpf da obj $o)" \
	"2 17 EEXIST Filter already exists."
assert_eq "$(cat out)" "" "stdout"
assert_eq "$(jq -r '.log[]' err)" "We have an error talking to the kernel"
assert_eq "$(json 1 .error.message "$TC" -j filter add dev nodev ingress bpf da obj $o)" \
	'Cannot find device "nodev"'
assert_eq "$(json 255 .error.message "$TC" -j filter add dev v0 ingress bpf da obj)" \
	'Command line is not complete. Try option "help"'
assert_eq "$(json 2 '.error.message, .notes[0][:9]' \
	"$IP" -j -p link set dev v0 xdpdrv obj $o)" \
	"Native and generic XDP can't be active at the same time.
v0 has pr"
assert_match "$(json 2 .error.message "$IP" -j link set dev v0 mtu 1000000000 xdpdrv obj $o)" \
	'^mtu greater than device maximum'
assert_eq "$(json 0 '.notes | length' "$IP" -j link set dev v0 xdp off)" 1
compile_bpf pins.bpf.c -DREFUSED
assert_match "$(json 1 '(.log | length > 10), .error.message' \
	"$TC" -j filter add dev v0 ingress bpf da obj pins.bpf.o sec refused)" '^true'
assert_match "$(json 255 .error.message "$TC" -j -n nowhere filter show dev v0)" 'nowhere'
fails 0 "$TC" -j filter show dev v0 >out 2>err
assert_eq "$(cat out) $(jq -c 'keys' err)" '[] ["hints","notes"]'
assert_eq "$("$TC" -j filter show dev v0 ingress 2>&1 | jq -r '.[1].pref')" 5 "nothing but output"

# of a batch, an object for each line that says something
cat >batch <<END
filter show dev v0 ingress
filter add dev v0 ingress bpf da obj nowhere.o
filter show dev v0
nonsense
filter show dev v0 ingress
END
fails 1 "$TC" -j -force -batch batch >out 2>err
assert_eq "$(jq -c '[.error.file, .error.line, .error.name, (.notes | length)]' err)" \
'["batch",2,"ENOENT",0]
[null,null,null,1]
["batch",4,null,0]'
assert_eq "$(jq -c length out)" '2
0
2'
fails 1 "$TC" -j -batch batch >out 2>err
assert_eq "$(jq -c .error.line err)" 2
