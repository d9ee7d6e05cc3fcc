#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Every type of map that the kernel has: made as the object says, and used by a
# program where there is a type of program here that can.

. "$(dirname "$0")/lib.sh"
need bpftool ping

pin=$BPFFS/tc/globals/m
tried=" "	# types
lacking=	# those that this kernel is too old for

# too_old TYPE: they came with that version; all others are as old as 6.1
too_old() {
	local since

	case $1 in
	CGRP_STORAGE)	since=6.2 ;;
	ARENA)		since=6.9 ;;
	*)		return 1 ;;
	esac
	[ "$(printf '%s\n' "$since" "$(uname -r)" | sort -V | sed 1q)" != "$since" ]
}

# object TYPE KEY VALUE ENTRIES FLAGS USE [FLAG...]
object() {
	local type=$1 key=$2 value=$3 entries=$4 flags=$5 use=$6 inner=0

	shift 6
	case $type in
	*_OF_MAPS) inner=1 ;;
	esac
	rm -f "$pin"
	variant types types.bpf.c "-DTYPE=BPF_MAP_TYPE_$type" -DKEY=$key \
		-DVALUE=$value -DENTRIES=$entries "-DFLAGS=$flags" -DUSE=$use \
		-DINNER=$inner "$@"
}

attach() {
	case $1 in
	REDIRECT)
		"$IP" -force link set dev v0 xdp obj types.o ;;
	*)	"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj types.o ;;
	esac
}

# uses_it USE: whether the attached program has the pinned map
uses_it() {
	local id

	case $1 in
	REDIRECT)
		id=$(xdp_id v0) ;;
	*)	id=$(cls_id v0 ingress) ;;
	esac
	assert_match "$(bpftool prog show id "$id")" " map_ids $(map_id "$pin")\$"
}

# lacks TYPE: nothing is wrong with the object
lacks() {
	local before out

	before=$(state)
	out=$(fails 1 attach NOTHING 2>&1)
	assert_match "$(grep -m 1 ^Error <<<"$out")" \
		"^Error: object 'types.o': map 'm': create: Invalid argument\$"
	assert_match "$out" '^Hint: .*older kernels know fewer types'
	unchanged "$before" "state after $1"
	lacking+=" $1"
}

# makes TYPE NAME KEY VALUE ENTRIES FLAGS SHOWN USE [FLAG...]: NAME and SHOWN
# are the type and the flags as bpftool tells them
makes() {
	local type=$1 name=$2 key=$3 value=$4 entries=$5 flags=$6 shown=$7 use=$8
	local show id

	shift 8
	tried+="$type "
	object "$type" "$key" "$value" "$entries" "$flags" "$use" "$@"
	if too_old "$type"; then
		lacks "$type"
		return
	fi
	attach "$use"
	show=$(bpftool map show pinned "$pin")
	assert_match "$show" "^[0-9]+: $name  name m  flags $shown\$"
	assert_match "$show" "	key ${key}B  value ${value}B  max_entries $entries "
	# taken again
	id=$(map_id "$pin")
	attach "$use"
	assert_eq "$(map_id "$pin")" "$id" "$type, taken again"
	[ "$use" = NOTHING ] || uses_it "$use"
	ping_v0 1
	case $use in
	UPDATE)	assert_match "$(bpftool map dump pinned "$pin")" '2a 00 00 00' ;;
	PUSH)	[ "$type" = BLOOM_FILTER ] ||
			assert_match "$(bpftool map pop pinned "$pin")" '^2a 00 00 00' ;;
	esac
}

# refuses TYPE KEY VALUE ENTRIES FLAGS WORDS [HINT]: as it cannot be a map
refuses() {
	local type=$1 words=$6 hint=${7-} before

	tried+="$type "
	object "$1" "$2" "$3" "$4" "$5" NOTHING
	before=$(state)
	out=$(fails 1 attach NOTHING 2>&1)
	assert_match "$(grep -m 1 ^Error <<<"$out")" \
		"^Error: object 'types.o': map 'm': create: [^:]*$words\$"
	assert_match "$out" "^Hint: .*$hint"
	unchanged "$before" "state after $type"
}

veth
"$TC" qdisc add dev v0 clsact
cpus=$(getconf _NPROCESSORS_CONF)
page=$(getconf PAGESIZE)

