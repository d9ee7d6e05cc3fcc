#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Section `.maps`: maps that types define, what they hold from the start, and
# what `bpftool prog loadall` makes of the same object.

. "$(dirname "$0")/lib.sh"
need bpftool ping

globals=$BPFFS/tc/globals

# shapes DIR: all that can be told of the maps pinned there, but ids and memory
shapes() {
	local pin

	for pin in "$1"/*; do
		[ -f "$pin" ] && [[ $pin != *.debug ]] || continue
		echo "${pin##*/}: $(bpftool -j map show pinned "$pin" | sed -E '
			s/"btf_id":[0-9]+/btf/
			s/"(id|bytes_memlock|owner_[a-z]*|pids)":[^,}]*,?//g')"
	done
}

# tags DIR: of the programs in the slots of `stages` there
tags() {
	slots "$1/stages" | while read -r key id; do
		echo "$key $(bpftool prog show id "$id" | sed -n 's/.* name \([^ ]*\)  tag \([^ ]*\).*/\1 \2/p')"
	done
}

# inners DIR NAME: names of the maps in the slots of a map of maps there
inners() {
	slots "$1/$2" | while read -r key id; do
		echo "$key $(bpftool map show id "$id" | sed -n 's/.*  name \([^ ]*\)  flags.*/\1/p')"
	done
}

# clean: nothing is pinned any more
clean() {
	"$TC" filter del dev v0 ingress
	rm -rf "$BPFFS"/{tc,ip,xdp}
}

veth
"$TC" qdisc add dev v0 clsact

# ---- attributes: the same maps as libbpf makes ----

variant both btfmaps.bpf.c -DLOCAL=
bpftool prog loadall both.o "$BPFFS/theirs" 2>/dev/null
theirs=$(shapes "$BPFFS")
assert_eq "$(wc -l <<<"$theirs")" 16 "maps of bpftool: $theirs"
find "$BPFFS" -mindepth 1 -maxdepth 1 -type f ! -name '*.debug' -delete
rm -r "$BPFFS/theirs"
load both.o sec tc
assert_eq "$(shapes "$globals")" "$theirs"

# they are printed by name and field
ping_v0 3
assert_eq "$(bpftool -j map lookup pinned "$globals/packets" key 1 0 0 0 |
	sed 's/.*"formatted"://')" '{"key":1,"value":{"seen":3,"color":"GREEN"}}}'
clean

# a second load finds them, and a static one among them
variant local btfmaps.bpf.c
load local.o sec tc
first=$(find "$globals" -type f | sort | while read -r pin; do map_id "$pin"; done)
load local.o sec tc
again=$(find "$globals" -type f | sort | while read -r pin; do map_id "$pin"; done)
assert_eq "$again" "$first"
assert_match "$(bpftool map show pinned "$globals/hidden")" 'percpu_array  name hidden '
# of another shape
variant other btfmaps.bpf.c '-DMORE=__uint(map_flags, BPF_F_MMAPABLE);'
out=$(fails 1 load other.o sec tc 2>&1)
assert_match "$out" "map 'packets': pinned at .* with another shape: flags 0x400 in the object, 0 in the pin"
clean

# ---- values ----

variant both btfvalues.bpf.c -DLOCAL= -DKEY=4
bpftool prog loadall both.o "$BPFFS/theirs"
slots=$(tags "$BPFFS")
assert_eq "$(cut -d' ' -f1,2 <<<"$slots")" "0 parse
2 count
3 count
5 entry" "what bpftool does"
maps=$(inners "$BPFFS" outer; inners "$BPFFS" wide; shapes "$BPFFS")
find "$BPFFS" -mindepth 1 -maxdepth 1 -type f ! -name '*.debug' -delete
rm -r "$BPFFS/theirs"
load both.o sec tc
assert_eq "$(tags "$globals")" "$slots" "programs in slots"
assert_eq "$(inners "$globals" outer; inners "$globals" wide; shapes "$globals")" "$maps"
clean

# static ones, and packets through all of it
variant values btfvalues.bpf.c
load values.o sec tc
assert_eq "$(inners "$globals" outer)" "0 first
2 third"
assert_eq "$(inners "$globals" wide)" "7 second"
assert_eq "$(slots "$globals/stages" | sed -n 's/^5 //p')" "$(cls_id v0 ingress)" "the entry's slot"
assert_eq "$(slots "$globals/stages" | sed -n 's/^2 //p')" "$(slots "$globals/stages" | sed -n 's/^3 //p')" \
	"a program in two slots is one"
ping_v0 4
assert_eq "$(for i in 0 2 3 5; do counter "$globals/hits" $i; done | tr '\n' ' ')" "4 0 4 8 "
id=$(slots "$globals/outer" | sed -n 's/^2 //p')
assert_match "$(bpftool map dump id "$id")" '"value": 4'
# a live array gets the new programs, and keeps its maps
load values.o sec tc
assert_eq "$(slots "$globals/outer" | sed -n 's/^2 //p')" "$id"
assert_eq "$(slots "$globals/stages" | sed -n 's/^5 //p')" "$(cls_id v0 ingress)"
ping_v0 1
assert_eq "$(counter "$globals/hits" 3)" 5

