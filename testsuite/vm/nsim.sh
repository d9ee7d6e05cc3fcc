# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What tests of offload share, beside ../root/lib.sh: v0 is a netdevsim device,
# which takes programs and maps as an offloading network card does, so far as
# that shows, and refuses what it is told to refuse.
#
# Its limits: arrays and hashes of at most two entries; one program for tc, or
# one for XDP.

NSIM=/sys/kernel/debug/netdevsim/netdevsim10

nsim() {
	local name

	[ -d /sys/bus/netdevsim ] || skip "no netdevsim"
	trap 'echo 10 2>/dev/null >/sys/bus/netdevsim/del_device || :' EXIT
	echo "10 1" >/sys/bus/netdevsim/new_device
	name=$("$SYS_IP" -o link show |
		sed -n '/^[0-9]*: lo:/d; s/^[0-9]*: \([^:@]*\).*/\1/p')
	"$SYS_IP" link set dev "$name" name v0
	"$SYS_IP" link set dev v0 up
	ethtool -K v0 hw-tc-offload on
	# its limits leave room for two of them
	variant count count.bpf.c -DENTRIES=2 -DPINNING=PIN_NONE -DTYPES
	variant pinned count.bpf.c -DENTRIES=2
	compile_bpf verdict.bpf.c
}

# refusing KNOB CMD...: with the device told to refuse that
refusing() {
	local knob=$NSIM/$1 status=0

	shift
	echo N >"$knob"
	"$@" || status=$?
	echo Y >"$knob"
	return $status
}

# on_device: "programs maps", as the device and bpftool count them. The kernel
# lets go of them some time after the last descriptor.
on_device() {
	local progs maps

	progs=$(find "$NSIM/bpf_bound_progs" -mindepth 1 -maxdepth 1 | wc -l)
	maps=$(bpftool map show | grep -c ' offloaded_to v0$' || :)
	echo "$progs $maps"
}

# device_has PROGS MAPS
device_has() {
	comes_to "$*" on_device
}

# refused STATUS REGEX CMD...: in one clear line, and nothing has changed
refused() {
	local status=$1 regex=$2 before had out

	shift 2
	before=$(state) had=$(on_device)
	out=$(fails "$status" "$@" 2>&1)
	assert_match "$out" "$regex"
	unchanged "$before" "state after '$*'"
	device_has $had
}

# is_offloaded PROG_ID NAME: the device has it, and it ran through its driver
is_offloaded() {
	assert_match "$(bpftool prog show id "$1")" \
		"^$1: [a-z_]*  name $2  tag [0-9a-f]*  offloaded_to v0 "
	assert_eq "$(cat "$NSIM"/bpf_bound_progs/*/id)" "$1" "id on the device"
	assert_eq "$(cat "$NSIM"/bpf_bound_progs/*/loaded)" Y "in use on the device"
}

# same OURS SYSTEM'S WORDS...: they print the same
same() {
	local ours=$1 theirs=$2

	shift 2
	"$ours" "$@" >got 2>&1 || die "'$*': $(cat got)"
	"$theirs" "$@" >want 2>&1 || die "the system's '$*': $(cat want)"
	cmp -s want got || die "'${ours##*/} $*' differs: $(diff want got)"
}
