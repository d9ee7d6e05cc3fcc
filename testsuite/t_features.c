/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a kernel is built with: found in its configuration, confirmed by
 * trying, told where something fails for want of it.
 */
#include "features.h"

#include <errno.h>
#include <zlib.h>

#include "hooks.h"
#include "rigged.h"
#include "settings.h"

#define RELEASE { "/proc/sys/kernel/osrelease", "6.1.0-test\n", 0 }
#define BOOT	"/boot/config-6.1.0-test"

/* ---- the configuration ---- */

static char packed[256];

static struct fake_file config_gz(const char *text)
{
	z_stream z = {
		.next_in = (Bytef *)text, .avail_in = strlen(text),
		.next_out = (Bytef *)packed, .avail_out = sizeof(packed),
	};

	deflateInit2(&z, 9, Z_DEFLATED, 31, 8, 0);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return (struct fake_file){ "/proc/config.gz", packed, z.total_out };
}

static void ck_config(const struct fake_file *files, const char *from,
		      const char *why)
{
	_cleanup_config_ struct features_config config;

	rig.fake.files = files;
	features_config_read(&rig.fake.kern, &config);
	ck_assert_str_eq(config.from, from);
	ck_assert_str_eq(config.why.text, why);
	ck_assert_int_eq(kconfig_get(buf_str(&config.text), "BPF"),
			 *from ? KCONFIG_YES : KCONFIG_UNKNOWN);
}

START_TEST(the_configuration_is_found)
{
	const struct fake_file gz = config_gz("CONFIG_BPF=y\n");
	const struct fake_file both[] = {
		RELEASE, gz, { BOOT, "# CONFIG_BPF is not set\n", 0 }, { 0 }
	}, boot[] = {
		RELEASE, { BOOT, "CONFIG_BPF=y\n", 0 }, { 0 }
	}, modules[] = {
		RELEASE, { "/lib/modules/6.1.0-test/config", "CONFIG_BPF=y\n", 0 }, { 0 }
	}, none[] = { RELEASE, { 0 } };

	ck_config(both, "/proc/config.gz", "");
	ck_config(boot, BOOT, "");
	ck_config(modules, "/lib/modules/6.1.0-test/config", "");
	ck_config(none, "", "");
	ck_config(NULL, "", "");
}
END_TEST

START_TEST(a_damaged_one_is_told_and_the_next_one_read)
{
	struct fake_file gz = config_gz("CONFIG_BPF=y\n");
	struct fake_file files[] = {
		RELEASE, gz, { BOOT, "CONFIG_BPF=y\n", 0 }, { 0 }
	};

	files[1].len--;
	ck_config(files, BOOT, "/proc/config.gz: cut short");
	files[1] = (struct fake_file){ "/proc/config.gz", "CONFIG_BPF=y\n", 0 };
	ck_config(files, BOOT, "/proc/config.gz: damaged: incorrect header check");
	files[1] = config_gz("hello\n");
	ck_config(files, BOOT, "/proc/config.gz: it has no option");
	files[2].data = "\n";
	ck_config(files, "", BOOT ": it has no option");
}
END_TEST

/* ---- verdicts ---- */

#define MODULES "/lib/modules/6.1.0-test/modules.dep"
#define LIVE	{ "/sys/module/cls_bpf/initstate", "live\n", 0 }

static const struct verdict {
	const char *config, *modules;
	bool live, works;
	enum feature_verdict verdict;
	int tried;
} verdicts[] = {
	{ "CONFIG_NET_CLS_BPF=y\n", NULL, false, true, FEATURE_THERE, 1 },
	{ "CONFIG_NET_CLS_BPF=y\n", NULL, false, false, FEATURE_MISSING, 0 },
	{ "# CONFIG_X is not set\n", NULL, false, true, FEATURE_THERE, 1 },
	{ "# CONFIG_X is not set\n", NULL, false, false, FEATURE_MISSING, 0 },
	{ "", NULL, false, true, FEATURE_THERE, 1 },
	{ "", NULL, false, false, FEATURE_MISSING, 0 },
	/* a module is not loaded to see whether it works */
	{ "CONFIG_NET_CLS_BPF=m\n", "net/cls_bpf.ko.xz:\n", false, true,
	  FEATURE_MODULE, -ENODATA },
	{ "CONFIG_NET_CLS_BPF=m\n", "net/cls_u32.ko:\n", false, true,
	  FEATURE_MISSING, -ENODATA },
	{ "CONFIG_NET_CLS_BPF=m\n", NULL, false, true, FEATURE_MODULE, -ENODATA },
	{ "", "net/cls_bpf.ko.xz:\n", false, true, FEATURE_MODULE, -ENODATA },
	{ "", "net/cls_bpf.ko.xz:\n", true, true, FEATURE_THERE, 1 },
	{ "", "net/cls_u32.ko:\n", false, true, FEATURE_THERE, 1 },
	{ "CONFIG_NET_CLS_BPF=y\n", "net/cls_bpf.ko.xz:\n", false, true, FEATURE_THERE, 1 },
	{ "CONFIG_NET_CLS_BPF=m\n", NULL, true, true, FEATURE_THERE, 1 },
	{ "CONFIG_NET_CLS_BPF=m\n", NULL, true, false, FEATURE_MISSING, 0 },
};

