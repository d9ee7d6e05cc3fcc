/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Is it as expected? */
#include <errno.h>
#include <stdio.h>

#include "query.h"
#include "run.h"

static void check_verdict(const struct run *run, uint32_t retval, struct buf *why)
{
	if (!run->words->verdict || retval == run->verdict)
		return;
	buf_addf(why, "verdict ");
	run_verdict_text(run, retval, why);
	buf_addf(why, ", expected ");
	run_verdict_text(run, run->verdict, why);
	buf_addf(why, "\n");
}

static void check_data(const struct run *run, size_t i,
		       const struct run_result *result, struct buf *why)
{
	uint32_t len, got = result->run.data_size_out, at;
	const uint8_t *want;

	if (!run->words->expect_data)
		return;
	if (run->wanted.cnt == 1 && !run->words->all)
		i = 0;
	if (i >= run->wanted.cnt) {
		buf_addf(why, "packet %zu is not expected, '%s' has %zu\n", i + 1,
			 run->words->expect_data, run->wanted.cnt);
		return;
	}
	want = run_packets_get(&run->wanted, i, &len);
	for (at = 0; at < len && at < got && want[at] == result->data[at]; at++)
		;
	if (at < len && at < got)
		buf_addf(why, "byte %u is %02x, expected %02x\n", at,
			 result->data[at], want[at]);
	else if (len != got)
		buf_addf(why, "%u bytes, expected %u\n", got, len);
}

void run_check(const struct run *run, size_t i, const struct run_result *result,
	       struct buf *why)
{
	check_verdict(run, result->run.retval, why);
	check_data(run, i, result, why);
}

/* ---- maps ---- */

/* a number as this machine has it in @size bytes, or hex:... of so many */
static int read_bytes(const char *word, uint32_t size, struct buf *bytes)
{
	bool is_hex = strncmp(word, "hex:", 4) == 0;
	unsigned long long number;
	char why[80], *end;
	int r;

	if (is_hex) {
		r = run_read(word, bytes);
		if (r || bytes->len == size)
			return r;
		snprintf(why, sizeof(why), "%zu bytes, the map's have %u", bytes->len, size);
		return word_wrong(word, why);
	}
	errno = 0;
	number = strtoull(word, &end, 0);
	if (end == word || *end || errno || size > 8 || (size & (size - 1)) ||
	    (size < 8 && number >> (8 * size))) {
		snprintf(why, sizeof(why), "no number of %u bytes, hex:... may be", size);
		return word_wrong(word, why);
	}
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	number <<= 64 - 8 * size;
#endif
	buf_add(bytes, &number, size);
	return buf_failed(bytes) ? run_no_memory() : 0;
}

static void add_hex(struct buf *text, const char *data, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		buf_addf(text, "%02x", (uint8_t)data[i]);
}

static uint64_t number_at(const char *data, uint32_t size)
{
	uint64_t number = 0;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memcpy((char *)&number + 8 - size, data, size);
#else
	memcpy(&number, data, size);
#endif
	return number;
}

/* Values of CPUs are added up: where a run took place does not matter. */
static uint64_t sum(const struct query_map *map, const struct buf *value)
{
	uint32_t size = map->info.value_size, i;
	uint64_t total = 0;

	for (i = 0; i < map->values; i++)
		total += number_at(value->data + i * (size_t)((size + 7) & ~7u), size);
	return size < 8 ? total & ((1ull << 8 * size) - 1) : total;
}

static int compare(const struct query_map *map, const struct run_expect_map *m,
		   const struct buf *value, struct buf *why)
{
	_cleanup_buf_ struct buf want = { 0 };
	uint32_t size = map->info.value_size;
	bool is_hex = strncmp(m->value, "hex:", 4) == 0;
	int r = read_bytes(m->value, size, &want);

	if (r)
		return r;
	if (is_hex && map->values > 1)
		return word_wrong(m->value, "a map with a value for each CPU wants a number");
	if (!is_hex && sum(map, value) == number_at(want.data, size))
		return 0;
	if (is_hex && memcmp(value->data, want.data, size) == 0)
		return 0;
	buf_addf(why, "map '%s' has ", m->name);
	if (is_hex)
		add_hex(why, value->data, size);
	else
		buf_addf(why, "%llu", (unsigned long long)sum(map, value));
	buf_addf(why, " under %s, expected %s\n", m->key, m->value);
	return 1;
}

int run_check_map(const struct run *run, const struct run_expect_map *m,
		  struct buf *why)
{
	_cleanup_(query_map_close) struct query_map map = {
		.prog_fd = bpfelf_prog_fd(run->txn),
		.map_fd = bpfelf_map_fd(run->txn, m->name),
		.name = m->name,
	};
	_cleanup_buf_ struct buf key = { 0 }, value = { 0 };
	int r = query_map_open(run->cli->ctx, &map);

	if (r == 0 && read_bytes(m->key, map.info.key_size, &key))
		return CLI_USAGE;
	if (r == 0)
		r = query_map_value(run->cli->ctx, &map, key.data, &value);
	if (r == -ENOENT && key.len) {
		buf_addf(why, "map '%s' has nothing under %s, expected %s\n", m->name,
			 m->key, m->value);
		return 1;
	}
	if (r < 0) {
		fprintf(stderr, "Error: %s\n", bpfelf_error(run->cli->ctx));
		return CLI_USAGE;
	}
	return compare(&map, m, &value, why);
}

int run_check_maps(const struct run *run, struct buf *why)
{
	int worst = CLI_OK, r;
	size_t i;

	for (i = 0; i < run->words->maps_cnt && worst != CLI_USAGE; i++) {
		r = run_check_map(run, &run->words->maps[i], why);
		worst = r > worst ? r : worst;
	}
	return worst;
}
