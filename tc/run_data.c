/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Packets from files and into files. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "err.h"
#include "run.h"

#define MAX_FILE (16u << 20)

int run_packets_add(struct run_packets *packets, const void *data, uint32_t len)
{
	size_t *ends = reallocarray(packets->ends, packets->cnt + 1, sizeof(*ends));

	if (!ends)
		return -ENOMEM;
	packets->ends = ends;
	buf_add(&packets->bytes, data, len);
	if (buf_failed(&packets->bytes))
		return -ENOMEM;
	ends[packets->cnt++] = packets->bytes.len;
	return 0;
}

void run_packets_free(struct run_packets *packets)
{
	buf_free(&packets->bytes);
	free(packets->ends);
	*packets = (struct run_packets){ 0 };
}

const uint8_t *run_packets_get(const struct run_packets *packets, size_t i,
			       uint32_t *len)
{
	size_t at = i ? packets->ends[i - 1] : 0;

	*len = packets->ends[i] - at;
	return (const uint8_t *)buf_str(&packets->bytes) + at;
}

static int failed(const char *what, const char *file, int r)
{
	fprintf(stderr, "Error: %s '%s': %s\n", what, file, err_str(r));
	return CLI_USAGE;
}

int run_no_memory(void)
{
	fprintf(stderr, "Error: %s\n", err_str(-ENOMEM));
	return CLI_USAGE;
}

static int digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* digits by two, with ':', '-', '_' and blanks between them as one likes */
static int read_hex(const char *text, struct buf *data)
{
	const char *c = text;
	char byte;

	while (*c) {
		if (strchr(":-_ ", *c)) {
			c++;
			continue;
		}
		if (!isxdigit((unsigned char)c[0]) || !isxdigit((unsigned char)c[1]))
			return word_wrong(text, "two digits for each byte, 0 to f");
		byte = digit(c[0]) << 4 | digit(c[1]);
		buf_add(data, &byte, 1);
		c += 2;
	}
	return buf_failed(data) ? run_no_memory() : 0;
}

int run_read(const char *from, struct buf *data)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (strncmp(from, "hex:", 4) == 0)
		return read_hex(from + 4, data);
	if (str_eq(from, "-")) {
		r = buf_read(data, STDIN_FILENO, MAX_FILE);
		return r < 0 ? failed("read", "-", r) : 0;
	}
	fd = open(from, O_RDONLY | O_CLOEXEC);
	r = fd < 0 ? -errno : buf_read(data, fd, MAX_FILE);
	return r < 0 ? failed("read", from, r) : 0;
}

int run_write(const char *file, const void *data, size_t size)
{
	FILE *f = fopen(file, "we");
	bool done;

	if (!f)
		return failed("write", file, -errno);
	done = fwrite(data, 1, size, f) == size;
	if (fclose(f) != 0 || !done)
		return failed("write", file, -errno);
	return 0;
}

const char *run_pcap_name(const char *word)
{
	return strncmp(word, "pcap:", 5) == 0 ? word + 5 : NULL;
}

int run_read_packets(const char *from, struct run_packets *packets)
{
	_cleanup_buf_ struct buf data = { 0 };
	int r;

	if (run_pcap_name(from))
		return run_pcap_read(run_pcap_name(from), packets);
	r = run_read(from, &data);
	if (r)
		return r;
	r = run_packets_add(packets, buf_str(&data), data.len);
	return r < 0 ? failed("read", from, r) : 0;
}

int run_write_packets(const char *to, const struct run_packets *packets)
{
	if (run_pcap_name(to))
		return run_pcap_write(run_pcap_name(to), packets);
	return run_write(to, buf_str(&packets->bytes), packets->bytes.len);
}