#     type		 as bpftool has it     key value entries  flags			 shown	use
makes HASH		 hash			64  64 4	  0			 0x0	UPDATE
makes HASH		 hash			64  64 4	  BPF_F_NO_PREALLOC	 0x1	UPDATE
makes ARRAY		 array			4   64 9	  0			 0x0	UPDATE
makes PROG_ARRAY	 prog_array		4   4  4	  0			 0x0	TAIL_CALL
makes PERF_EVENT_ARRAY	 perf_event_array	4   4  $cpus	  0			 0x0	PERF_OUTPUT
makes PERCPU_HASH	 percpu_hash		4   64 4	  0			 0x0	UPDATE
makes PERCPU_ARRAY	 percpu_array		4   64 9	  0			 0x0	UPDATE
makes PERCPU_ARRAY	 percpu_array		4   5  9	  0			 0x0	UPDATE
makes STACK_TRACE	 stack_trace		4   80 4	  0			 0x0	NOTHING
makes CGROUP_ARRAY	 cgroup_array		4   4  4	  0			 0x0	CGROUP
makes LRU_HASH		 lru_hash		64  64 4	  0			 0x0	UPDATE
makes LRU_HASH		 lru_hash		4   64 64	  BPF_F_NO_COMMON_LRU	 0x2	UPDATE
makes LRU_PERCPU_HASH	 lru_percpu_hash	64  64 4	  0			 0x0	UPDATE
makes LPM_TRIE		 lpm_trie		8   64 4	  BPF_F_NO_PREALLOC	 0x1	UPDATE
makes ARRAY_OF_MAPS	 array_of_maps		4   4  4	  0			 0x0	NOTHING
makes HASH_OF_MAPS	 hash_of_maps		4   4  4	  0			 0x0	NOTHING
makes DEVMAP		 devmap			4   8  4	  0			 0x80	REDIRECT
makes SOCKMAP		 sockmap		4   4  4	  0			 0x0	SOCKET
makes CPUMAP		 cpumap			4   8  $cpus	  0			 0x0	REDIRECT
makes XSKMAP		 xskmap			4   4  4	  0			 0x0	REDIRECT
makes SOCKHASH		 sockhash		4   8  4	  0			 0x0	SOCKET
makes CGROUP_STORAGE	 cgroup_storage		16  8  0	  0			 0x0	NOTHING
makes REUSEPORT_SOCKARRAY reuseport_sockarray	4   8  4	  0			 0x0	NOTHING
makes PERCPU_CGROUP_STORAGE percpu_cgroup_storage 8 8  0	  0			 0x0	NOTHING
makes QUEUE		 queue			0   64 4	  0			 0x0	PUSH
makes STACK		 stack			0   64 4	  0			 0x0	PUSH
makes SK_STORAGE	 sk_storage		4   8  0	  BPF_F_NO_PREALLOC	 0x1	STORAGE -DTYPES
makes DEVMAP_HASH	 devmap_hash		4   4  4	  0			 0x80	REDIRECT
makes RINGBUF		 ringbuf		0   0  $((page * 2)) 0			 0x0	RING_OUTPUT
makes INODE_STORAGE	 inode_storage		4   8  0	  BPF_F_NO_PREALLOC	 0x1	NOTHING -DTYPES
makes TASK_STORAGE	 task_storage		4   8  0	  BPF_F_NO_PREALLOC	 0x1	NOTHING -DTYPES
makes BLOOM_FILTER	 bloom_filter		0   64 4	  0			 0x0	PUSH
makes USER_RINGBUF	 user_ringbuf		0   0  $page	  0			 0x0	NOTHING
makes CGRP_STORAGE	 '(cgrp_storage|type 32)' 4 8  0	  BPF_F_NO_PREALLOC	 0x1	NOTHING -DTYPES
makes ARENA		 '(arena|type 33)'	0   0  4	  BPF_F_MMAPABLE	 0x400	NOTHING
"$IP" link set dev v0 xdp off

# ---- flags, unchanged ----

flag() {
	makes "$1" '[a-z_]*' "$2" "$3" "$4" "$5" "$6" UPDATE
}

flag HASH  64 64 4 BPF_F_NUMA_NODE		0x4	# node 0, as no field says another
flag ARRAY 4  64 9 BPF_F_NUMA_NODE		0x4
flag HASH  64 64 4 BPF_F_RDONLY			0x0	# of the descriptor, not of the map
flag HASH  64 64 4 BPF_F_WRONLY			0x0
flag HASH  64 64 4 BPF_F_ZERO_SEED		0x40
flag ARRAY 4  64 9 BPF_F_MMAPABLE		0x400
flag ARRAY 4  64 9 BPF_F_INNER_MAP		0x1000
flag ARRAY 4  64 9 BPF_F_MMAPABLE\|BPF_F_NUMA_NODE 0x404
makes STACK_TRACE stack_trace 4 96 4 BPF_F_STACK_BUILD_ID 0x20 NOTHING
makes PERF_EVENT_ARRAY perf_event_array 4 4 4 BPF_F_PRESERVE_ELEMS 0x800 NOTHING
makes SK_STORAGE sk_storage 4 8 0 'BPF_F_NO_PREALLOC|BPF_F_CLONE' 0x201 STORAGE -DTYPES

# programs may only read, and the verifier sees to it
object HASH 64 64 4 BPF_F_RDONLY_PROG UPDATE
assert_match "$(fails 1 attach UPDATE 2>&1 | sed 1q)" \
	"^Error: object 'types.o': program 'uses_in_tc'.*: the verifier refuses it: write into map forbidden"
