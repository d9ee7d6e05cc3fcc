#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# One object on many devices by one batch: loaded once, sent together, and yet
# each line does, says and leaves what it would alone, also where one fails,
# where the object changes between two lines, and where somebody waits.

. "$(dirname "$0")/lib.sh"
need bpftool strace

count=$(rounds 1000 100)

compile_bpf verdict.bpf.c
compile_bpf count.bpf.c
variant alone count.bpf.c -DPINNING=PIN_NONE
o=verdict.bpf.o

# devices COUNT: d1 and so on, of a kind without XDP of its own; (the modules
# of others, dummy and ifb, would make devices outside of this namespace)
devices() {
	seq "$1" | sed "s/.*/link add d& type bridge/" | "$SYS_IP" -batch -
}

# what there is on the first N devices, without ids
all_state() {
	local hook i

	for i in $(seq "$1"); do
		echo "d$i: $("$SYS_IP" -d link show dev "d$i" | grep -o 'prog/xdp[a-z]*' || :)"
		"$SYS_TC" qdisc show dev "d$i"
		for hook in ingress egress; do
			"$SYS_TC" filter show dev "d$i" "$hook"
		done
	done 2>/dev/null | sed 's/ id [0-9]*//'
}

clean() {
	local i

	for i in $(seq "$1"); do
		echo "link set dev d$i xdpgeneric off"
	done | "$SYS_IP" -force -batch -
	for i in $(seq "$1"); do
		echo "qdisc del dev d$i clsact"
	done | "$SYS_TC" -force -batch - 2>/dev/null || :
}

# loads CMD...: how many programs it has verified
loads() {
	strace -f -qq -o trace -e trace=bpf "$@" >out 2>err || die "'$*': $(cat err)"
	grep -c 'BPF_PROG_LOAD' trace || :
}

# ---- a thousand devices: one load, few sends ----

devices "$count"
for mode in xdp xdpgeneric; do
	seq "$count" | sed "s/.*/link set dev d& $mode obj $o/" >lines
	assert_eq "$(loads "$IP" -batch lines)" 1 "loads for $mode"
	assert_eq "$("$SYS_IP" -d link show | grep -o 'prog/xdp.* id [0-9]*' | sort | uniq -c |
		sed 's/^ *//; s/ prog.*//')" "$count" "devices with one program"
	# each is told of
	notes=$(grep -c '^Note: d[0-9]* runs it in generic mode' err || :)
	assert_eq "$notes" "$([ $mode = xdp ] && echo "$count" || echo 0)" "notes"
	clean "$count"
done
for words in "ip xdpgeneric" "tc clsact"; do
	case $words in
	ip*)	cmd=$IP ;;
	*)	cmd=$TC
		seq "$count" | sed "s/.*/qdisc add dev d& clsact/" >lines ;;
	esac
	sends=$(strace -qq -e trace=sendmsg,sendto "$cmd" -batch lines 2>&1 | grep -c '^send')
	[ "$sends" -le $((count / 64 + 10)) ] || die "$words: $sends sends"
done
seq "$count" | sed "h; s/.*/filter add dev d& ingress pref 1 bpf da obj $o/p
	g; s/.*/filter add dev d& egress bpf obj $o sec shot/" >lines
assert_eq "$(wc -l <lines)" $((2 * count))
assert_eq "$(loads "$TC" -batch lines)" 2 "loads of two sections"
for i in 1 2 63 64 65 66 "$count"; do
	assert_eq "$(cls_id "d$i" ingress)" "$(cls_id d1 ingress)"
	assert_eq "$(cls_id "d$i" egress)" "$(cls_id d1 egress)"
	assert_match "$("$SYS_TC" filter show dev "d$i" ingress)" 'pref 1 .*direct-action'
	assert_match "$("$SYS_TC" filter show dev "d$i" egress)" 'pref 49152 .*\[shot\]'
done
clean "$count"

# ---- the library's call: all or nothing ----

$CC -Wall -Wextra -Werror -o many_hooks "$TOP/testsuite/root/many.c" \
	-I"$TOP/include" -L"$TOP/lib" -lbpfelf
export LD_LIBRARY_PATH=$TOP/lib
./many_hooks $o $(seq -f 'd%.0f' "$count")
assert_eq "$("$SYS_IP" -d link show | grep -c 'prog/xdp.* id ')" "$count" "devices"
clean "$count"
last=$((count - 1))
"$IP" link set dev d$last xdpgeneric obj $o
fails 1 ./many_hooks $o $(seq -f 'd%.0f' "$count") 2>err
assert_eq "$(cat err)" "d$last: XDP program already attached"
assert_eq "$("$SYS_IP" -d link show | grep -c 'prog/xdp.* id ')" 1 "devices that keep theirs"
clean "$count"

# ---- a line that fails: as one after the other ----

few=8

