# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What kernel tests share. A test begins with
#
#	. "$(dirname "$0")/lib.sh"
#
# and from there on any command that fails, fails the test. $T is an empty
# directory of its own, where it starts; nothing needs to be cleaned up.

# started by hand? then through the runner
if [ -z "${IN_RUN_ROOT-}" ]; then
	exec "$(dirname "$0")/../run-root" "$0"
fi

set -eu -o pipefail
PS4='+ ${BASH_SOURCE##*/}:$LINENO: '	# the runner shows the last lines

# STATIC=yes: the commands of `make static`
IP=$TOP/ip/ip${STATIC:+.static}
TC=$TOP/tc/tc${STATIC:+.static}
SYS_IP=/usr/sbin/ip
SYS_TC=/usr/sbin/tc
EXAMPLES=$TOP/examples
BPFFS=/sys/fs/bpf

exec 8>&1		# for the words of die, also from within $(...)

die() {
	echo "$*" >&8
	exit 1
}

skip() {
	echo "$*"
	exit 77
}

# need CMD...: without one of these tools the test cannot be done
need() {
	local cmd

	for cmd; do
		command -v "$cmd" >/dev/null || skip "no $cmd"
	done
}

# of the running kernel, for `.kconfig`
tells_config() {
	[ -e /proc/config.gz ] || [ -e "/boot/config-$(uname -r)" ]
}

# rounds MANY FEW: MANY, or FEW in a guest, which is slow (see vm/check)
rounds() {
	if [ -n "${IN_GUEST-}" ]; then
		echo "$2"
	else
		echo "$1"
	fi
}

# assert_eq GOT WANT [WHAT]
assert_eq() {
	[ "$1" = "$2" ] || die "${3:-assert_eq}: got '$1', expected '$2'"
}

# assert_match TEXT EXTENDED_REGEX: some line of it
assert_match() {
	grep -Eq -- "$2" <<<"$1" || die "no match for '$2' in: $1"
}

assert_no_match() {
	! grep -Eq -- "$2" <<<"$1" || die "unexpected match for '$2' in: $1"
}

# wait_for CMD...: until it succeeds, 10 s at most. What a command in the
# background says, should be in the file `said`.
wait_for() {
	local i

	for i in $(seq 200); do
		! "$@" || return 0
		sleep 0.05
	done
	die "'$*' did not come true: $(cat said 2>&1)"
}

# comes_to WANT CMD...: that is what it prints, at the latest after 5 s: the
# kernel lets go of things some time after the last who held them
comes_to() {
	local want=$1 i

	shift
	for i in $(seq 50); do
		[ "$("$@")" != "$want" ] || return 0
		sleep 0.1
	done
	assert_eq "$("$@")" "$want" "$*"
}

# fails STATUS CMD...: with just this exit status; its output is passed on
fails() {
	local want=$1 got=0

	shift
	"$@" || got=$?
	[ "$got" -eq "$want" ] ||
		die "'$*': exit status $got, expected $want"
}

# the leak sanitizer cannot work beneath a tracer
strace() {
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 command strace "$@"
}

# compile_bpf NAME.c [FLAG...]: testsuite/bpf/NAME.c (or a path) to $T/NAME.o.
# Kept below build/, since clang is slow.
compile_bpf() {
	local src=$1 name kept

	shift
	[ -n "$CLANG" ] || skip "no clang with a BPF target"
	case $src in
	*/*)	src=$(realpath "$src") ;;
	*)	src=$TOP/testsuite/bpf/$src ;;
	esac
	name=$(basename "$src" .c)
	kept=$TOP/build/testsuite/bpf/$(cksum <<<"$src $*" | cut -d' ' -f1)-$name.o
	case $src in
	"$T"/*)	kept=$T/$name.o ;;
	*)	mkdir -p "$(dirname "$kept")" ;;
	esac
	if [ ! "$kept" -nt "$src" ] ||
	   [ ! "$kept" -nt "$TOP/examples/bpf_api.h" ] ||
	   [ ! "$kept" -nt "$TOP/include/iproute2/bpf_elf.h" ]; then
		"$CLANG" -O2 -g -Wall -target bpf $BPF_CFLAGS \
			-I"$TOP/include" -I"$TOP/examples" "$@" \
			-c -o "$kept" "$src"
	fi
	[ "$kept" -ef "$T/$name.o" ] || cp "$kept" "$T/$name.o"
}

# A veth pair: v0 here (10.9.0.1), v1 in the namespace `peer` (10.9.0.2). No
# IPv6 and fixed neighbours, so that no packet flows unless a test sends it.
veth() {
	local no6=/proc/sys/net/ipv6/conf/default/disable_ipv6

	"$SYS_IP" netns add peer
	[ ! -e "$no6" ] || echo 1 >"$no6"
	peer sh -c "[ ! -e $no6 ] || echo 1 >$no6"
	"$SYS_IP" link add v0 address 02:00:00:00:00:01 type veth \
		peer name v1 address 02:00:00:00:00:02 netns peer
	"$SYS_IP" addr add 10.9.0.1/24 dev v0
	"$SYS_IP" link set v0 up
	"$SYS_IP" neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev v0
	peer "$SYS_IP" addr add 10.9.0.2/24 dev v1
	peer "$SYS_IP" link set v1 up
	peer "$SYS_IP" neigh add 10.9.0.1 lladdr 02:00:00:00:00:01 dev v1
}

# peer CMD...: over there
peer() {
	"$SYS_IP" netns exec peer "$@"
}

# ping_v0 COUNT: as many echo requests from the peer to us; succeeds when
# every one is answered
ping_v0() {
	peer ping -q -c "$1" -i 0.01 -W 1 10.9.0.1 >"$T/ping"
	grep -q " $1 received" "$T/ping"
}

# bpffs_tree [DIR]: one line for all that is below, sorted: type, mode, path,
# target; without what some kernels put into each bpffs
bpffs_tree() {
	(cd "${1:-$BPFFS}" &&
		find . -mindepth 1 ! -name '*.debug' -printf '%y %m %P %l\n' |
		sed 's/ $//' | LC_ALL=C sort -k 3)
}

# xdp_id DEV: id of the XDP program there, as the system's ip sees it; "" none
xdp_id() {
	"$SYS_IP" -d link show dev "$1" |
		sed -n 's/.*prog\/xdp[a-z]* id \([0-9]*\).*/\1/p' | sed -n 1p
}