object HASH 64 64 4 BPF_F_WRONLY_PROG UPDATE
attach UPDATE
assert_match "$(bpftool map show pinned "$pin")" 'flags 0x100$'

# ---- as many perf events as there are CPUs, when no number is given ----

object PERF_EVENT_ARRAY 4 4 0 0 PERF_OUTPUT
for i in 1 2; do
	attach PERF_OUTPUT
	assert_match "$(bpftool map show pinned "$pin")" "	key 4B  value 4B  max_entries $cpus "
	id=${id:-$(map_id "$pin")}
	assert_eq "$(map_id "$pin")" "$id"
done

# ---- what the kernel refuses, in words that say more than EINVAL ----

rm -f "$pin"
"$TC" filter del dev v0 ingress
refuses HASH 0 8 0 0 \
	'Invalid argument: type hash takes key size at least 1, not 0; takes entries at least 1, not 0' \
	'asked for: type hash, key size 0, value size 8, 0 entries, flags 0;'
refuses ARRAY 8 8 4 BPF_F_NO_PREALLOC \
	'Invalid argument: type array takes key size 4, not 8; does not take the flag BPF_F_NO_PREALLOC'
refuses ARRAY 4 8 4 'BPF_F_RDONLY|BPF_F_WRONLY' \
	'Invalid argument: type array takes one at most of BPF_F_RDONLY\|BPF_F_WRONLY'
refuses PROG_ARRAY 4 8 4 0 'Invalid argument: type prog_array takes value size 4, not 8'
refuses PERCPU_ARRAY 4 40000 4 0 \
	'Argument list too long: type percpu_array takes value size 1 to 32768, not 40000'
refuses PERCPU_HASH 4 8 4 BPF_F_NUMA_NODE \
	'Invalid argument: type percpu_hash does not take the flag BPF_F_NUMA_NODE'
refuses LRU_HASH 4 8 4 BPF_F_NO_PREALLOC \
	'Operation not supported \(ENOTSUPP\): type lru_hash does not take the flag BPF_F_NO_PREALLOC'
refuses LPM_TRIE 4 8 4 0 \
	'Invalid argument: type lpm_trie takes key size 5 to 260, not 4; needs the flag BPF_F_NO_PREALLOC'
refuses STACK_TRACE 4 20 4 0 \
	'Invalid argument: type stack_trace takes value size 8 for each frame, .*, not 20'
refuses SOCKHASH 513 4 4 0 'Argument list too long: type sockhash takes key size 1 to 512, not 513'
refuses CPUMAP 4 4 100000 0 'Argument list too long' 'asked for: type cpumap, .* 100000 entries'
refuses CGROUP_STORAGE 8 8 1 0 'Invalid argument: type cgroup_storage takes entries 0, not 1'
refuses QUEUE 4 8 4 0 'Invalid argument: type queue takes key size 0, not 4'
refuses RINGBUF 0 0 $((page * 3)) 0 \
	"Invalid argument: type ringbuf takes entries a power of two, at least a page, not $((page * 3))"
refuses ARENA 0 0 4 0 'Invalid argument: type arena needs the flag BPF_F_MMAPABLE'
for type in SK INODE TASK CGRP; do
	refuses ${type}_STORAGE 4 8 1 0 \
		"Invalid argument: type ${type,,}_storage takes entries 0, not 1; needs the flag BPF_F_NO_PREALLOC; needs BTF for key and value" \
		'declare struct ____btf_map_m \{ __u32 key; TYPE value; \}'
done

# These this kernel has no way to make from struct bpf_elf_map: the first has a
# type of the kernel's own BTF for value, the second comes with 6.19. Should one
# be made here, the table above lacks a line.
refuses STRUCT_OPS 4 8 1 0 'Invalid argument' "a type of the kernel's own"
refuses INSN_ARRAY 4 8 1 0 'Invalid argument' 'older kernels know fewer types'

# an arena is made, but a program needs one that a process has mapped
too_old ARENA || {
	object ARENA 0 0 4 BPF_F_MMAPABLE ADDRESS
	assert_match "$(fails 1 attach ADDRESS 2>&1 | sed 1q)" \
		"program 'uses_in_tc'.*: the verifier refuses it: arena's user address must be set"
}

# ---- none is forgotten ----

if [ -r /sys/kernel/btf/vmlinux ]; then
	for type in $(bpftool btf dump file /sys/kernel/btf/vmlinux |
		      sed -n "s/^	'BPF_MAP_TYPE_\([A-Z_]*\)' val=[1-9].*/\1/p" |
		      grep -v '_DEPRECATED$'); do
		assert_match "$tried" " $type "
	done
fi
[ -z "$lacking" ] || echo "note: refused here as they should be, the kernel is older:$lacking"
