/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Many attachments with one send.
 *
 * The kernel carries out all messages of a send, whatever becomes of one. So
 * only what can be taken back without a trace is sent with others behind it:
 * what turns out to stand behind a refusal is taken back at once.
 */
#include <errno.h>

#include "hook.h"

struct waiting {
	struct bpfelf_hook hook, *to;	/* read from the caller's, and where */
	struct nlmsghdr *msg, *undo;
	int old_fd;
	kern_msg_fn fn;
};

struct many {
	struct bpfelf_txn *txn;
	struct err *err;
	struct waiting waiting[KERN_REQUESTS_MAX];
	size_t cnt;
	size_t bytes;
	size_t done;		/* hooks that are attached */
};

static const struct kind {
	int (*prepare)(struct bpfelf_txn *txn, const struct bpfelf_hook *hook,
		       struct hook_step *step, struct err *err);
	int (*refused)(struct bpfelf_txn *txn, int r, struct err *err);
} kinds[] = {
	[BPFELF_XDP]   = { hook_xdp_prepare,   hook_xdp_refused },
	[BPFELF_CLS]   = { hook_cls_prepare,   hook_cls_refused },
	[BPFELF_QDISC] = { hook_qdisc_prepare, hook_qdisc_refused },
};

static const struct kind *find_kind(const struct bpfelf_hook *hook)
{
	size_t i = hook->kind;

	return i < ARRAY_SIZE(kinds) && kinds[i].prepare ? &kinds[i] : NULL;
}

/* ---- waiting ---- */

static void forget(struct waiting *w)
{
	free(w->msg);
	free(w->undo);
	close_fd(w->old_fd);
}

static void forget_all(struct many *m)
{
	while (m->cnt)
		forget(&m->waiting[--m->cnt]);
	m->bytes = 0;
}

static int put(struct many *m, const struct bpfelf_hook *hook,
	       struct bpfelf_hook *to, struct hook_step *step)
{
	struct waiting w = {
		.hook = *hook, .to = to, .old_fd = -1, .fn = step->fn,
		.msg = hook_copy_message(&step->req),
		.undo = hook_copy_message(&step->undo),
	};

	if (!w.msg || !w.undo) {
		forget(&w);
		return err_sys(m->err, -ENOMEM, "journal");
	}
	w.old_fd = steal_fd(&step->old_fd);
	m->bytes += w.msg->nlmsg_len;
	m->waiting[m->cnt++] = w;
	return 0;
}

/* ---- sending ---- */

static void warn(struct many *m, const struct kern_request *req)
{
	if (req->extack[0])
		ctx_warn(m->txn->ctx, "%s", req->extack);
}

/* What the kernel has done goes into the journal, whatever came before it. */
static void note_done(struct many *m, struct waiting *w)
{
	if (w->hook.kind == BPFELF_CLS)
		hook_cls_done(&w->hook, w->undo);
	txn_did_talk(m->txn, steal_ptr(&w->undo), steal_fd(&w->old_fd));
}

static int note_refused(struct many *m, const struct waiting *w,
			const struct kern_request *req)
{
	int r = err_netlink(m->err, req->code, req->extack);

	return find_kind(&w->hook)->refused(m->txn, r, m->err);
}

/*
 * Read the answers in the order of the hooks. @r: of the exchange. What it
 * left unanswered counts as refused: the kernel does not say, and a message
 * that takes it back might hit what is not ours.
 */
static int read_answers(struct many *m, const struct kern_request *reqs, int r)
{
	size_t i, keep = m->txn->undos_cnt;
	int first = 0;

	for (i = 0; i < m->cnt; i++) {
		const struct kern_request *req = &reqs[i];
		bool is_done = req->answered && req->code == 0;

		if (is_done)
			note_done(m, &m->waiting[i]);
		if (first)
			continue;
		if (is_done) {
			warn(m, req);
			hook_write(m->waiting[i].to, &m->waiting[i].hook);
			keep = m->txn->undos_cnt;
			m->done++;
		} else if (req->answered) {
			first = note_refused(m, &m->waiting[i], req);
		} else {
			first = r;
		}
	}
	txn_rollback_to(m->txn, keep);
	return first;
}

