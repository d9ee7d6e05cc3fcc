/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "bpfwords.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cbpf.h"
#include "ctx.h"
#include "share.h"

#define BYTECODE_FILE_MAX (1024 * 1024)	/* 4096 instructions, well spaced */

/* one of the @names, as its number; or 'What KIND is "X"?' */
static int take_among(struct words *w, const struct word_name *names,
		      const char *kind, uint32_t *number)
{
	struct suggest suggest = { 0 };
	const char *word;
	int r = word_need(w, &word), found;

	if (r)
		return r;
	found = word_among(names, word);
	if (found < 0) {
		fprintf(stderr, "What %s is \"%s\"?\n", kind, word);
		suggest.word = word;
		suggest_names(&suggest, names);
		suggest_hint(&suggest);
		return CLI_USAGE;
	}
	*number = found;
	return 0;
}

int bpf_type_take(struct words *w, const struct word_name *types,
		  uint32_t *type)
{
	return take_among(w, types, "type", type);
}

int bpf_maps_as_take(struct words *w, const struct kw *kw, void *field)
{
	static const struct word_name structs[] = {
		{ "bpf_elf_map", BPFELF_MAPS_AS_BPF_ELF_MAP },
		{ "bpf_map_def", BPFELF_MAPS_AS_BPF_MAP_DEF },
		{ 0 }
	};

	(void)kw;
	return take_among(w, structs, "struct", field);
}

int bpf_data_as_take(struct words *w, const struct kw *kw, void *field)
{
	static const struct word_name kinds[] = {
		{ "value", BPFELF_DATA_AS_VALUE },
		{ "map", BPFELF_DATA_AS_MAP },
		{ 0 }
	};

	(void)kw;
	return take_among(w, kinds, "data", field);
}

static int take_type(struct words *w, const struct kw *kw, void *field)
{
	static const struct word_name types[] = {
		{ "cls",	  BPF_PROG_TYPE_SCHED_CLS },
		{ "act",	  BPF_PROG_TYPE_SCHED_ACT },
		{ "xdp",	  BPF_PROG_TYPE_XDP },
		{ "lwt_in",	  BPF_PROG_TYPE_LWT_IN },
		{ "lwt_out",	  BPF_PROG_TYPE_LWT_OUT },
		{ "lwt_xmit",	  BPF_PROG_TYPE_LWT_XMIT },
		{ "lwt_seg6local", BPF_PROG_TYPE_LWT_SEG6LOCAL },
		{ 0 }
	};

	(void)kw;
	return bpf_type_take(w, types, field);
}

static int take_mode(struct words *w, const struct kw *kw, void *field)
{
	struct bpf_words *bpf = field;

	bpf->mode = *(const enum bpf_mode *)kw->arg;
	return word_need(w, &bpf->file);
}

static const enum bpf_mode object = BPF_MODE_OBJECT, pinned = BPF_MODE_PINNED,
			   bytecode = BPF_MODE_BYTECODE,
			   bytecode_file = BPF_MODE_BYTECODE_FILE;

static const struct kw modes[] = {
	KW_SELF      ("bytecode",	take_mode, &bytecode),
	KW_EXACT_SELF("bc",		take_mode, &bytecode),
	KW_SELF      ("bytecode-file",	take_mode, &bytecode_file),
	KW_EXACT_SELF("bcf",		take_mode, &bytecode_file),
	KW_SELF      ("object-file",	take_mode, &object),
	KW_SELF      ("object-pinned",	take_mode, &pinned),
	KW_SELF      ("pinned",		take_mode, &pinned),
	KW_SELF      ("fd",		take_mode, &pinned),
	{ 0 }
};

static const struct kw type_option[] = {
	KW      ("type",    take_type, struct bpf_words, prog_type),
	{ 0 }
};

static const struct kw name_options[] = {
	KW      ("section", word_str,  struct bpf_words, section),
	KW_EXACT("program", word_str,  struct bpf_words, program),
	KW_EXACT("maps-as", bpf_maps_as_take, struct bpf_words, maps_as),
	KW_EXACT("data-as", bpf_data_as_take, struct bpf_words, data_as),
	{ 0 }
};

static const struct kw export_option[] = {
	KW      ("export",  word_str,  struct bpf_words, export),
	{ 0 }
};

int bpf_set_take(struct words *w, const struct kw *kw, void *field)
{
	const char **set = field;
	size_t i;

	(void)kw;
	for (i = 0; i < BPF_WORDS_SETS; i++)
		if (!set[i])
			return word_need(w, &set[i]);
	fprintf(stderr, "More than %d values to set\n", BPF_WORDS_SETS);
	return CLI_USAGE;
}

