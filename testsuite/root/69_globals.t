#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Global functions: verified on their own in objects for libbpf, and what is
# said when that goes wrong; static in all others, and where they are hidden.

. "$(dirname "$0")/lib.sh"

load() {
	"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj "$@"
}

since() {
	[ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | sed 1q)" = "$1" ]
}

why="function '%s', verified on its own as it is global: the verifier refuses it: "
hint='^Hint: to have it verified where it is called, declare it static, or __attribute__\(\(visibility\("hidden"\)\)\)$'

# refused FUNCTION PROGRAM WORD...: for what it is by itself
refused() {
	local out f=$1 program=$2

	shift 2
	out=$(fails 1 load global.o "$@" 2>&1)
	assert_match "$(sed 1q <<<"$out")" \
		"^Error: object 'global.o': program '$program' \(section '[a-z]*'\): ${why/\%s/$f}"
	assert_match "$out" "$hint"
}

veth
"$TC" qdisc add dev v0 clsact
variant global globals.bpf.c
for linkage in hidden static; do
	variant "$linkage" globals.bpf.c -DLINKAGE=$linkage
	load "$linkage.o"
	load "$linkage.o" sec caller
done
# compat: an object with a section `maps`
variant old globals.bpf.c -DOLD_MAP
load old.o
load old.o sec caller
load old.o sec long
# nor are there any without types
variant bare globals.bpf.c -g0
load bare.o
since 5.6 || skip "no global functions before 5.6"
refused pick in_it
since 6.1 && refused sum by_caller sec caller
# when none of them is at fault
for words in "" verbose; do
	out=$(fails 1 load global.o sec stack $words 2>&1)
	assert_match "$out" "^Error: .*combined stack size of 2 calls is"
	assert_no_match "$out" "verified on its own as it is global|$hint"
done
# a long way is not walked once more unasked; some kernels tell all the same
out=$(fails 1 load global.o sec long 2>&1)
assert_match "$out" "^Hint: 'verbose' shows the way there|$hint"
refused pick from_afar sec long verbose
