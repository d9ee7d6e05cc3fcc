#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Completion: the words of BPF where they may stand, names from the object, and
# what was completed before stays completed.

. "$(dirname "$0")/lib.sh"
need readelf

# complete_line WORD...: what bash would offer, the last word being incomplete
complete_line() {
	bash -c '
		_old_ip() { COMPREPLY=(address link route); }
		complete -F _old_ip ip
		. "$1"
		. "$1"		# twice does no harm
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		case $1 in
		ip) _bpfelf_ip ;;
		tc) _bpfelf_tc ;;
		esac
		echo "${COMPREPLY[*]}"' bash "$TOP/completion/bash" "$@" 2>&1
}

compile_bpf jump.bpf.c
assert_eq "$(complete_line ip '')" 'address link route'
assert_match "$(complete_line ip link set dev lo x)" 'xdp xdpgeneric xdpdrv xdpoffload$'
assert_eq "$(complete_line ip link set dev lo xdpgeneric o)" 'off object-file'
assert_eq "$(complete_line ip link set dev lo xdp obj jump)" 'jump.bpf.o'
assert_eq "$(complete_line ip link set dev l)" 'address link route'
assert_eq "$(complete_line ip route add 10.0.0.0/8 encap b)" 'bpf'
assert_eq "$(complete_line ip route add 10.0.0.0/8 encap bpf x)" 'xmit'
assert_eq "$(complete_line tc exec b)" 'bpf'
assert_eq "$(complete_line tc exec bpf g)" 'graft'
assert_eq "$(complete_line tc exec bpf r)" 'run'
assert_eq "$(complete_line tc exec bpf run obj jump.bpf.o exp)" 'expect expect-data expect-map'
assert_eq "$(complete_line tc exec bpf import x r)" 'run'
assert_eq "$(complete_line tc filter add dev lo ingress bpf d)" 'direct-action data-as'
assert_match "$(complete_line tc filter add dev lo ingress bpf obj jump.bpf.o sec '')" \
	'(^| )classifier( |$)'
sections=$(complete_line tc filter add dev lo ingress bpf obj jump.bpf.o sec '')
assert_no_match "$sections" 'license|maps|debug'
assert_match "$(complete_line tc filter add dev lo ingress bpf obj jump.bpf.o program '')" '[a-z]'
assert_eq "$(complete_line tc filter add dev l)" '' 'what the system has no words for'
assert_eq "$(complete_line tc filter add dev lo ingress bpf obj nowhere.o sec '')" ''
