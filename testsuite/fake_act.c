/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake's `bpf` actions, those of their own. */
#include <errno.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_bpf.h>
#include <stdio.h>

#include "fake_net.h"

struct act {
	struct act *next;
	uint32_t index;
	int control;
	struct fake_obj *prog;		/* NULL: classic */
	uint8_t cookie[TC_COOKIE_MAX_SIZE];
	size_t cookie_len;
	char name[64];
};

static struct act **find_act(struct talk *t, uint32_t index)
{
	struct act **at = &t->world->net->acts;

	while (*at && (*at)->index < index)
		at = &(*at)->next;
	return at;
}

static bool is_there(struct act *const *at, uint32_t index)
{
	return *at && (*at)->index == index;
}

/* of the request's own type, also for RTM_GETACTION */
static int answer_act(struct talk *t, const struct act *act)
{
	struct tc_act_bpf parms = {
		.index = act->index, .action = act->control, .refcnt = 1,
	};
	struct nlattr *tab, *nest, *options;

	nl_start(&t->reply, t->req->nlmsg_type, 0, sizeof(struct tcamsg));
	tab = nl_nest(&t->reply, TCA_ACT_TAB);
	nest = nl_nest(&t->reply, 1);
	nl_put_str(&t->reply, TCA_ACT_KIND, "bpf");
	if (act->cookie_len)
		nl_put(&t->reply, TCA_ACT_COOKIE, act->cookie, act->cookie_len);
	options = nl_nest(&t->reply, TCA_ACT_OPTIONS | NLA_F_NESTED);
	nl_put(&t->reply, TCA_ACT_BPF_PARMS, &parms, sizeof(parms));
	nl_put_str(&t->reply, TCA_ACT_BPF_NAME, act->name);
	if (act->prog)
		nl_put_u32(&t->reply, TCA_ACT_BPF_ID, act->prog->id);
	nl_nest_end(&t->reply, options);
	nl_nest_end(&t->reply, nest);
	nl_nest_end(&t->reply, tab);
	return net_answer(t);
}

/* the one action of a request */
static bool read_request(struct talk *t, const struct nlattr **act)
{
	const struct nlattr *tb[TCA_ACT_TAB + 1], *first[2];

	nl_attrs(t->req, sizeof(struct tcamsg), tb, TCA_ACT_TAB);
	nl_nested(tb[TCA_ACT_TAB], first, 1);
	nl_nested(first[1], act, TCA_ACT_MAX);
	return nl_str(act[TCA_ACT_KIND]) && str_eq(nl_str(act[TCA_ACT_KIND]), "bpf");
}

static int read_act(struct talk *t, const struct nlattr **tb, struct act *act)
{
	const struct nlattr *bpf[TCA_ACT_BPF_MAX + 1];
	const struct tc_act_bpf *parms;
	int r = 0;

	nl_nested(tb[TCA_ACT_OPTIONS], bpf, TCA_ACT_BPF_MAX);
	if (!bpf[TCA_ACT_BPF_PARMS] ||
	    !bpf[TCA_ACT_BPF_FD] == !bpf[TCA_ACT_BPF_OPS])
		return -EINVAL;
	parms = nl_data(bpf[TCA_ACT_BPF_PARMS]);
	act->index = parms->index;
	act->control = parms->action;
	snprintf(act->name, sizeof(act->name), "%s",
		 nl_str(bpf[TCA_ACT_BPF_NAME]) ?: "");
	if (bpf[TCA_ACT_BPF_FD])
		r = fake_prog_of(t->world, nl_u32(bpf[TCA_ACT_BPF_FD], -1),
				 BPF_PROG_TYPE_SCHED_ACT, &act->prog);
	if (tb[TCA_ACT_COOKIE]) {
		act->cookie_len = nl_len(tb[TCA_ACT_COOKIE]);
		memcpy(act->cookie, nl_data(tb[TCA_ACT_COOKIE]),
		       act->cookie_len);
	}
	return r;
}

static uint32_t choose_index(struct talk *t)
{
	uint32_t index = 1;

	while (is_there(find_act(t, index), index))
		index++;
	return index;
}

int act_new(struct talk *t)
{
	const struct nlattr *tb[TCA_ACT_MAX + 1];
	struct act read = { 0 }, **at, *act;
	int r;

	if (!read_request(t, tb))
		return net_refuse(t, -ENOENT, "Failed to load TC action module");
	r = read_act(t, tb, &read);
	if (r < 0)
		return r;
	if (!read.index)
		read.index = choose_index(t);
	at = find_act(t, read.index);
	if (is_there(at, read.index) && !net_has(t, NLM_F_REPLACE))
		return -EEXIST;
	act = is_there(at, read.index) ? *at : calloc(1, sizeof(*act));
	if (!act)
		return -ENOMEM;
	read.next = act == *at ? act->next : *at;
	*act = read;
	*at = act;
	return net_has(t, NLM_F_ECHO) ? answer_act(t, act) : 0;
}

static int named(struct talk *t, struct act ***at)
{
	const struct nlattr *tb[TCA_ACT_MAX + 1];
	uint32_t index;

	if (!read_request(t, tb))
		return -EINVAL;
	index = nl_u32(tb[TCA_ACT_INDEX], 0);
	*at = find_act(t, index);
	if (!is_there(*at, index))
		return net_refuse(t, -ENOENT, "TC action with specified index not found");
	return 0;
}

int act_get(struct talk *t)
{
	struct act **at;
	int r = named(t, &at);

	return r ?: answer_act(t, *at);
}

int act_del(struct talk *t)
{
	struct act **at, *act;
	int r = named(t, &at);

	if (r < 0)
		return r;
	act = *at;
	*at = act->next;
	free(act);
	return 0;
}

void act_free(struct fake_net *net)
{
	struct act *act;

	while ((act = net->acts)) {
		net->acts = act->next;
		free(act);
	}
}

void act_state(const struct fake_net *net, struct buf *text)
{
	const struct act *act;
	size_t i;

	for (act = net->acts; act; act = act->next) {
		buf_addf(text, "action %u: %d '%s' ", act->index, act->control,
			 act->name);
		for (i = 0; i < act->cookie_len; i++)
			buf_addf(text, "%02x%s", act->cookie[i],
				 i + 1 < act->cookie_len ? "" : " ");
		if (act->prog)
			fake_obj_state(act->prog, text);
		else
			buf_addf(text, "classic\n");
	}
}