# what fails, fails before anything is there to be seen
before=$(state)
out=$(fails 2 "$TC" filter add dev v0 ingress pref 1 handle 1 bpf da obj values.o sec tc 2>&1)
assert_match "$out" '^Error: Filter already exists'
unchanged "$before"
clean
before=$(state)

# refused WORDS HINT SRC FLAG...
refused() {
	local words=$1 hint=$2

	variant refused "${@:3}"
	out=$(fails 1 load refused.o sec tc 2>&1)
	assert_match "$(sed 1q <<<"$out")" "^Error: object 'refused.o': $words\$"
	assert_match "$(sed -n 2p <<<"$out")" "$hint"
	unchanged "$before" "state after $*"
}

refused "section '.maps': map 'stages': slot 5 of its values: it is past the map's end, which has 4 slots" '' \
	btfvalues.bpf.c -DSLOTS=4
refused "map 'packets': attribute 'elements': maps have no such attribute" '^Hint: attributes are type, ' \
	btfmaps.bpf.c '-DMORE=__uint(elements, 4);'
refused "map 'packets': attribute 'value_size': 8 bytes, another attribute says 16" '' \
	btfmaps.bpf.c '-DMORE=__uint(value_size, 8);'
refused "map '[a-z]*': pinning 16 stands in no line of .*" '^Hint: .*16 some/directory' \
	btfmaps.bpf.c -DPIN=16
refused "program 'counts': section 'tc', instruction .*: symbol 'packets': section '.maps' defines maps by types, and the object has none of it" \
	'^Hint: compile with -g' btfmaps.bpf.c -g0

# ---- pinning ----

for pin in 0 1 2; do
	variant pin$pin btfvalues.bpf.c -DPIN=$pin
done
load pin0.o sec tc 2>err
assert_match "$(cat err)" "^Warning: prog array 'stages' is not pinned: .*LIBBPF_PIN_BY_NAME"
[ ! -e "$globals/hits" ]
load pin1.o sec tc
id=$(map_id "$globals/hits")
# PIN_GLOBAL_NS is where that is
load pin2.o sec tc
assert_eq "$(map_id "$globals/hits")" "$id"
clean
# where iproute2 with libbpf has it, if there is one
if "$SYS_TC" -V | grep -q libbpf; then
	variant theirs btfmaps.bpf.c -DLOCAL=
	"$SYS_TC" filter add dev v0 ingress pref 1 handle 1 bpf da obj theirs.o sec tc 2>/dev/null
	first=$(find "$globals" -type f | sort | while read -r pin; do map_id "$pin"; done)
	assert_eq "$(wc -w <<<"$first" | tr -d ' ')" 16
	load theirs.o sec tc
	again=$(find "$globals" -type f | sort | while read -r pin; do map_id "$pin"; done)
	assert_eq "$again" "$first" "iproute2's pins"
	clean
fi
# a number of one's own
mkdir -p etc/iproute2
cp -r /etc/iproute2/. etc/iproute2 2>/dev/null || :
echo "16 own/place" >>etc/iproute2/bpf_pinning
mkdir -p /etc/iproute2
mount --bind etc/iproute2 /etc/iproute2
variant sixteen btfvalues.bpf.c -DPIN=16
load sixteen.o sec tc
assert_match "$(bpftool map show pinned "$BPFFS/own/place/hits")" 'name hits '
umount /etc/iproute2
clean

# ---- what the kernel finds in a value by its type ----

cat >locked.c <<'END'
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include "bpf_api.h"
#include "btf_api.h"
static void (*spin_lock)(struct bpf_spin_lock *lock) = (void *)BPF_FUNC_spin_lock;
static void (*spin_unlock)(struct bpf_spin_lock *lock) = (void *)BPF_FUNC_spin_unlock;
struct locked { struct bpf_spin_lock lock; int n; };
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, int);
	__type(value, struct locked);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} locks __section(".maps");
__section("tc") int f(struct __sk_buff *skb)
{
	int key = 0;
	struct locked *v = bpf_map_lookup_elem(&locks, &key);

	if (v) {
		spin_lock(&v->lock);
		v->n++;
		spin_unlock(&v->lock);
	}
	return 0;
}
BPF_LICENSE("GPL");
END
compile_bpf "$T/locked.c" -I"$TOP/testsuite/bpf"
load locked.o sec tc
ping_v0 2
assert_match "$(bpftool map dump pinned "$globals/locks")" '"n": 2'
clean
# pinned by somebody who had no types
mkdir -p "$globals"
bpftool map create "$globals/locks" type array key 4 value 8 entries 1 name locks
out=$(fails 1 load locked.o sec tc 2>&1)
assert_match "$out" "^Hint: map 'locks' is without its types \(BTF\): the kernel refuses them, or it was pinned so$"
