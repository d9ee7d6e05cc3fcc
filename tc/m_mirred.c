/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "m_mirred.h"

#include <linux/pkt_cls.h>
#include <linux/tc_act/tc_mirred.h>

#include "m_gact.h"

static bool take_exact(struct words *w, const char *name)
{
	const char *word = word_peek(w);

	if (!word || !str_eq(word, name))
		return false;
	word_take(w);
	return true;
}

/* {egress | ingress} {mirror | redirect} */
static bool take_how(struct words *w, struct m_mirred *mirred)
{
	bool egress = take_exact(w, "egress"), mirror;

	if (!egress && !take_exact(w, "ingress"))
		return false;
	mirror = take_exact(w, "mirror");
	if (!mirror && !take_exact(w, "redirect"))
		return false;
	if (mirror)
		mirred->eaction = egress ? TCA_EGRESS_MIRROR : TCA_INGRESS_MIRROR;
	else
		mirred->eaction = egress ? TCA_EGRESS_REDIR : TCA_INGRESS_REDIR;
	mirred->control = mirror ? TC_ACT_PIPE : TC_ACT_STOLEN;
	return true;
}

int m_mirred_parse(struct words *w, struct m_mirred *mirred)
{
	*mirred = (struct m_mirred){ 0 };
	if (!take_how(w, mirred) || index_take(w, &mirred->index) ||
	    !take_exact(w, "dev"))
		return CLI_HANDOVER;
	mirred->dev = word_take(w);
	if (!mirred->dev)
		return CLI_HANDOVER;
	/* compat: behind a redirection it is the next action */
	if (mirred->control == TC_ACT_PIPE && control_is(word_peek(w)) &&
	    control_take(w, &mirred->control))
		return CLI_HANDOVER;
	return index_take(w, &mirred->index);
}

void m_mirred_put(struct nl_req *req, const struct m_mirred *mirred)
{
	struct tc_mirred parms = {
		.index = mirred->index, .action = mirred->control,
		.eaction = mirred->eaction, .ifindex = mirred->ifindex,
	};

	nl_put(req, TCA_MIRRED_PARMS, &parms, sizeof(parms));
}
