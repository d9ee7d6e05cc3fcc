#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# The commands that guides print, word for word, with ours as `ip` and `tc`:
# their exit status, and all that is attached afterwards. The tables are
# at the end.

. "$(dirname "$0")/lib.sh"
need bpftool
export PATH=$TOP/ip:$TOP/tc:$PATH

# ---- what is attached ----

last_id=0		# programs with a greater one are new

# mark_new ID: "*" when it is
mark_new() {
	[ "$1" -le "$last_id" ] || echo '*'
}

# xdp_of DEV: MODE=FUNCTION of the program there
xdp_of() {
	local mode id

	id=$(xdp_id "$1" 2>/dev/null)
	[ -n "$id" ] || return 0
	mode=$("$SYS_IP" link show dev "$1" | sed -n '1s/.* mtu [0-9]* \(xdp[a-z]*\).*/\1/p')
	echo "$mode=$(bpftool prog show id "$id" |
		sed -n '1s/.* name \([^ ]*\).*/\1/p')$(mark_new "$id")"
}

# filters_of DEV PLACE: PLACE=PREF/HANDLE:OBJECT[,WORD...] of each
filters_of() {
	local words id

	"$SYS_TC" filter show dev "$1" ${2#root} 2>/dev/null |
	awk -v place="$2" '
		function put() { if (row) print row, id }
		$1 == "filter" && / handle / {
			put()
			id = flow = flags = ""
			for (i = 2; i <= NF; i++) {
				if ($i == "pref") pref = $(i + 1)
				else if ($i == "handle") name = $(i + 2)
				else if ($i == "flowid") flow = "," $(i + 1)
				else if ($i == "id") id = $(i + 1)
				else if ($i ~ /^(skip_|in_hw$)/) flags = flags "," $i
				else if ($i == "direct-action") flags = flags ",da"
				if ($i == "handle") handle = $(i + 1)
				if ($i ~ /:\[|^bytecode$/) name = $i
			}
			row = place "=" pref "/" handle ":" name flow flags
		}
		/^\taction order/ { row = row ",action:" $5 }
		END { put() }' |
	while read -r words id; do
		echo "$words$(mark_new "${id:-0}")"
	done
}

# places_of DEV: where it can have filters. The qdisc ingress has one list, which
# is told for egress, too.
places_of() {
	case $("$SYS_TC" qdisc show dev "$1" 2>/dev/null) in
	*' ingress ffff: '*)	echo root ingress ;;
	*)			echo root ingress egress ;;
	esac
}

# attached: DEV:PLACE=PROGRAM..., of all devices, in one line; "-": nothing
attached() {
	local dev place text

	text=$(for dev in lo em1 eth0; do
		xdp_of $dev | sed "s/^/$dev:/"
		for place in $(places_of $dev); do
			filters_of $dev "$place" | sed "s/^/$dev:/"
		done
		"$SYS_IP" route show table all dev $dev 2>/dev/null |
			sed -n "s/^\([^ ]*\)  encap bpf \(.*\) scope .*/$dev:\1=\2/p"
	done | LC_ALL=C sort -u | tr '\n' ' ' | sed 's/ $//')
	echo "${text:--}"
}

# ---- running a table ----

done_=0 lacking=

# has FEATURE
has() {
	case $1 in
	act_bpf)
		"$SYS_TC" actions add action bpf bytecode '1,6 0 0 0' 2>/dev/null &&
			"$SYS_TC" actions flush action bpf ;;
	netdevsim)
		modprobe -q netdevsim 2>/dev/null; [ -e /sys/bus/netdevsim ] ;;
	*)	die "no such feature: $1" ;;
	esac
}

# one COMMAND STATUS ATTACHED
one() {
	local status=0 state

	last_id=$(bpftool prog show | sed -n 's/^\([0-9]*\): .*/\1/p' |
		sort -n | tail -n 1)
	: "${last_id:=0}"
	bash -c "$1" >out 2>&1 </dev/null || status=$?
	[ "$status" = "$2" ] || die "'$1': status $status, expected $2: $(cat out)"
	state=$(attached)
	[ "$state" = "$3" ] ||
		die "'$1': '$state' is attached, expected '$3'; it said: $(cat out)"
	done_=$((done_ + 1))
}

