#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# A thousand tail calls, verified by several threads, with a few descriptors:
# a load, a reload of what is running, and the way back from both.

. "$(dirname "$0")/lib.sh"
need bpftool ping strace setpriv taskset

jmp=$BPFFS/tc/globals/jmp
fds=$([ -z "${SANITIZED-}" ] && echo 128 || echo 256)

# load OBJECT [VERB]: with so few descriptors
load() {
	(ulimit -n "$fds" && exec "$TC" filter "${2:-replace}" dev v0 ingress \
		pref 1 handle 1 bpf da obj "$1")
}

members() {
	bpftool map dump pinned "$jmp" | grep ' value: [0-9a-f]' || :
}

# hits KEY: the counter of a stage
hits() {
	counter "$BPFFS/tc/globals/hits" "$1"
}

# runs STEP: a packet counts so much on its way, in the first stage and the last
runs() {
	local first last

	first=$(hits 1000) last=$(hits 1032)
	ping_v0 1
	assert_eq $(($(hits 1000) - first)) "$1" "stage 1000"
	assert_eq $(($(hits 1032) - last)) "$1" "stage 1032"
	assert_eq "$(hits 1033)" 0 "stage 1033"
}

nothing() {
	"$SYS_TC" filter del dev v0 ingress 2>/dev/null || :
	rm -rf "$BPFFS"/{tc,ip,xdp}
}

compile_bpf thousand.bpf.c
variant times1000 thousand.bpf.c -DSTEP=1000
variant bad thousand.bpf.c -DBAD=1500 -DWORSE=1900
veth
"$SYS_TC" qdisc add dev v0 clsact

for threads in $(rounds "1 2 16" 2); do
	export BPFELF_THREADS=$threads
	nothing
	before=$(state)

	# what is refused is the first in the file, and leaves nothing
	out=$(fails 1 load bad.o 2>&1)
	assert_match "$(sed -n '/^Error/p' <<<"$out")" \
		"^Error: object 'bad.o': program 'stage1500' \(section '1/1500'\): the verifier refuses it: "
	unchanged "$before" "after a refused load, $threads threads"

	load thousand.bpf.o >out 2>&1
	assert_eq "$(cat out)" ""
	members >first
	assert_eq "$(wc -l <first)" 1000 "slots, $threads threads"
	runs 1

	# verified, and the filter refused: each slot gets back what it held
	load times1000.o add >out 2>&1 && die "added twice"
	assert_match "$(cat out)" '^Error: Filter already exists'
	assert_eq "$(members)" "$(cat first)" "slots put back, $threads threads"
	runs 1

	out=$(fails 1 load bad.o 2>&1)
	assert_match "$(sed -n '/^Error/p' <<<"$out")" "^Error: object 'bad.o': program 'stage1500' "
	assert_eq "$(members)" "$(cat first)" "slots left alone, $threads threads"

	load times1000.o >out 2>&1
	assert_eq "$(cat out)" ""
	members >second
	assert_eq "$(wc -l <second)" 1000 "slots again, $threads threads"
	assert_eq "$(sort first second | uniq -d)" "" "the same programs"
	runs 1000
done

# Without the right to have programs by their ids they are kept as descriptors:
# it loads and tells once that there would be no way back.
if [ -z "${IN_GUEST-}" ]; then
	setpriv --bounding-set=-sys_admin --inh-caps=-all "$TC" filter replace dev v0 \
		ingress pref 1 handle 1 bpf da obj thousand.bpf.o 2>err
	assert_eq "$(grep -c 'could not be put back' err)" 1
	assert_eq "$(sort second <(members) | uniq -d)" "" "programs without CAP_SYS_ADMIN"
	runs 1
fi

# ---- killed while it is verified: all of it is there, or nothing ----

for ms in 005 010 020 040 080 160; do
	nothing
	BPFELF_THREADS=4 "$TC" filter add dev v0 ingress pref 1 handle 1 bpf da obj thousand.bpf.o &
	sleep 0.$ms
	kill -KILL $! 2>/dev/null || :
	wait $! 2>/dev/null || :
	[ ! -e "$jmp" ] || assert_eq "$(members | wc -l)" 1000 "slots after a kill"
done

# ---- threads are there when there is work for them ----

# threads OBJECT CMD...: how many are made for it
threads() {
	local obj=$1

	shift
	nothing
	strace -f -qq -o calls -e trace=clone,clone3 "$@" "$TC" filter add dev v0 \
		ingress pref 1 handle 1 bpf da obj "$obj" 2>err || die "$obj: $(cat err)"
	grep -Ec '^[0-9]* *clone3?\(.*CLONE_THREAD' calls || :
}

if [ -z "${SANITIZED-}" ]; then	# which have threads of their own
	compile_bpf verdict.bpf.c
	compile_bpf jump.bpf.c
	cpus=$(nproc)
	assert_eq "$(threads verdict.bpf.o env BPFELF_THREADS=8)" 0 "threads, one program"
	assert_eq "$(threads thousand.bpf.o env BPFELF_THREADS=4)" 3 "threads, four asked for"
	assert_eq "$(threads jump.bpf.o env BPFELF_THREADS=8)" 3 "threads, four programs"
	assert_eq "$(threads jump.bpf.o env -u BPFELF_THREADS)" 0 "threads, little to do"
	assert_eq "$(threads thousand.bpf.o env -u BPFELF_THREADS taskset -c 0)" 0 "threads, one CPU"
	assert_eq "$(threads thousand.bpf.o env -u BPFELF_THREADS)" $((cpus - 1)) "threads, $cpus CPUs"
fi
