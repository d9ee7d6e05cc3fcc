/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Attaching and detaching: a hook becomes a netlink message, and the message
 * that would take it back becomes a journal entry.
 *
 * hook.c has what the kinds share, hook_xdp.c, hook_cls.c, hook_qdisc.c,
 * hook_act.c and hook_lwt.c one kind each (hook_lwt_off.c: routes deleted),
 * graft.c prog arrays. hook_many.c has many attached at once.
 */
#ifndef BPFELF_HOOK_H
#define BPFELF_HOOK_H

#include "nl.h"
#include "txn.h"

int hook_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		struct err *err);
int hook_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		struct err *err);

/* As hook_attach() for each in turn; the struct of each is as long as the
 * first says. *@done of them are attached; a refusal is about the next. */
int hook_attach_many(struct bpfelf_txn *txn, struct bpfelf_hook *hooks,
		     size_t cnt, size_t *done, struct err *err);

/* The caller's struct may be older or newer than ours: what it lacks is 0 */
int hook_read(const struct bpfelf_txn *txn, const struct bpfelf_hook *from,
	      struct bpfelf_hook *hook, struct err *err);
void hook_write(struct bpfelf_hook *to, const struct bpfelf_hook *hook);
/* attach what was read, by itself */
int hook_attach_read(struct bpfelf_txn *txn, struct bpfelf_hook *hook,
		     struct err *err);

/* whose program it is that will be attached */
static inline const struct bpfelf_txn *
hook_source(const struct bpfelf_txn *txn, const struct bpfelf_hook *hook)
{
	return hook->from ?: txn;
}

/* An attachment that is ready to be sent */
struct hook_step {
	struct nl_req req;
	struct nl_req undo;	/* takes it back */
	int old_fd;		/* whose program it puts back; -1: none */
	bool looked;		/* at what was there, to write @undo */
	bool sure;		/* @undo leaves no trace of it */
	kern_msg_fn fn;		/* takes the echo, for the hook; NULL: none */
};

/*
 * Kinds whose attachment is one message: make a step of a hook, to be closed
 * whatever comes of it; and after a refusal say what to do next, which
 * returns @r.
 */
int hook_xdp_prepare(struct bpfelf_txn *txn, const struct bpfelf_hook *hook,
		     struct hook_step *step, struct err *err);
int hook_xdp_refused(struct bpfelf_txn *txn, int r, struct err *err);
int hook_cls_prepare(struct bpfelf_txn *txn, const struct bpfelf_hook *hook,
		     struct hook_step *step, struct err *err);
int hook_cls_refused(struct bpfelf_txn *txn, int r, struct err *err);
/* after success: what the echo told goes into the journal's message */
void hook_cls_done(const struct bpfelf_hook *hook, struct nlmsghdr *undo);
int hook_qdisc_prepare(struct bpfelf_txn *txn, const struct bpfelf_hook *hook,
		       struct hook_step *step, struct err *err);
int hook_qdisc_refused(struct bpfelf_txn *txn, int r, struct err *err);

static inline void hook_step_close(struct hook_step *step)
{
	close_fd(step->old_fd);
}
#define _cleanup_step_ _cleanup_(hook_step_close)

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

/* of a request, to be kept; NULL: no memory */
struct nlmsghdr *hook_copy_message(const struct nl_req *req);

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
