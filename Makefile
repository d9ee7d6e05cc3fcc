# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# One make for the whole tree; each folder adds its part in a Makefile.inc.
# `make help` lists the targets, `make V=1` shows the commands.

all:

CONFIGURE := ./configure
ifneq ($(filter-out clean distclean help format format-check,$(or $(MAKECMDGOALS),all)),)
-include config.mk
endif

VERSION	:= $(shell sed -n 's/^#define BPFELF_VERSION "\(.*\)"/\1/p' include/bpfelf.h)
ABI	:= 0
B	:= $(if $(SAN_FLAGS),build-san,build)

Q	:= $(if $(filter 1,$(V)),,@)
say	= $(if $(filter 1,$(V)),@:,@printf '  %-8s%s\n' '$(1)' '$(2)')

OBJCOPY	?= objcopy
INSTALL	?= install

WARN	:= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	   -Wformat=2 -Werror
CPPFLAGS_ALL = -D_GNU_SOURCE= -Iinclude -iquote lib -iquote lib/cli \
	   $(DEP_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL = -std=gnu11 -fPIC -fvisibility=hidden $(WARN) $(SAN_FLAGS) $(CFLAGS)
LINK	= $(CC) $(SAN_FLAGS) $(CFLAGS) $(LDFLAGS)

# objects NAMES: where the object of a source goes
objects	= $(patsubst %.c,$(B)/%.o,$(1))

CLEAN	:=
include lib/Makefile.inc
include ip/Makefile.inc
include tc/Makefile.inc
include tools/musl/Makefile.inc
include examples/Makefile.inc
include testsuite/Makefile.inc
include testsuite/fuzz/Makefile.inc
include testsuite/growth/Makefile.inc
include bench/Makefile.inc

all: lib cmds

# these set up all they need
SET_UP	:= check check-vm demo bench

config.mk: configure
	$(if $(filter $(SET_UP),$(MAKECMDGOALS)),$(Q)tools/deps)
	$(Q)$(CONFIGURE)

$(B)/%.o: %.c config.mk
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

-include $(shell [ ! -d $(B) ] || find $(B) -name '*.d')

# The rest starts anew: configure may now find more than before.
$(SET_UP):
	$(Q)tools/deps $(filter bench,$@)
	$(Q)$(MAKE) --no-print-directory run-$@

run-check:
	$(Q)$(MAKE) --no-print-directory check-unit
	$(Q)$(MAKE) --no-print-directory check-fuzz
	$(Q)$(MAKE) --no-print-directory check-growth
	$(Q)$(MAKE) --no-print-directory check-root

# on a copy of the tree, like the next
check-deb:
	$(Q)tools/deps deb
	$(Q)testsuite/deb

# on a copy of the tree; what runs above in here is not its business
coverage:
	$(Q)tools/deps coverage
	$(Q)MAKEFLAGS= testsuite/coverage $(COVER)

# Touched lines only: clang-format knows no tabs between code and comment, so
# a whole file would lose its alignment.
format:
	git clang-format --extensions c,h

format-check:
	@git clang-format --diff --extensions c,h

include tools/install.mk

clean:
	$(Q)rm -rf build build-san build-cov build-tsan $(CLEAN)

distclean: clean
	$(Q)rm -f config.mk

help:
	@echo 'all         library and commands (the default)'
	@echo 'static      ip/ip.static and tc/tc.static: no shared library; with musl if it is there'
	@echo 'demo        see it work, in a throwaway network namespace; root'
	@echo 'check       all tests: check-unit and check-fuzz (no root), check-root'
	@echo 'check-growth  that work grows as objects do: counted by valgrind, if it is there'
	@echo 'coverage    which lines of lib/ these run; COVER=unit only those (unit, fuzz, root)'
	@echo 'check-tsan  unit tests of loading, with threads, under ThreadSanitizer'
	@echo 'check-vm    the kernel tests on Linux 6.1 and 6.12, and offload: in QEMU'
	@echo 'check-deb   Debian packages: built, checked, installed into a root apart'
	@echo 'fuzz        libFuzzer targets in build-fuzz/; check-fuzz replays their corpus'
	@echo 'run-fuzz    runs them, FUZZ_TIME=60 seconds each; FUZZ_TARGETS="object btf"'
	@echo '            only these; FUZZ_KEEP=yes adds what they find to the corpus'
	@echo 'examples    the BPF programs and small tools in examples/'
	@echo 'bench       time, system calls, memory beside what else loads, see bench/README;'
	@echo '            BENCH="S L" only these, N=21 pairs; root'
	@echo 'format      clang-format on uncommitted lines; format-check only tells'
	@echo 'install     below $$(DESTDIR)$$(PREFIX); uninstall takes it back'
	@echo 'clean       what make made; distclean: config.mk as well'
	@echo 'Variables: V=1 shows commands; T=05 runs only root tests so named;'
	@echo 'STATIC=yes has check-root run the commands of make static;'
	@echo 'KERNELS=6.1 only there; VM=DIR keeps the guests there, not below build/.'

.PHONY: all lib cmds static $(SET_UP) run-check run-check-vm run-demo run-bench check-unit check-tsan \
	check-fuzz check-root check-deb coverage fuzz run-fuzz examples format \
	format-check clean distclean help
.DELETE_ON_ERROR:
