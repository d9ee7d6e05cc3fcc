/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "progs.h"

#include "fmt.h"
#include "query.h"

void progs_init(struct progs *progs, struct cli *cli)
{
	memset(progs, 0, sizeof(*progs));
	progs->cli = cli;
}

static struct progs_known *find(struct progs *progs, uint32_t id)
{
	struct progs_known *known = &progs->known[id % PROGS_KNOWN];

	if (known->id != id) {
		known->error = query_prog(progs->cli->ctx, id, &known->info);
		known->id = id;
		known->text.len = 0;
	}
	return known;
}

void progs_print_tag(struct out *o, const uint8_t tag[BPF_TAG_SIZE])
{
	char hex[2 * BPF_TAG_SIZE + 1], *at = hex;
	size_t i;

	for (i = 0; i < BPF_TAG_SIZE; i++)
		at = fmt_hex(at, tag[i]);
	*at = '\0';
	out_str(o, "tag", "tag %s ", hex);
}

static void print_details(struct out *o, const struct bpf_prog_info *info)
{
	if (info->load_time) {
		out_u64(o, "load_time", "load_time %llu ", info->load_time);
		out_u32(o, "created_by_uid", "created_by_uid %u ",
			info->created_by_uid);
	}
	if (info->btf_id)
		out_u32(o, "btf_id", "btf_id %u ", info->btf_id);
}

static void print_info(struct progs *progs, const struct bpf_prog_info *info)
{
	struct out *o = &progs->cli->out;

	out_str(o, "name", "name %s ", info->name);
	progs_print_tag(o, info->tag);
	out_u32(o, "jited", NULL, info->jited_prog_len != 0);
	out_bool(o, NULL, "jited ", NULL, info->jited_prog_len);
	if (progs->cli->opts.details)
		print_details(o, info);
}

static void print(struct progs *progs, const char *fmt,
		  const struct progs_known *known)
{
	struct out *o = &progs->cli->out;

	out_obj(o, "prog");
	out_u32(o, "id", fmt, known->id);
	if (known->error == 0)
		print_info(progs, &known->info);
	out_obj_end(o);
}

/* Very many filters may have one program. */
bool progs_print(struct progs *progs, const char *fmt, uint32_t id)
{
	struct progs_known *known = find(progs, id);
	struct out *o = &progs->cli->out;

	if (known->fmt == fmt && out_again(o, &known->text))
		return known->error == 0;
	known->fmt = fmt;
	out_keep(o, &known->text);
	print(progs, fmt, known);
	out_kept(o, &known->text);
	return known->error == 0;
}