# run_table: lines of
#	COMMAND => STATUS ATTACHED	as printed in the guide; "*" marks a new program
#	> REGEX				a line of what it said
#	% COMMAND			ours, to prepare what the guide takes for granted
#	? FEATURE			what the rest of this guide takes
#	@ GUIDE
run_table() {
	local line command= skipping= guide=

	while read -r line; do
		case $line in
		'' | '#'*)	continue ;;
		'@ '*)	guide=${line#@ } skipping= ;;
		'? '*)	has "${line#? }" || skipping=${line#? } ;;
		*)	[ -z "$skipping" ] || {
				[[ $line != *'=> '* ]] || lacking+="$skipping "
				continue
			} ;;&
		'% '*)	bash -e -c "${line#% }" >out 2>&1 </dev/null ||
				die "$guide: $line: $(cat out)" ;;
		'> '*)	grep -Eq -- "${line#> }" out ||
				die "$guide: '$command' does not say '${line#> }': $(cat out)" ;;
		*'=> '*)
			command=$(sed 's/[\t ]*=> .*//' <<<"$line")
			line=${line##*=> }
			one "$command" "${line%% *}" "${line#* }" ;;
		*)	die "not a line of the table: $line" ;;
		esac
	done
}

# ---- what is taken for granted: em1, eth0, objects, empty folders ----

compile_bpf guide.bpf.c
compile_bpf guidemaps.bpf.c
variant tail guidemaps.bpf.c -DTAIL
for name in prog xdp-example test_xdp_noinline bpf_host test_lwt_bpf; do
	cp guide.bpf.o $name.o
done
cp guidemaps.bpf.o tc-example.o
cp guidemaps.bpf.o bpf.o

# the guides' /tmp and /var, with our tree still where it is
mkdir top
mount --bind "$TOP" top
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /var
if [ ! -e "$TOP/testsuite" ]; then
	mkdir -p "$TOP"
	mount --bind top "$TOP"
fi
mkdir -p /var/run /var/bpf
printf '6,40 0 0 12,21 0 3 2048,48 0 0 23,21 0 1 6,6 0 0 4294967295,6 0 0 0,' \
	>/var/bpf/tcp-syn

# pin SECTION PATH: as somebody else's program
pin() {
	ip -force link set dev p-em1 xdp obj prog.o sec "$1"
	bpftool prog pin id "$(xdp_id p-em1)" "$2"
	ip link set dev p-em1 xdp off
}
export -f pin xdp_id
export SYS_IP

for dev in em1 eth0; do
	"$SYS_IP" link add $dev type veth peer name p-$dev
	"$SYS_IP" link set $dev up
	"$SYS_IP" link set p-$dev up
done
"$SYS_IP" link set lo up
"$SYS_IP" addr add 192.168.253.1/24 dev eth0

