#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# The demo checks what it shows; and it stays out of where it was started.

. "$(dirname "$0")/lib.sh"

"$EXAMPLES/demo"
assert_eq "$(bpffs_tree)" ""
assert_eq "$("$SYS_IP" -br link | wc -l)" 1 "interfaces"
