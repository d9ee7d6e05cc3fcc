/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "addr.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <sys/socket.h>

/* One to four numbers of any base that C knows; those left out are 0. */
static bool read_ipv4(const char *word, struct addr *addr)
{
	unsigned long number;
	char *end;
	int i;

	for (i = 0; i < 4; i++) {
		if (!isdigit((unsigned char)*word))
			return false;
		number = strtoul(word, &end, 0);
		if (number > 255)
			return false;
		addr->data[i] = number;
		if (!*end)
			break;
		if (*end != '.')
			return false;
		word = end + 1;
	}
	addr->family = AF_INET;
	addr->len = 4;
	addr->bits = 32;
	return i < 4;
}

static bool read_ipv6(const char *word, struct addr *addr)
{
	addr->family = AF_INET6;
	addr->len = 16;
	addr->bits = 128;
	return inet_pton(AF_INET6, word, addr->data) == 1;
}

static bool is_all(const char *word)
{
	return str_eq(word, "default") || str_eq(word, "any") ||
	       str_eq(word, "all");
}

bool addr_read(const char *word, uint8_t family, struct addr *addr)
{
	*addr = (struct addr){ 0 };
	if (strchr(word, ':'))
		return family != AF_INET && read_ipv6(word, addr);
	return family != AF_INET6 && read_ipv4(word, addr);
}

/* 255.255.0.0 is 16; bits with a hole are no mask */
static bool read_netmask(const char *word, uint32_t *bits)
{
	struct addr mask = { 0 };
	uint32_t value;

	if (!strchr(word, '.') || !read_ipv4(word, &mask))
		return false;
	value = (uint32_t)mask.data[0] << 24 | mask.data[1] << 16 |
		mask.data[2] << 8 | mask.data[3];
	*bits = value ? 32 - __builtin_ctz(value) : 0;
	return *bits == 0 || value == UINT32_MAX << (32 - *bits);
}

bool addr_read_prefix(const char *word, uint8_t family, struct addr *addr)
{
	const char *slash = strchr(word, '/');
	char text[INET6_ADDRSTRLEN];
	uint32_t bits;

	if (is_all(word)) {
		*addr = (struct addr){ .family = family };
		return true;
	}
	if (!slash)
		return addr_read(word, family, addr);
	if ((size_t)(slash - word) >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)(slash - word), word);
	if (!addr_read(text, family, addr))
		return false;
	if (!word_to_u32(slash + 1, 0, addr->bits, &bits) &&
	    (addr->family != AF_INET || !read_netmask(slash + 1, &bits)))
		return false;
	addr->bits = bits;
	return true;
}

static const char *family_name(uint8_t family)
{
	switch (family) {
	case AF_INET:
		return "inet";
	case AF_INET6:
		return "inet6";
	}
	return "any valid";
}

static int complain(const char *word, uint8_t family, const char *what)
{
	fprintf(stderr, "Error: %s %s is expected rather than \"%s\".\n",
		family_name(family), what, word);
	return CLI_FAIL;
}

static int take(struct words *w, uint8_t family, struct addr *addr,
		bool (*read)(const char *word, uint8_t family, struct addr *addr),
		const char *what)
{
	const char *word;
	int r = word_need(w, &word);

	if (r)
		return r;
	return read(word, family, addr) ? 0 : complain(word, family, what);
}

int addr_take(struct words *w, uint8_t family, struct addr *addr)
{
	return take(w, family, addr, addr_read, "address");
}

int addr_take_prefix(struct words *w, uint8_t family, struct addr *addr)
{
	return take(w, family, addr, addr_read_prefix, "prefix");
}
