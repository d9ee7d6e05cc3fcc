/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Attaching and detaching: a hook becomes a netlink message, and the message
 * that would take it back becomes a journal entry.
 *
 * hook.c has what the kinds share, hook_xdp.c, hook_cls.c, hook_qdisc.c,
 * hook_act.c and hook_lwt.c one kind each, graft.c prog arrays.
 */
#ifndef BPFELF_HOOK_H
#define BPFELF_HOOK_H

#include "nl.h"
#include "txn.h"

int hook_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		struct err *err);
int hook_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		struct err *err);

/* the kinds; @hook is checked for what they share */
int hook_xdp_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err);
int hook_xdp_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err);
int hook_cls_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err);
int hook_cls_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err);
int hook_qdisc_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		      struct err *err);
int hook_qdisc_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		      struct err *err);
int hook_act_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err);
int hook_act_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err);

int hook_lwt_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err);
int hook_lwt_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		    struct err *err);

int graft(struct bpfelf_txn *txn, const char *map, uint32_t key,
	  struct err *err);

/* Send; a warning that comes with a success goes to the log */
int hook_talk(struct bpfelf_txn *txn, struct nl_req *req, kern_msg_fn fn,
	      void *data, struct err *err);

/*
 * Send @req; when the kernel took it, @undo (which holds @old_fd open, -1 for
 * none) is what takes it back. NULL @undo: nothing can.
 */
int hook_do(struct bpfelf_txn *txn, struct nl_req *req, kern_msg_fn fn,
	    void *data, const struct nl_req *undo, int *old_fd,
	    struct err *err);

/*
 * Hold the program @id, to put it back: *fd, or -1 when it has gone or when
 * programs are not handed out by id to us, which is told.
 */
int hook_hold_prog(struct bpfelf_txn *txn, uint32_t id, int *fd,
		   struct err *err);

#endif
