#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What is not ours goes to the next ip or tc, unchanged; and never to ourselves.

. "$(dirname "$0")/lib.sh"

# A stand-in that tells what it was called with, one word a line
mkdir other
cat >other/ip <<'END'
#!/bin/sh
echo "other ${0##*/}"
for word; do echo "<$word>"; done
exit "${STATUS-0}"
END
chmod +x other/ip
cp other/ip other/tc
told="other ip
<addr>
<show>
<>
<a b>
<*>"

# others CMD...: it came to the stand-in, with all words
others() {
	assert_eq "$("$@" addr show "" "a b" "*")" "$told" "$*"
}

# ---- who is asked ----

PATH=$T/other:$PATH others "$IP"
BPFELF_IP=$T/other/ip others "$IP"
(cd other && BPFELF_IP=./ip others "$IP")
cp other/ip other/named
told="other named${told#other ip}"
PATH=$T/other:$PATH BPFELF_IP=named others "$IP"
told="other ip${told#other named}"

# ourselves first in PATH, as links, copies, and by several names
mkdir link copy hard
ln -s "$IP" link/ip
ln -s "$TC" link/tc
cp "$IP" copy/ip
cp "$TC" copy/tc
PATH=$TOP/ip:$TOP/tc:$T/link:$T/other:/usr/bin:/bin others ip
PATH=$T/copy:$T/link:$TOP/ip:$T/copy:$T/other:/usr/bin:/bin others ip
PATH=$T/link:$T/other:/usr/bin:/bin others "$T/copy/ip"
assert_eq "$(PATH=$T/copy:$T/link:$TOP/tc:$T/other:/usr/bin:/bin tc class show)" "other tc
<class>
<show>"
# what is no program is passed over
mkdir -p odd/ip file
: >file/ip
PATH=$T/odd:$T/file:$T/none:$T/other:/usr/bin:/bin others "$IP"

# a wrapper behind us that calls the command's name again, and so us: once round
mkdir wrap
cat >wrap/ip <<'END'
#!/bin/sh
exec ip "$@"
END
chmod +x wrap/ip
PATH=$TOP/ip:$T/wrap:$T/other:/usr/bin:/bin others timeout 60 ip
# the real one behind all of them
for cmd in "ip link show lo" "ip addr show lo" "ip -V" "tc -V"; do
	out=$(PATH=$TOP/ip:$T/wrap:$TOP/tc:$T/link:/usr/sbin:/usr/bin:/bin timeout 60 $cmd)
	[ -n "$out" ] || die "'$cmd' says nothing"
done

# a command that comes back to us on its way: ip netns exec
"$SYS_IP" netns add there
"$SYS_IP" -n there link set lo up
out=$(PATH=$TOP/ip:/usr/sbin:/usr/bin:/bin ip netns exec there ip link show dev lo)
assert_match "$out" '^1: lo: <LOOPBACK,UP,LOWER_UP>'

# where no PATH leads, /usr/sbin is looked at last
assert_eq "$(PATH=$T/none "$IP" addr show lo)" "$("$SYS_IP" addr show lo)"

# ---- nobody there ----

# nobody CMD...: nothing in PATH, and nothing where it is looked for at last
mkdir -p hidden
nobody() {
	PATH=$T/none /usr/bin/unshare -m /bin/sh -c \
		'/bin/mount --bind hidden /usr/sbin && exec "$@"' sh "$@"
}
if [ -L /sbin ]; then
	for words in "addr show" "link set dev lo mtu 1500" "nonsense"; do
		out=$(fails 255 nobody "$IP" $words 2>&1)
		assert_match "$out" 'no other "ip" in PATH.*BPFELF_IP'
		assert_eq "$(wc -l <<<"$out")" 1 "lines"
	done
	# what is ours needs nobody; nor do the version and help
	assert_match "$(nobody "$IP" link show dev lo)" '^1: lo: '
	assert_match "$(nobody "$TC" -V)" '^tc utility, bpfelf-[0-9.]+$'
	assert_match "$(nobody "$TC" help 2>&1)" 'tc filter \{ add'
fi
out=$(BPFELF_IP=/nowhere fails 255 "$IP" addr show 2>&1)
assert_match "$out" '^BPFELF_IP=/nowhere[: ]'
out=$(BPFELF_IP=$IP fails 255 "$IP" addr show 2>&1)
assert_match "$out" "^BPFELF_IP=$IP[: ]"
out=$(BPFELF_TC=$T/other fails 255 "$TC" class show dev lo 2>&1)
assert_match "$out" "^BPFELF_TC=$T/other[: ]"

# ---- its exit status and its output ----

export BPFELF_IP=$T/other/ip BPFELF_TC=$T/other/tc
for status in 0 1 2 3 42 255; do
	STATUS=$status fails $status "$IP" route show >/dev/null
	STATUS=$status fails $status "$TC" class show >/dev/null
done
unset BPFELF_IP BPFELF_TC
for words in "addr show dev lo" "link show dev nodev" "netns list" "route get 1.2.3.4" \
	     "nonsense" "-j addr show" "-4 addr" "link add name"; do
	want=0 got=0
	"$SYS_IP" $words >want 2>&1 || want=$?
	"$IP" $words >got 2>&1 || got=$?
	assert_eq "$got $(cat got)" "$want $(cat want)" "ip $words"
done
for words in "class show dev lo" "nonsense" "qdisc show dev lo" "-s -j qdisc show" \
	     "monitor help" "chain show dev lo" "qdisc del dev lo root" \
	     "qdisc add dev lo root htb default x"; do
	want=0 got=0
	"$SYS_TC" $words >want 2>&1 || want=$?
	"$TC" $words >got 2>&1 || got=$?
	assert_eq "$got $(cat got)" "$want $(cat want)" "tc $words"
done
"$TC" qdisc add dev lo root pfifo limit 10
assert_match "$("$SYS_TC" qdisc show dev lo)" '^qdisc pfifo .* limit 10p'
"$TC" qdisc del dev lo root
assert_no_match "$("$SYS_TC" qdisc show dev lo)" pfifo
version=$("$SYS_TC" -V | sed 's/.*, \(iproute2-[^,]*\).*/\1/')
assert_match "$("$TC" -V)" "^tc utility, bpfelf-[0-9.]+, over $version"
assert_match "$("$IP" -V)" "^ip utility, bpfelf-[0-9.]+, over $version"

# ---- help: ours first, then the system's, with its status ----

for words in "help" "-help" "link help" ""; do
	want=0 got=0
	"$SYS_IP" $words >want 2>&1 || want=$?
	"$IP" $words >got 2>&1 || got=$?
	assert_eq "$got" "$want" "status of 'ip $words'"
	assert_match "$(sed 1q got)" '^Usage: ip .*link set .*XDP'
	assert_eq "$(tail -n "$(wc -l <want)" got)" "$(cat want)" "'ip $words'"
done
for words in "help" "-help" ""; do
	want=0 got=0
	"$SYS_TC" $words >want 2>&1 || want=$?
	"$TC" $words >got 2>&1 || got=$?
	assert_eq "$got" "$want" "status of 'tc $words'"
	assert_match "$(cat got)" '^ +tc filter \{ add .*'
	assert_eq "$(tail -n "$(wc -l <want)" got)" "$(cat want)" "'tc $words'"
done