# in_turn CMD FORCE FILE: each line by a command of its own
in_turn() {
	local n=0 status=0 line

	while read -r line; do
		n=$((n + 1))
		"$1" $2 $line >>turn.out 2>>turn.err && continue
		echo "Command failed bad:$n" >>turn.err
		status=1
		[ -n "$2" ] || break
	done <"$3"
	return $status
}

# same CMD [-force]: the lines of `bad` do together what they do in turn; what
# there is before is made by the lines of `before`
same() {
	local want=0 got=0 state

	: >turn.out >turn.err
	"$SYS_TC" -batch before.tc
	"$IP" -batch before.ip 2>/dev/null
	in_turn "$1" "${2-}" bad || want=$?
	state=$(all_state $few)
	clean $few
	"$SYS_TC" -batch before.tc
	"$IP" -batch before.ip 2>/dev/null
	"$1" ${2-} -batch bad >out 2>err || got=$?
	assert_eq "$got" "$want" "status of $(cat bad)"
	assert_eq "$(all_state $few)" "$state" "state after $(cat bad)"
	# programs have other ids, and a hint retypes the options
	norm='s/program [0-9]*/program N/; s/ id [0-9]*/ id N/; s/ -batch bad//; s/ip -force /ip /'
	assert_eq "$(sed "$norm" err)" "$(sed "$norm" turn.err)" "said for $(cat bad)"
	assert_eq "$(sed "$norm" out)" "$(sed "$norm" turn.out)" "printed for $(cat bad)"
	clean $few
}

filter="ingress pref 1 handle 1 bpf da obj $o"
for at in 1 4 8; do
	# there is a program, no qdisc, a filter, a qdisc; no such device
	echo "link set dev d$at xdpgeneric obj $o sec drop" >before.ip
	seq $few | sed "$at d; s/.*/qdisc add dev d& clsact/" >before.tc
	seq $few | sed "s/.*/link set dev d& xdpgeneric obj $o/" >bad
	same "$IP"
	same "$IP" -force
	seq $few | sed "s/.*/filter add dev d& $filter/" >bad
	same "$TC"
	same "$TC" -force
	: >before.ip
	: >before.tc
	seq $few | sed "s/.*/qdisc add dev d&x clsact/; $at! s/x clsact/ clsact/" >bad
	same "$TC"
	same "$TC" -force
	seq $few | sed "s/.*/qdisc add dev d& clsact/; $at p" >bad
	seq $few | sed "s/.*/filter add dev d& $filter/" >>bad
	same "$TC"
	same "$TC" -force
	{
		for i in $(seq $few); do
			echo "qdisc add dev d$i clsact"
			echo "filter add dev d$i $filter"
			[ "$i" -ne "$at" ] || echo "filter add dev d$i $filter"
			[ "$i" -ne "$at" ] || echo "filter show dev d$i ingress"
		done
	} >bad
	same "$TC"
	same "$TC" -force
	seq $few | sed "s/.*/qdisc replace dev d& clsact/; $at p" >bad
	seq $few | sed "s/.*/filter replace dev d& $filter/; $at p; s/handle 1//" >>bad
	same "$TC"
done
# every other one fails
seq $few | sed -n "s/.*[02468]$/qdisc add dev d& clsact/p" >before.tc
seq $few | sed "s/.*/qdisc add dev d& clsact/" >bad
same "$TC"
same "$TC" -force
# the same device again and again
for i in $(seq $few); do echo "link set dev d1 xdpgeneric obj $o"; done >bad
same "$IP"
same "$IP" -force

# nobody hears of a line behind the one that fails, but for a moment
: >before.tc
echo "link set dev d2 xdpgeneric obj $o" >before.ip
seq $few | sed "s/.*/link set dev d& xdpgeneric obj $o/" >bad
"$IP" -batch before.ip
fails 1 "$IP" -batch bad 2>err
for i in $(seq 3 $few); do
	assert_eq "$(xdp_id "d$i")" "" "d$i, behind the line that fails"
done
clean $few

# ---- somebody waits for an answer ----

# a program that returns V, of one size whatever it is
cat >value.bpf.c <<'END'
__attribute__((section("prog"), used)) int value(void *ctx) { return V; }
char _license[] __attribute__((section("license"), used)) = "GPL";
END
for v in 1 2; do
	variant "value$v" "$T/value.bpf.c" -DV=$v
done
assert_eq "$(stat -c %s value1.o)" "$(stat -c %s value2.o)"
cp value1.o value.o
cp -p value.o stamp

# with_batch CMD: it reads what is written to descriptor 7
with_batch() {
	rm -f pipe
	mkfifo pipe
	"$1" -batch - <pipe >out 2>err &
	batch=$!
	exec 7>pipe
}

end_batch() {
	exec 7>&-
	wait $batch || die "the batch failed: $(cat err)"
}

has_xdp() {
	[ -n "$(xdp_id "$1")" ]
}

