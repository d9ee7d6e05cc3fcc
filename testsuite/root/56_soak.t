#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Many loads and unloads in one process, soak.c: nothing is left of them, and
# memory stays flat. SOAK is how many loads.

. "$(dirname "$0")/lib.sh"
need bpftool

loads=${SOAK:-$([ -z "${SANITIZED-}" ] && rounds 10000 1000 || echo 1000)}

# names that nobody else on this machine has, by which to count
tag=$(printf %08x $((RANDOM * 32768 + RANDOM)))

# object NAME [FLAG...]
object() {
	local name=$1

	shift
	cp "$TOP/testsuite/bpf/jump.bpf.c" "$T/$name.c"
	compile_bpf "$T/$name.c" -Dother="o_$tag" -Djmp="j_$tag" \
		-Dsteps="t_$tag" -Dstart="s_$tag" -Dstage1="a_$tag" \
		-Dstage2="b_$tag" -Dstage3="c_$tag" "$@"
}

object pinned
object unpinned -DPINNING=PIN_NONE
object refused -DBAD
veth
"$SYS_TC" qdisc add dev v0 clsact

# what the kernel has of them (while one is attached: its tail calls and what
# they use), written to $1; it lets go of things later than it is told to.
#
# Prog arrays do not count: the kernel loses one for good when somebody opens
# it by its id, as bpftool does, in the moment in which it is emptied since
# its last descriptor was closed. One that we kept would keep its programs.
cat >count <<END
#!/bin/sh
case \$1 in
during)	want="programs 4, maps 1, descriptors 0" ;;
after)	want="programs 0, maps 0, descriptors 0" ;;
esac
for try in \$(seq 50); do
	sleep 0.2
	programs=\$(bpftool prog show | grep -c ' name ._$tag ')
	maps=\$(bpftool map show | grep ' name ._$tag ' | grep -vc prog_array)
	descriptors=\$(ls -l /proc/\$PPID/fd | grep -c anon_inode:bpf)
	got="programs \$programs, maps \$maps, descriptors \$descriptors"
	[ "\$got" != "\$want" ] || { echo "\$got" >"\$1"; exit 0; }
done
echo "\$1: \$got; expected \$want" >&2
exit 1
END
chmod +x count
$CC -Wall -Wextra -Werror -o soak "$TOP/testsuite/root/soak.c" \
	-I"$TOP/include" -L"$TOP/lib" -lbpfelf
export LD_LIBRARY_PATH=$TOP/lib
export GLIBC_TUNABLES=glibc.malloc.tcache_count=0	# free is free

# directories come with the first pin, and stay
./soak v0 1 $tag ./count >/dev/null
rm during after
before=$(state)
SECONDS=0
./soak v0 "$loads" $tag ./count >figures
took=$SECONDS
unchanged "$before"

[ -s during ] && [ -s after ] || die "soak.c has not looked"

heap=$(sed -n 's/^heap //p' figures)
rss=$(sed -n 's/^rss //p' figures)
loads=${SOAK:-$([ -z "${SANITIZED-}" ] && rounds 10000 1000 || echo 1000)}
if [ -z "${SANITIZED-}" ]; then
	assert_eq "$heap" 0 "bytes of the heap more than at first"
	[ "$rss" -le 256 ] || die "$rss kB of memory more than at first"
fi
echo "note: $loads loads in $took s, $rss kB and $heap bytes of heap more in use"
