/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "run_packet.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ethernet.h>
#include <netinet/ether.h>
#include <stdio.h>

#include "run.h"

#define SHORTEST 64	/* without a word about it */

/* ---- words ---- */

static const struct word_range port = { 0, 65535, "a port is 0 to 65535" };
static const struct word_range byte = { 0, 255, "it is 0 to 255" };
static const struct word_range number16 = { 0, 65535, "it is 0 to 65535" };
static const struct word_range length = {
	ETH_HLEN, RUN_PACKET_MAX, "a frame has 14 to 65535 bytes",
};

static const struct kw options[] = {
	KW_EXACT     ("smac",	word_str, struct run_packet, smac),
	KW_EXACT     ("dmac",	word_str, struct run_packet, dmac),
	KW_EXACT     ("src",	word_str, struct run_packet, src),
	KW_EXACT     ("dst",	word_str, struct run_packet, dst),
	KW_EXACT_ARG ("sport",	word_u32, struct run_packet, sport, &port),
	KW_EXACT_ARG ("dport",	word_u32, struct run_packet, dport, &port),
	KW_EXACT_ARG ("proto",	word_u32, struct run_packet, proto, &number16),
	KW_EXACT_ARG ("ttl",	word_u32, struct run_packet, ttl, &byte),
	KW_EXACT_ARG ("tos",	word_u32, struct run_packet, tos, &byte),
	KW_EXACT_ARG ("flags",	word_u32, struct run_packet, tcp_flags, &byte),
	KW_EXACT_ARG ("len",	word_u32, struct run_packet, len, &length),
	{ 0 }
};

static void take_kind(struct words *w, struct run_packet *packet)
{
	static const char *const kinds[] = {
		[RUN_PACKET_UDP] = "udp", [RUN_PACKET_TCP] = "tcp",
		[RUN_PACKET_IP] = "ip", [RUN_PACKET_ETH] = "eth",
	};
	const char *word = word_peek(w);
	size_t i;

	for (i = 0; word && i < ARRAY_SIZE(kinds); i++) {
		if (!str_eq(word, kinds[i]))
			continue;
		word_take(w);
		packet->kind = i;
		return;
	}
}

/* ---- checksums ---- */

