/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "names.h"

#include <glob.h>
#include <limits.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <strings.h>

#include "buf.h"
#include "words.h"

struct name {
	uint32_t number;
	const char *name;
};

static const char *find_name(const struct name *names, size_t count,
			     uint32_t number)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}

/* ---- traffic control ---- */

static const struct name special_handles[] = {
	{ TC_H_ROOT, "root" }, { TC_H_UNSPEC, "none" },
};

const char *name_handle(uint32_t handle, char text[NAME_HANDLE_SIZE])
{
	const char *special = find_name(special_handles,
					ARRAY_SIZE(special_handles), handle);
	unsigned int major = TC_H_MAJ(handle) >> 16, minor = TC_H_MIN(handle);

	if (special)
		snprintf(text, NAME_HANDLE_SIZE, "%s", special);
	else if (major == 0)
		snprintf(text, NAME_HANDLE_SIZE, ":%x", minor);
	else if (minor == 0)
		snprintf(text, NAME_HANDLE_SIZE, "%x:", major);
	else
		snprintf(text, NAME_HANDLE_SIZE, "%x:%x", major, minor);
	return text;
}

static bool find_special(const char *text, uint32_t *handle)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(special_handles); i++) {
		if (!str_eq(text, special_handles[i].name))
			continue;
		*handle = special_handles[i].number;
		return true;
	}
	return false;
}

/* Hexadecimal, at most 16 bits; no digits are 0. @end: what stops it. */
static bool take_half(const char *text, uint32_t *half, char **end)
{
	unsigned long value = strtoul(text, end, 16);

	*half = value;
	return value <= 0xffff;
}

bool name_to_handle(const char *text, uint32_t *handle)
{
	uint32_t major, minor;
	char *end;

	if (find_special(text, handle))
		return true;
	if (!take_half(text, &major, &end))
		return false;
	if (*end == '\0' && end > text) {	/* compat: a bare minor */
		*handle = major;
		return true;
	}
	if (*end != ':' || !take_half(end + 1, &minor, &end) || *end)
		return false;
	*handle = major << 16 | minor;
	return true;
}

/* as tc 6.1 prints each number */
static const struct name protos[] = {
	{ 0x0001, "802_3" }, { 0x0002, "ax25" }, { 0x0003, "all" },
	{ 0x0004, "802_2" }, { 0x0005, "snap" }, { 0x0006, "ddcmp" },
	{ 0x0007, "wan_ppp" }, { 0x0008, "ppp_mp" }, { 0x0009, "localtalk" },
	{ 0x000c, "can" }, { 0x0010, "ppptalk" }, { 0x0011, "tr_802_2" },
	{ 0x0015, "mobitex" }, { 0x0016, "control" }, { 0x0017, "irda" },
	{ 0x0018, "econet" }, { 0x0060, "loop" }, { 0x0200, "pup" },
	{ 0x0201, "pupat" }, { 0x0800, "ip" }, { 0x0805, "x25" },
	{ 0x0806, "arp" }, { 0x08ff, "bpq" }, { 0x0a00, "ieeepup" },
	{ 0x0a01, "ieeepupat" }, { 0x6000, "dec" }, { 0x6001, "dna_dl" },
	{ 0x6002, "dna_rc" }, { 0x6003, "dna_rt" }, { 0x6004, "lat" },
	{ 0x6005, "diag" }, { 0x6006, "cust" }, { 0x6007, "sca" },
	{ 0x6558, "teb" }, { 0x8035, "rarp" }, { 0x809b, "atalk" },
	{ 0x80f3, "aarp" }, { 0x8100, "802.1Q" }, { 0x8137, "ipx" },
	{ 0x86dd, "ipv6" }, { 0x8847, "mpls_uc" }, { 0x8848, "mpls_mc" },
	{ 0x884c, "atmmpoa" }, { 0x8863, "ppp_disc" }, { 0x8864, "ppp_ses" },
	{ 0x8884, "atmfate" }, { 0x8892, "profinet" }, { 0x88a2, "aoe" },
	{ 0x88a4, "ethercat" }, { 0x88a8, "802.1ad" }, { 0x88ca, "tipc" },
	{ 0x88cc, "LLDP" },
};

const char *name_proto(uint16_t proto, char text[NAME_PROTO_SIZE])
{
	const char *name = find_name(protos, ARRAY_SIZE(protos), proto);

	if (name)
		return name;
	snprintf(text, NAME_PROTO_SIZE, "[%u]", proto);
	return text;
}

bool name_to_proto(const char *text, uint16_t *proto)
{
	uint32_t number;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		if (strcasecmp(text, protos[i].name))
			continue;
		*proto = protos[i].number;
		return true;
	}
	if (strcasecmp(text, "ipv4") == 0)
		number = 0x0800;
	else if (!word_to_u32(text, 0, UINT16_MAX, &number))
		return false;
	*proto = number;
	return true;
}

