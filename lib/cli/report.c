/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "report.h"

#include <linux/bpf.h>
#include <stdio.h>

#include "err.h"
#include "iproute2/bpf_elf.h"

/* what the kernel lets a privileged user load, since Linux 5.2 */
#define INSN_LIMIT 1000000

/* ---- the blocks ---- */

static void add_verdict(struct buf *text, const struct bpfelf_event *event)
{
	if (event->error)
		buf_addf(text, "rejected: %s (%d)!\n", err_str(-event->error),
			 event->error);
	else
		buf_addf(text, "loaded (%d)!\n", event->fd);
}

static uint32_t created_value_size(const struct bpfelf_map_info *map)
{
	/* a map of maps holds ids, whatever the object says */
	if (map->type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
	    map->type == BPF_MAP_TYPE_HASH_OF_MAPS)
		return sizeof(uint32_t);
	return map->value_size;
}

static void add_map(struct buf *text, const struct bpfelf_event *event,
		    const struct bpfelf_map_info *map)
{
	buf_addf(text, "Map object '%s' ", map->name);
	add_verdict(text, event);
	buf_addf(text, " - Type:         %u\n", map->type);
	buf_addf(text, " - Identifier:   %u\n", map->id);
	buf_addf(text, " - Pinning:      %u\n", map->pinning);
	buf_addf(text, " - Size key:     %u\n", map->key_size);
	buf_addf(text, " - Size value:   %u\n", created_value_size(map));
	buf_addf(text, " - Max elems:    %u\n", map->max_entries);
	buf_addf(text, " - Flags:        %#x\n", map->map_flags);
	if (map->maps_as == BPFELF_MAPS_AS_BPF_MAP_DEF)
		buf_addf(text, " - Taken for:    struct bpf_map_def, of %u bytes\n",
			 map->def_size);
	buf_addf(text, "\n");
}

static void add_analysis(struct buf *text, const struct bpfelf_event *event)
{
	if (*event->log)
		buf_addf(text, "Verifier analysis:\n\n%s\n", event->log);
}

static void add_prog(struct buf *text, const struct bpfelf_event *event,
		     const char *license)
{
	size_t over = event->insn_cnt > INSN_LIMIT
		    ? event->insn_cnt - INSN_LIMIT : 0;

	buf_addf(text, "\nProg section '%s' ",
		 bpfelf_program_section(event->prog));
	add_verdict(text, event);
	buf_addf(text, " - Type:         %u\n", event->prog_type);
	buf_addf(text, " - Instructions: %zu (%zu over limit)\n",
		 event->insn_cnt, over);
	buf_addf(text, " - License:      %s\n", license);
	if (event->by_value && *event->by_value)
		buf_addf(text, " - By value:     %s\n", event->by_value);
	buf_addf(text, "\n");
	add_analysis(text, event);
}

/* ---- events ---- */

/* compat: the one note on stdout, where iproute2 has it, unless JSON is there */
static void tell_fixup(struct report *report, const struct bpfelf_map_info *map)
{
	FILE *to = report->cli->opts.json ? stderr : stdout;

	if (report->told_fixup || map->maps_as == BPFELF_MAPS_AS_FOUND ||
	    map->def_size >= sizeof(struct bpf_elf_map))
		return;
	fprintf(to, "%zu bytes struct bpf_elf_map fixup performed due to size mismatch!\n",
		sizeof(struct bpf_elf_map) - map->def_size);
	fflush(to);
	report->told_fixup = true;
}

static void on_map(struct report *report, const struct bpfelf_event *event,
		   struct buf *text)
{
	struct bpfelf_map_info map = { .sz = sizeof(map) };

	if (bpfelf_map_info(event->map, &map) < 0)
		return;
	if (report->verbose)
		tell_fixup(report, &map);
	if (event->kind == BPFELF_MAP_REUSED)
		buf_addf(text, "Map '%s' loaded as pinned!\n", map.name);
	else
		add_map(text, event, &map);
}

static void on_prog(struct report *report, const struct bpfelf_event *event,
		    struct buf *text)
{
	const struct bpf_loaded *loaded = report->loaded;
	bool has_object = loaded && loaded->obj;

	add_prog(text, event,
		 has_object ? bpfelf_object_license(loaded->obj) : "");
}

/* compat: only BTF that the kernel refuses is spoken of */
static void on_btf(const struct bpfelf_event *event, struct buf *text)
{
	buf_addf(text, "BTF debug data section '.BTF' ");
	add_verdict(text, event);
	buf_addf(text, " - Length:       %zu\n", event->btf_size);
	add_analysis(text, event);
}

/* What was refused waits for report_failure(), which says why first. */
static void on_event(void *data, const struct bpfelf_event *event)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct report *report = data;
	bool failed = event->error && event->kind != BPFELF_BTF_REFUSED;

	if (!failed && !report->verbose)
		return;
	if (event->kind == BPFELF_BTF_REFUSED)
		on_btf(event, &text);
	else if (event->map)
		on_map(report, event, &text);
	else
		on_prog(report, event, &text);
	if (failed) {
		buf_free(&report->refused);
		report->refused = text;
		text = (struct buf){ 0 };
	} else {
		fputs(buf_str(&text), stderr);
	}
}

static void on_warning(void *data, enum bpfelf_log_level level,
		       const char *line)
{
	struct report *report = data;

	(void)level;
	report->warned = true;
	fprintf(stderr, "Warning: %s\n", line);
}

void report_begin(struct report *report, struct cli *cli,
		  const struct bpf_loaded *loaded, bool verbose)
{
	*report = (struct report){
		.cli = cli, .loaded = loaded, .verbose = verbose,
	};
	bpfelf_ctx_set_observer(cli->ctx, on_event, report);
	bpfelf_ctx_set_log(cli->ctx, BPFELF_LOG_WARN, on_warning, report);
}

void report_end(struct report *report)
{
	mntns_warn(&report->cli->mntns);
	bpfelf_ctx_set_observer(report->cli->ctx, NULL, NULL);
	bpfelf_ctx_set_log(report->cli->ctx, BPFELF_LOG_NONE, NULL, NULL);
	buf_free(&report->refused);
}

/* ---- failures ---- */

int report_failure(struct report *report, int error, int status)
{
	const struct bpfelf_ctx *ctx = report->cli->ctx;
	const char *hint = bpfelf_hint(ctx);

	report->cli->error = -error;
	if (bpfelf_extack(ctx))
		status = command_refused(report->cli, error);
	else
		fprintf(stderr, "Error: %s\n", bpfelf_error(ctx));
	if (*hint)
		fprintf(stderr, "Hint: %s\n", hint);
	fputs(buf_str(&report->refused), stderr);
	return status;
}