START_TEST(a_feature_is_judged)
{
	const struct verdict *v = &verdicts[_i];
	_cleanup_config_ struct features_config config;
	_cleanup_free_ char *before = fake_state(&rig.fake);
	struct fake_file files[5] = { RELEASE, { BOOT, v->config, 0 } };
	struct feature_state state;
	int n = 2;

	if (v->modules)
		files[n++] = (struct fake_file){ MODULES, v->modules, 0 };
	if (v->live)
		files[n++] = (struct fake_file) LIVE;
	rig.fake.files = files;
	rig.fake.no_cls_bpf = !v->works;
	features_config_read(&rig.fake.kern, &config);
	feature_check(&rig.fake.kern, &config, FEATURE_NET_CLS_BPF, &state);
	ck_assert_int_eq(state.verdict, v->verdict);
	ck_assert_int_eq(state.tried, v->tried);
	ck_state(before);
}
END_TEST

/* without the right to try, the configuration is all there is */
START_TEST(what_cannot_be_tried_is_believed)
{
	static const struct {
		const char *config;
		enum feature_verdict verdict;
	} rows[] = {
		{ "CONFIG_NET_CLS_BPF=y\n", FEATURE_THERE },
		{ "CONFIG_NET_CLS_BPF=m\n", FEATURE_MODULE },
		{ "# CONFIG_NET_CLS_BPF is not set\n", FEATURE_MISSING },
		{ "", FEATURE_UNKNOWN },
	};
	const struct fake_file files[] = {
		RELEASE, { BOOT, rows[_i].config, 0 }, LIVE, { 0 }
	};
	_cleanup_config_ struct features_config config;
	struct feature_state state;

	rig.fake.files = files;
	features_config_read(&rig.fake.kern, &config);
	rig.fake.fail_at = rig.fake.ops + 1;	/* behind the look for the module */
	feature_check(&rig.fake.kern, &config, FEATURE_NET_CLS_BPF, &state);
	ck_assert_int_eq(state.tried, -EPERM);
	ck_assert_int_eq(state.verdict, rows[_i].verdict);
}
END_TEST

START_TEST(what_is_missing_does_not_work)
{
	struct kern *k = &rig.fake.kern;

	ck_assert_int_eq(feature_try(k, FEATURE_BPF_SYSCALL), 1);
	ck_assert_int_eq(feature_try(k, FEATURE_NET_SCH_INGRESS), 1);
	ck_assert_int_eq(feature_try(k, FEATURE_NET_CLS_BPF), 1);
	ck_assert_int_eq(feature_try(k, FEATURE_XDP_SOCKETS), 1);
	ck_assert_int_eq(feature_try(k, FEATURE_CGROUP_BPF), 1);
	ck_assert_int_eq(feature_try(k, FEATURE_BPF), 1);
	rig.fake.no_map_type = BPF_MAP_TYPE_XSKMAP;
	ck_assert_int_eq(feature_try(k, FEATURE_XDP_SOCKETS), 0);
	rig.fake.no_prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	ck_assert_int_eq(feature_try(k, FEATURE_CGROUP_BPF), 0);
	rig.fake.no_clsact = true;
	ck_assert_int_eq(feature_try(k, FEATURE_NET_SCH_INGRESS), 0);
	ck_assert_int_eq(feature_try(k, FEATURE_NET_CLS_BPF), -ENODATA);
	rig.fake.no_bpf = true;
	ck_assert_int_eq(feature_try(k, FEATURE_BPF_SYSCALL), 0);
	ck_assert_int_eq(feature_try(k, FEATURE_CGROUP_BPF), -ENOSYS);
}
END_TEST

/* whatever is refused meanwhile: no verdict that is wrong, nothing left */
START_TEST(a_refusal_is_no_verdict)
{
	_cleanup_free_ char *before = fake_state(&rig.fake);
	int n, r;

	for (n = 0;; n++) {
		rig.fake.fail_at = rig.fake.ops + n;
		r = feature_try(&rig.fake.kern, _i);
		if (rig.fake.ops <= rig.fake.fail_at)
			break;
		ck_assert_msg(r < 0, "%s, operation %d: %d", feature_rows[_i].option, n, r);
		ck_state(before);
		ck_assert_int_eq(fake_count_fds(&rig.fake), 0);
	}
}
END_TEST

