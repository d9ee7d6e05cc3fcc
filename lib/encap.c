/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "encap.h"

#include <errno.h>
#include <linux/lwtunnel.h>
#include <linux/seg6_local.h>
#include <stdio.h>

/* both numberings are one; so are those of the names */
_Static_assert((int)LWT_BPF_PROG_FD == (int)SEG6_LOCAL_BPF_PROG &&
	       (int)LWT_BPF_PROG_NAME == (int)SEG6_LOCAL_BPF_PROG_NAME,
	       "a program is written down in one way");

static const struct place {
	const char *word;
	uint16_t encap_type;
	uint16_t attr;
	uint32_t prog_type;
	size_t offset;
} places[ENCAP_ATS] = {
	[ENCAP_IN] = {
		"in", LWTUNNEL_ENCAP_BPF, LWT_BPF_IN, BPF_PROG_TYPE_LWT_IN,
		offsetof(struct bpfelf_encap, in),
	},
	[ENCAP_OUT] = {
		"out", LWTUNNEL_ENCAP_BPF, LWT_BPF_OUT, BPF_PROG_TYPE_LWT_OUT,
		offsetof(struct bpfelf_encap, out),
	},
	[ENCAP_XMIT] = {
		"xmit", LWTUNNEL_ENCAP_BPF, LWT_BPF_XMIT, BPF_PROG_TYPE_LWT_XMIT,
		offsetof(struct bpfelf_encap, xmit),
	},
	[ENCAP_SEG6LOCAL] = {
		"seg6local", LWTUNNEL_ENCAP_SEG6_LOCAL, SEG6_LOCAL_BPF,
		BPF_PROG_TYPE_LWT_SEG6LOCAL,
		offsetof(struct bpfelf_encap, seg6local),
	},
};

struct encap_prog *encaps_next(const struct encaps *encaps, size_t *at)
{
	struct encap_prog *prog;

	while (*at < encaps->cnt * ENCAP_ATS) {
		prog = &encaps->list[*at / ENCAP_ATS].progs[*at % ENCAP_ATS];
		++*at;
		if (*prog->name)
			return prog;
	}
	return NULL;
}

/* ---- the caller's list ---- */

static int read_prog(struct encap_prog *prog, const struct place *place,
		     const struct bpfelf_lwt *from, bool to_attach,
		     struct err *err)
{
	const struct bpfelf_txn *txn = from->txn;
	const char *name = from->name ?: txn ? bpfelf_txn_name(txn) : "";

	*prog = (struct encap_prog){ place->prog_type, txn ? txn->prog_fd : -1, 0, "" };
	if (txn && txn->prog_type != place->prog_type)
		return err_set(err, -EINVAL, "the program is of type %u, '%s' of a route takes type %u",
			       txn->prog_type, place->word, place->prog_type);
	if (to_attach && prog->fd < 0 && (txn || from->name))
		return err_set(err, -EINVAL, "'%s' of a route: the transaction has no program",
			       place->word);
	if (strlen(name) >= sizeof(prog->name))
		return err_set(err, -ENAMETOOLONG, "'%s' of a route: a name of more than %zu bytes",
			       place->word, sizeof(prog->name) - 1);
	if ((txn || from->name) && !*name)
		return err_set(err, -EINVAL, "'%s' of a route: a program without a name",
			       place->word);
	strcpy(prog->name, name);
	return 0;
}

static bool has_bpf(const struct encap *encap)
{
	return *encap->progs[ENCAP_IN].name || *encap->progs[ENCAP_OUT].name ||
	       *encap->progs[ENCAP_XMIT].name;
}

static bool has_seg6local(const struct encap *encap)
{
	return *encap->progs[ENCAP_SEG6LOCAL].name;
}

static int read_encap(struct encap *encap, const struct bpfelf_encap *from,
		      bool to_attach, struct err *err)
{
	struct bpfelf_encap known = { 0 };
	int r, i;

	r = ctx_check_sz(err, from, from->sz, sizeof(known));
	if (r < 0)
		return r;
	memcpy(&known, from, from->sz < sizeof(known) ? from->sz : sizeof(known));
	encap->nexthop = known.nexthop;
	encap->headroom = known.headroom;
	encap->count = known.count;
	for (i = 0; i < ENCAP_ATS; i++) {
		r = read_prog(&encap->progs[i], &places[i],
			      (const void *)((const char *)&known + places[i].offset),
			      to_attach, err);
		if (r < 0)
			return r;
	}
	if (encap->count && !has_seg6local(encap))
		return err_set(err, -EINVAL, "only seg6local counts packets");
	if (has_bpf(encap) == has_seg6local(encap))
		return err_set(err, -EINVAL, "an encapsulation takes in, out and xmit, or seg6local");
	return 0;
}

/* room for one more, which is not counted yet */
static struct encap *room(struct encaps *encaps)
{
	struct encap *list;

	list = reallocarray(encaps->list, encaps->cnt + 1, sizeof(*list));
	if (!list)
		return NULL;
	encaps->list = list;
	return &list[encaps->cnt];
}

int encaps_read(struct encaps *encaps, const struct bpfelf_encap *from,
		bool to_attach, struct err *err)
{
	struct encap *encap;
	int r;

	*encaps = (struct encaps){ 0 };
	for (; from; from = from->next) {
		encap = room(encaps);
		if (!encap)
			return err_sys(err, -ENOMEM, "route");
		r = read_encap(encap, from, to_attach, err);
		if (r < 0)
			return r;
		encaps->cnt++;
	}
	return 0;
}

