/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `tc exec bpf check`: what this kernel offers to what we do, a line each. */
#include <errno.h>
#include <stdio.h>

#include "ctx.h"
#include "e_bpf.h"
#include "features.h"
#include "settings.h"

static const char *const verdicts[] = {
	[FEATURE_UNKNOWN] = "unknown",
	[FEATURE_MISSING] = "missing",
	[FEATURE_MODULE] = "module",
	[FEATURE_THERE] = "yes",
};

static const char *const configs[] = {
	[KCONFIG_UNKNOWN] = "?",
	[KCONFIG_NO] = "n",
	[KCONFIG_MODULE] = "m",
	[KCONFIG_YES] = "y",
};

/* what was seen, beside the configuration */
static const char *evidence(const struct feature_state *state)
{
	if (state->tried == 1)
		return "works";
	if (state->tried == 0)
		return "refused";
	if (state->config == KCONFIG_MODULE)
		return state->installed ? "not loaded" : "not installed";
	if (state->tried == -EPERM || state->tried == -EACCES)
		return "not allowed";
	return state->tried == -ENODATA ? "" : err_str(state->tried);
}

static void print_feature(struct out *o, const struct feature_row *row,
			  const struct feature_state *state)
{
	const char *seen = evidence(state);

	out_obj(o, OUT_ELEMENT);
	out_str(o, "option", "%-26s", row->option);
	out_str(o, "state", "%-9s", verdicts[state->verdict]);
	out_str(o, state->config ? "config" : NULL, "%s", configs[state->config]);
	if (*seen)
		out_str(o, "seen", ", %-14s ", seen);
	else
		out_text(o, "%16s ", "");
	if (row->module && state->config == KCONFIG_MODULE)
		out_str(o, "module", "%s: ", row->module);
	out_str(o, "for", state->verdict == FEATURE_MISSING ? "FAILS: %s" : "%s",
		row->serves);
	out_nl(o);
	out_obj_end(o);
}

static void print_features(struct out *o, struct kern *k,
			   const struct features_config *config)
{
	struct feature_state state;

	out_arr(o, "options");
	for (int i = 0; i < FEATURES; i++) {
		feature_check(k, config, i, &state);
		print_feature(o, &feature_rows[i], &state);
	}
	out_arr_end(o);
}

static void print_kernel(struct out *o, const struct features_config *config)
{
	out_str(o, "kernel", "kernel %s, ", config->release);
	if (config->from[0])
		out_str(o, "config", "its configuration is %s", config->from);
	else
		out_text(o, "its configuration is not to be found: what can be tried is told");
	out_nl(o);
	if (config->why.text[0]) {
		out_str(o, "config_error", "%s", config->why.text);
		out_nl(o);
	}
	out_nl(o);
}

static void print_bpffs(struct out *o, const struct settings *s)
{
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", s->mode);
	out_obj(o, "bpffs");
	out_text(o, "%-26s", "bpffs");
	out_bool(o, "mounted", "yes      ", "missing  ", s->mounted);
	out_str(o, "dir", s->mounted ? "%s, " : "would be mounted at %s", s->bpffs);
	if (s->mounted)
		out_str(o, "mode", "mode %s", mode);
	out_nl(o);
	out_obj_end(o);
}

static void print_sysctls(struct out *o, const struct settings *s)
{
	char value[24];

	out_obj(o, "sysctl");
	for (int i = 0; i < SETTINGS_SYSCTLS; i++) {
		const struct settings_sysctl *sysctl = &s->sysctls[i];

		if (!sysctl->there) {
			out_text(o, "%-26s%-9s%s", sysctl->name, "unknown", sysctl->matters);
			out_nl(o);
			continue;
		}
		out_text(o, "%-26s", sysctl->name);
		snprintf(value, sizeof(value), "%ld", sysctl->value);
		out_u32(o, sysctl->name, NULL, sysctl->value);
		out_text(o, "%-9s%s", value, sysctl->matters);
		out_nl(o);
	}
	out_obj_end(o);
}

static void print_caps(struct out *o, const struct settings *s)
{
	if (!s->caps_known)
		return;
	out_obj(o, "capabilities");
	for (int i = 0; i < SETTINGS_CAPS; i++) {
		const struct settings_cap *cap = &settings_caps[i];

		out_text(o, "%-26s", cap->name);
		out_bool(o, cap->name, "yes      ", "missing  ",
			 s->caps >> cap->bit & 1);
		out_text(o, "%s", cap->serves);
		out_nl(o);
	}
	out_obj_end(o);
}

static void print_memlock(struct out *o, const struct settings *s)
{
	char text[32] = "unlimited";

	if (!s->memlock_known)
		return;
	if (s->memlock != SETTINGS_UNLIMITED)
		snprintf(text, sizeof(text), "%llu KiB",
			 (unsigned long long)s->memlock / 1024);
	out_text(o, "%-26s%s; counts before 5.11, and is raised then", "memlock", text);
	if (s->memlock == SETTINGS_UNLIMITED)
		out_null(o, "memlock");
	else
		out_u64(o, "memlock", NULL, s->memlock);
	out_nl(o);
}

int e_bpf_check_run(struct cli *cli)
{
	_cleanup_config_ struct features_config config;
	_cleanup_settings_ struct settings settings;
	struct kern *k = cli->ctx->kern;
	struct out *o = &cli->out;

	if (settings_read(cli->ctx, &settings, ctx_begin(cli->ctx)) < 0) {
		fprintf(stderr, "Error: %s\n", bpfelf_error(cli->ctx));
		return CLI_USAGE;
	}
	features_config_read(k, &config);
	out_obj(o, NULL);
	print_kernel(o, &config);
	print_features(o, k, &config);
	out_nl(o);
	print_bpffs(o, &settings);
	print_sysctls(o, &settings);
	print_caps(o, &settings);
	print_memlock(o, &settings);
	out_obj_end(o);
	return CLI_OK;
}
