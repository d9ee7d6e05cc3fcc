/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "m_police.h"

#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <stdio.h>

#include "m_gact.h"
#include "units.h"

#define PSCHED		"/proc/net/psched"
#define RTAB_CELLS	256
#define USECS		1000000
#define MTU_DEFAULT	2047		/* for the table's cells */

/* ---- words ---- */

static int take_rate(struct words *w, const struct kw *kw, void *field)
{
	const char *word = word_take(w);

	(void)kw;
	return word && unit_rate(word, field) ? 0 : CLI_HANDOVER;
}

static int take_size(struct words *w, const struct kw *kw, void *field)
{
	const char *word = word_take(w);

	(void)kw;
	return word && unit_size(word, field) ? 0 : CLI_HANDOVER;
}

static int take_u16(struct words *w, const struct kw *kw, void *field)
{
	const char *word = word_take(w);
	uint32_t value;

	(void)kw;
	if (!word || !word_to_u32(word, 0, UINT16_MAX, &value))
		return CLI_HANDOVER;
	*(uint16_t *)field = value;
	return 0;
}

static int take_u32(struct words *w, const struct kw *kw, void *field)
{
	const char *word = word_take(w);

	(void)kw;
	return word && word_to_u32(word, 0, UINT32_MAX, field) ? 0 : CLI_HANDOVER;
}

static int take_pkts_rate(struct words *w, const struct kw *kw, void *field)
{
	uint32_t rate;
	int r = take_u32(w, kw, &rate);

	*(uint64_t *)field = r ? 0 : rate;
	return r;
}

static int take_linklayer(struct words *w, const struct kw *kw, void *field)
{
	const char *word = word_take(w);

	(void)kw;
	(void)field;
	return word && str_eq(word, "ethernet") ? 0 : CLI_HANDOVER;
}

/* EXCEED[/CONFORM] in one word; a chain takes further ones */
static int take_conform_exceed(struct words *w, const struct kw *kw,
			       void *into)
{
	struct m_police *police = into;
	const char *word = word_peek(w), *slash = word ? strchr(word, '/') : NULL;
	char first[16];
	struct words one = { .argv = (char *[]){ first, NULL }, .argc = 1 };
	struct words two = { .argv = (char *[]){ NULL, NULL }, .argc = 1 };

	(void)kw;
	if (!slash)
		return control_take(w, &police->exceed) ? CLI_HANDOVER : 0;
	word_take(w);
	two.argv[0] = (char *)slash + 1;
	snprintf(first, sizeof(first), "%.*s", (int)(slash - word), word);
	police->has_conform = true;
	if (control_take(&one, &police->exceed) ||
	    control_take(&two, &police->conform))
		return CLI_HANDOVER;
	return 0;
}

static const struct kw police_words[] = {
	KW_EXACT_ONCE("rate",	    take_rate, struct m_police, rate),
	KW_EXACT_ONCE("peakrate",   take_rate, struct m_police, peakrate),
	KW_EXACT_ONCE("burst",	    take_size, struct m_police, burst),
	KW_EXACT_ONCE("buffer",	    take_size, struct m_police, burst),
	KW_EXACT_ONCE("maxburst",   take_size, struct m_police, burst),
	KW_EXACT_ONCE("mtu",	    take_size, struct m_police, mtu),
	KW_EXACT_ONCE("minburst",   take_size, struct m_police, mtu),
	KW_EXACT_ONCE("overhead",   take_u16,  struct m_police, overhead),
	KW_EXACT_ONCE("index",	    take_u32,  struct m_police, index),
	KW_EXACT_ONCE("pkts_rate",  take_pkts_rate, struct m_police, pkts_rate),
	KW_EXACT_ONCE("pkts_burst", take_u32,  struct m_police, pkts_burst),
	KW_EXACT_SELF("linklayer",  take_linklayer, NULL),
	KW_EXACT_SELF("conform-exceed", take_conform_exceed, NULL),
	{ 0 }
};

/* Rates and bursts go together, a peak needs an MTU, and something must be
 * said: else the system's tc shall say so. */
static bool is_whole(const struct m_police *police)
{
	if (!police->rate != !police->burst ||
	    !police->pkts_rate != !police->pkts_burst)
		return false;
	if (police->peakrate && !(police->rate && police->mtu))
		return false;
	return police->rate || police->mtu || police->pkts_rate ||
	       police->index;
}