static const struct kw set_option[] = {
	KW_EXACT("set",	    bpf_set_take, struct bpf_words, set),
	{ 0 }
};

static const struct kw verbose_option[] = {
	KW      ("verbose", word_flag, struct bpf_words, verbose),
	{ 0 }
};

static const struct kw *find_mode(const char *word, unsigned int allow)
{
	const struct kw *kw = kw_find(modes, word);

	if (!kw || allow & BPF_WORDS_BYTECODE)
		return kw;
	if (kw->arg == &bytecode || kw->arg == &bytecode_file)
		return NULL;
	return kw;
}

void bpf_words_suggest(struct suggest *suggest)
{
	suggest_table(suggest, modes);
	suggest_table(suggest, type_option);
	suggest_table(suggest, name_options);
	suggest_table(suggest, set_option);
	suggest_table(suggest, export_option);
	suggest_table(suggest, verbose_option);
}

/* compat: in iproute2's words */
static int what_mode(const char *word)
{
	struct suggest suggest = { .word = word };

	fprintf(stderr, "What mode is \"%s\"?\n", word);
	suggest_table(&suggest, modes);
	suggest_hint(&suggest);
	return CLI_FAIL;
}

bool bpf_words_is_mode(const char *word, unsigned int allow)
{
	return find_mode(word, allow);
}

/* each time that it stands there, unlike the other words */
static int take_sets(struct words *w, struct bpf_words *bpf)
{
	int r = 0;

	while (r == 0 && word_peek(w) && kw_find(set_option, word_peek(w)))
		r = kw_seq(set_option, w, bpf);
	if (r || !bpf->set[0] || bpf->mode == BPF_MODE_OBJECT)
		return r;
	fprintf(stderr, "Error: \"set\" is for an object, a pinned program is loaded already\n");
	return CLI_USAGE;
}

static int take_options(struct words *w, unsigned int allow,
			struct bpf_words *bpf)
{
	int r = 0;

	if (allow & BPF_WORDS_TYPE)
		r = kw_seq(type_option, w, bpf);
	r = r ?: kw_seq(name_options, w, bpf);
	r = r ?: take_sets(w, bpf);
	if (allow & BPF_WORDS_EXPORT)
		r = r ?: kw_seq(export_option, w, bpf);
	/* compat: for objects only, or a pinned program would not load at all */
	if (allow & BPF_WORDS_UDS && !bpf->export &&
	    bpf->mode == BPF_MODE_OBJECT)
		bpf->export = secure_getenv("TC_BPF_UDS");
	r = r ?: kw_seq(verbose_option, w, bpf);
	return r ?: take_sets(w, bpf);
}

int bpf_words_take(struct words *w, unsigned int allow, struct bpf_words *bpf)
{
	const char *word = word_peek(w);
	int r;

	*bpf = (struct bpf_words){ 0 };
	if (!word)
		return word_incomplete();
	if (!find_mode(word, allow))
		return what_mode(word);
	r = kw_pick(modes, w, bpf, NULL);
	if (r || bpf->mode == BPF_MODE_BYTECODE ||
	    bpf->mode == BPF_MODE_BYTECODE_FILE)
		return r;
	return take_options(w, allow, bpf);
}

#define SHARED_FILE_MAX (16 << 20)

bool bpf_words_read(const char *file, struct buf *bytes)
{
	_cleanup_close_ int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_size <= SHARED_FILE_MAX &&
	       buf_read(bytes, fd, SHARED_FILE_MAX) == 0;
}

static bool may_be_shared(const struct bpf_words *bpf)
{
	return bpf->share && bpf->mode == BPF_MODE_OBJECT && !bpf->export &&
	       !bpf->verbose && !bpf->ifindex && !bpf->is_private &&
	       !bpf->maps_as && !bpf->data_as && !bpf->set[0];
}

/* The program of another line, or false */
static bool take_shared(const struct bpf_words *bpf, uint32_t prog_type,
			struct bpf_loaded *loaded)
{
	loaded->shared = share_find(bpf->share, bpf, prog_type);
	loaded->from = share_get(bpf->share, loaded->shared);
	return loaded->from;
}

static int open_object(const struct bpf_words *bpf, struct bpfelf_ctx *ctx,
		       struct bpfelf_object **obj)
{
	int r = bpfelf_ctx_set_maps_as(ctx, bpf->maps_as);

	return r ?: bpfelf_object_open(ctx, bpf->file, obj);
}

