# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# install and uninstall, below $(DESTDIR)$(PREFIX)

DEST	= $(DESTDIR)$(PREFIX)
MAN	= $(wildcard man/*.3 man/*.5 man/*.8)
# page.8 -> man8/page.8bpfelf
man_dest = $(DEST)/share/man/man$(subst .,,$(suffix $(1)))/$(notdir $(1))$(MAN_SUFFIX)
BASH_COMPLETION = $(DEST)/share/bpfelf/bash-completion
ZSH_COMPLETION	= $(DEST)/share/bpfelf/zsh-completion
INSTALLED = $(DEST)/$(INCLUDEDIR)/bpfelf.h \
	    $(DEST)/$(INCLUDEDIR)/iproute2/bpf_elf.h \
	    $(addprefix $(DEST)/$(LIBDIR)/,$(notdir $(LIB_SO) $(LIB_LINKS) $(LIB_A))) \
	    $(DEST)/$(LIBDIR)/pkgconfig/bpfelf.pc \
	    $(DEST)/$(SBINDIR)/ip $(DEST)/$(SBINDIR)/tc \
	    $(BASH_COMPLETION) $(ZSH_COMPLETION) \
	    $(foreach m,$(MAN),$(call man_dest,$(m)))

install: all
	$(Q)$(INSTALL) -d $(sort $(dir $(INSTALLED)))
	$(Q)$(INSTALL) -m 644 include/bpfelf.h $(DEST)/$(INCLUDEDIR)
	$(Q)$(INSTALL) -m 644 include/iproute2/bpf_elf.h $(DEST)/$(INCLUDEDIR)/iproute2
	$(Q)$(INSTALL) -m 644 $(LIB_SO) $(LIB_A) $(DEST)/$(LIBDIR)
	$(Q)for l in $(notdir $(LIB_LINKS)); do \
		ln -sf $(notdir $(LIB_SO)) $(DEST)/$(LIBDIR)/$$l || exit; done
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' \
		-e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		lib/bpfelf.pc.in >$(DEST)/$(LIBDIR)/pkgconfig/bpfelf.pc
	$(Q)$(INSTALL) -m 755 ip/ip tc/tc $(DEST)/$(SBINDIR)
	$(Q)$(INSTALL) -m 644 completion/bash $(BASH_COMPLETION)
	$(Q)$(INSTALL) -m 644 completion/zsh $(ZSH_COMPLETION)
	$(Q)$(foreach m,$(MAN),$(INSTALL) -m 644 $(m) $(call man_dest,$(m)) &&) :
	$(Q)[ -n "$(DESTDIR)" ] || ldconfig 2>/dev/null || :

uninstall:
	$(Q)rm -f $(INSTALLED)
	$(Q)rmdir $(DEST)/$(INCLUDEDIR)/iproute2 $(DEST)/share/bpfelf 2>/dev/null || :

.PHONY: install uninstall
