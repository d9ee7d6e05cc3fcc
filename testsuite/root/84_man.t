#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# The pages are well-formed, and the programs in them do what is said.

. "$(dirname "$0")/lib.sh"
need mandoc

out=$(mandoc -T lint -W warning "$TOP"/man/*.[1-9] 2>&1) || die "$out"
assert_eq "$out" ''

# the example of bpf_elf.h(5)
sed -n '/^#include <linux\/bpf.h>/,/^\.Ed/p' "$TOP/man/bpf_elf.h.5" |
	sed '/^\.Ed/d; s/\\e/\\/g' >page.c
compile_bpf "$T/page.c"
veth
"$TC" qdisc add dev v0 clsact
"$TC" filter add dev v0 ingress bpf da obj page.o
ping_v0 3
assert_eq "$(counter "$BPFFS/tc/globals/packets" 0)" 3
