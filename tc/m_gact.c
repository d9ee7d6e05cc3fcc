/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "m_gact.h"

#include <linux/pkt_cls.h>

static const struct word_name controls[] = {
	{ "continue",	TC_ACT_UNSPEC },
	{ "drop",	TC_ACT_SHOT },
	{ "shot",	TC_ACT_SHOT },
	{ "pass",	TC_ACT_OK },
	{ "ok",		TC_ACT_OK },
	{ "reclassify", TC_ACT_RECLASSIFY },
	{ "pipe",	TC_ACT_PIPE },
	{ "goto",	TC_ACT_GOTO_CHAIN },
	{ "jump",	TC_ACT_JUMP },
	{ "trap",	TC_ACT_TRAP },
	{ NULL,		0 }
};

static const struct word_name *find_control(const char *word)
{
	const struct word_name *name;

	for (name = controls; name->name; name++)
		if (word_is(word, name->name))
			return name;
	return NULL;
}

bool control_is(const char *word)
{
	return find_control(word);
}

/* the chain, or the number of actions, in the lower bits */
static int take_target(struct words *w, int *control)
{
	const char *word = word_take(w);
	uint32_t number;

	if (!word || !word_to_u32(word, 10, TC_ACT_EXT_VAL_MASK, &number))
		return CLI_HANDOVER;
	*control |= number;
	return 0;
}

int control_take(struct words *w, int *control)
{
	const struct word_name *name = find_control(word_peek(w));
	const char *chain;

	if (!name)
		return CLI_NO_WORD;
	word_take(w);
	*control = name->value;
	if (*control == TC_ACT_JUMP)
		return take_target(w, control);
	if (*control != TC_ACT_GOTO_CHAIN)
		return 0;
	chain = word_take(w);
	return word_is(chain, "chain") ? take_target(w, control) : CLI_HANDOVER;
}

int index_take(struct words *w, uint32_t *index)
{
	const char *word = word_peek(w);

	if (!word || !str_eq(word, "index"))
		return 0;
	word_take(w);
	word = word_take(w);
	return word && word_to_u32(word, 10, UINT32_MAX, index) ? 0 : CLI_HANDOVER;
}

/* random TYPE CONTROL VALUE */
static int take_random(struct words *w, struct tc_gact_p *random)
{
	static const struct word_name types[] = {
		{ "netrand", PGACT_NETRAND },
		{ "determ",  PGACT_DETERM },
		{ NULL,	     0 }
	};
	const char *word = word_peek(w);
	uint32_t value;
	int type, control;

	if (!word || !str_eq(word, "random"))
		return 0;
	word_take(w);
	type = word_among(types, word_take(w));
	if (type < 0 || control_take(w, &control))
		return CLI_HANDOVER;
	word = word_take(w);
	if (!word || !word_to_u32(word, 10, 10000, &value))
		return CLI_HANDOVER;
	*random = (struct tc_gact_p){
		.ptype = type, .pval = value, .paction = control,
	};
	return 0;
}

int m_gact_parse(struct words *w, struct m_gact *gact)
{
	const char *word = word_peek(w);
	int r;

	*gact = (struct m_gact){ .control = TC_ACT_OK };
	if (!word)
		return CLI_HANDOVER;
	/* one that is there is told by its index alone */
	r = str_eq(word, "index") ? 0 : control_take(w, &gact->control);
	if (r)
		return CLI_HANDOVER;
	r = take_random(w, &gact->random);
	return r ?: index_take(w, &gact->index);
}

void m_gact_put(struct nl_req *req, const struct m_gact *gact)
{
	struct tc_gact parms = {
		.index = gact->index, .action = gact->control,
	};

	nl_put(req, TCA_GACT_PARMS, &parms, sizeof(parms));
	if (gact->random.ptype)
		nl_put(req, TCA_GACT_PROB, &gact->random,
		       sizeof(gact->random));
}
