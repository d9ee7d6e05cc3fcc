/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "iplink_stats.h"

#include <stdio.h>

enum {
	COLUMNS = 8,
	FIRST_WIDTH = 10,	/* "RX errors:" */
};

/* One number below its name. A rare one is left out while it is 0; a held
 * column keeps its room even then. */
struct cell {
	const char *name;	/* NULL: the title has the column to itself */
	uint64_t number;
	enum { ALWAYS, RARE, RARE_BUT_HELD } when;
};

struct row {
	const char *title;
	struct cell cells[COLUMNS];
	size_t count;
	size_t shift;		/* compat: widens a column so far right */
};

enum { RX, RX_ERRORS, TX, TX_ERRORS, ROWS };

/* ---- text ---- */

static void widen(int *width, int need)
{
	if (*width < need)
		*width = need;
}

static void size_columns(int width[COLUMNS], const struct row *row)
{
	char digits[24];
	size_t i;

	for (i = 0; i < row->count; i++) {
		const struct cell *cell = &row->cells[i];

		if (!cell->name)
			continue;
		widen(&width[i], strlen(cell->name));
		widen(&width[i + row->shift],
		      snprintf(digits, sizeof(digits), "%llu",
			       (unsigned long long)cell->number));
	}
}

/* The title and the first name share the first column. */
static void show_names(struct out *o, const int width[COLUMNS],
		       const struct row *row)
{
	const char *first = row->cells[0].name;
	size_t i;

	out_text(o, "    %s%*s", row->title,
		 width[0] - (int)strlen(row->title), first ? first : "");
	for (i = 1; i < row->count; i++) {
		const struct cell *cell = &row->cells[i];

		if (cell->number || cell->when == ALWAYS)
			out_text(o, " %*s", width[i], cell->name);
		else if (cell->when == RARE_BUT_HELD)
			out_text(o, " %*s", width[i], "");
	}
	out_nl(o);
}

static void show_numbers(struct out *o, const int width[COLUMNS],
			 const struct row *row)
{
	size_t i;

	out_text(o, "    ");
	for (i = 0; i < row->count; i++) {
		const struct cell *cell = &row->cells[i];

		if (!cell->name)
			out_text(o, "%*s ", width[i], "");
		else if (cell->number || cell->when == ALWAYS)
			out_text(o, "%*llu ", width[i],
				 (unsigned long long)cell->number);
	}
}

static void show_text(struct out *o, const struct row rows[ROWS], bool errors)
{
	int width[COLUMNS] = { FIRST_WIDTH };
	size_t i, step = errors ? 1 : 2;

	for (i = 0; i < ROWS; i += step)
		size_columns(width, &rows[i]);
	for (i = 0; i < ROWS; i += step) {
		out_nl(o);
		show_names(o, width, &rows[i]);
		show_numbers(o, width, &rows[i]);
	}
}

static struct cell always(const char *name, uint64_t number)
{
	return (struct cell){ .name = name, .number = number };
}

static struct cell rare(const char *name, uint64_t number)
{
	return (struct cell){ .name = name, .number = number, .when = RARE };
}

static struct cell held(const char *name, uint64_t number)
{
	return (struct cell){
		.name = name, .number = number, .when = RARE_BUT_HELD,
	};
}

static struct cell nothing(void)
{
	return (struct cell){ 0 };
}

static void tabulate(const struct rtnl_link_stats64 *s, uint32_t transitions,
		     struct row rows[ROWS])
{
	rows[RX] = (struct row){ .title = "RX:", .cells = {
		always("bytes", s->rx_bytes),
		always("packets", s->rx_packets),
		always("errors", s->rx_errors),
		always("dropped", s->rx_dropped),
		always("missed", s->rx_missed_errors),
		always("mcast", s->multicast),
		held("compressed", s->rx_compressed),
	}, .count = 7 };
	rows[RX_ERRORS] = (struct row){ .title = "RX errors:", .cells = {
		nothing(),
		always("length", s->rx_length_errors),
		always("crc", s->rx_crc_errors),
		always("frame", s->rx_frame_errors),
		always("fifo", s->rx_fifo_errors),
		always("overrun", s->rx_over_errors),
		rare("nohandler", s->rx_nohandler),
		rare("otherhost", s->rx_otherhost_dropped),
	}, .count = 8 };
	rows[TX] = (struct row){ .title = "TX:", .cells = {
		always("bytes", s->tx_bytes),
		always("packets", s->tx_packets),
		always("errors", s->tx_errors),
		always("dropped", s->tx_dropped),
		always("carrier", s->tx_carrier_errors),
		always("collsns", s->collisions),
		held("compressed", s->tx_compressed),
	}, .count = 7 };
	rows[TX_ERRORS] = (struct row){ .title = "TX errors:", .cells = {
		nothing(),
		always("aborted", s->tx_aborted_errors),
		always("fifo", s->tx_fifo_errors),
		always("window", s->tx_window_errors),
		always("heartbt", s->tx_heartbeat_errors),
		always("transns", transitions),
	}, .count = 6, .shift = 1 };
}

