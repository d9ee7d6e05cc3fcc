#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What a program refers to: functions of the same object work; what cannot be
# relocated is refused, with section, offset and symbol, and a way out.

. "$(dirname "$0")/lib.sh"
need bpftool ping

# object NAME: from the program on stdin
object() {
	{
		echo '#include <linux/pkt_cls.h>'
		echo '#include "bpf_api.h"'
		cat
		echo 'BPF_LICENSE("GPL");'
	} >"$T/$1.c"
	compile_bpf "$T/$1.c" "${@:2}"
}

veth
"$TC" qdisc add dev v0 clsact

# functions in .text: static, global, one that calls another, one with a map
object calls <<'END'
struct bpf_elf_map hits __section("maps") = {
	.type = BPF_MAP_TYPE_ARRAY, .size_key = 4, .size_value = 8,
	.max_elem = 2, .pinning = PIN_GLOBAL_NS,
};
static __attribute__((noinline)) int count(__u32 key)
{
	__u64 *n = bpf_map_lookup_elem(&hits, &key);
	if (n)
		__sync_fetch_and_add(n, 1);
	return 0;
}
__attribute__((noinline)) int twice(__u32 key)
{
	return count(key) + count(key);
}
__attribute__((noinline)) int unused(__u32 key)
{
	return key * 3;
}
__section("classifier") int main_one(struct __sk_buff *skb)
{
	twice(1);
	return count(0) ? TC_ACT_SHOT : TC_ACT_OK;
}
END
"$TC" filter add dev v0 ingress bpf da obj calls.o
ping_v0 4
assert_eq "$(counter "$BPFFS/tc/globals/hits" 0)" 4
assert_eq "$(counter "$BPFFS/tc/globals/hits" 1)" 8
"$TC" filter del dev v0 ingress

# .text itself, asked for by name
object text <<'END'
int all_of_it(struct __sk_buff *skb)
{
	return TC_ACT_SHOT;
}
END
"$TC" filter add dev v0 ingress bpf da obj text.o sec .text
assert_match "$("$SYS_TC" filter show dev v0 ingress)" 'text.o:\[.text\] .* name all_of_it '
fails 1 ping_v0 2
"$TC" filter del dev v0 ingress

# refused NAME SYMBOL SECTION HINT [FLAG...], from the program on stdin
refused() {
	local before

	before=$(state)
	object "$1" "${@:5}"
	out=$(fails 1 "$TC" filter add dev v0 ingress bpf da obj "$1.o" 2>&1)
	assert_match "$(sed 1q <<<"$out")" "^Error: object '$1.o': program 'f': section '$3', instruction [0-9]+ \(offset [0-9a-fx]+\): symbol '$2': "
	assert_match "$(sed -n 2p <<<"$out")" "^Hint: .*$4"
	unchanged "$before"
}

refused common shared classifier "fno-common" <<'END'
int shared __attribute__((common));
__section("classifier") int f(struct __sk_buff *skb) { return shared; }
END
refused undefined elsewhere classifier "helper" <<'END'
int elsewhere(int x);
__section("classifier") int f(struct __sk_buff *skb) { return elsewhere(skb->len); }
END
refused untyped modern classifier "compile with -g" -g0 <<'END'
struct {
	int (*type)[BPF_MAP_TYPE_ARRAY];
	__u32 *key;
	__u64 *value;
	int (*max_entries)[1];
} modern __section(".maps");
__section("classifier") int f(struct __sk_buff *skb)
{
	__u32 key = 0;
	return bpf_map_lookup_elem(&modern, &key) ? 1 : 0;
}
END