# map_value PIN KEY_BYTE...: the value as bpftool prints it, hex bytes
map_value() {
	local pin=$1

	shift
	bpftool -j map lookup pinned "$pin" key "$@" |
		sed 's/.*"value":\[\([^]]*\)\].*/\1/; s/[",]/ /g; s/0x//g' |
		tr -s ' ' | sed 's/^ //; s/ $//'
}

# poke FILE OFFSET OCTAL...: overwrite bytes
poke() {
	local file=$1 offset=$2

	shift 2
	printf "$(printf '\\%s' "$@")" |
		dd of="$file" bs=1 seek="$offset" conv=notrunc status=none
}

# variant NAME SRC.bpf.c [FLAG...]: as compile_bpf, to $T/NAME.o
variant() {
	local name=$1 src=$2

	shift 2
	mkdir -p "$T/.variant"
	(T=$T/.variant && compile_bpf "$src" "$@")
	mv "$T/.variant/$(basename "$src" .c).o" "$T/$name.o"
}

# map_id PIN, prog_id PIN: what is pinned there
map_id() {
	bpftool map show pinned "$1" | sed -n 's/^\([0-9]*\): .*/\1/p'
}

prog_id() {
	bpftool prog show pinned "$1" | sed -n 's/^\([0-9]*\): .*/\1/p'
}

# map_ids PROG_ID: those of its maps, one a line
map_ids() {
	bpftool prog show id "$1" | sed -n 's/.*map_ids \([0-9,]*\).*/\1/p' | tr ',' '\n'
}

# map_names PROG_ID: those of its maps, sorted, on one line
map_names() {
	local id

	for id in $(map_ids "$1"); do
		bpftool map show id "$id" | sed -n 's/.* name \([^ ]*\) .*/\1/p'
	done | sort | tr '\n' ' '
}

# counter PIN KEY: a number of 64 bits, in slot KEY (below 65536) of an array
counter() {
	local bytes

	bytes=$(map_value "$1" $(($2 % 256)) $(($2 / 256)) 0 0)
	echo $((0x$(tr ' ' '\n' <<<"$bytes" | tac | tr -d '\n')))
}

# slots PIN: "KEY ID" for each filled slot of a prog array or a map of maps
slots() {
	bpftool map show pinned "$1" | grep -E '^[0-9]*: (prog_array|[a-z]*_of_maps) ' >/dev/null ||
		return 0
	bpftool map dump pinned "$1" | sed -n \
		's/^key: \(..\) .*value: \(..\) \(..\) \(..\) \(..\)/\1 \5\4\3\2/p' |
	while read -r key id; do
		echo "$((0x$key)) $((0x$id))"
	done
}

# load OBJECT [WORD...]: as the one filter at v0's ingress
load() {
	"$TC" filter replace dev v0 ingress pref 1 handle 1 bpf da obj "$@"
}

# cls_id DEV HOOK [PREF]: ids of the programs of its filters
cls_id() {
	"$SYS_TC" filter show dev "$1" "$2" ${3:+pref "$3"} |
		sed -n 's/.* id \([0-9]*\) .*/\1/p'
}

# state: all that a load may change, as other tools tell it. Descriptors that
# a process leaves open end with it; what outlasts it is here.
state() {
	local pin

	bpffs_tree
	find "$BPFFS/" -type f ! -name '*.debug' | LC_ALL=C sort |
	while read -r pin; do
		echo "$pin: $(map_id "$pin" 2>&1) $(slots "$pin" 2>/dev/null | tr '\n' ,)"
	done
	grep ' bpf ' /proc/mounts || :
	"$SYS_TC" qdisc show dev v0
	"$SYS_TC" -d filter show dev v0 ingress
	"$SYS_TC" -d filter show dev v0 egress
	"$SYS_IP" -d link show dev v0
	"$SYS_IP" -d route show table all dev v0 | grep -v ' proto kernel ' || :
}

# unchanged STATE [WHAT]: it is as it was
unchanged() {
	local now

	now=$(state)
	[ "$now" = "$1" ] || die "${2:-state} changed:
$(diff <(echo "$1") <(echo "$now"))"
}

# one_reason TEXT: an error in one clear line or a few, not empty, no crash
one_reason() {
	[ -n "$1" ] || die "no message"
	[ "$(wc -l <<<"$1")" -le 3 ] || die "more than three lines: $1"
}

# ageless: a listing without the seconds that have passed
ageless() {
	sed -E 's/[0-9]+ sec/N sec/g; s/"(installed|last_used|first_used)":[0-9]+/"\1":N/g'
}

# same_listing WORDS: our tc and the system's print the same for them
same_listing() {
	assert_eq "$("$TC" "$@" | ageless)" "$("$SYS_TC" "$@" | ageless)" "tc $*"
}