static bool is_foreign(const char *word)
{
	return word && (str_eq(word, "avrate") || str_eq(word, "conform"));
}

int m_police_parse(struct words *w, struct m_police *police)
{
	uint64_t seen = 0;
	int r;

	*police = (struct m_police){ .exceed = TC_ACT_RECLASSIFY };
	do {
		/* compat: a control may stand between the other words */
		r = kw_find(police_words, word_peek(w))
		  ? kw_pick(police_words, w, police, &seen)
		  : control_take(w, &police->exceed);
	} while (r == 0);
	if (r != CLI_NO_WORD)
		return r;
	return is_foreign(word_peek(w)) || !is_whole(police) ? CLI_HANDOVER : 0;
}

/* ---- attributes ---- */

/* What the scheduler's clock counts in a microsecond, from the file's t2us,
 * us2t and resolution */
static double read_ticks(void)
{
	unsigned int t2us, us2t, res;
	FILE *file = fopen(PSCHED, "re");
	int n = 0;

	if (file)
		n = fscanf(file, "%8x %8x %8x", &t2us, &us2t, &res);
	if (file)
		fclose(file);
	if (n != 3 || !us2t)
		return 1000 / 64.;	/* since 2.6.31 */
	if (res == 1000000000)
		t2us = us2t;
	return (double)t2us / us2t * ((double)res / USECS);
}

/* compat: cut to whole microseconds first, and divided before multiplied */
static uint32_t to_ticks(double ticks, uint64_t rate, uint64_t amount)
{
	uint32_t usecs = (double)amount / rate * USECS;

	return usecs * ticks;
}

static uint8_t cell_log(uint32_t mtu)
{
	uint8_t log = 0;

	while ((mtu ?: MTU_DEFAULT) >> log >= RTAB_CELLS)
		log++;
	return log;
}

static void fill_rate(const struct m_police *police, uint64_t rate,
		      struct tc_ratespec *spec)
{
	if (!rate)
		return;
	*spec = (struct tc_ratespec){
		.rate = rate > UINT32_MAX ? UINT32_MAX : rate,
		.linklayer = TC_LINKLAYER_ETHERNET,
		.cell_log = cell_log(police->mtu),
		.cell_align = -1,
		.overhead = police->overhead,
	};
}

static void put_rate(struct nl_req *req, uint16_t table, uint16_t rate64,
		     double ticks, uint64_t rate, uint8_t cell_log)
{
	uint32_t cells[RTAB_CELLS], i;

	if (!rate)
		return;
	for (i = 0; i < RTAB_CELLS; i++)
		cells[i] = to_ticks(ticks, rate, (uint64_t)(i + 1) << cell_log);
	nl_put(req, table, cells, sizeof(cells));
	if (rate > UINT32_MAX)
		nl_put(req, rate64, &rate, sizeof(rate));
}

static void put_packets(struct nl_req *req, double ticks,
			const struct m_police *police)
{
	uint64_t burst = to_ticks(ticks, police->pkts_rate, police->pkts_burst);

	nl_put(req, TCA_POLICE_PKTRATE64, &police->pkts_rate,
	       sizeof(police->pkts_rate));
	nl_put(req, TCA_POLICE_PKTBURST64, &burst, sizeof(burst));
}

void m_police_put(struct nl_req *req, const struct m_police *police)
{
	struct tc_police parms = {
		.index = police->index, .action = police->exceed,
		.mtu = police->mtu,
	};
	double ticks = read_ticks();

	if (police->rate)
		parms.burst = to_ticks(ticks, police->rate, police->burst);
	fill_rate(police, police->rate, &parms.rate);
	fill_rate(police, police->peakrate, &parms.peakrate);
	nl_put(req, TCA_POLICE_TBF, &parms, sizeof(parms));
	put_rate(req, TCA_POLICE_RATE, TCA_POLICE_RATE64, ticks, police->rate,
		 parms.rate.cell_log);
	put_rate(req, TCA_POLICE_PEAKRATE, TCA_POLICE_PEAKRATE64, ticks,
		 police->peakrate, parms.peakrate.cell_log);
	if (police->has_conform)
		nl_put_u32(req, TCA_POLICE_RESULT, police->conform);
	if (police->pkts_rate)
		put_packets(req, ticks, police);
}