/* ---- words ---- */

static const struct {
	const char *config, *hint;
} hints[] = {
	{ "CONFIG_A=y\n", "this kernel is built without CONFIG_NET_CLS_BPF; more of it: tc exec bpf check" },
	{ "CONFIG_NET_CLS_BPF=m\n", "CONFIG_NET_CLS_BPF is a module that is not loaded: modprobe cls_bpf" },
	{ "CONFIG_NET_CLS_BPF=y\n", "it takes a kernel with CONFIG_NET_CLS_BPF: tc exec bpf check" },
	{ "", "it takes a kernel with CONFIG_NET_CLS_BPF: tc exec bpf check" },
};

static int add_filter(void)
{
	struct bpfelf_hook hook = cls_hook(0, 0, 0);

	return bpfelf_attach(job.txn, &hook);
}

START_TEST(a_missing_classifier_is_told)
{
	const struct fake_file files[] = { RELEASE, { BOOT, hints[_i].config, 0 }, { 0 } };

	rig.fake.files = files;
	rig.fake.no_cls_bpf = true;
	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_eq(add_clsact(&job, 0), 0);
	ck_assert_int_eq(add_filter(), -ENOENT);
	ck_assert_str_eq(bpfelf_extack(rig.ctx), "TC classifier not found");
	ck_assert_str_eq(bpfelf_hint(rig.ctx), hints[_i].hint);
}
END_TEST

START_TEST(a_missing_qdisc_is_told)
{
	rig.fake.no_clsact = true;
	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), 0);
	ck_assert_int_eq(add_clsact(&job, 0), -ENOENT);
	ck_assert_str_eq(bpfelf_hint(rig.ctx), "it takes a kernel with CONFIG_NET_SCH_INGRESS: tc exec bpf check");
}
END_TEST

START_TEST(no_bpf_is_told)
{
	static const char *const samples[] = { "plain", "pins", "source" };
	size_t i;

	rig.fake.no_bpf = true;
	for (i = 0; i < ARRAY_SIZE(samples); i++) {
		ck_assert_int_eq(job_load_sample(&job, &rig, samples[i]), -ENOSYS);
		ck_assert_str_eq(bpfelf_hint(rig.ctx), "it takes a kernel with CONFIG_BPF_SYSCALL: tc exec bpf check");
		job_free(&job);
	}
	ck_assert_int_eq(bpfelf_open_pinned(rig.ctx, "/sys/fs/bpf/x", BPF_PROG_TYPE_XDP, &job.txn), -ENOSYS);
	ck_assert_ptr_nonnull(strstr(bpfelf_hint(rig.ctx), "CONFIG_BPF_SYSCALL"));
}
END_TEST

START_TEST(an_unknown_type_of_program_is_told)
{
	rig.fake.no_prog_type = BPF_PROG_TYPE_SCHED_CLS;
	ck_assert_int_eq(job_load_sample(&job, &rig, "pins"), -EINVAL);
	ck_assert_str_eq(bpfelf_hint(rig.ctx), "this kernel has no programs of type 3");
}
END_TEST

static const struct {
	const char *config, *reason, *hint;
} helpers[] = {
	{ "# CONFIG_BPF_EVENTS is not set\n", "unknown func bpf_trace_printk#6",
	  "this kernel is built without CONFIG_BPF_EVENTS; more of it: tc exec bpf check" },
	{ "CONFIG_BPF_EVENTS=y\n", "program of this type cannot use helper bpf_trace_printk#6",
	  "bpf_trace_printk() takes root, or CAP_PERFMON besides CAP_BPF" },
	{ "CONFIG_A=y\n", "unknown func bpf_lwt_seg6_action#76",
	  "this kernel is built without CONFIG_IPV6_SEG6_BPF; more of it: tc exec bpf check" },
	{ "CONFIG_A=y\n", "unknown func bpf_redirect#23", "" },
	{ "CONFIG_A=y\n", "R1 type=ctx expected=fp, bpf_trace_printk", "" },
};

START_TEST(a_missing_helper_is_told)
{
	const struct fake_file files[] = { RELEASE, { BOOT, helpers[_i].config, 0 }, { 0 } };
	struct err err = { 0 };

	rig.fake.files = files;
	err_set(&err, -EINVAL, "x");
	feature_hint_helper(&rig.fake.kern, helpers[_i].reason, -EINVAL, &err);
	ck_assert_str_eq(err.hint, helpers[_i].hint);
}
END_TEST

/* ---- settings ---- */