void encaps_free(struct encaps *encaps)
{
	free(encaps->list);
}

/* ---- to attributes ---- */

static void put_prog(struct nl_req *req, uint16_t type,
		     const struct encap_prog *prog)
{
	struct nlattr *nest = nl_nest(req, type | NLA_F_NESTED);

	nl_put_u32(req, LWT_BPF_PROG_FD, prog->fd);
	nl_put_str(req, LWT_BPF_PROG_NAME, prog->name);
	nl_nest_end(req, nest);
}

/* their being there counts, not their values */
static void put_counters(struct nl_req *req)
{
	struct nlattr *nest = nl_nest(req, SEG6_LOCAL_COUNTERS | NLA_F_NESTED);
	const uint64_t zero = 0;

	nl_put(req, SEG6_LOCAL_CNT_PACKETS, &zero, sizeof(zero));
	nl_put(req, SEG6_LOCAL_CNT_BYTES, &zero, sizeof(zero));
	nl_put(req, SEG6_LOCAL_CNT_ERRORS, &zero, sizeof(zero));
	nl_nest_end(req, nest);
}

void encap_put(struct nl_req *req, const struct encap *encap)
{
	const uint16_t type = has_bpf(encap) ? LWTUNNEL_ENCAP_BPF :
					       LWTUNNEL_ENCAP_SEG6_LOCAL;
	struct nlattr *nest = nl_nest(req, RTA_ENCAP | NLA_F_NESTED);
	int i;

	if (type == LWTUNNEL_ENCAP_SEG6_LOCAL)
		nl_put_u32(req, SEG6_LOCAL_ACTION, SEG6_LOCAL_ACTION_END_BPF);
	for (i = 0; i < ENCAP_ATS; i++)
		if (*encap->progs[i].name)
			put_prog(req, places[i].attr, &encap->progs[i]);
	if (encap->headroom)
		nl_put_u32(req, LWT_BPF_XMIT_HEADROOM, encap->headroom);
	if (encap->count)
		put_counters(req);
	nl_nest_end(req, nest);
	nl_put(req, RTA_ENCAP_TYPE, &type, sizeof(type));
}

/* ---- marks ---- */

/* The kernel's limit is for what is marked, too: the name loses its end. */
static void mark(struct encap_prog *prog)
{
	char text[16];
	size_t len = snprintf(text, sizeof(text), "#%u", prog->id);
	size_t at = strlen(prog->name);

	if (at + len >= sizeof(prog->name))
		at = sizeof(prog->name) - 1 - len;
	strcpy(prog->name + at, text);
}

void encaps_mark(struct encaps *encaps)
{
	struct encap_prog *prog;
	size_t at = 0;

	while ((prog = encaps_next(encaps, &at)))
		mark(prog);
}

bool encap_is_name(const char *there, const char *name, uint32_t *id)
{
	const size_t len = strlen(name);
	unsigned long number;
	char *end;

	*id = 0;
	if (strncmp(there, name, len) != 0)
		return false;
	if (!there[len])
		return true;
	if (there[len] != '#' || there[len + 1] < '1' || there[len + 1] > '9')
		return false;
	number = strtoul(there + len + 1, &end, 10);
	*id = number;
	return !*end && number <= UINT32_MAX;
}

/* ---- from attributes ---- */

static bool parse_prog(const struct nlattr *nest, struct encap_prog *prog)
{
	const struct nlattr *tb[LWT_BPF_PROG_MAX + 1];
	const char *name;

	nl_nested(nest, tb, LWT_BPF_PROG_MAX);
	name = nl_str(tb[LWT_BPF_PROG_NAME]);
	prog->fd = -1;
	snprintf(prog->name, sizeof(prog->name), "%s", name ?: "");
	return *prog->name;
}

bool encap_parse(const struct nlattr *const *tb, struct encap *encap)
{
	const struct nlattr *nest[SEG6_LOCAL_MAX + 1];
	uint16_t type = nl_u16(tb[RTA_ENCAP_TYPE], LWTUNNEL_ENCAP_NONE);
	bool any = false;
	int i;

	memset(encap, 0, sizeof(*encap));
	nl_nested(tb[RTA_ENCAP], nest, SEG6_LOCAL_MAX);
	for (i = 0; i < ENCAP_ATS; i++) {
		encap->progs[i].type = places[i].prog_type;
		if (type == places[i].encap_type && nest[places[i].attr])
			any |= parse_prog(nest[places[i].attr], &encap->progs[i]);
	}
	if (any && type == LWTUNNEL_ENCAP_BPF)
		encap->headroom = nl_u32(nest[LWT_BPF_XMIT_HEADROOM], 0);
	if (any && type == LWTUNNEL_ENCAP_SEG6_LOCAL)
		encap->count = nest[SEG6_LOCAL_COUNTERS];
	return any;
}

int encaps_add(struct encaps *encaps, uint32_t nexthop,
	       const struct nlattr *const *tb)
{
	struct encap *encap = room(encaps);

	if (!encap)
		return -ENOMEM;
	if (!encap_parse(tb, encap))
		return 0;
	encap->nexthop = nexthop;
	encaps->cnt++;
	return 0;
}
