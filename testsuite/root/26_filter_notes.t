#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# `tc filter` says what iproute2 keeps to itself: a replacement that became
# one more, filters that a listing left out, tcx programs that run before.

. "$(dirname "$0")/lib.sh"
need bpftool ping

# count HOOK: how many filters are there
count() {
	cls_id v0 "$1" | wc -l
}

# follow TEXT WHICH: run the command behind "Hint: to WHICH: ", as ours
follow() {
	local words

	words=$(sed -n "s/^Hint: to $2: tc //p" <<<"$1" | sed -n 1p)
	[ -n "$words" ] || die "no '$2' in: $1"
	eval "$TC $words"
}

compile_bpf verdict.bpf.c
compile_bpf count.bpf.c
cp verdict.bpf.o "it's a name.o"
o=verdict.bpf.o
$CC -Wall -Wextra -Werror -o hold "$TOP/testsuite/root/hold.c"
veth
"$SYS_TC" qdisc add dev v0 clsact

# ---- a replacement that is one more ----

out=$("$TC" filter replace dev v0 ingress bpf da obj $o 2>&1)
assert_eq "$out" "" "the first"
out=$("$TC" filter replace dev v0 ingress bpf da obj $o 2>&1)
assert_eq "$(head -n 1 <<<"$out")" "Note: nothing was replaced: pref 49151 handle 0x1 is one more beside pref 49152 handle 0x1 ($o:[classifier])"
assert_eq "$(count ingress)" 2
first=$(cls_id v0 ingress 49152)
assert_eq "$(follow "$out" "replace that one" 2>&1)" ""
assert_eq "$(count ingress)" 2 "a replacement in truth"
[ "$(cls_id v0 ingress 49152)" != "$first" ] || die "not replaced"
follow "$out" "take this one off"
assert_eq "$(count ingress)" 1

# a pref, and no handle; a handle, and no pref; what a shell would take apart
"$TC" filter replace dev v0 egress pref 7 bpf da obj $o
out=$("$TC" filter replace dev v0 egress pref 7 bpf da obj "it's a name.o" sec shot 2>&1)
assert_match "$out" '^Note: .* pref 7 handle 0x2 is one more beside pref 7 handle 0x1 '
follow "$out" "replace that one"
assert_match "$("$SYS_TC" filter show dev v0 egress pref 7)" " handle 0x1 it's a name.o:\[shot\]"
follow "$out" "take this one off"
assert_eq "$(count egress)" 1
out=$("$TC" filter replace dev v0 egress chain 2 handle 9 bpf da obj $o 2>&1)
assert_eq "$out" "" "the first of its chain"
out=$("$TC" filter replace dev v0 egress chain 2 handle 9 bpf da obj $o 2>&1)
follow "$out" "take this one off"
assert_eq "$(count egress)" 2

# what is another one on purpose
out=$("$TC" filter replace dev v0 ingress pref 3 bpf da obj $o 2>&1)
out+=$("$TC" filter replace dev v0 ingress pref 3 handle 1 bpf da obj $o 2>&1)
out+=$("$TC" filter replace dev v0 ingress protocol ip bpf da obj $o 2>&1)
out+=$("$TC" filter add dev v0 ingress bpf da obj $o 2>&1)
assert_eq "$out" "" "nothing to be said"

# of several, the one of the same name
"$SYS_TC" filter del dev v0 ingress
"$TC" filter add dev v0 ingress pref 1 bpf da obj count.bpf.o
"$TC" filter add dev v0 ingress pref 2 bpf da obj $o
out=$("$TC" filter replace dev v0 ingress bpf da obj $o 2>&1)
assert_match "$out" " beside pref 2 handle 0x1 \($o:\[classifier\]\)\$"
out=$("$TC" filter replace dev v0 ingress bpf da obj $o sec shot 2>&1)
assert_match "$out" ' beside pref 1 handle 0x1 \(count'

# over there
"$SYS_TC" -n peer qdisc add dev v1 clsact
"$TC" -n peer filter replace dev v1 ingress bpf da obj $o
out=$("$TC" -n peer filter replace dev v1 ingress bpf da obj $o 2>&1)
follow "$out" "take this one off"
assert_eq "$("$SYS_TC" -n peer filter show dev v1 ingress | grep -c handle)" 1

# ---- a listing that leaves them out ----

for words in "show dev v0" "show dev v0 root" "show dev v0 parent 1:" "list dev v0"; do
	"$SYS_TC" filter $words >want
	"$TC" filter $words >got 2>err
	assert_eq "$(cat got)" "$(cat want)" "tc filter $words"
	case $words in
	*root | *parent*)
		assert_eq "$(cat err)" "" "tc filter $words" ;;
	*)	assert_match "$(cat err)" '^Note: .*; v0 has others at ingress and egress$'
		assert_eq "$(follow "$(cat err)" "see them" 2>&1 | grep -c '^filter')" \
			"$("$SYS_TC" filter show dev v0 ingress | wc -l)" ;;
	esac
done
"$SYS_TC" filter del dev v0 ingress
assert_match "$("$TC" filter show dev v0 2>&1)" '^Note: .*; v0 has others at egress$'
assert_eq "$("$TC" filter show dev v0 pref 99 2>&1)" "" "none of pref 99"
"$SYS_TC" filter del dev v0 egress
"$SYS_TC" filter del dev v0 egress chain 2
assert_eq "$("$TC" filter show dev v0 2>&1)" "" "none at all"
assert_eq "$("$TC" filter show dev lo 2>&1)" "" "no clsact"

# ---- tcx ----

"$TC" filter add dev v0 egress bpf da obj $o
bpftool prog pin id "$(cls_id v0 egress)" "$BPFFS/pass"
"$SYS_TC" filter del dev v0 egress
"$TC" filter add dev v0 ingress bpf da obj count.bpf.o
ping_v0 2
assert_eq "$(counter "$BPFFS/tc/globals/hits" 0)" 2
"$TC" -d filter show dev v0 ingress >before
assert_eq "$(cat before)" "$("$SYS_TC" -d filter show dev v0 ingress)" "without tcx"
./hold tcx_ingress v0 "$BPFFS/pass" "$BPFFS/a_link" >held 2>err || {
	cat err
	skip "this kernel has no tcx"
}
ping_v0 2
assert_eq "$(counter "$BPFFS/tc/globals/hits" 0)" 2 "shadowed"
out=$("$TC" -d filter show dev v0 ingress)
id=$(prog_id "$BPFFS/pass")
assert_match "$(head -n 1 <<<"$out")" "^tcx ingress order 1 id $id name cls_pass tag [0-9a-f]+ jited "
assert_eq "$(tail -n +2 <<<"$out")" "$(cat before)" "the rest"
assert_eq "$("$TC" -d filter show dev v0 egress)" ""
assert_eq "$("$TC" filter show dev v0 ingress)" "$("$SYS_TC" filter show dev v0 ingress)"
if command -v jq >/dev/null; then
	assert_eq "$("$TC" -d -j filter show dev v0 ingress |
		jq -r '.[0] | "\(.kind) \(.ingress) \(.order) \(.prog.id)"')" "tcx true 1 $id"
fi