run_table <<'TABLE'
@ Cilium: BPF and XDP Reference Guide, LLVM
ip link set dev em1 xdp obj xdp-example.o	=> 0 em1:xdp=in_prog*
% ip link set dev em1 xdp off
ip link set dev em1 xdp obj xdp-example.o verb	=> 0 em1:xdp=in_prog*
> ^Prog section 'prog' loaded \([0-9]+\)!$
> ^ - Type: +6$
> ^ - Instructions: 2 \(0 over limit\)$
> ^ - License: +GPL$
> ^Verifier analysis:$
> ^processed 2 insns
% ip link set dev em1 xdp off
tc qdisc add dev em1 clsact	=> 0 -
tc filter add dev em1 ingress bpf da obj tc-example.o sec ingress	=> 0 em1:ingress=49152/0x1:tc-example.o:[ingress],da*
tc filter add dev em1 egress bpf da obj tc-example.o sec egress	=> 0 em1:egress=49152/0x1:tc-example.o:[egress],da* em1:ingress=49152/0x1:tc-example.o:[ingress],da
tc filter show dev em1 ingress	=> 0 em1:egress=49152/0x1:tc-example.o:[egress],da em1:ingress=49152/0x1:tc-example.o:[ingress],da
> ^filter protocol all pref 49152 bpf .*handle 0x1 tc-example.o:\[ingress\] direct-action .*id [0-9]+ .*tag [0-9a-f]{16}
tc filter show dev em1 egress	=> 0 em1:egress=49152/0x1:tc-example.o:[egress],da em1:ingress=49152/0x1:tc-example.o:[ingress],da
> ^filter protocol all pref 49152 bpf .*handle 0x1 tc-example.o:\[egress\] direct-action .*id [0-9]+ .*tag [0-9a-f]{16}
# one map for both, as `tree` shows in the guide
% test -f /sys/fs/bpf/tc/globals/acc_map -a /sys/fs/bpf/ip/globals/acc_map -ef /sys/fs/bpf/xdp/globals/acc_map
% tc qdisc del dev em1 clsact; rm /sys/fs/bpf/tc/globals/acc_map

@ Cilium, iproute2: 1. Loading of XDP BPF object files
ip link set dev em1 xdp obj prog.o	=> 0 em1:xdp=in_prog*
% ip link set dev em1 xdp off
ip link set dev em1 xdp obj prog.o sec foobar	=> 0 em1:xdp=in_foobar*
% ip link set dev em1 xdp off
ip link set dev em1 xdp obj prog.o sec .text	=> 0 em1:xdp=in_text*
# "will throw an error in case a XDP program is already attached"
ip link set dev em1 xdp obj prog.o	=> 2 em1:xdp=in_text
ip -force link set dev em1 xdp obj prog.o	=> 0 em1:xdp=in_prog*
ip link | grep xdp	=> 0 em1:xdp=in_prog
> em1@p-em1: .* xdp/id:[0-9]+ |em1@p-em1: .* xdp
ip -d link	=> 0 em1:xdp=in_prog
> prog/xdp id [0-9]+ .*tag [0-9a-f]{16}
ip link set dev em1 xdp off	=> 0 -
ip -force link set dev em1 xdpdrv obj prog.o	=> 0 em1:xdp=in_prog*
ip link show	=> 0 em1:xdp=in_prog
> prog/xdp id [0-9]+ .*tag [0-9a-f]{16}
ip link set dev em1 xdpdrv off	=> 0 -
ip -force link set dev em1 xdpgeneric obj prog.o	=> 0 em1:xdpgeneric=in_prog*
ip link show	=> 0 em1:xdpgeneric=in_prog
> em1@p-em1: .* xdpgeneric
ip link set dev em1 xdpgeneric off	=> 0 -
# "only switching programs within a specific operation mode"
ip -force link set dev em1 xdpgeneric obj prog.o	=> 0 em1:xdpgeneric=in_prog*
ip -force link set dev em1 xdpdrv obj prog.o	=> 2 em1:xdpgeneric=in_prog
ip -force link set dev em1 xdpgeneric obj prog.o	=> 0 em1:xdpgeneric=in_prog*
ip -force link set dev em1 xdpgeneric off	=> 0 -

