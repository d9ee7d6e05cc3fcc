# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# One make for the whole tree; each folder adds its part in a Makefile.inc.
# `make help` lists the targets, `make V=1` shows the commands.

all:

CONFIGURE := ./configure
-include config.mk

VERSION	:= $(shell sed -n 's/^#define BPFELF_VERSION "\(.*\)"/\1/p' include/bpfelf.h)
ABI	:= 0
B	:= $(if $(SAN_FLAGS),build-san,build)

Q	:= $(if $(filter 1,$(V)),,@)
say	= $(if $(filter 1,$(V)),@:,@printf '  %-8s%s\n' '$(1)' '$(2)')

AR	?= ar
LD	?= ld
OBJCOPY	?= objcopy
INSTALL	?= install

WARN	:= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	   -Wformat=2 -Werror
CPPFLAGS_ALL = -D_GNU_SOURCE= -Iinclude -iquote lib -iquote lib/cli -iquote $(B) \
	   $(DEP_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL = -std=gnu11 -fPIC -fvisibility=hidden $(WARN) $(SAN_FLAGS) $(CFLAGS)
LINK	= $(CC) $(SAN_FLAGS) $(CFLAGS) $(LDFLAGS)

# objects NAMES: where the object of a source goes
objects	= $(patsubst %.c,$(B)/%.o,$(1))

CLEAN	:=
include lib/Makefile.inc
include ip/Makefile.inc
include tc/Makefile.inc
include examples/Makefile.inc
include testsuite/Makefile.inc
include bench/Makefile.inc

all: lib cmds

config.mk: configure
	$(Q)$(CONFIGURE)

$(B)/%.o: %.c config.mk
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

-include $(shell [ ! -d $(B) ] || find $(B) -name '*.d')

# What the tests need is fetched first; the rest starts anew, since configure
# may then find more than before.
check demo bench:
	$(Q)tools/deps
	$(Q)$(MAKE) --no-print-directory run-$@

run-check:
	$(Q)$(MAKE) --no-print-directory check-unit
	$(Q)$(MAKE) --no-print-directory check-root

FORMAT	= $(wildcard include/*.h include/iproute2/*.h lib/*.[ch] lib/cli/*.[ch] \
	    ip/*.[ch] tc/*.[ch] testsuite/*.[ch] examples/*.[ch])

format:
	clang-format -i $(FORMAT)

format-check:
	clang-format --dry-run $(FORMAT)

DEST	= $(DESTDIR)$(PREFIX)
MAN	= $(wildcard man/*.3 man/*.5 man/*.8)
man_dest = $(foreach m,$(MAN),$(DEST)/share/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))
INSTALLED = $(DEST)/include/bpfelf.h $(DEST)/include/iproute2/bpf_elf.h \
	    $(addprefix $(DEST)/lib/,$(notdir $(LIB_SO) $(LIB_LINKS) $(LIB_A))) \
	    $(DEST)/lib/pkgconfig/bpfelf.pc $(DEST)/sbin/ip $(DEST)/sbin/tc \
	    $(man_dest)

install: all
	$(Q)$(INSTALL) -d $(sort $(dir $(INSTALLED)))
	$(Q)$(INSTALL) -m 644 include/bpfelf.h $(DEST)/include
	$(Q)$(INSTALL) -m 644 include/iproute2/bpf_elf.h $(DEST)/include/iproute2
	$(Q)$(INSTALL) -m 644 $(LIB_SO) $(LIB_A) $(DEST)/lib
	$(Q)for l in $(notdir $(LIB_LINKS)); do \
		ln -sf $(notdir $(LIB_SO)) $(DEST)/lib/$$l || exit; done
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' \
		lib/bpfelf.pc.in >$(DEST)/lib/pkgconfig/bpfelf.pc
	$(Q)$(INSTALL) -m 755 ip/ip tc/tc $(DEST)/sbin
	$(Q)for m in $(MAN); do \
		$(INSTALL) -m 644 $$m $(DEST)/share/man/man$${m##*.} || exit; done

uninstall:
	rm -f $(INSTALLED)

clean:
	$(Q)rm -rf build build-san $(CLEAN)

distclean: clean
	$(Q)rm -f config.mk

help:
	@echo 'all         library and commands (the default)'
	@echo 'demo        see it work, in a throwaway network namespace; root'
	@echo 'check       all tests: check-unit (no root), then check-root'
	@echo 'examples    the BPF programs and small tools in examples/'
	@echo 'bench       time and system calls beside the installed iproute2'
	@echo 'format      clang-format every C file; format-check only tells'
	@echo 'install     below $$(DESTDIR)$(PREFIX); uninstall takes it back'
	@echo 'clean       what make made; distclean: config.mk as well'
	@echo 'Variables: V=1 shows commands; T=name runs only root tests of that name.'

.PHONY: all lib cmds check demo bench run-check run-demo run-bench check-unit \
	check-root examples format format-check install uninstall clean \
	distclean help
.DELETE_ON_ERROR:
