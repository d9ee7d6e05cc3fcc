#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# tc exec bpf check: it says what the configuration says and what works, and
# changes nothing; and a command that fails for such a reason says so.

. "$(dirname "$0")/lib.sh"
need bpftool strace setpriv

# row OPTION: its line of the report; state OPTION; seen OPTION
row() {
	grep "^$1 " report || die "no line for $1"
}

verdict() {
	row "$1" | awk '{ print $2 }'
}

check() {
	"$TC" exec bpf check >report 2>err || die "status $?: $(cat err)"
	assert_eq "$(cat err)" "" "stderr"
}

# ---- as this kernel is ----

modules=$(cut -d' ' -f1 /proc/modules 2>/dev/null || :)
before=$("$SYS_TC" qdisc show; "$SYS_IP" route show table all; "$SYS_IP" link show; bpffs_tree; cat /proc/self/mounts)
check
after=$("$SYS_TC" qdisc show; "$SYS_IP" route show table all; "$SYS_IP" link show; bpffs_tree; cat /proc/self/mounts)
assert_eq "$after" "$before" "after the check"
assert_eq "$(cut -d' ' -f1 /proc/modules 2>/dev/null || :)" "$modules" "modules"
[[ $(sed 1q report) == "kernel $(uname -r), its configuration is "* ]] || die "$(sed 1q report)"

# what other tests do works
for option in BPF BPF_SYSCALL NET_CLS_ACT NET_SCH_INGRESS NET_CLS_BPF; do
	assert_match "$(row $option)" '^[A-Z_]+ +yes +., works '
done

# each works, or not, as the system's commands find
"$SYS_IP" link set lo up
"$SYS_TC" qdisc add dev lo clsact
same_as() {
	local option=$1 works=missing

	shift
	! "$@" 2>/dev/null || works=yes
	[ "$(verdict "$option")" = "$works" ] ||
		die "'$*' says $works, but: $(row "$option")"
}
compile_bpf verdict.bpf.c
cat >lwt.bpf.c <<'END'
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "bpf_api.h"

__section("prog")
int pass(struct __sk_buff *skb)
{
	return 0;
}

BPF_LICENSE("GPL");
END
compile_bpf "$T/lwt.bpf.c"
"$SYS_IP" -6 addr add fd00::1/64 dev lo 2>/dev/null || :
if [ -z "$modules" ]; then	# or they come when they are asked for
	same_as NET_ACT_GACT "$SYS_TC" action add action drop index 77
	same_as NET_ACT_MIRRED "$SYS_TC" action add action mirred egress redirect dev lo index 77
	same_as NET_ACT_POLICE "$SYS_TC" action add action police rate 1mbit burst 10k index 77
	same_as LWTUNNEL_BPF "$SYS_IP" route add 192.0.2.1/32 encap bpf in obj lwt.bpf.o sec prog dev lo
	same_as IPV6_SEG6_LWTUNNEL "$SYS_IP" -6 route add fd01::1/128 encap seg6local action End dev lo
fi
same_as DEBUG_INFO_BTF test -e /sys/kernel/btf/vmlinux
same_as XDP_SOCKETS bpftool map create "$BPFFS/xsk" type xskmap key 4 value 4 entries 1 name x

# the configuration, where it can be read
if [ -e /proc/config.gz ]; then
	assert_match "$(sed 1q report)" '/proc/config\.gz$'
	zcat /proc/config.gz >config
	while read -r option state config rest; do
		value=$(sed -n "s/^CONFIG_$option=//p" config)
		assert_eq "${config%,}" "${value:-n}" "$option"
		[ "$state${value:-n}" != yesn ] || die "$option is not set, but: $rest"
	done < <(sed -n '3,/^$/p' report | sed '$d')
fi

# ---- settings ----