/* ---- JSON: other names, another order, and not the same selection ---- */

static void add_rare(struct out *o, const char *key, uint64_t number)
{
	if (number)
		out_u64(o, key, NULL, number);
}

static void show_rx(struct out *o, const struct rtnl_link_stats64 *s,
		    bool errors)
{
	out_obj(o, "rx");
	out_u64(o, "bytes", NULL, s->rx_bytes);
	out_u64(o, "packets", NULL, s->rx_packets);
	out_u64(o, "errors", NULL, s->rx_errors);
	out_u64(o, "dropped", NULL, s->rx_dropped);
	out_u64(o, "over_errors", NULL, s->rx_over_errors);
	out_u64(o, "multicast", NULL, s->multicast);
	add_rare(o, "compressed", s->rx_compressed);
	if (errors) {
		out_u64(o, "length_errors", NULL, s->rx_length_errors);
		out_u64(o, "crc_errors", NULL, s->rx_crc_errors);
		out_u64(o, "frame_errors", NULL, s->rx_frame_errors);
		out_u64(o, "fifo_errors", NULL, s->rx_fifo_errors);
		out_u64(o, "missed_errors", NULL, s->rx_missed_errors);
		add_rare(o, "nohandler", s->rx_nohandler);
		add_rare(o, "otherhost", s->rx_otherhost_dropped);
	}
	out_obj_end(o);
}

static void show_tx(struct out *o, const struct rtnl_link_stats64 *s,
		    uint32_t transitions, bool errors)
{
	out_obj(o, "tx");
	out_u64(o, "bytes", NULL, s->tx_bytes);
	out_u64(o, "packets", NULL, s->tx_packets);
	out_u64(o, "errors", NULL, s->tx_errors);
	out_u64(o, "dropped", NULL, s->tx_dropped);
	out_u64(o, "carrier_errors", NULL, s->tx_carrier_errors);
	out_u64(o, "collisions", NULL, s->collisions);
	add_rare(o, "compressed", s->tx_compressed);
	if (errors) {
		out_u64(o, "aborted_errors", NULL, s->tx_aborted_errors);
		out_u64(o, "fifo_errors", NULL, s->tx_fifo_errors);
		out_u64(o, "window_errors", NULL, s->tx_window_errors);
		out_u64(o, "heartbeat_errors", NULL, s->tx_heartbeat_errors);
		out_u64(o, "carrier_changes", NULL, transitions);
	}
	out_obj_end(o);
}

/* An older kernel gives fewer counters: the others are 0. */
static bool get_stats(const struct link_info *link, struct rtnl_link_stats64 *s)
{
	const struct nlattr *attr = link->tb[IFLA_STATS64];
	size_t len;

	if (!attr)
		return false;
	memset(s, 0, sizeof(*s));
	len = nl_len(attr);
	memcpy(s, nl_data(attr),
	       len < sizeof(*s) ? len : sizeof(*s));
	return true;
}

void link_stats_show(struct out *o, const struct link_info *link, bool errors)
{
	uint32_t transitions = nl_u32(link->tb[IFLA_CARRIER_CHANGES], 0);
	struct rtnl_link_stats64 stats;
	struct row rows[ROWS];

	if (!get_stats(link, &stats))
		return;
	if (out_is_json(o)) {
		out_obj(o, "stats64");
		show_rx(o, &stats, errors);
		show_tx(o, &stats, transitions, errors);
		out_obj_end(o);
		return;
	}
	tabulate(&stats, transitions, rows);
	show_text(o, rows, errors);
}