static const struct {
	const char *text;
	bool ok;
	uint64_t caps;
} caps[] = {
	{ "Name:\tx\nCapEff:\t000001fffeffffff\nCapBnd:\t1\n", true, 0x1fffeffffffull },
	{ "CapEff:\t0000000000000000", true, 0 },
	{ "CapPrm:\t1\n", false, 0 }, { "", false, 0 }, { "CapEff:", false, 0 },
	{ "CapEff:\tx\n", false, 0 }, { "XCapEff:\t1\n", false, 0 },
	{ "CapEff:\t12 3\n", false, 0 },
};

START_TEST(capabilities_are_read)
{
	uint64_t got;

	ck_assert_int_eq(settings_parse_caps(caps[_i].text, &got), caps[_i].ok);
	if (caps[_i].ok)
		ck_assert_uint_eq(got, caps[_i].caps);
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	uint64_t bytes;
} limits[] = {
	{ "Max cpu time  1  2 s\nMax locked memory         8388608    9  bytes\n", true, 8388608 },
	{ "Max locked memory         unlimited   unlimited  bytes\n", true, SETTINGS_UNLIMITED },
	{ "Max locked memory", false, 0 }, { "Max locked memory 12", false, 0 },
	{ "Max locked memory x y\n", false, 0 }, { "", false, 0 },
};

START_TEST(the_limit_of_locked_memory_is_read)
{
	uint64_t got;

	ck_assert_int_eq(settings_parse_memlock(limits[_i].text, &got), limits[_i].ok);
	if (limits[_i].ok)
		ck_assert_uint_eq(got, limits[_i].bytes);
}
END_TEST

START_TEST(the_mode_of_a_bpffs_is_read)
{
	ck_assert_uint_eq(settings_parse_mode("rw,relatime,mode=700"), 0700);
	ck_assert_uint_eq(settings_parse_mode("mode=1755,gid=5"), 01755);
	ck_assert_uint_eq(settings_parse_mode("rw,nosuid"), 01777);
	ck_assert_uint_eq(settings_parse_mode("rw,xmode=700"), 01777);
	ck_assert_uint_eq(settings_parse_mode(""), 01777);
	ck_assert_uint_eq(settings_parse_mode("mode="), 0);
}
END_TEST

START_TEST(settings_are_read)
{
	const struct fake_file files[] = {
		{ "/proc/sys/net/core/bpf_jit_enable", "1\n", 0 },
		{ "/proc/sys/kernel/kptr_restrict", "nonsense\n", 0 },
		{ "/proc/self/status", "CapEff:\t8000000000\n", 0 },
		{ 0 }
	};
	_cleanup_settings_ struct settings s;
	struct err err;

	rig.fake.files = files;
	ck_assert_int_eq(settings_read(rig.ctx, &s, &err), 0);
	ck_assert_str_eq(s.bpffs, "/sys/fs/bpf");
	ck_assert(s.mounted);
	ck_assert(s.sysctls[0].there && s.sysctls[0].value == 1);
	ck_assert(!s.sysctls[1].there && !s.sysctls[4].there);
	ck_assert(s.caps_known && s.caps >> settings_caps[0].bit == 1);
	ck_assert(!s.memlock_known);
}
END_TEST

Suite *features_suite(void)
{
	Suite *s = suite_create("features");
	TCase *tc = tcase_create("features");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_test(tc, the_configuration_is_found);
	tcase_add_test(tc, a_damaged_one_is_told_and_the_next_one_read);
	tcase_add_loop_test(tc, a_feature_is_judged, 0, ARRAY_SIZE(verdicts));
	tcase_add_loop_test(tc, what_cannot_be_tried_is_believed, 0, 4);
	tcase_add_test(tc, what_is_missing_does_not_work);
	tcase_add_loop_test(tc, a_refusal_is_no_verdict, 0, FEATURES);
	tcase_add_loop_test(tc, a_missing_classifier_is_told, 0, ARRAY_SIZE(hints));
	tcase_add_test(tc, a_missing_qdisc_is_told);
	tcase_add_test(tc, no_bpf_is_told);
	tcase_add_test(tc, an_unknown_type_of_program_is_told);
	tcase_add_loop_test(tc, a_missing_helper_is_told, 0, ARRAY_SIZE(helpers));
	tcase_add_loop_test(tc, capabilities_are_read, 0, ARRAY_SIZE(caps));
	tcase_add_loop_test(tc, the_limit_of_locked_memory_is_read, 0, ARRAY_SIZE(limits));
	tcase_add_test(tc, the_mode_of_a_bpffs_is_read);
	tcase_add_test(tc, settings_are_read);
	suite_add_tcase(s, tc);
	return s;
}