assert_match "$(row bpffs)" "^bpffs +yes +$BPFFS, mode 0700\$"
umount "$BPFFS"
check
assert_match "$(row bpffs)" "^bpffs +missing +would be mounted at $BPFFS\$"
assert_no_match "$(cat /proc/self/mounts)" ' bpf '
mount -t bpf -o mode=0750 bpf "$BPFFS"
check
assert_match "$(row bpffs)" 'mode 0750$'
assert_eq "$(verdict bpf_jit_harden)" "$(cat /proc/sys/net/core/bpf_jit_harden 2>/dev/null || echo unknown)"
assert_eq "$(verdict kptr_restrict)" "$(cat /proc/sys/kernel/kptr_restrict)"
(ulimit -l 77 && check)
assert_match "$(row memlock)" ' 77 KiB;'

# ---- JSON says the same ----

check
json=$("$TC" -j exec bpf check)
assert_match "$json" '^\{"kernel":".*\}$'
for option in NET_CLS_BPF NET_ACT_BPF BPF_EVENTS; do
	assert_match "$json" "\"option\":\"$option\",\"state\":\"$(verdict $option)\""
done
assert_match "$json" '"bpffs":\{"mounted":true,"dir":"/sys/fs/bpf","mode":"0750"\}'
assert_match "$json" "\"kptr_restrict\":$(cat /proc/sys/kernel/kptr_restrict)[,}]"
assert_match "$json" '"CAP_BPF":true'

# ---- elsewhere, damaged, nowhere ----

if [ -e /proc/config.gz ]; then
	head -c 5000 /proc/config.gz >cut.gz
	mount --bind cut.gz /proc/config.gz
	check
	assert_match "$(sed -n 2p report)" '^/proc/config\.gz: cut short$'
	mount -t tmpfs tmpfs /boot
	printf 'CONFIG_BPF=y\nCONFIG_NET_CLS_BPF=m\n# CONFIG_CGROUP_BPF is not set\n' \
		>"/boot/config-$(uname -r)"
	check
	[[ $(sed 1q report) == *"is /boot/config-$(uname -r)" ]] || die "$(sed 1q report)"
	# not so: what works is believed
	assert_match "$(row CGROUP_BPF)" 'yes +n, works'
	# and a module is not loaded for it
	if [ -z "$modules" ]; then
		assert_match "$(row NET_CLS_BPF)" 'module +m, not loaded +cls_bpf: tc filter'
	fi
	umount /boot
fi
if [ ! -e "/boot/config-$(uname -r)" ] && [ ! -e "/lib/modules/$(uname -r)/config" ]; then
	check
	assert_match "$(sed 1q report)" 'not to be found'
	assert_match "$(row NET_CLS_BPF)" 'yes +\?, works'
	umount /proc/config.gz 2>/dev/null || :
fi

# ---- not allowed: told apart from missing ----

chmod -R a+rX "$T"
cp "$TC" tc
setpriv --reuid 65534 --regid 65534 --clear-groups ./tc exec bpf check >report
assert_match "$(row CAP_BPF)" '^CAP_BPF +missing'
for option in NET_CLS_BPF NET_SCH_INGRESS LWTUNNEL_BPF; do
	assert_match "$(row $option)" 'not allowed'
	assert_no_match "$(row $option)" 'refused|missing'
done

# ---- where a command fails for it ----

out=$(fails 1 strace -qq -o /dev/null -e trace=bpf -e inject=bpf:error=ENOSYS \
	"$TC" filter add dev lo ingress bpf da obj verdict.bpf.o sec drop 2>&1)
assert_match "$out" '^Hint: .*CONFIG_BPF_SYSCALL'
umount "$BPFFS"
compile_bpf count.bpf.c
out=$(fails 1 strace -qq -o /dev/null -e trace=mount -e inject=mount:error=ENODEV \
	"$TC" filter add dev lo ingress bpf da obj count.bpf.o 2>&1)
assert_match "$out" '^Hint: .*CONFIG_BPF_SYSCALL'
assert_eq "$("$SYS_TC" filter show dev lo ingress)" ""
