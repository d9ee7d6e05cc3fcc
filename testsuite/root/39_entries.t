#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Which program of an object is attached: sections and functions by name, the
# only one that libbpf's words say is for the hook, objects of old compilers,
# objects that have tail calls alone.

. "$(dirname "$0")/lib.sh"
need bpftool llvm-mc

# object NAME: a program for each line "SECTION FUNCTION VERDICT" on stdin
object() {
	local section name verdict

	{
		echo '#include <linux/bpf.h>'
		echo '#define SEC(name) __attribute__((section(name), used))'
		while read -r section name verdict; do
			echo "SEC(\"$section\") int $name(void *ctx) { return $verdict; }"
		done
		echo 'char _license[] SEC("license") = "GPL";'
	} >"$T/$1.c"
	compile_bpf "$T/$1.c"
}

tc() {
	"$TC" filter replace dev v0 "$1" pref 1 handle 1 bpf da obj "${@:2}"
}

xdp() {
	"$IP" -force link set dev v0 xdp obj "$@"
}

# attached_cls SIDE NAME SECTION, attached_xdp NAME
attached_cls() {
	assert_match "$("$SYS_TC" filter show dev v0 "$1")" "\.o:\[$3\] .* name $2 "
}

attached_xdp() {
	assert_match "$(bpftool prog show id "$(xdp_id v0)")" "xdp +name $1 "
}

veth
"$TC" qdisc add dev v0 clsact

# ---- by section and by function ----

object several <<'END'
classifier one 2
classifier two 0
classifier/x three 0
prog four 2
prog five 1
END
tc ingress several.o
attached_cls ingress one classifier
tc ingress several.o program two
attached_cls ingress two classifier
tc ingress several.o program three
attached_cls ingress three classifier/x
tc ingress several.o sec classifier/x
attached_cls ingress three classifier/x
tc ingress several.o sec classifier program two
attached_cls ingress two classifier
assert_match "$(fails 1 tc ingress several.o sec prog program two 2>&1)" "no program 'two'"
xdp several.o
attached_xdp four
xdp several.o program five
attached_xdp five

# static ones, of which a section has several: the first, or as said
cat >local.c <<'END'
#include <linux/bpf.h>
#define SEC(name) __attribute__((section(name), used))
SEC("other") static int first(struct __sk_buff *skb) { return 0; }
SEC("other") static int second(struct __sk_buff *skb) { return 2; }
SEC("other/2") static int third(struct __sk_buff *skb) { return 2; }
END
compile_bpf "$T/local.c"
tc ingress local.o sec other
attached_cls ingress first other
tc ingress local.o program second
attached_cls ingress second other
tc ingress local.o sec other/2 program third
attached_cls ingress third other/2
fails 1 tc ingress local.o sec other program third 2>/dev/null

# ---- the words of libbpf ----

object both <<'END'
xdp on_device 2
tc/ingress inwards 0
tc/egress outwards 0
xdp/devmap behind 2
END
tc ingress both.o
attached_cls ingress inwards tc/ingress
tc egress both.o
attached_cls egress outwards tc/egress
xdp both.o
attached_xdp on_device
# neither side: two would fit
before=$(state)
out=$(fails 1 "$TC" filter add dev v0 parent 10: bpf da obj both.o 2>&1)
assert_match "$(sed 1q <<<"$out")" "no section 'classifier', and 2 programs fit in its place: 'tc/ingress' \(inwards\), 'tc/egress' \(outwards\)$"
assert_match "$out" '^Hint: name one of them'
unchanged "$before"

# one for each name that has to do with these hooks: hook, section
while read -r hook section; do
	object single <<<"$section single 0"
	case $hook in
	xdp)	object single <<<"$section single 2"; xdp single.o; attached_xdp single ;;
	*)	tc "$hook" single.o; attached_cls "$hook" single "${section/[?]/.}" ;;
	esac
done <<'END'
ingress tc
ingress tc/main
egress tcx/egress
ingress tcx/ingress
ingress classifier/main
ingress classifier_main
ingress ?tc
xdp xdp
xdp xdp/main
xdp xdp_main
xdp xdp.frags
xdp xdp.frags/main
xdp ?xdp
END
# a batch has two sides, too: lines with the same words get their own program
printf 'filter replace dev v0 %s pref 1 handle 1 bpf da obj both.o\n' ingress egress ingress |
	"$TC" -batch -
attached_cls ingress inwards tc/ingress
attached_cls egress outwards tc/egress

# with frags: a device of a large MTU takes it
"$IP" link set dev v0 xdp off
peer "$SYS_IP" link set v1 mtu 9000
"$SYS_IP" link set v0 mtu 9000
object frags <<<'xdp.frags big 2'
xdp frags.o
attached_xdp big
"$IP" link set dev v0 xdp off
fails 2 xdp both.o 2>/dev/null
"$SYS_IP" link set v0 mtu 1500
peer "$SYS_IP" link set v1 mtu 1500

# routes
object lwt <<'END'
lwt_in in 0
lwt_out out 0
END
"$IP" route add 10.77.0.0/24 encap bpf out obj lwt.o dev v0
assert_match "$("$SYS_IP" route show 10.77.0.0/24)" 'out lwt.o:\[lwt_out\]'
"$IP" route del 10.77.0.0/24 encap bpf out obj lwt.o dev v0
assert_eq "$("$SYS_IP" route show 10.77.0.0/24)" ''

# ---- the words of the command win ----

