#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What is no object, or a damaged one: one clear error, and nothing changed.

. "$(dirname "$0")/lib.sh"
need bpftool llvm-strip

compile_bpf count.bpf.c
veth
"$TC" qdisc add dev v0 clsact

echo "this is no object" >text.o
: >empty.o
mkdir directory.o
mkfifo fifo.o
"$CLANG" -O2 -target bpfeb $BPF_CFLAGS -I"$TOP/include" -I"$TOP/examples" \
	-c -o bigendian.o "$TOP/testsuite/bpf/count.bpf.c"
echo 'int x;' | $CC -x c -c -o host.o -
cp count.bpf.o exec.o && poke exec.o 16 2		# e_type: ET_EXEC
cp count.bpf.o shared.o && poke shared.o 16 3
cp count.bpf.o machine.o && poke machine.o 18 76	# e_machine: x86-64
cp count.bpf.o version.o && poke version.o 20 7		# e_version
cp count.bpf.o sections.o && poke sections.o 40 377 377 377 177	# e_shoff
size=$(stat -c %s count.bpf.o)
for percent in 1 10 50 90 99; do
	head -c $((size * percent / 100)) count.bpf.o >truncated$percent.o
done
head -c $((size - 1)) count.bpf.o >truncated1byte.o
head -c 63 count.bpf.o >header.o
llvm-strip --strip-all -o nosymbols.o count.bpf.o

mkdir -m 700 "$BPFFS/tc" "$BPFFS/tc/globals"
before=$(state)

# bad FILE REGEX: what its error says
bad() {
	local file=$1 regex=$2 out

	for cmd in "1 $TC filter add dev v0 ingress bpf da obj $file" \
		   "255 $IP link set dev v0 xdp obj $file" \
		   "255 $TC exec bpf graft m:globals/x key 1 obj $file"; do
		out=$(fails ${cmd%% *} timeout 5 ${cmd#* } 2>&1)
		assert_match "$(sed 1q <<<"$out")" "^Error: .*'$file': .*$regex"
		out=$(grep -v '^Unable to load program$' <<<"$out")
		[ "$(wc -l <<<"$out")" -le 2 ] || die "$file: more than an error and a hint: $out"
		unchanged "$before" "state after $cmd"
	done
}

bad nowhere.o "No such file or directory"
bad text.o "ELF"
bad empty.o "empty|ELF"
bad directory.o "directory|regular file"
bad fifo.o "regular file"
bad bigendian.o "big.endian"
bad host.o "BPF"
bad exec.o "relocatable"
bad shared.o "relocatable"
bad machine.o "BPF"
bad version.o "version"
bad sections.o ""
bad header.o ""
for percent in 1 10 50 90 99 1byte; do
	bad truncated$percent.o ""
done
bad nosymbols.o "symbol"
bad /dev/null "regular file"

# the right kind of object, and not what is asked for
out=$(fails 1 "$TC" filter add dev v0 ingress bpf da obj count.bpf.o sec nope 2>&1)
assert_match "$(sed 1q <<<"$out")" "^Error: object 'count.bpf.o': no section 'nope'"
assert_match "$out" "^Hint: .*'classifier'.*cls_in.*'egress'.*'prog'"
out=$(fails 255 "$IP" link set dev v0 xdp obj count.bpf.o program nope 2>&1)
assert_match "$(sed 1q <<<"$out")" "^Error: object 'count.bpf.o': no program 'nope'"
unchanged "$before"

# the good one is still good
"$TC" filter add dev v0 ingress bpf da obj count.bpf.o
"$TC" filter del dev v0 ingress
