#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# All or nothing, filters: see fault.sh.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/fault.sh"

sweep \
	"no_qdisc	$TC qdisc add dev v0 clsact" \
	"nothing	$TC filter add dev v0 ingress pref 1 handle 1 bpf da obj jump.bpf.o" \
	"agent	$TC filter add dev v0 ingress pref 1 handle 1 bpf da obj count.bpf.o export $T/sock" \
	"live_slots	$TC filter replace dev v0 ingress pref 1 handle 1 bpf da obj times1000.o" \
	"nothing	env BPFELF_THREADS=2 $TC filter add dev v0 ingress pref 1 handle 1 bpf da obj jump.bpf.o" \
	"live_slots	env BPFELF_THREADS=2 $TC filter replace dev v0 ingress pref 1 handle 1 bpf da obj times1000.o" \
	"live_outer	$TC filter replace dev v0 ingress pref 1 handle 1 bpf da obj inners.bpf.o" \
	"live_slots	$TC filter del dev v0 ingress pref 1 handle 1 bpf"
