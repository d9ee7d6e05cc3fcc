/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "features.h"

#include <stdio.h>

#include "gunzip.h"

#define FILE_MAX	(8u << 20)	/* bytes; modules.dep has some 600 K */

const struct feature_row feature_rows[FEATURES] = {
	[FEATURE_BPF] = { "BPF", NULL, "every program" },
	[FEATURE_BPF_SYSCALL] = { "BPF_SYSCALL", NULL, "every map and program, and bpffs" },
	[FEATURE_HAVE_EBPF_JIT] = { "HAVE_EBPF_JIT", NULL, "speed: the JIT compiler of this kind of machine" },
	[FEATURE_BPF_JIT] = { "BPF_JIT", NULL, "speed: without, programs are interpreted" },
	[FEATURE_CGROUP_BPF] = { "CGROUP_BPF", NULL, "programs of cgroups; none that ip or tc attach" },
	[FEATURE_BPF_EVENTS] = { "BPF_EVENTS", NULL, "bpf_trace_printk(), and so tc exec bpf debug" },
	[FEATURE_FTRACE] = { "FTRACE", NULL, "tc exec bpf debug" },
	[FEATURE_DEBUG_INFO_BTF] = { "DEBUG_INFO_BTF", NULL, "programs that ask for the kernel's own types" },
	[FEATURE_XDP_SOCKETS] = { "XDP_SOCKETS", NULL, "maps of type xskmap" },
	[FEATURE_NET_CLS_ACT] = { "NET_CLS_ACT", NULL, "tc action ..., tc qdisc add ... clsact" },
	[FEATURE_NET_SCH_INGRESS] = { "NET_SCH_INGRESS", "sch_ingress", "tc qdisc add ... clsact, and all filters on it" },
	[FEATURE_NET_CLS_BPF] = { "NET_CLS_BPF", "cls_bpf", "tc filter ... bpf" },
	[FEATURE_NET_ACT_BPF] = { "NET_ACT_BPF", "act_bpf", "tc action ... bpf" },
	[FEATURE_NET_ACT_GACT] = { "NET_ACT_GACT", "act_gact", "tc ... action ok, drop, pipe, ..." },
	[FEATURE_NET_ACT_MIRRED] = { "NET_ACT_MIRRED", "act_mirred", "tc ... action mirred" },
	[FEATURE_NET_ACT_POLICE] = { "NET_ACT_POLICE", "act_police", "tc ... police" },
	[FEATURE_LWTUNNEL_BPF] = { "LWTUNNEL_BPF", NULL, "ip route ... encap bpf" },
	[FEATURE_IPV6_SEG6_LWTUNNEL] = { "IPV6_SEG6_LWTUNNEL", NULL, "ip route ... encap seg6local" },
	[FEATURE_IPV6_SEG6_BPF] = { "IPV6_SEG6_BPF", NULL, "bpf_lwt_seg6_*() in programs of End.BPF" },
};

/* ---- the configuration ---- */

/* 0 when there is one at that place */
static int read_config(struct kern *k, const char *path, bool packed,
		       struct features_config *config)
{
	_cleanup_buf_ struct buf data = { 0 };
	struct err *why = &config->why;
	int r = k->ops->read(k, path, FILE_MAX, &data);

	if (r == -ENOENT)
		return r;
	buf_free(&config->text);
	if (r == 0 && packed)
		r = gunzip(&config->text, buf_str(&data), data.len, FILE_MAX, why);
	else if (r < 0)
		err_sys(why, r, "read");
	else
		buf_add(&config->text, buf_str(&data), data.len);
	if (r == 0 && buf_failed(&config->text))
		r = err_sys(why, -ENOMEM, "read");
	if (r == 0 && !kconfig_is(buf_str(&config->text)))
		r = err_set(why, -EBADMSG, "it has no option");
	if (r == 0)
		snprintf(config->from, sizeof(config->from), "%s", path);
	else
		buf_free(&config->text);
	return r < 0 ? err_wrap(why, "%s", path) : 0;
}

static void read_release(struct kern *k, char *release, size_t size)
{
	_cleanup_buf_ struct buf text = { 0 };

	k->ops->read(k, "/proc/sys/kernel/osrelease", FILE_MAX, &text);
	snprintf(release, size, "%.*s", (int)strcspn(buf_str(&text), "\n"),
		 buf_str(&text));
}

void features_config_read(struct kern *k, struct features_config *config)
{
	char boot[128], modules[128];

	memset(config, 0, sizeof(*config));
	read_release(k, config->release, sizeof(config->release));
	snprintf(boot, sizeof(boot), "/boot/config-%s", config->release);
	snprintf(modules, sizeof(modules), "/lib/modules/%s/config", config->release);
	if (read_config(k, "/proc/config.gz", true, config) == 0 ||
	    read_config(k, boot, false, config) == 0)
		return;
	read_config(k, modules, false, config);
}

void features_config_free(struct features_config *config)
{
	buf_free(&config->text);
}

/* ---- modules ---- */

static bool is_loaded(struct kern *k, const char *module)
{
	_cleanup_buf_ struct buf text = { 0 };
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", module);
	return k->ops->read(k, path, FILE_MAX, &text) == 0 &&
	       strncmp(buf_str(&text), "live", 4) == 0;
}