xdp both.o sec xdp/devmap	# as iproute2 does: the hook is told by the command
attached_xdp behind
xdp both.o sec tc/egress
attached_xdp outwards
tc ingress both.o sec xdp
attached_cls ingress on_device xdp
object action <<<'action/1 acts 0'
tc ingress action.o sec action/1
attached_cls ingress acts action/1
# of its own accord an action; whether this kernel has any is another matter
out=$("$TC" actions add action bpf obj action.o verb 2>&1 || :)
assert_match "$out" "^Prog section 'action/1' loaded"
assert_match "$out" '^ - Type: +4$'
"$TC" actions flush action bpf 2>/dev/null || :

# what is for another hook is not taken, nor what is one of several
before=$(state)
object only <<<'tc only 0'
out=$(fails 255 xdp only.o 2>&1)
assert_match "$(sed 1q <<<"$out")" "no section 'prog'$"
assert_match "$out" "^Hint: the object has the sections \(programs\): 'tc' \(only\)"
unchanged "$before"

# and if it comes to grief, the name of the section is why
cat >wrong.c <<'END'
#include <linux/bpf.h>
#define SEC(name) __attribute__((section(name), used))
SEC("xdp") int wrong(struct xdp_md *ctx)
{
	return *(char *)(long)ctx->data;
}
SEC("tc") int right(struct __sk_buff *skb) { return 0; }
SEC("fentry/tcp_v4_rcv") int wronger(struct __sk_buff *skb) { return *(long *)skb; }
char _license[] SEC("license") = "GPL";
END
compile_bpf "$T/wrong.c"
out=$(fails 1 tc ingress wrong.o sec xdp 2>&1)
assert_match "$out" "^Hint: section 'xdp' is for programs of type xdp by its name, and was loaded as sched_cls; for that there is: 'tc' \(right\)"
assert_match "$(fails 1 tc ingress wrong.o sec fentry/tcp_v4_rcv 2>&1)" "^Hint: section 'fentry/tcp_v4_rcv' is for programs of type tracing by its name, "
unchanged "$before"
cat >behind.c <<'END'
#include <linux/bpf.h>
#define SEC(name) __attribute__((section(name), used))
SEC("xdp/devmap") int behind(struct xdp_md *ctx) { return ctx->egress_ifindex ? 2 : 1; }
char _license[] SEC("license") = "GPL";
END
compile_bpf "$T/behind.c"
out=$(fails 255 xdp behind.o sec xdp/devmap 2>&1)
assert_match "$out" "^Hint: section 'xdp/devmap' is for programs in a devmap or cpumap by its name, and was loaded for a device$"
unchanged "$before"

# ---- old compilers: symbols without a type; local ones, labels among them ----

cat >old.s <<'END'
	.section classifier,"ax",@progbits
	.globl entry
entry:
	r6 = r1
	call helper
	if r0 == 0 goto LBB0_2
	r0 = 0
	exit
LBB0_2:
	r0 = 2
	exit
	.text
unused:
	r0 = 0
	exit
helper:
	if r1 == 0 goto LBB1_1
	r0 = 1
	exit
LBB1_1:
	r0 = 0
	exit
	.section other,"ax",@progbits
hidden:
	r0 = 0
	exit
	.section license,"aw",@progbits
	.globl _license
_license:
	.asciz "GPL"
END
llvm-mc -triple bpf -filetype obj -o old.o old.s
assert_no_match "$(readelf -sW old.o)" ' FUNC '
tc ingress old.o
attached_cls ingress entry classifier
id=$(cls_id v0 ingress)
assert_eq "$(bpftool prog dump xlated id "$id" opcodes | grep -c '^ *[0-9]*:')" 12 '7 and 5 instructions'
# a local function as an entry
tc ingress old.o sec other
assert_match "$("$SYS_TC" filter show dev v0 ingress)" 'old.o:\[other\]'

# ---- tail calls alone: one is the entry, or they go into an array ----

cat >slots.c <<'END'
#include <linux/bpf.h>
#include "bpf_api.h"
struct bpf_elf_map jumps __section("maps") = {
	.type = BPF_MAP_TYPE_PROG_ARRAY, .id = 1, .size_key = 4, .size_value = 4,
	.max_elem = 4, .pinning = PIN_GLOBAL_NS,
};
__section("1/0") int zero(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &jumps, 1);
	return 0;
}
__section("1/1") int one(struct __sk_buff *skb) { return 2; }
__section("1/3") int three(struct __sk_buff *skb) { return 0; }
BPF_LICENSE("GPL");
END
compile_bpf "$T/slots.c"
before=$(state)
out=$(fails 1 tc ingress slots.o 2>&1)
assert_match "$out" "^Hint: the object has tail calls alone, of which one has to be named as the entry: '1/0' \(zero\), '1/1' \(one\), '1/3' \(three\)"
unchanged "$before"
# compat: what is the entry is not in its slot
tc ingress slots.o sec 1/0
attached_cls ingress zero 1/0
assert_eq "$(slots "$BPFFS/tc/globals/jumps" | cut -d' ' -f1 | tr '\n' ' ')" '1 3 '
fails 1 ping_v0 2	# the slot drops them
# the array alone, whole
"$TC" exec bpf graft m:globals/jumps obj slots.o sec 1/0
assert_eq "$(slots "$BPFFS/tc/globals/jumps" | cut -d' ' -f1 | tr '\n' ' ')" '0 1 3 '
assert_match "$(bpftool prog show id "$(slots "$BPFFS/tc/globals/jumps" | sed -n 's/^0 //p')")" 'name zero '
