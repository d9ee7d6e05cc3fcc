#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Static data by value: the address of a variable that stands for what the
# variable holds, recognised or by a word.

. "$(dirname "$0")/lib.sh"
need bpftool ping

tc() {
	"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj template.bpf.o "$@"
}

# by_value OUTPUT NAMES: in any order
by_value() {
	assert_eq "$(sed -n 's/^ - By value: *//p' <<<"$1" | sed 's/, /\n/g' | sort)" \
		"$(tr ' ' '\n' <<<"$2" | sort)" 'by value'
}

# maps: those of the program that is attached
maps() {
	map_names "$(cls_id v0 ingress)"
}

# works [FLAG...]: compiled so
works() {
	compile_bpf template.bpf.c "$@"
	rm -rf "$BPFFS/tc"
	out=$(tc verb 2>&1)
	by_value "$out" "$expected"
	# a variable that is written is one, in a map
	assert_eq "$(maps)" 'results template.data '
	ping_v0 3
	assert_eq "$(map_value "$BPFFS/tc/globals/results" 0 0 0 0)" \
		"11 22 33 44 55 66 00 00 01 00 09 0a 19 21 00 00 00 00 00 00 77 00 00 00 0a 00 00 00"
}

veth
"$TC" qdisc add dev v0 clsact
expected='NODE_IP PORT NOTHING OWN NODE_MAC_1 NODE_MAC_2'
works
works -mcpu=v1
works -mcpu=v3
works -g0

# quietly, but for the word
assert_eq "$(tc 2>&1)" ''

# what is passed on is an address, unless one says
by_value "$(tc sec passed verb 2>&1)" ''
assert_eq "$(maps)" 'template.data '
by_value "$(tc sec passed data-as value verb 2>&1)" MARK
assert_eq "$(maps)" ''
assert_match "$(bpftool prog dump xlated id "$(cls_id v0 ingress)")" 'r1 = 0x99( ll)?$'

# said of all, it is not said of what is read or written
by_value "$(tc data-as value verb 2>&1)" "$expected"
assert_eq "$(maps)" 'results template.data '
# or never: then it is arithmetic with an address
assert_match "$(fails 1 tc data-as map 2>&1)" 'pointer arithmetic'

# what the verifier does not take
before=$(state)
out=$(fails 1 tc sec refused 2>&1)
assert_match "$out" "^Hint: the program has the address of 'MARK'; if that stands for what it holds, say data-as value"
unchanged "$before"
assert_no_match "$(fails 1 tc sec unchecked 2>&1)" 'data-as'
out=$(fails 255 tc data-as nothing 2>&1)
assert_match "$out" '^What data is "nothing"\?'

# on the way to XDP and through a run as well
out=$("$IP" link set dev v0 xdpgeneric obj template.bpf.o sec passed data-as value verb 2>&1 || :)
by_value "$out" MARK
"$TC" exec bpf run obj template.bpf.o sec passed data-as value type cls packet udp >/dev/null

# what is set is what it holds
compile_bpf template.bpf.c
by_value "$(tc sec passed data-as value set MARK=0x1234 verb 2>&1)" MARK
assert_match "$(bpftool prog dump xlated id "$(cls_id v0 ingress)")" 'r1 = 0x1234( ll)?$'