@ Cilium, iproute2: 2. Loading of tc BPF object files
tc qdisc add dev em1 clsact	=> 0 -
tc filter add dev em1 ingress bpf da obj prog.o	=> 0 em1:ingress=49152/0x1:prog.o:[classifier],da*
tc filter add dev em1 egress bpf da obj prog.o	=> 0 em1:egress=49152/0x1:prog.o:[classifier],da* em1:ingress=49152/0x1:prog.o:[classifier],da
% tc filter del dev em1 egress
tc filter add dev em1 egress bpf da obj prog.o sec foobar	=> 0 em1:egress=49152/0x1:prog.o:[foobar],da* em1:ingress=49152/0x1:prog.o:[classifier],da
tc filter show dev em1 ingress	=> 0 em1:egress=49152/0x1:prog.o:[foobar],da em1:ingress=49152/0x1:prog.o:[classifier],da
> ^filter protocol all pref 49152 bpf .*handle 0x1 prog.o:\[classifier\] direct-action
tc filter show dev em1 egress	=> 0 em1:egress=49152/0x1:prog.o:[foobar],da em1:ingress=49152/0x1:prog.o:[classifier],da
> ^filter protocol all pref 49152 bpf .*handle 0x1 prog.o:\[foobar\] direct-action
% tc filter del dev em1 ingress; tc filter del dev em1 egress
tc filter add dev em1 ingress pref 1 handle 1 bpf da obj prog.o sec foobar	=> 0 em1:ingress=1/0x1:prog.o:[foobar],da*
tc filter show dev em1 ingress	=> 0 em1:ingress=1/0x1:prog.o:[foobar],da
> ^filter protocol all pref 1 bpf .*handle 0x1 prog.o:\[foobar\] direct-action .*id [0-9]+
tc filter replace dev em1 ingress pref 1 handle 1 bpf da obj prog.o sec foobar	=> 0 em1:ingress=1/0x1:prog.o:[foobar],da*
tc filter del dev em1 ingress	=> 0 -
tc filter del dev em1 egress	=> 0 -
tc qdisc del dev em1 clsact	=> 0 -

@ Cilium, iproute2: options of the loader
% pin prog /sys/fs/bpf/prog
ip link set dev em1 xdp obj xdp-example.o verb	=> 0 em1:xdp=in_prog*
% ip link set dev em1 xdp off
ip link set dev em1 xdp pinned /sys/fs/bpf/prog	=> 0 em1:xdp=in_prog
% ip link set dev em1 xdp off; ln -s . /sys/fs/bpf/xdp 2>/dev/null || mv /sys/fs/bpf/prog /sys/fs/bpf/xdp/
ip link set dev em1 xdp pinned m:prog	=> 0 em1:xdp=in_prog
% ip link set dev em1 xdp off
% umount -l /sys/fs/bpf
% tc qdisc add dev em1 clsact; cp tail.o tc-example.o
mkdir /var/run/bpf	=> 0 -
mount --bind /var/run/bpf /var/run/bpf	=> 0 -
mount -t bpf bpf /var/run/bpf	=> 0 -
tc filter add dev em1 ingress bpf da obj tc-example.o sec prog	=> 0 em1:ingress=49152/0x1:tc-example.o:[prog],da*
% test -f /var/run/bpf/tc/globals/jmp_map
% test "$(readlink -f /var/run/bpf/ip) $(readlink -f /var/run/bpf/xdp)" = "/var/run/bpf/tc /var/run/bpf/tc"
% cp guidemaps.bpf.o tc-example.o
% tc qdisc del dev em1 clsact; umount -l /var/run/bpf; umount /var/run/bpf; mount -t bpf bpf /sys/fs/bpf

@ Cilium: Debugging and Testing
ip -force link set dev lo xdp obj test_xdp_noinline.o sec xdp-test	=> 0 lo:xdpgeneric=in_xdp_test*
ip a	=> 0 lo:xdpgeneric=in_xdp_test
> ^1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 xdpgeneric
% ip link set dev lo xdp off

@ ip-link(8)
ip link set dev eth0 xdp obj prog.o	=> 0 eth0:xdp=in_prog*
ip link set dev eth0 xdp obj prog.o	=> 2 eth0:xdp=in_prog
ip -force link set dev eth0 xdp obj prog.o sec foo	=> 0 eth0:xdp=in_foo*
ip link set dev eth0 xdp off	=> 0 -
% pin foo /sys/fs/bpf/foo
ip -force link set dev eth0 xdp pinned /sys/fs/bpf/foo	=> 0 eth0:xdp=in_foo
ip link set dev eth0 xdp off	=> 0 -