/* ---- links ---- */

/* IF_OPER_*, from 0 on */
static const char *const operstates[] = {
	"UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT",
	"UP",
};

const char *name_operstate(uint8_t state)
{
	return state < ARRAY_SIZE(operstates) ? operstates[state] : NULL;
}

const char *name_linkmode(uint8_t mode)
{
	static const char *const modes[] = { "DEFAULT", "DORMANT" };

	return mode < ARRAY_SIZE(modes) ? modes[mode] : NULL;
}

/* ARPHRD_*, as ip 6.1 prints each number */
static const struct name arphrds[] = {
	{ 0, "netrom" }, { 1, "ether" }, { 2, "eether" }, { 3, "ax25" },
	{ 4, "pronet" }, { 5, "chaos" }, { 6, "ieee802" }, { 7, "arcnet" },
	{ 8, "atalk" }, { 15, "dlci" }, { 19, "atm" }, { 23, "metricom" },
	{ 24, "ieee1394" }, { 32, "infiniband" }, { 256, "slip" },
	{ 257, "cslip" }, { 258, "slip6" }, { 259, "cslip6" }, { 260, "rsrvd" },
	{ 264, "adapt" }, { 270, "rose" }, { 271, "x25" }, { 272, "hwx25" },
	{ 280, "can" }, { 512, "ppp" }, { 513, "hdlc" }, { 516, "lapb" },
	{ 517, "ddcmp" }, { 518, "rawhdlc" }, { 768, "ipip" },
	{ 769, "tunnel6" }, { 770, "frad" }, { 771, "skip" },
	{ 772, "loopback" }, { 773, "ltalk" }, { 774, "fddi" }, { 775, "bif" },
	{ 776, "sit" }, { 777, "ip/ddp" }, { 778, "gre" }, { 779, "pimreg" },
	{ 780, "hippi" }, { 781, "ash" }, { 782, "econet" }, { 783, "irda" },
	{ 784, "fcpp" }, { 785, "fcal" }, { 786, "fcpl" }, { 787, "fcfb0" },
	{ 788, "fcfb1" }, { 789, "fcfb2" }, { 790, "fcfb3" }, { 791, "fcfb4" },
	{ 792, "fcfb5" }, { 793, "fcfb6" }, { 794, "fcfb7" }, { 795, "fcfb8" },
	{ 796, "fcfb9" }, { 797, "fcfb10" }, { 798, "fcfb11" },
	{ 799, "fcfb12" }, { 800, "tr" }, { 801, "ieee802.11" },
	{ 802, "ieee802.11/prism" }, { 803, "ieee802.11/radiotap" },
	{ 804, "ieee802.15.4" }, { 805, "ieee802.15.4/monitor" },
	{ 820, "phonet" }, { 821, "phonet_pipe" }, { 822, "caif" },
	{ 823, "gre6" }, { 824, "netlink" }, { 825, "6lowpan" },
	{ 65534, "none" }, { 65535, "void" },
};

const char *name_arphrd(uint16_t type)
{
	return find_name(arphrds, ARRAY_SIZE(arphrds), type);
}

const char *name_xdp_mode(uint8_t mode)
{
	static const struct name modes[] = {
		{ XDP_ATTACHED_DRV,	"xdp" },
		{ XDP_ATTACHED_SKB,	"xdpgeneric" },
		{ XDP_ATTACHED_HW,	"xdpoffload" },
		{ XDP_ATTACHED_MULTI,	"xdpmulti" },
	};

	return find_name(modes, ARRAY_SIZE(modes), mode);
}

/* ---- databases ---- */

static void add_row(struct name_db *db, uint32_t number, const char *name)
{
	struct name_row *rows;
	char *copy = strdup(name);

	rows = reallocarray(db->rows, db->count + 1, sizeof(*rows));
	if (rows)
		db->rows = rows;
	if (!rows || !copy) {
		free(copy);
		return;
	}
	rows[db->count++] = (struct name_row){ number, copy };
}

/* "NUMBER NAME", decimal or 0x; a comment or anything else is no row */
static bool parse_row(const char *line, uint32_t *number, char name[64])
{
	char digits[32];

	return sscanf(line, "%31s %63s", digits, name) == 2 &&
	       name[0] != '#' && word_to_u32(digits, 0, UINT32_MAX, number);
}

static void read_more(struct name_db *db, const char *path)
{
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	uint32_t number;
	char name[64];
	FILE *file;

	file = fopen(path, "re");
	if (!file)
		return;
	while (getline(&line, &size, file) >= 0)
		if (parse_row(line, &number, name))
			add_row(db, number, name);
	fclose(file);
}

