#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Capture files go into a run and come out of it; another tool reads them.

. "$(dirname "$0")/lib.sh"
need tcpdump

compile_bpf run.bpf.c
obj=run.bpf.o

run() {
	"$TC" exec bpf run obj $obj "$@"
}

# refused REGEX WORD...: one reason for that
refused() {
	local regex=$1 out

	shift
	out=$(fails 255 "$TC" exec bpf run obj $obj "$@" 2>&1 >/dev/null)
	assert_match "$out" "^Error: $regex"
	one_reason "$out"
}

if ! run sec xdp/pass packet udp out pcap:one.pcap >/dev/null 2>err; then
	refused "capture file 'one.pcap': this tc is built without libpcap\$" sec xdp pcap one.pcap
	skip "built without libpcap"
fi

# there is none to be opened, which only capture files notice
lib=$(ldd "$(command -v tcpdump)" | sed -n 's/.*libpcap.* => \([^ ]*\) .*/\1/p')
mount --bind /dev/null "$lib"
refused "capture file 'one.pcap': cannot open libpcap: .*$lib" sec xdp pcap one.pcap
refused "capture file 'two.pcap': cannot open libpcap: .*$lib" \
	sec xdp/pass packet udp out pcap:two.pcap
run sec xdp/pass packet udp >/dev/null
umount "$lib"

# read_ttl FILE: of each packet, as tcpdump sees it
read_ttl() {
	tcpdump -v -n -r "$1" 2>/dev/null | sed -n 's/.* ttl \([0-9]*\),.*/\1/p' | xargs
}

for n in 7 8 7; do
	run sec xdp/pass packet udp dst 10.0.0.$n out pcap:one.pcap >/dev/null
	[ -s all.pcap ] || head -c 24 one.pcap >all.pcap
	tail -c +25 one.pcap >>all.pcap
done
assert_eq "$(read_ttl all.pcap)" "64 64 64"

# all packets, a line each, and what was rewritten
run sec tc pcap all.pcap packet all expect-map seen 0 3 out pcap:out.pcap >tap
assert_eq "$(cat tap)" "1..4
ok 1 - packet 1: TC_ACT_SHOT (2)
ok 2 - packet 2: TC_ACT_OK (0)
ok 3 - packet 3: TC_ACT_SHOT (2)
ok 4 - map seen key 0"
assert_eq "$(read_ttl out.pcap)" "9 9 9"
run sec tc pcap all.pcap packet all expect-data pcap:out.pcap >/dev/null
out=$(fails 1 "$TC" exec bpf run obj $obj sec tc pcap all.pcap packet all expect shot)
assert_match "$out" '^not ok 2 - packet 2: TC_ACT_OK \(0\)$'
assert_match "$out" '^# verdict TC_ACT_OK \(0\), expected TC_ACT_SHOT \(2\)$'

# one of them
run sec tc pcap all.pcap packet 2 expect ok >/dev/null
run sec tc pcap all.pcap expect shot >/dev/null

while read -r regex; do
	read -r words
	refused "$regex" sec tc $words
done <<END
argument "packet" is wrong: the file has 3 packets
pcap all.pcap packet 4
argument "0" is wrong: a number from 1, or "all"
pcap all.pcap packet 0
capture file '$obj': unknown file format
pcap $obj
capture file 'none.pcap': No such file or directory
pcap none.pcap
either "data" or "pcap"
pcap all.pcap data hex:00
END
