/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a driver's refusal of an XDP program comes with. The words are those of
 * drivers that few machines have; the device is the fake's, with a driver that
 * says of itself what a test wants.
 */
#include "../ip/iplink_why.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <stdio.h>

#include "capture.h"
#include "ctx.h"
#include "fake_kern.h"
#include "unit.h"

static bool lro;
static uint32_t channels;

static int answer(struct kern *k, const char *ifname, void *cmd)
{
	struct ethtool_channels *c = cmd;
	struct ethtool_drvinfo *info = cmd;
	struct ethtool_value *flags = cmd;

	(void)k;
	ck_assert_str_eq(ifname, "v0");
	switch (*(const uint32_t *)cmd) {
	case ETHTOOL_GDRVINFO:
		strcpy(info->driver, "nic");
		return 0;
	case ETHTOOL_GFLAGS:
		flags->data = lro ? ETH_FLAG_LRO : 0;
		return 0;
	case ETHTOOL_GCHANNELS:
		c->combined_count = channels;
		return channels ? 0 : -EOPNOTSUPP;
	}
	return -EOPNOTSUPP;
}

static const struct refusal {
	int error;
	const char *said;
	const char *clause;
	const char *hint;		/* NULL: none */
	bool lro;
	uint32_t channels;
} refusals[] = {
	{ -EOPNOTSUPP, "MTU too large w/o XDP frags support", "xdp",
	  "ip link set dev v0 mtu 1500", false, 0 },
	{ -EINVAL, "program does not support XDP fragments, reduce mtu below 3498",
	  "xdp", "ip link set dev v0 mtu 1500", false, 0 },
	{ -EOPNOTSUPP, "XDP is not supported with LRO enabled", "xdpdrv",
	  "ethtool -K v0 lro off", true, 0 },
	{ -EINVAL, "", "xdp", "ethtool -K v0 lro off", true, 0 },
	{ -EOPNOTSUPP, "Can't set XDP while host is implementing GRO_HW/CSUM", "xdp",
	  "ethtool -K v0 rx-gro-hw off", false, 0 },
	{ -EINVAL, "the Rx/Tx channel count should be at most half of the maximum",
	  "xdp", "ethtool -L v0 combined 4", false, 8 },
	{ -ENOMEM, "Too few free TX rings available", "xdp",
	  "ethtool -L v0 combined 1", false, 1 },
	{ -EOPNOTSUPP, "Underlying driver does not support XDP in native mode",
	  "xdpdrv", "ip link set dev v0 xdpgeneric obj 'a b.o'", false, 0 },
	{ -EOPNOTSUPP, "", "xdpoffload", "ip link set dev v0 xdpgeneric obj 'a b.o'",
	  false, 0 },
	{ -EINVAL, "not possible during a reset", "xdp", NULL, false, 2 },
	{ -EINVAL, "", "xdp", NULL, false, 0 },
};

static uint32_t mode_of(const char *clause)
{
	if (str_eq(clause, "xdpdrv"))
		return XDP_FLAGS_DRV_MODE;
	return str_eq(clause, "xdpoffload") ? XDP_FLAGS_HW_MODE : 0;
}

static void expect(const struct refusal *refusal, struct buf *text)
{
	buf_addf(text, "Note: v0: mtu 1500, driver nic");
	if (refusal->channels)
		buf_addf(text, ", %u channels", refusal->channels);
	buf_addf(text, "%s\n", refusal->lro ? ", lro on" : "");
	if (refusal->hint)
		buf_addf(text, "Hint: try: %s\n", refusal->hint);
}

START_TEST(a_refusal_comes_with_what_helps)
{
	static const struct command ip = { .tool = { .name = "ip" } };
	const struct refusal *refusal = &refusals[_i];
	const struct xdp_words words = {
		.given = true, .mode = mode_of(refusal->clause),
	};
	char *argv[] = {
		(char *)"link", (char *)"set", (char *)"dev", (char *)"v0",
		(char *)refusal->clause, (char *)"obj", (char *)"a b.o", NULL,
	};
	struct cli cli = {
		.command = &ip, .words = { .argv = argv, .argc = 7 },
	};
	const struct xdp_job job = {
		.cli = &cli, .words = &words, .dev = "v0", .ifindex = 2,
	};
	struct fake_kern fake = FAKE_KERN;
	_cleanup_buf_ struct buf expected = { 0 };
	_cleanup_free_ char *said = NULL;
	struct capture stderr_;
	struct kern_ops ops;

	lro = refusal->lro;
	channels = refusal->channels;
	ctx_new_with_kern(fake_open(&fake), &cli.ctx);
	ops = *cli.ctx->kern->ops;
	ops.ethtool = answer;
	cli.ctx->kern->ops = &ops;
	capture_begin(&stderr_, STDERR_FILENO);
	why_refused(&job, refusal->error, refusal->said);
	said = capture_end(&stderr_);
	expect(refusal, &expected);
	ck_assert_str_eq(said, buf_str(&expected));
	bpfelf_ctx_free(cli.ctx);
	fake_free(&fake);
}
END_TEST

Suite *why_suite(void)
{
	Suite *suite = suite_create("why");
	TCase *tc = tcase_create("why");

	tcase_add_loop_test(tc, a_refusal_comes_with_what_helps, 0,
			    ARRAY_SIZE(refusals));
	suite_add_tcase(suite, tc);
	return suite;
}