@ tc-bpf(8)
% tc qdisc add dev em1 root handle 1: htb
tc filter add dev em1 parent 1: bpf obj bpf.o flowid 1:1	=> 0 em1:root=49152/0x1:bpf.o:[classifier],1:1*
% tc filter del dev em1 parent 1:
tc filter add dev em1 parent 1: bpf obj bpf.o sec mycls flowid 1:1	=> 0 em1:root=49152/0x1:bpf.o:[mycls],1:1*
tc filter show dev em1	=> 0 em1:root=49152/0x1:bpf.o:[mycls],1:1
> ^filter parent 1: protocol all pref 49152 bpf .*handle 0x1 flowid 1:1 bpf.o:\[mycls\]
% tc filter del dev em1 parent 1:
tc qdisc add dev em1 handle ffff: ingress	=> 0 -
tc filter add dev em1 parent ffff: bpf obj bpf.o sec mycls flowid ffff:1	=> 0 em1:ingress=49152/0x1:bpf.o:[mycls],ffff:1*
tc filter show dev em1 parent ffff:	=> 0 em1:ingress=49152/0x1:bpf.o:[mycls],ffff:1
> ^filter (parent ffff: )?protocol all pref 49152 bpf .*handle 0x1 flowid ffff:1 bpf.o:\[mycls\]
% tc qdisc del dev em1 ingress
tc filter add dev em1 parent 1: bpf bytecode '1,6 0 0 4294967295,' flowid 1:1	=> 0 em1:root=49152/0x1:bytecode,1:1
% tc filter del dev em1 parent 1:
tc filter add dev em1 parent 1: bpf bytecode-file /var/bpf/tcp-syn flowid 1:1	=> 0 em1:root=49152/0x1:bytecode,1:1
% tc filter del dev em1 parent 1:
? act_bpf
tc filter add dev em1 parent 1: bpf obj bpf.o flowid 1:1 action bpf obj bpf.o sec action-mark action bpf obj bpf.o sec action-rand ok	=> 0 em1:root=49152/0x1:bpf.o:[classifier],1:1,action:bpf.o:[action-mark],action:bpf.o:[action-rand]*
% tc filter del dev em1 parent 1:

@ Linux: samples/bpf/xdp2skb_meta.sh, test_lwt_bpf.sh
% tc qdisc replace dev eth0 clsact; cp prog.o xdp2skb_meta_kern.o
tc filter add dev eth0 ingress prio 1 handle 1 bpf da obj xdp2skb_meta_kern.o sec tc_mark	=> 0 eth0:ingress=1/0x1:xdp2skb_meta_kern.o:[tc_mark],da*
tc filter show dev eth0 ingress	=> 0 eth0:ingress=1/0x1:xdp2skb_meta_kern.o:[tc_mark],da
ip link set dev eth0 xdp off	=> 0 eth0:ingress=1/0x1:xdp2skb_meta_kern.o:[tc_mark],da
tc qdisc del dev eth0 clsact	=> 0 -
ip route add 192.168.254.0/24 encap bpf out obj test_lwt_bpf.o section nop dev eth0	=> 0 eth0:192.168.254.0/24=out test_lwt_bpf.o:[nop]
ip route del 192.168.254.0/24 dev eth0	=> 0 -

@ the same, as short as they may be
% tc qdisc del dev em1 root
ip l s em1 xdp o prog.o s foobar	=> 0 em1:xdp=in_foobar*
ip -fo l s em1 xdp p /sys/fs/bpf/foo	=> 0 em1:xdp=in_foo
ip l s em1 xdp off	=> 0 -
tc q a dev em1 clsact	=> 0 -
tc f a dev em1 ingress p 1 handle 1 bpf d o prog.o s foobar	=> 0 em1:ingress=1/0x1:prog.o:[foobar],da*
tc f r dev em1 ingress p 1 handle 1 bpf d o prog.o	=> 0 em1:ingress=1/0x1:prog.o:[classifier],da*
tc f l dev em1 ingress	=> 0 em1:ingress=1/0x1:prog.o:[classifier],da
> handle 0x1 prog.o:\[classifier\] direct-action
tc f d dev em1 ingress	=> 0 -
tc q d dev em1 clsact	=> 0 -
ip r a 192.168.254.0/24 encap bpf out o test_lwt_bpf.o s nop dev eth0	=> 0 eth0:192.168.254.0/24=out test_lwt_bpf.o:[nop]
ip r d 192.168.254.0/24	=> 0 -