static int send_waiting(struct many *m)
{
	struct kern *k = m->txn->ctx->kern;
	struct kern_request *reqs;
	size_t i;
	int r;

	if (!m->cnt)
		return 0;
	r = txn_reserve_many(m->txn, m->cnt, m->err);
	if (r < 0)
		return r;
	reqs = calloc(m->cnt, sizeof(*reqs));
	if (!reqs)
		return err_sys(m->err, -ENOMEM, "attach");
	for (i = 0; i < m->cnt; i++) {
		reqs[i].nlh = m->waiting[i].msg;
		reqs[i].fn = m->waiting[i].fn;
		reqs[i].data = &m->waiting[i].hook;
	}
	r = k->ops->talk_many(k, reqs, m->cnt, m->err);
	r = read_answers(m, reqs, r);
	free(reqs);
	forget_all(m);
	return r;
}

/* ---- the list ---- */

/* Has what is there to be looked at, and is somebody about to change it? */
static bool looks_at_waiting(const struct many *m,
			     const struct bpfelf_hook *hook)
{
	size_t i;

	if (!(hook->flags & (BPFELF_REPLACE | BPFELF_CHANGE)))
		return false;
	for (i = 0; i < m->cnt; i++)
		if (m->waiting[i].hook.ifindex == hook->ifindex)
			return true;
	return false;
}

static int attach_alone(struct many *m, struct bpfelf_hook *hook,
			struct bpfelf_hook *to)
{
	int r = send_waiting(m);

	r = r ?: hook_attach_read(m->txn, hook, m->err);
	if (r < 0)
		return r;
	hook_write(to, hook);
	m->done++;
	return 0;
}

static bool has_room(const struct many *m, const struct hook_step *step)
{
	return m->cnt < KERN_REQUESTS_MAX &&
	       m->bytes + step->req.nlh.nlmsg_len <= KERN_REQUESTS_BYTES;
}

static int attach_next(struct many *m, struct bpfelf_hook *to)
{
	_cleanup_step_ struct hook_step step;	/* large: not to be cleared */
	const struct kind *kind;
	struct bpfelf_hook hook;
	int r;

	step.old_fd = -1;
	r = hook_read(m->txn, to, &hook, m->err);
	if (r < 0)
		return r;
	kind = find_kind(&hook);
	if (!kind)
		return attach_alone(m, &hook, to);
	if (looks_at_waiting(m, &hook))
		r = send_waiting(m);
	r = r ?: kind->prepare(m->txn, &hook, &step, m->err);
	if (r < 0)
		return r;
	if (!step.sure || step.req.full || step.undo.full)
		return attach_alone(m, &hook, to);
	if (!has_room(m, &step))
		r = send_waiting(m);
	return r ?: put(m, &hook, to, &step);
}

/* Those before one that comes to nothing are attached all the same; should
 * one of them be refused, that is what is told. */
static int send_before(struct many *m, int r)
{
	struct err why = *m->err;
	int sent = send_waiting(m);

	if (sent < 0)
		return sent;
	*m->err = why;
	return r;
}

static int attach_each(struct many *m, struct bpfelf_hook *hooks, size_t cnt)
{
	const size_t size = hooks->sz;
	char *at = (char *)hooks;
	int r = 0;

	for (; cnt && r == 0; cnt--, at += size)
		r = attach_next(m, (struct bpfelf_hook *)at);
	return r < 0 ? send_before(m, r) : send_waiting(m);
}

int hook_attach_many(struct bpfelf_txn *txn, struct bpfelf_hook *hooks,
		     size_t cnt, size_t *done, struct err *err)
{
	struct many m;
	int r;

	m.txn = txn;
	m.err = err;
	m.cnt = m.bytes = m.done = 0;
	r = cnt ? attach_each(&m, hooks, cnt) : 0;
	forget_all(&m);
	*done = m.done;
	return r;
}
