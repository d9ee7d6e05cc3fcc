#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# `ip route show` and `get` of routes that run programs: byte by byte what the
# system's ip says, and with -details or -json the programs as well. And the
# names that tell programs apart where the kernel would not.

. "$(dirname "$0")/lib.sh"
need bpftool

compile_bpf plainlwt.bpf.c
# a name that no other test's programs have at the same time
o=lwt$(date +%N).o
mv plainlwt.bpf.o $o
veth
echo 0 >/proc/sys/net/ipv6/conf/v0/disable_ipv6

# same WORDS: as the system's ip
same() {
	assert_eq "$("$IP" "$@" 2>&1)" "$("$SYS_IP" "$@" 2>&1)" "ip $*"
}

# cleaned: without what only ours says
cleaned() {
	sed -E 's/ id [0-9|]+( name [A-Za-z0-9_]+)?( tag [0-9a-f]{16})?//g
		s/"(in|out|xmit|endpoint)_prog":\{[^}]*\},?//g; s/,\}/}/g
		/^ *$/d'
}

all_shows() {
	same route show
	same route list
	same -6 route show
	same -o route
	same route get 10.1.0.1
	assert_eq "$("$IP" -d route show | cleaned)" "$("$SYS_IP" -d route show)"
	assert_eq "$("$IP" -d -6 route show | cleaned)" "$("$SYS_IP" -d -6 route show)"
	assert_eq "$("$IP" -d -o route show | cleaned)" "$("$SYS_IP" -d -o route show)"
	assert_eq "$("$IP" -j route show | cleaned)" "$("$SYS_IP" -j route show)"
	assert_eq "$("$IP" -j -p -6 route show | cleaned)" "$("$SYS_IP" -j -p -6 route show)"
	assert_eq "$("$IP" -d route get 10.1.0.1 | cleaned)" "$("$SYS_IP" -d route get 10.1.0.1)"
}

all_shows
"$IP" route add 10.1.0.0/16 dev v0 encap bpf in obj $o xmit obj $o sec drop headroom 14
"$IP" -6 route add fd01::/64 dev v0 encap seg6local action End.BPF endpoint obj $o
"$SYS_IP" route add 10.66.0.0/16 dev v0
all_shows

# what is said is so
tag='tag [0-9a-f]{16}'
text=$("$IP" -d route show 10.1.0.0/16)
assert_match "$text" "^unicast 10.1.0.0/16  encap bpf in $o:\[prog\] id [0-9]+ name lwt_pass $tag xmit $o:\[drop\] id [0-9]+ name lwt_drop $tag dev v0 "
id=$(sed -n 's/.* xmit [^ ]* id \([0-9]*\) .*/\1/p' <<<"$text")
assert_match "$(bpftool prog show id "$id")" "^$id: lwt_xmit  name lwt_drop  "
want=$(bpftool prog show id "$id" | sed -n 's/.*tag \([0-9a-f]*\).*/\1/p')
assert_match "$text" "xmit $o:\[drop\] id $id name lwt_drop tag $want dev"
assert_match "$("$IP" -j route show 10.1.0.0/16)" \
	"\"xmit\":\"$o:\[drop\]\",\"xmit_prog\":\{\"id\":$id,\"name\":\"lwt_drop\",\"tag\":\"$want\"\},\"dev\""
assert_match "$("$IP" -d route get 10.1.0.1)" "in $o:\[prog\] id [0-9]+ name lwt_pass "
assert_match "$("$IP" -6 -j route show fd01::/64)" \
	"\"endpoint\":\"$o:\[prog\]\",\"endpoint_prog\":\{\"id\":[0-9]+,\"name\":\"lwt_pass\""

# a name that a route has: marked, and without the mark as soon as it is free
"$IP" route add 10.2.0.0/16 dev v0 encap bpf in obj $o
assert_match "$("$SYS_IP" route show 10.2.0.0/16)" "encap bpf in $o:\[prog\]#[0-9]+ dev v0"
mark=$("$SYS_IP" route show 10.2.0.0/16 | sed -n 's/.*#\([0-9]*\) .*/\1/p')
assert_match "$("$IP" -d route show 10.2.0.0/16)" "in $o:\[prog\]#$mark id $mark name lwt_pass tag"
assert_match "$(bpftool prog show id "$mark")" "^$mark: lwt_in "
"$IP" route del 10.1.0.0/16
"$IP" route replace 10.2.0.0/16 dev v0 encap bpf in obj $o
assert_match "$("$SYS_IP" route show 10.2.0.0/16)" "encap bpf in $o:\[prog\] dev v0"
"$IP" route add 10.3.0.0/16 dev v0 encap bpf in obj $o
assert_match "$("$SYS_IP" route show 10.3.0.0/16)" "#[0-9]+ dev v0"
"$IP" route del 10.3.0.0/16 encap bpf in obj $o
assert_eq "$("$SYS_IP" route show 10.3.0.0/16)" ""

# what the system's ip reads and removes
"$SYS_IP" route del 10.2.0.0/16 encap bpf in obj $o
assert_eq "$("$SYS_IP" route show 10.2.0.0/16)" ""