/* negative: nobody can tell; the list is not here, as in a container */
static int is_listed(struct kern *k, const char *release, const char *list,
		     const char *module)
{
	_cleanup_buf_ struct buf text = { 0 };
	char path[128];
	int r;

	snprintf(path, sizeof(path), "/lib/modules/%s/%s", release, list);
	r = k->ops->read(k, path, FILE_MAX, &text);
	return r < 0 ? r : kconfig_has_module(buf_str(&text), module);
}

static int is_installed(struct kern *k, const char *release, const char *module)
{
	return is_listed(k, release, "modules.dep", module);
}

static bool is_built_in(struct kern *k, const char *release, const char *module)
{
	_cleanup_buf_ struct buf modules = { 0 };

	/* a kernel that knows no modules has no such file */
	return k->ops->read(k, "/proc/modules", FILE_MAX, &modules) == -ENOENT ||
	       is_listed(k, release, "modules.builtin", module) == 1;
}

/* ---- verdicts ---- */

static enum feature_verdict judge(const struct feature_state *state)
{
	if (state->tried == 1)
		return FEATURE_THERE;
	if (state->tried == 0)
		return FEATURE_MISSING;
	switch (state->config) {
	case KCONFIG_YES:
		return FEATURE_THERE;
	case KCONFIG_MODULE:
		return state->installed ? FEATURE_MODULE : FEATURE_MISSING;
	case KCONFIG_NO:
		return FEATURE_MISSING;
	case KCONFIG_UNKNOWN:
		break;
	}
	return FEATURE_UNKNOWN;
}

/* What is installed as a module is one, though no configuration says so: to try
 * it would load it. */
static void look_for_module(struct kern *k, const struct features_config *config,
			    const char *module, struct feature_state *state)
{
	int installed;

	if (state->config != KCONFIG_MODULE && state->config != KCONFIG_UNKNOWN)
		return;
	installed = is_installed(k, config->release, module);
	if (installed == 1)
		state->config = KCONFIG_MODULE;
	state->installed = installed && state->config == KCONFIG_MODULE;
}

void feature_check(struct kern *k, const struct features_config *config,
		   enum feature feature, struct feature_state *state)
{
	const struct feature_row *row = &feature_rows[feature];
	bool loaded = row->module && is_loaded(k, row->module);

	*state = (struct feature_state){
		.config = kconfig_get(buf_str(&config->text), row->option),
		.installed = loaded,
		.tried = -ENODATA,
	};
	if (row->module && !loaded)
		look_for_module(k, config, row->module, state);
	if (state->config != KCONFIG_MODULE || loaded || !row->module)
		state->tried = feature_try(k, feature);
	state->verdict = judge(state);
}

/* ---- words ---- */

int feature_hint(struct kern *k, enum feature feature, int code,
		 struct err *err)
{
	const struct feature_row *row = &feature_rows[feature];
	_cleanup_config_ struct features_config config;

	features_config_read(k, &config);
	switch (kconfig_get(buf_str(&config.text), row->option)) {
	case KCONFIG_NO:
		err_hint(err, "this kernel is built without CONFIG_%s; more of it: tc exec bpf check",
			 row->option);
		break;
	case KCONFIG_MODULE:
		err_hint(err, "CONFIG_%s is a module that is not loaded: modprobe %s",
			 row->option, row->module ?: "");
		break;
	case KCONFIG_YES:
	case KCONFIG_UNKNOWN:
		err_hint(err, "it takes a kernel with CONFIG_%s: tc exec bpf check",
			 row->option);
		break;
	}
	return code;
}

void feature_hint_module(struct kern *k, const char *module, struct err *err)
{
	char release[65];

	if (is_loaded(k, module)) {
		err_hint(err, "module %s is loaded, but tells no types: it takes a kernel with CONFIG_DEBUG_INFO_BTF_MODULES",
			 module);
		return;
	}
	read_release(k, release, sizeof(release));
	if (is_built_in(k, release, module))
		return;		/* an older one, then, or one with other options */
	if (is_installed(k, release, module))
		err_hint(err, "it is in a module that is not loaded: modprobe %s", module);
	else
		err_hint(err, "Linux has it in module %s, which is not installed for this kernel",
			 module);
}

bool feature_hint_no_bpf(struct kern *k, int code, struct err *err)
{
	if (code != -ENOSYS)
		return false;
	feature_hint(k, FEATURE_BPF_SYSCALL, code, err);
	return true;
}

static bool has_option(struct kern *k, enum feature feature)
{
	_cleanup_config_ struct features_config config;

	features_config_read(k, &config);
	return kconfig_get(buf_str(&config.text),
			   feature_rows[feature].option) == KCONFIG_YES;
}

void feature_hint_helper(struct kern *k, const char *reason, int code,
			 struct err *err)
{
	if (!strstr(reason, "unknown func") && !strstr(reason, "cannot use helper"))
		return;
	if (strstr(reason, "bpf_lwt_seg6_"))
		feature_hint(k, FEATURE_IPV6_SEG6_BPF, code, err);
	if (!strstr(reason, "bpf_trace_printk"))
		return;
	if (has_option(k, FEATURE_BPF_EVENTS))
		err_hint(err, "bpf_trace_printk() takes root, or CAP_PERFMON besides CAP_BPF");
	else
		feature_hint(k, FEATURE_BPF_EVENTS, code, err);
}
