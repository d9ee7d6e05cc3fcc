# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Tests of a program as part of a build: accounting, without a device, a
# packet on a wire, or a pin that is left. As root:
#
#	make -f examples/try.mk
#
# Each line ends with 0 or 1, which is all that make wants to know.

TC	?= tc
OBJ	?= acct.o
RUN	= $(TC) exec bpf run obj $(OBJ) type cls

# struct acct of acct.h, in the order of the bytes of this machine
ONE_OF_64	= hex:0100000000000000:4000000000000000
TEN_OF_1500	= hex:0a00000000000000:983a000000000000
NOTHING		= hex:0000000000000000:0000000000000000

check: ingress egress

ingress:
	$(RUN) sec ingress packet udp expect ok \
		expect-map acct 0 $(ONE_OF_64) expect-map acct 1 $(NOTHING)

egress:
	$(RUN) sec egress packet tcp len 1500 repeat 10 expect ok \
		expect-map acct 1 $(TEN_OF_1500) expect-map acct 0 $(NOTHING)

.PHONY: check ingress egress
