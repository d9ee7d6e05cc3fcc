#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Section `maps`: definitions of all kinds side by side, what is none, and the
# names that the kernel gets.

. "$(dirname "$0")/lib.sh"
need bpftool ping strace

globals=$BPFFS/tc/globals

compile_bpf mixed.bpf.c
veth
"$TC" qdisc add dev v0 clsact

# ---- one object with all of them ----

load mixed.bpf.o verb >out 2>/dev/null
assert_eq "$(cat out)" "16 bytes struct bpf_elf_map fixup performed due to size mismatch!"
# declared but not used, they are made and pinned nevertheless, as iproute2 does
assert_eq "$(ls "$globals" | tr '\n' ' ')" 'a$b others unused unused_static used used_static '
ping_v0 3
assert_eq "$(counter "$globals/used" 0) $(counter "$globals/used_static" 0)" "3 3"
assert_eq "$(counter "$globals/unused" 0) $(counter "$globals/others" 0)" "0 0"
prog=$(cls_id v0 ingress)
assert_eq "$(map_names "$prog")" "old used used_static "
old=$(for id in $(map_ids "$prog"); do
	bpftool map show id "$id" | sed -n 's/^\([0-9]*\): array  name old .*/\1/p'
done)
assert_match "$(bpftool map dump id "$old")" 'value: 03 00 00 00'
# another section of the same object, over the same maps, one by another name
load mixed.bpf.o sec other
assert_eq "$(map_names "$(cls_id v0 ingress)")" "others used "
ping_v0 2
assert_eq "$(counter "$globals/used" 0) $(counter "$globals/others" 0)" "5 2"

# ---- names: what the kernel takes of them ----

assert_match "$(bpftool prog show id "$prog" 2>&1 || :)" 'Error' # replaced
load mixed.bpf.o
assert_match "$(bpftool prog show id "$(cls_id v0 ingress)")" '  name uses_three\.and_  tag '
assert_match "$(bpftool map show pinned "$globals/a\$b")" '  name a_b  flags '

# ---- what is no definition ----

"$TC" filter del dev v0 ingress
before=$(state)

# misread WORDS FLAG
misread() {
	variant misread mixed.bpf.c "$2"
	out=$(fails 1 load misread.o 2>&1)
	assert_match "$(sed 1q <<<"$out")" "^Error: object 'misread.o': $1\$"
	assert_match "$out" '^Hint: .*(struct bpf_elf_map|symbols)'
	unchanged "$before" "state after $2"
}

misread "map 'integer': a map definition of 4 bytes, struct bpf_elf_map has at least 16" -DINTEGER
misread "map 'array': a map definition of 72 bytes, struct bpf_elf_map has at most 36" -DARRAY
misread "section 'maps': no symbol names the map at its beginning" -DGAP
misread "map '[a-z$]*' has 36 bytes, the next one begins after [0-9]*" -DPADDING
misread "map 'bytes': a map definition of 18 bytes, no multiple of 4" -DBYTES

# ---- locked memory: since 5.11 it is not counted, and no limit is raised ----

# limited CMD...: the settings of the limit, where it is none at all
limited() {
	(ulimit -S -l 0 && strace -f -o calls -e trace=bpf,setrlimit,prlimit64 "$@") ||
		return
	! grep RLIMIT_MEMLOCK calls || die "limit touched"
}

limited "$TC" filter add dev v0 egress bpf da obj mixed.bpf.o
"$TC" filter del dev v0 egress
# An older kernel's EPERM is met with as much as we may have, and a second try;
# when that was not the reason, the limit is what it was.
fails 1 limited -e inject=bpf:error=EPERM "$TC" filter add dev v0 egress bpf da obj mixed.bpf.o 2>/dev/null
assert_match "$(grep RLIMIT_MEMLOCK calls | sed -n 1p)" 'RLIMIT_MEMLOCK, NULL, \{rlim_cur=0,'
assert_match "$(grep RLIMIT_MEMLOCK calls | sed -n 2p)" 'RLIMIT_MEMLOCK, \{rlim_cur=RLIM64_INFINITY'
assert_match "$(grep RLIMIT_MEMLOCK calls | tail -n 1)" 'RLIMIT_MEMLOCK, \{rlim_cur=0,'