tag() {
	bpftool prog show id "$(xdp_id "$1")" | sed -n 's/.* tag \([0-9a-f]*\).*/\1/p'
}

with_batch "$IP"
for i in 1 2 3; do
	echo "link set dev d$i xdpgeneric obj value.o" >&7
	wait_for has_xdp "d$i"
done
# two lines and the beginning of a third: those two are not held up
printf 'link set dev d4 xdpgeneric obj value.o\nlink set dev d5 xdpgeneric obj value.o\nlink set dev d6 xdp' >&7
wait_for has_xdp d4
wait_for has_xdp d5
printf 'generic \\\n' >&7
sleep 0.1
echo " obj value.o" >&7
wait_for has_xdp d6
assert_eq "$(xdp_id d5)" "$(xdp_id d1)" "one program"
# nor by a comment or an empty line that follows
printf 'link set dev d7 xdpgeneric obj value.o\n\n# more to come\n' >&7
wait_for has_xdp d7

# ---- the object changes ----

# in place, of the same size, with the same time stamp
cat value2.o >value.o
touch -r stamp value.o
echo "link set dev d8 xdpgeneric obj value.o" >&7
wait_for has_xdp d8
[ "$(tag d8)" != "$(tag d7)" ] || die "the program of before"
echo "link set dev d9 xdpgeneric obj value.o" >&7
wait_for has_xdp d9
assert_eq "$(xdp_id d9)" "$(xdp_id d8)" "that one is shared, too"
# by another file
cp value1.o new.o
mv new.o value.o
echo "link set dev d10 xdpgeneric obj value.o" >&7
wait_for has_xdp d10
assert_eq "$(tag d10)" "$(tag d7)"
end_batch
assert_eq "$(cat err)" ""
clean 10

# it goes
rm value.o
seq 3 | sed "s/.*/link set dev d& xdpgeneric obj value.o/" >bad
fails 1 "$IP" -batch bad 2>err
assert_eq "$(tail -n 1 err)" "Command failed bad:1"

# ---- maps ----

# map_of DEV: the one of its program
map_of() {
	map_ids "$(xdp_id "$1")"
}

# each line has a map of its own, as alone
seq $few | sed "s/.*/link set dev d& xdpgeneric obj alone.o/" >lines
assert_eq "$(loads "$IP" -batch lines)" $few
assert_eq "$(for i in $(seq $few); do map_of "d$i"; done | sort -u | wc -l)" $few
clean $few

# a map that is pinned is everybody's
seq $few | sed "s/.*/link set dev d& xdpgeneric obj count.bpf.o/" >lines
assert_eq "$(loads "$IP" -batch lines)" 1
assert_eq "$(for i in $(seq $few); do map_of "d$i"; done | sort -u)" \
	"$(map_id $BPFFS/tc/globals/hits)"
clean $few

# until the pin has gone
with_batch "$IP"
sed -n 1,3p lines >&7
wait_for has_xdp d3
before=$(map_of d3)
rm $BPFFS/tc/globals/hits
sed -n 4,6p lines >&7
wait_for has_xdp d6
end_batch
assert_eq "$(map_of d4) $(map_of d6)" \
	"$(map_id $BPFFS/tc/globals/hits) $(map_id $BPFFS/tc/globals/hits)"
[ "$(map_of d4)" != "$before" ] || die "the map of before"
clean $few

# ---- what a line says is said for each ----

seq $few | sed "s/.*/qdisc add dev d& clsact/" | "$SYS_TC" -batch -
seq $few | sed "s/.*/filter add dev d& ingress pref 1 bpf da obj $o/" >lines
"$TC" -echo -batch lines >out
assert_eq "$(grep -c '^added filter dev d' out)" $few
clean $few
seq $few | sed "s/.*/qdisc add dev d& clsact/" | "$SYS_TC" -batch -
sed 's/$/ verb/' lines >verbose
"$TC" -batch verbose 2>err
assert_eq "$(grep -c '^Prog section' err)" $few
clean $few
seq $few | sed "s/.*/link set dev d& xdp obj $o/" >lines
"$IP" -j -batch lines 2>err
assert_eq "$(grep -c '"notes":\["d[0-9]* runs' err)" $few

# ---- with room for few descriptors ----

clean $few
seq $few | sed "s/.*/link set dev d& xdpgeneric obj $o\nlink set dev d& xdpgeneric off/" >lines
for i in $(seq 20); do cat lines; done >many
(ulimit -n 24 && "$IP" -batch many)
assert_eq "$(xdp_id d1)$(xdp_id d$few)" ""

# Together they go at once; left to the end of the namespace they take the
# kernel so long that other tests wait for it.
seq "$count" | sed "s/.*/link set dev d& group 7/" | "$SYS_IP" -force -batch - 2>/dev/null || :
"$SYS_IP" link del group 7