static int load_object(const struct bpf_words *bpf, struct bpfelf_ctx *ctx,
		       uint32_t prog_type, struct bpf_loaded *loaded)
{
	struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = prog_type,
		.ifindex = bpf->ifindex,
		.flags = (bpf->verbose ? BPFELF_VERBOSE : 0) |
			 (bpf->is_private ? BPFELF_PRIVATE : 0) | bpf->data_as,
		.section = bpf->section,
		.program = bpf->program,
		.set = bpf->set,
		.attach_type = bpf->attach_type,
	};
	int r;

	if (may_be_shared(bpf)) {
		if (take_shared(bpf, prog_type, loaded))
			return bpfelf_txn_new(ctx, &loaded->txn);
		/* first: what is loaded is no older than these */
		if (!bpf_words_read(bpf->file, &loaded->bytes))
			buf_free(&loaded->bytes);
	}
	r = open_object(bpf, ctx, &loaded->obj);
	r = r ?: bpfelf_plan_new(loaded->obj, &request, &loaded->plan);
	return r ?: bpfelf_load(loaded->plan, &loaded->txn);
}

static int read_bytecode(const char *path, struct bpf_loaded *loaded,
			 struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_buf_ struct buf text = { 0 };
	int r;

	r = fd < 0 ? -errno : buf_read(&text, fd, BYTECODE_FILE_MAX);
	if (r < 0)
		return err_sys(err, r, "bytecode file '%s'", path);
	r = cbpf_parse(buf_str(&text), &loaded->insns, &loaded->insns_cnt, err);
	return r < 0 ? err_wrap(err, "bytecode file '%s'", path) : 0;
}

static int load_bytecode(const struct bpf_words *bpf, struct bpfelf_ctx *ctx,
			 struct bpf_loaded *loaded)
{
	struct err *err = ctx_begin(ctx);
	int r;

	if (bpf->mode == BPF_MODE_BYTECODE_FILE)
		r = read_bytecode(bpf->file, loaded, err);
	else
		r = cbpf_parse(bpf->file, &loaded->insns, &loaded->insns_cnt,
			       err);
	return r ?: bpfelf_txn_new(ctx, &loaded->txn);
}

static int load_program(const struct bpf_words *bpf, struct bpfelf_ctx *ctx,
			uint32_t prog_type, struct bpf_loaded *loaded)
{
	if (bpf->mode == BPF_MODE_BYTECODE ||
	    bpf->mode == BPF_MODE_BYTECODE_FILE)
		return load_bytecode(bpf, ctx, loaded);
	if (bpf->mode == BPF_MODE_PINNED)
		return bpfelf_open_pinned(ctx, bpf->file, prog_type,
					  &loaded->txn);
	return load_object(bpf, ctx, prog_type, loaded);
}

int bpf_words_load(const struct bpf_words *bpf, struct bpfelf_ctx *ctx,
		   uint32_t prog_type, struct bpf_loaded *loaded)
{
	int r;

	*loaded = (struct bpf_loaded){ 0 };
	r = load_program(bpf, ctx, bpf->prog_type ?: prog_type, loaded);
	if (r == 0 && bpf->export)
		r = bpfelf_export(loaded->txn, bpf->export);
	return r;
}

static int find_section(const struct bpf_words *bpf, struct bpfelf_ctx *ctx,
			uint32_t prog_type, char **section)
{
	_cleanup_loaded_ struct bpf_loaded loaded = { 0 };
	const struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = prog_type,
		.section = bpf->section,
		.program = bpf->program,
		.attach_type = bpf->attach_type,
	};
	int r;

	r = open_object(bpf, ctx, &loaded.obj);
	r = r ?: bpfelf_plan_new(loaded.obj, &request, &loaded.plan);
	if (r < 0)
		return r;
	*section = strdup(bpfelf_program_section(bpfelf_plan_entry(loaded.plan)));
	return *section ? 0 : -ENOMEM;
}

int bpf_words_name(const struct bpf_words *bpf, struct bpfelf_ctx *ctx,
		   uint32_t prog_type, char **name)
{
	_cleanup_free_ char *section = NULL;
	int r = 0;

	*name = NULL;
	if (bpf->mode == BPF_MODE_OBJECT && (bpf->program || !bpf->section))
		r = find_section(bpf, ctx, prog_type, &section);
	/* compat: the default section's, even without the file */
	if (r < 0 && bpf->program)
		return r;
	*name = str_printf("%s:[%s]", path_base(bpf->file),
			   bpf->mode == BPF_MODE_PINNED ? "*fsobj" :
			   section ?: bpf->section ?: bpfelf_default_section(prog_type));
	return *name ? 0 : -ENOMEM;
}

void bpf_loaded_free(struct bpf_loaded *loaded)
{
	bpfelf_txn_free(loaded->txn);
	bpfelf_plan_free(loaded->plan);
	bpfelf_object_free(loaded->obj);
	free(loaded->insns);
	buf_free(&loaded->bytes);
}
