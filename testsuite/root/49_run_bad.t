#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What a run cannot be given is refused in one sentence, before the kernel is
# asked where it can be, with status 255.

. "$(dirname "$0")/lib.sh"
need strace

compile_bpf run.bpf.c
obj=run.bpf.o
printf 'no capture file, and longer than its header would be' >no.pcap
truncate -s 17m large
head -c 4100 /dev/zero >longctx

# refuse STRACED: table of a line for the message, and one of words
refuse() {
	local regex words out

	while read -r regex; do
		read -r words
		out=$(fails 255 "$TC" exec bpf run obj $obj $words 2>&1 >/dev/null)
		assert_match "$out" "^Error: $regex"
		assert_eq "$(grep -c '^Error: ' <<<"$out")" 1 "sentences"
		one_reason "$out"
		[ "$1" = unasked ] || continue
		strace -f -qq -e trace=bpf -o calls "$TC" exec bpf run obj $obj $words \
			>/dev/null 2>&1 || :
		assert_eq "$(grep -Ec 'BPF_PROG_(TEST_)?RUN' calls)" 0 "runs for '$words'"
	done
}

refuse unasked <<'END'
.*a packet of 2 bytes, its Ethernet header has 14
sec xdp data hex:0102
.*a run of xdp programs needs a packet
sec xdp
.*a packet of 4000 bytes, one buffer holds at most
sec xdp packet udp len 4000
.*"9" is wrong: a frame has 14 to 65535 bytes
sec xdp packet udp len 9
.*"len" is wrong: 20 bytes, its headers have 42
sec xdp packet udp len 20
.*"1.2.3.4.5" is wrong: no address of IPv4
sec xdp packet udp dst 1.2.3.4.5
.*a run of sk_lookup programs needs a context
sec sk_lookup
.*a run of sk_lookup programs has no use for a packet
sec sk_lookup packet udp ctx family=inet
.*a context of 8 bytes, struct bpf_flow_keys has
sec flow_dissector packet udp ctx hex:0000000000000000
.*a run of raw_tracepoint programs has no use for repeats
sec raw_tp/run repeat 3 ctx hex:00000000000000000000000000000000
.*a context of 7 bytes, each argument has 8
sec struct_ops/test_2 ctx hex:00000000000000
.*a context of 4100 bytes, xdp programs take at most 4096
sec xdp packet udp ctx longctx
.*a context of 104 bytes, raw_tracepoint programs take at most 96
sec raw_tp/run ctx hex:0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
.*a state of 2 bytes, it has 4
sec struct_ops/test_2 data hex:0000 ctx hex:0000000000000000
.*metadata of 2 bytes, it has a multiple of 4, at most 252
sec xdp packet udp meta hex:0102
argument "meta" is wrong: only xdp programs see metadata
sec tc packet udp meta hex:01020304
argument "ctx" is wrong: it has metadata, which "meta" gives
sec xdp packet udp ctx hex:040000000000000000000000000000000000000000000000
.*a data_end of 65, the packet is from 0 to 64
sec xdp packet udp ctx data_end=65
.*a run of xdp programs has no use for a checksum
sec xdp packet udp checksum
.*a run of syscall programs has no use for repeats
sec syscall repeat 2
.*a run of syscall programs has no use for a packet
sec syscall packet udp
either "live" or "expect"
sec xdp packet udp live expect drop
either "live" or "expect-data"
sec xdp packet udp live expect-data hex:00
argument "live" is required
sec xdp packet udp batch 3
.*a packet of 3409 bytes, live frames have at most 3408
sec xdp packet udp len 3409 live
.*a batch of 257, live frames go out at most 256 at once
sec xdp packet udp live batch 257
.*a run of sched_cls programs has no use for live frames
sec tc packet udp live
either "live" or "out"
sec xdp packet udp live out x
either "live" or "ctxout"
sec xdp packet udp live ctxout x
struct xdp_md has no field "mark" that can be set
sec xdp packet udp ctx mark=1
argument "300000000000" is wrong: invalid number
sec tc packet udp ctx mark=300000000000
argument "rejected" is wrong: no verdict of this type, and no number
sec tc packet udp expect rejected
the program has no map 'none'
sec tc packet udp expect-map none 0 0
.*the sections of [0-9]+ programs tell a type
packet udp
read 'zz': No such file
sec tc data zz
read 'large': File too large
sec tc data large
argument "zz" is wrong: two digits
sec tc data hex:zz
END

# what only the kernel knows
refuse asked <<'END'
.*a context of 8 bytes, the program reads beyond it
sec raw_tp/run ctx hex:0000000000000000
.*there is no CPU 4000
sec raw_tp/cpu cpu 4000
argument "cpu" is wrong: no CPU that this process may use
sec xdp packet udp cpu 4000
the program has no map 'none'
sec xdp packet udp live expect-map none 0 0
capture file (no.pcap|'no.pcap'): .*
sec tc pcap no.pcap
END