static uint32_t add_up(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? p[i] : p[i] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/* ---- headers, from the outside in ---- */

struct frame {
	const struct run_packet *words;
	struct addr src, dst;
	uint8_t *data;
	uint32_t len;
	uint8_t *l4;		/* behind the IP header */
	uint32_t l4_len;
	uint8_t l4_proto;
};

static bool set_mac(uint8_t *to, const char *word, const char *otherwise)
{
	struct ether_addr mac;

	if (!ether_aton_r(word ?: otherwise, &mac))
		return false;
	memcpy(to, &mac, ETH_ALEN);
	return true;
}

static int put_eth(struct frame *f)
{
	struct ethhdr *eth = (void *)f->data;
	uint16_t proto = f->src.family == AF_INET6 ? ETH_P_IPV6 : ETH_P_IP;

	if (f->words->kind == RUN_PACKET_ETH)
		proto = f->words->proto ?: ETH_P_802_EX1;
	if (!set_mac(eth->h_source, f->words->smac, "02:00:00:00:00:01"))
		return word_wrong(f->words->smac, "no address of Ethernet");
	if (!set_mac(eth->h_dest, f->words->dmac, "02:00:00:00:00:02"))
		return word_wrong(f->words->dmac, "no address of Ethernet");
	eth->h_proto = htons(proto);
	return 0;
}

static void put_ip4(struct frame *f)
{
	struct iphdr ip = {
		.version = 4,
		.ihl = 5,
		.tos = f->words->tos,
		.tot_len = htons(f->len - ETH_HLEN),
		.ttl = f->words->ttl,
		.protocol = f->l4_proto,
	};

	memcpy(&ip.saddr, f->src.data, 4);
	memcpy(&ip.daddr, f->dst.data, 4);
	ip.check = fold(add_up(0, &ip, sizeof(ip)));
	memcpy(f->data + ETH_HLEN, &ip, sizeof(ip));
}

static void put_ip6(struct frame *f)
{
	struct ipv6hdr ip = {
		.version = 6,
		.priority = f->words->tos >> 4,
		.flow_lbl = { f->words->tos << 4 },
		.payload_len = htons(f->l4_len),
		.nexthdr = f->l4_proto,
		.hop_limit = f->words->ttl,
	};

	memcpy(&ip.saddr, f->src.data, 16);
	memcpy(&ip.daddr, f->dst.data, 16);
	memcpy(f->data + ETH_HLEN, &ip, sizeof(ip));
}

static uint16_t l4_check(const struct frame *f)
{
	uint32_t sum = f->l4_proto + f->l4_len;

	sum = add_up(sum, f->src.data, f->src.len);
	sum = add_up(sum, f->dst.data, f->dst.len);
	return fold(add_up(sum, f->l4, f->l4_len));
}

/* headers lie at odd places: written whole, never pointed into */
static void put_udp(struct frame *f)
{
	struct udphdr udp = {
		.source = htons(f->words->sport),
		.dest = htons(f->words->dport),
		.len = htons(f->l4_len),
	};

	memcpy(f->l4, &udp, sizeof(udp));
	udp.check = l4_check(f) ?: 0xffff;
	memcpy(f->l4, &udp, sizeof(udp));
}

static void put_tcp(struct frame *f)
{
	struct tcphdr tcp = {
		.source = htons(f->words->sport),
		.dest = htons(f->words->dport),
		.doff = sizeof(tcp) / 4,
		.window = htons(65535),
	};

	memcpy(f->l4, &tcp, sizeof(tcp));
	f->l4[13] = f->words->tcp_flags ?: 0x02;
	tcp.check = l4_check(f);
	memcpy(f->l4 + offsetof(struct tcphdr, check), &tcp.check, sizeof(tcp.check));
}

static void put_l4(struct frame *f)
{
	if (f->words->kind == RUN_PACKET_UDP)
		put_udp(f);
	else if (f->words->kind == RUN_PACKET_TCP)
		put_tcp(f);
}

/* ---- the whole ---- */

static int read_addrs(struct frame *f)
{
	const struct run_packet *words = f->words;
	bool ip6 = (words->src && strchr(words->src, ':')) ||
		   (words->dst && strchr(words->dst, ':'));
	uint8_t family = ip6 ? AF_INET6 : AF_INET;
	const char *src = words->src ?: (ip6 ? "2001:db8::1" : "192.0.2.1");
	const char *dst = words->dst ?: (ip6 ? "2001:db8::2" : "192.0.2.2");
	const char *why = ip6 ? "no address of IPv6" : "no address of IPv4";

	if (!addr_read(src, family, &f->src))
		return word_wrong(src, why);
	if (!addr_read(dst, family, &f->dst))
		return word_wrong(dst, why);
	return 0;
}

static uint32_t header_len(const struct frame *f, uint32_t ip_len)
{
	switch (f->words->kind) {
	case RUN_PACKET_UDP:
		return ETH_HLEN + ip_len + sizeof(struct udphdr);
	case RUN_PACKET_TCP:
		return ETH_HLEN + ip_len + sizeof(struct tcphdr);
	case RUN_PACKET_IP:
		return ETH_HLEN + ip_len;
	case RUN_PACKET_ETH:
		break;
	}
	return ETH_HLEN;
}

static uint8_t l4_proto(const struct run_packet *words)
{
	switch (words->kind) {
	case RUN_PACKET_UDP:
		return IPPROTO_UDP;
	case RUN_PACKET_TCP:
		return IPPROTO_TCP;
	case RUN_PACKET_IP:
	case RUN_PACKET_ETH:
		break;
	}
	return words->proto ?: 253;	/* for experiments, RFC 3692 */
}

static int build(struct frame *f, struct buf *out)
{
	uint32_t ip_len = f->src.family == AF_INET6 ? sizeof(struct ipv6hdr) :
						      sizeof(struct iphdr);
	uint32_t least = header_len(f, ip_len);
	char why[80];
	int r;

	f->len = f->words->len ?: (least > SHORTEST ? least : SHORTEST);
	if (f->len < least) {
		snprintf(why, sizeof(why), "%u bytes, its headers have %u", f->len, least);
		return word_wrong("len", why);
	}
	f->data = (uint8_t *)buf_reserve(out, f->len);
	if (!f->data)
		return run_no_memory();
	memset(f->data, 0, f->len);
	r = put_eth(f);
	if (r)
		return r;
	out->len += f->len;
	if (f->words->kind == RUN_PACKET_ETH)
		return 0;
	f->l4 = f->data + ETH_HLEN + ip_len;
	f->l4_len = f->len - ETH_HLEN - ip_len;
	f->l4_proto = l4_proto(f->words);
	if (f->src.family == AF_INET6)
		put_ip6(f);
	else
		put_ip4(f);
	put_l4(f);
	return 0;
}

int run_packet_take(struct words *w, struct buf *frame)
{
	struct run_packet packet = { .sport = 1024, .dport = 9, .ttl = 64 };
	struct frame f = { .words = &packet };
	int r;

	take_kind(w, &packet);
	r = kw_any(options, w, &packet, NULL);
	r = r ?: read_addrs(&f);
	return r ?: build(&f, frame);
}
