/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The metrics of a route, RTAX_*: `mtu lock 1400`, `rtt 20ms`, and so on. */
#include "iproute_words.h"

struct metric {
	uint16_t type;		/* RTAX_* */
	uint32_t unit;		/* of a time: how many make a millisecond; or 0 */
	uint32_t max;
	bool may_lock, locks;	/* behind "lock"; always */
	const char *wrong;
};

#define METRIC(word, type, max, may_lock) \
	{ (type), 0, (max), (may_lock), false, "\"" word "\" value is invalid" }
#define TIME(word, type, unit, may_lock, locks) \
	{ (type), (unit), UINT32_MAX, (may_lock), (locks), \
	  "\"" word "\" value is invalid" }

static const struct metric
	mtu = METRIC("mtu", RTAX_MTU, UINT32_MAX, true),
	hoplimit = METRIC("hoplimit", RTAX_HOPLIMIT, UINT8_MAX, true),
	advmss = METRIC("mss", RTAX_ADVMSS, UINT32_MAX, true),
	reordering = METRIC("reordering", RTAX_REORDERING, UINT32_MAX, true),
	window = METRIC("window", RTAX_WINDOW, UINT32_MAX, true),
	cwnd = METRIC("cwnd", RTAX_CWND, UINT32_MAX, true),
	initcwnd = METRIC("initcwnd", RTAX_INITCWND, UINT32_MAX, true),
	initrwnd = METRIC("initrwnd", RTAX_INITRWND, UINT32_MAX, true),
	ssthresh = METRIC("ssthresh", RTAX_SSTHRESH, UINT32_MAX, true),
	quickack = METRIC("quickack", RTAX_QUICKACK, UINT32_MAX, false),
	fastopen = METRIC("fastopen_no_cookie", RTAX_FASTOPEN_NO_COOKIE, UINT32_MAX, false),
	rtt = TIME("rtt", RTAX_RTT, 8, true, false),
	rttvar = TIME("rttvar", RTAX_RTTVAR, 4, true, false),
	rto_min = TIME("rto_min", RTAX_RTO_MIN, 1, false, true);

/* NUMBER [ s | sec | secs | ms | msec | msecs ]; a bare number is what the
 * kernel gets */
static bool read_time(const char *word, uint32_t unit, uint32_t *value)
{
	static const struct {
		const char *name;
		double ms;
	} units[] = {
		{ "s", 1000 }, { "sec", 1000 }, { "secs", 1000 },
		{ "ms", 1 }, { "msec", 1 }, { "msecs", 1 },
	};
	double number;
	char *end;
	size_t i;

	if (word_to_u32(word, 0, UINT32_MAX, value))
		return true;
	number = strtod(word, &end);
	if (end == word || !(number >= 0))
		return false;
	for (i = 0; i < ARRAY_SIZE(units) && strcmp(end, units[i].name); i++)
		;
	if (i == ARRAY_SIZE(units))
		return false;
	number *= units[i].ms * unit;
	*value = number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
	return number < UINT32_MAX;
}

static void take_lock(struct words *w, struct route_words *route,
		      const struct metric *metric)
{
	const char *word = word_peek(w);
	bool is_lock = metric->may_lock && word && str_eq(word, "lock");

	if (is_lock)
		w->pos++;
	if (is_lock || metric->locks)
		route->locks |= 1u << metric->type;
}

static int take_metric(struct words *w, const struct kw *kw, void *into)
{
	const struct metric *metric = kw->arg;
	struct route_words *route = into;
	uint32_t value;
	const char *word;
	int r;

	take_lock(w, route, metric);
	r = word_need(w, &word);
	if (r)
		return r;
	if (metric->unit ? !read_time(word, metric->unit, &value) :
			   !word_to_u32(word, 0, metric->max, &value))
		return word_wrong(word, metric->wrong);
	nl_put_u32(&route->metrics, metric->type, value);
	return 0;
}

static int take_switch(struct words *w, const struct kw *kw, void *into)
{
	static const char *const wrong[] = {
		"\"quickack\" value should be 0 or 1",
		"\"fastopen_no_cookie\" value should be 0 or 1",
	};
	const char *word = word_peek(w);
	uint32_t value;

	if (word && word_to_u32(word, 0, UINT32_MAX, &value) && value > 1)
		return word_wrong(word, wrong[kw->arg == &fastopen]);
	return take_metric(w, kw, into);
}

static int take_congctl(struct words *w, const struct kw *kw, void *into)
{
	static const struct metric congctl = METRIC("congctl", RTAX_CC_ALGO, 0, true);
	struct route_words *route = into;
	const char *word;
	int r;

	(void)kw;
	take_lock(w, route, &congctl);
	r = word_need(w, &word);
	if (r == 0)
		nl_put_str(&route->metrics, RTAX_CC_ALGO, word);
	return r;
}

static int take_features(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;
	const char *word;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	if (!str_eq(word, "ecn"))
		return word_wrong(word, "\"features\" value not valid");
	nl_put_u32(&route->metrics, RTAX_FEATURES, RTAX_FEATURE_ECN);
	return 0;
}

/* compat: as ip 6.1 abbreviates; these come before the other words, so that
 * `r` is reordering and no realm */
static const struct kw metric_words[] = {
	KW_EXACT_SELF("mtu",		take_metric, &mtu),
	KW_EXACT_SELF("hoplimit",	take_metric, &hoplimit),
	KW_EXACT_SELF("advmss",		take_metric, &advmss),
	KW_SELF	     ("reordering",	take_metric, &reordering),
	KW_EXACT_SELF("rtt",		take_metric, &rtt),
	KW_EXACT_SELF("rto_min",	take_metric, &rto_min),
	KW_SELF	     ("window",		take_metric, &window),
	KW_SELF	     ("cwnd",		take_metric, &cwnd),
	KW_SELF	     ("initcwnd",	take_metric, &initcwnd),
	KW_SELF	     ("initrwnd",	take_metric, &initrwnd),
	KW_SELF	     ("features",	take_features, NULL),
	KW_SELF	     ("quickack",	take_switch, &quickack),
	KW_SELF	     ("congctl",	take_congctl, NULL),
	KW_SELF	     ("rttvar",		take_metric, &rttvar),
	KW_SELF	     ("ssthresh",	take_metric, &ssthresh),
	KW_SELF	     ("fastopen_no_cookie", take_switch, &fastopen),
	{ 0 }
};

int route_take_metric(struct words *w, struct route_words *route)
{
	return kw_pick(metric_words, w, route, NULL);
}

void route_put_metrics(struct route_words *route)
{
	struct nl_req *metrics = &route->metrics;
	size_t len;

	if (route->locks)
		nl_put_u32(metrics, RTAX_LOCK, route->locks);
	len = metrics->nlh.nlmsg_len - NLMSG_HDRLEN;
	if (len)
		nl_put(&route->req, RTA_METRICS, metrics->room + NLMSG_HDRLEN, len);
	route->req.full |= metrics->full;
}