@ Cilium, iproute2: offloaded XDP, and tc BPF
? netdevsim
% ip link set em1 down; ip link set em1 name veth-em1
% echo "1 1" >/sys/bus/netdevsim/new_device; sleep 1
% ip link set "$(ip -o link show | sed -n '$s/^[0-9]*: \([^:@]*\).*/\1/p')" name em1 up
ip -force link set dev em1 xdpoffload obj prog.o	=> 0 em1:xdpoffload=in_prog*
ip link show	=> 0 em1:xdpoffload=in_prog
> em1: .* xdpoffload
ip link set dev em1 xdpoffload off	=> 0 -
ip -force link set dev em1 xdpgeneric obj prog.o	=> 0 em1:xdpgeneric=in_prog*
ip -force link set dev em1 xdpgeneric off	=> 0 -
ip -force link set dev em1 xdpoffload obj prog.o	=> 0 em1:xdpoffload=in_prog*
ip l	=> 0 em1:xdpoffload=in_prog
> em1: .* xdpoffload
ip -force link set dev em1 xdpoffload off	=> 0 -
% ethtool -K em1 hw-tc-offload off
# "TC offload is disabled on net device"
tc qdisc add dev em1 clsact	=> 0 -
tc filter replace dev em1 ingress pref 1 handle 1 bpf skip_sw da obj prog.o	=> 2 -
> ^Error: TC offload is disabled on net device\.$
> ^We have an error talking to the kernel$
tc qdisc del dev em1 clsact	=> 0 -
ethtool -K em1 hw-tc-offload on	=> 0 -
tc qdisc add dev em1 clsact	=> 0 -
tc filter replace dev em1 ingress pref 1 handle 1 bpf skip_sw da obj prog.o	=> 0 em1:ingress=1/0x1:prog.o:[classifier],da,skip_sw,in_hw*
tc filter show dev em1 ingress	=> 0 em1:ingress=1/0x1:prog.o:[classifier],da,skip_sw,in_hw
> ^filter protocol all pref 1 bpf .*handle 0x1 prog.o:\[classifier\] direct-action skip_sw in_hw .*id [0-9]+
% ip link set eth0 down; ip link set eth0 name veth-eth0; ip link set em1 down; ip link set em1 name eth0 up; tc qdisc del dev eth0 clsact
ip -force link set dev eth0 xdpoffload obj prog.o	=> 0 eth0:xdpoffload=in_prog*
ip l	=> 0 eth0:xdpoffload=in_prog
> eth0: .* xdpoffload
% echo 1 >/sys/bus/netdevsim/del_device
TABLE

# ---- one that waits: tc exec bpf imp /tmp/bpf. 47_dbg.t has `tc exec bpf dbg`. ----

"$SYS_IP" link show dev em1 >/dev/null 2>&1 ||
	"$SYS_IP" link add em1 type veth peer name q-em1
"$SYS_TC" qdisc del dev em1 root 2>/dev/null || :
"$SYS_TC" qdisc add dev em1 root handle 1: htb
# the shell that it starts reads these
tc exec bpf imp /tmp/bpf >said 2>&1 <<<'echo "maps: $BPF_NUM_MAPS"' &
wait_for test -S /tmp/bpf
run_table <<'TABLE'
@ tc-bpf(8): an agent
tc filter add dev em1 parent 1: bpf obj bpf.o exp /tmp/bpf flowid 1:1	=> 0 em1:root=49152/0x1:bpf.o:[classifier],1:1*
TABLE
wait $! || die "tc exec bpf imp: $(cat said)"
assert_eq "$(cat said)" "maps: 1"

note="$((done_ + 1)) commands"
for feature in $(tr ' ' '\n' <<<"$lacking" | sort -u); do
	note+=", $(grep -o "$feature" <<<"$lacking" | wc -l) skipped for want of $feature"
done
echo "note: $note"
