#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# The bench measures what it says, once, in two small pieces; the arithmetic of
# its report. No times are looked at.

. "$(dirname "$0")/lib.sh"
need awk strace valgrind make

make -s -C "$TOP" bench-tools BENCH_DIR="$T/bench" BENCH_OBJECTS="S M" >out 2>&1 || die "$(cat out)"
export OUT=$T/bench

report=$(N=1 "$TOP/bench/run" S M 2>err) || die "$(cat err)"
number='[0-9]+(\.[0-9]+)?'
row="$number +$number +$number +$number +$number +[0-9]+ +$number +[0-9]+"
assert_match "$report" "^  ours +$row\$"
assert_match "$report" "^  system +$row\$"
assert_match "$report" "^  system +fails: "		# M, in either dialect
assert_match "$report" "^  (ok|missed) +calls ours <= 40: [0-9]+\$"
[ ! -x "$OUT/libbpf" ] || assert_match "$report" "^  libbpf +$row\$"
assert_match "$(cat "$OUT/records.json")" '^\{"workload":"S","name":"ours","wall":[0-9]'
assert_match "$("$TOP/bench/run" --report markdown)" '^\| 2 instructions \| [0-9]'
[ -x "$OUT/libbpf" ] || echo "note: no libbpf-dev, so not beside libbpf"

# nothing of it is left
assert_eq "$(bpffs_tree)" ""
assert_eq "$("$SYS_IP" -o link | grep -c v0 || true)" 0

# what does not work is told
report=$(N=1 TC=/bin/false "$TOP/bench/run" S 2>err)
assert_match "$report" "^  ours +fails: "
assert_match "$report" "^  not seen wall ours / system"

# medians of 3, 1, 2 and 4, 4, 8, of their ratios 0.75, 0.25, 0.25; a goal kept
# and one missed
mkdir by_hand
for r in "S ours 0 3000 2000 100" "S system 0 4000 2000 100" \
	 "S ours 1 1000 1000 100" "S system 1 4000 2000 100" \
	 "S ours 2 2000 1000 100" "S system 2 8000 2000 100"; do
	set -- $r
	[ "$3" -gt 0 ] || printf 'row\t%s\t%s\n' "$1" "$2"
	printf 'run\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@"
done >by_hand/records
printf 'count\tS\tours\tcalls\t41\n' >>by_hand/records
report=$(OUT=by_hand "$TOP/bench/run" --report table)
assert_match "$report" '^  ours +2\.00 +1\.00 +1\.00 +1\.00 +- +41 +- +100$'
assert_match "$report" '^  system +4\.00 +0\.25 +2\.00 +0\.50 +- +- +- +100$'
assert_match "$report" '^  ok +wall ours / system <= 0.60: 0.25$'
assert_match "$report" '^  missed +calls ours <= 40: 41$'
assert_match "$report" '^1 of 2 goals met'