void name_db_read(struct name_db *db, const char *path)
{
	*db = (struct name_db){ 0 };
	read_more(db, path);
}

void name_db_free(struct name_db *db)
{
	size_t i;

	for (i = 0; i < db->count; i++)
		free(db->rows[i].name);
	free(db->rows);
	*db = (struct name_db){ 0 };
}

bool name_db_find(const struct name_db *db, const char *name,
		  uint32_t *number)
{
	size_t i;

	for (i = 0; i < db->count; i++) {
		if (!str_eq(db->rows[i].name, name))
			continue;
		*number = db->rows[i].number;
		return true;
	}
	return false;
}

const char *name_db_get(const struct name_db *db, uint32_t number)
{
	size_t i;

	for (i = db->count; i > 0; i--)
		if (db->rows[i - 1].number == number)
			return db->rows[i - 1].name;
	return NULL;
}

/* ---- routes ---- */

/* the first of these that is there */
static const char *const directories[] = {
	"/etc/iproute2", "/usr/share/iproute2", "/usr/lib/iproute2",
};

static const struct name_base {
	const char *file;
	int base;		/* of a number */
	uint32_t max;
	struct name known[5];	/* without any file */
} bases[] = {
	[NAME_RT_PROTO] = { "rt_protos", 0, UINT8_MAX, {
		{ RTPROT_KERNEL, "kernel" }, { RTPROT_BOOT, "boot" },
		{ RTPROT_STATIC, "static" }, { RTPROT_RA, "ra" },
	} },
	[NAME_RT_SCOPE] = { "rt_scopes", 0, UINT8_MAX, {
		{ RT_SCOPE_UNIVERSE, "global" }, { RT_SCOPE_SITE, "site" },
		{ RT_SCOPE_LINK, "link" }, { RT_SCOPE_HOST, "host" },
		{ RT_SCOPE_NOWHERE, "nowhere" },
	} },
	[NAME_RT_TABLE] = { "rt_tables", 0, UINT32_MAX, {
		{ RT_TABLE_DEFAULT, "default" }, { RT_TABLE_MAIN, "main" },
		{ RT_TABLE_LOCAL, "local" },
	} },
	[NAME_RT_REALM] = { "rt_realms", 0, UINT16_MAX, { { 0, NULL } } },
	[NAME_RT_TOS] = { "rt_dsfield", 16, UINT8_MAX, { { 0, NULL } } },
};

/* the files FILE.d/NAME.conf beside it */
static void read_parts(struct name_db *db, const char *path)
{
	_cleanup_free_ char *pattern = str_printf("%s.d/*.conf", path);
	glob_t found;
	size_t i;

	if (!pattern || glob(pattern, 0, NULL, &found) != 0)
		return;
	for (i = 0; i < found.gl_pathc; i++)
		read_more(db, found.gl_pathv[i]);
	globfree(&found);
}

static void read_base(struct name_db *db, const char *name)
{
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(directories) && !db->count; i++) {
		snprintf(path, sizeof(path), "%s/%s", directories[i], name);
		read_more(db, path);
		read_parts(db, path);
	}
}

bool name_to_number(enum name_kind kind, const char *text, uint32_t *number)
{
	_cleanup_name_db_ struct name_db db = { 0 };
	const struct name_base *base = &bases[kind];
	size_t i;

	if (word_to_u32(text, base->base, base->max, number))
		return true;
	read_base(&db, base->file);
	if (name_db_find(&db, text, number))
		return *number <= base->max;
	for (i = 0; i < ARRAY_SIZE(base->known) && base->known[i].name; i++) {
		if (!str_eq(base->known[i].name, text))
			continue;
		*number = base->known[i].number;
		return true;
	}
	return false;
}

/* compat: these two whole, the others by their first letters, in this order */
int name_to_route_type(const char *text)
{
	static const struct word_name types[] = {
		{ "nat",	 RTN_NAT },
		{ "broadcast",	 RTN_BROADCAST },
		{ "anycast",	 RTN_ANYCAST },
		{ "multicast",	 RTN_MULTICAST },
		{ "prohibit",	 RTN_PROHIBIT },
		{ "unreachable", RTN_UNREACHABLE },
		{ "blackhole",	 RTN_BLACKHOLE },
		{ "xresolve",	 RTN_XRESOLVE },
		{ "unicast",	 RTN_UNICAST },
		{ "throw",	 RTN_THROW },
		{ 0 }
	};

	if (str_eq(text, "local"))
		return RTN_LOCAL;
	if (str_eq(text, "brd"))
		return RTN_BROADCAST;
	return word_among(types, text);
}
