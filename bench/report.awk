# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# From the goals and the records of a run: medians, the medians of the pairs'
# ratios, and which goals are met. as=table, json or markdown (for README.md).

BEGIN {
	FS = "\t"
	split("wall cpu rss", timed, " ")
	split("kernel calls instr wait", counted, " ")
}

FILENAME ~ /goals$/ {
	if (!/^#/ && split($0, word, /[ \t]+/) == 6)
		goal[++goals] = $0
	next
}

$1 == "about" { about[++abouts] = $2 "\t" $3 }

# the first contender of a label is what the others are compared with
function contender(label, name) {
	if (!(label in rows))
		labels[++nlabels] = label
	if ((label, name) in seen)
		return
	seen[label, name] = 1
	row[label, ++rows[label]] = name
}

$1 == "row" { contender($2, $3) }

$1 == "run" {
	took["wall", $2, $3, $4] = $5
	took["cpu", $2, $3, $4] = $6
	took["rss", $2, $3, $4] = $7
	if ($4 >= rounds[$2])
		rounds[$2] = $4 + 1
}

$1 == "count" && $5 != "" { count[$4, $2, $3] = $5 }

$1 == "fails" { fails[$2, $3] = $4 }

function median(v, n,	i, j, x) {
	for (i = 2; i <= n; i++) {
		x = v[i]
		for (j = i - 1; j > 0 && v[j] > x; j--)
			v[j + 1] = v[j]
		v[j + 1] = x
	}
	if (!n)
		return ""
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

# a figure of one contender; "" when there is none
function figure(what, label, name,	v, n, i) {
	if (what == "loads")
		return (label, name) in seen ? !((label, name) in fails) : ""
	if ((what, label, name) in count)
		return count[what, label, name]
	for (i = 0; i < rounds[label]; i++)
		if ((what, label, name, i) in took)
			v[++n] = took[what, label, name, i] + 0
	return median(v, n)
}

# median of the pairs' ratios; of what was counted once, the ratio
function ratio(what, label, a, b,	v, n, i) {
	if ((what, label, a) in count && count[what, label, b] > 0)
		return count[what, label, a] / count[what, label, b]
	for (i = 0; i < rounds[label]; i++)
		if (took[what, label, b, i] > 0 && (what, label, a, i) in took)
			v[++n] = took[what, label, a, i] / took[what, label, b, i]
	return median(v, n)
}

# beside the best of "A|B|..." the ratio is the largest
function ratio_of(what, label, a, list,	names, n, i, r, most) {
	n = split(list, names, "|")
	for (i = 1; i <= n; i++) {
		r = ratio(what, label, a, names[i])
		if (r != "" && (most == "" || r > most))
			most = r
	}
	return most
}

# judge GOAL: its words in g[], what was got, and "ok", "missed" or "" if that
# was not measured
function judge(line,	w, got, other) {
	split(line, w, /[ \t]+/)
	g["label"] = w[1]; g["what"] = w[2]; g["name"] = w[3]
	g["kind"] = w[4]; g["whom"] = w[5]; g["limit"] = w[6]
	got = figure(w[2], w[1], w[3])
	if (w[4] == "of")
		got = ratio_of(w[2], w[1], w[3], w[5])
	other = figure(w[2], w[1], w[5])
	if (w[4] == "above")
		got = got == "" || other == "" ? "" : got - other
	g["got"] = got
	g["met"] = ""
	if (got != "")
		g["met"] = (w[4] == "least" ? got >= w[6] : got <= w[6]) ? "ok" : "missed"
}

function show(format, value) {
	return value == "" ? "-" : sprintf(format, value)
}

function ms(us) {
	return us == "" ? "" : us / 1000
}

function line(label, name,	base, wait, instr) {
	base = row[label, 1]
	if ((label, name) in fails) {
		printf "  %-16s fails: %.80s\n", name, fails[label, name]
		return
	}
	wait = figure("wait", label, name)
	instr = figure("instr", label, name)
	printf "  %-16s %9s %6s %9s %6s %9s %7s %10s %8s%s\n", name,
		show("%.2f", ms(figure("wall", label, name))),
		show("%.2f", ratio("wall", label, base, name)),
		show("%.2f", ms(figure("cpu", label, name))),
		show("%.2f", ratio("cpu", label, base, name)),
		show("%.2f", ms(figure("kernel", label, name))),
		show("%d", figure("calls", label, name)),
		show("%.1f", instr == "" ? "" : instr / 1000),
		show("%d", figure("rss", label, name)),
		wait == "" ? "" : sprintf("  waits %.2f ms in one message", ms(wait))
}

function told(	text) {
	text = g["what"] " " g["name"]
	if (g["kind"] == "of")
		text = text " / " g["whom"]
	if (g["kind"] == "above")
		text = text " above " g["whom"]
	return text (g["kind"] == "least" ? " >= " : " <= ") g["limit"]
}

function table(	i, j) {
	for (i = 1; i <= abouts; i++) {
		split(about[i], word, "\t")
		printf "%-8s %s\n", word[1], word[2]
	}
	for (i = 1; i <= nlabels; i++) {
		printf "\n%-18s %9s %6s %9s %6s %9s %7s %10s %8s\n", labels[i], "wall ms",
			"ratio", "CPU ms", "ratio", "kernel ms", "calls", "insns k", "peak KiB"
		for (j = 1; j <= rows[labels[i]]; j++)
			line(labels[i], row[labels[i], j])
		for (j = 1; j <= goals; j++) {
			judge(goal[j])
			if (g["label"] == labels[i])
				printf "  %-8s %s: %s\n", g["met"] == "" ? "not seen" : g["met"],
					told(), show("%.4g", g["got"])
		}
	}
	printf "\n"
	verdict()
}

function verdict(	i, met, all) {
	for (i = 1; i <= goals; i++) {
		judge(goal[i])
		met += g["met"] == "ok"
		all += g["met"] != ""
	}
	printf "%d of %d goals met, %d not measured\n", met, all, goals - all
}

function quoted(text) {
	gsub(/[\\"]/, "\\\\&", text)
	gsub(/[\001-\037]/, " ", text)
	return "\"" text "\""
}

function member(key, value) {
	return value == "" ? "" : ",\"" key "\":" value
}

function json_row(label, name,	text, i, base) {
	base = row[label, 1]
	text = "{\"workload\":" quoted(label) ",\"name\":" quoted(name)
	if ((label, name) in fails)
		return text ",\"fails\":" quoted(fails[label, name]) "}"
	for (i = 1; i in timed; i++) {
		text = text member(timed[i], figure(timed[i], label, name))
		text = text member(timed[i] "_ratio", ratio(timed[i], label, base, name))
	}
	for (i = 1; i in counted; i++)
		text = text member(counted[i], figure(counted[i], label, name))
	return text "}"
}

function json(	i, j, sep) {
	printf "{\"about\":{"
	for (i = 1; i <= abouts; i++) {
		split(about[i], word, "\t")
		printf "%s%s:%s", (i > 1 ? "," : ""), quoted(word[1]), quoted(word[2])
	}
	printf "},\n\"figures\":["
	for (i = 1; i <= nlabels; i++)
		for (j = 1; j <= rows[labels[i]]; j++) {
			printf "%s\n%s", sep, json_row(labels[i], row[labels[i], j])
			sep = ","
		}
	printf "],\n\"goals\":["
	for (i = 1; i <= goals; i++) {
		judge(goal[i])
		printf "%s\n{\"workload\":%s,\"goal\":%s,\"limit\":%s%s%s}", (i > 1 ? "," : ""),
			quoted(g["label"]), quoted(told()), g["limit"], member("got", g["got"]),
			g["met"] == "" ? "" : member("met", g["met"] == "ok" ? "true" : "false")
	}
	printf "]}\n"
}

# a cell: milliseconds, and how much of them ours takes
function cell(label, name,	r) {
	if (!((label, name) in seen))
		return ""
	if ((label, name) in fails)
		return "fails"
	r = name == row[label, 1] ? "" : ratio("wall", label, row[label, 1], name)
	return sprintf("%.1f", ms(figure("wall", label, name))) \
		(r == "" ? "" : sprintf(" (%.2f)", r))
}

function markdown(	i, what, n) {
	n = split("S 2 instructions|M 4 tail calls, 4 pinned maps|" \
		"L 40 large programs|XL 1000 programs|P one program of 150,000 instructions|" \
		"F refused, with the reason|xdp XDP, attached|xdp-many XDP on 1000 devices|" \
		"tc-many tc on 1000 devices|filters-one show 10,000 filters|" \
		"filters-each ... each of its own program|links show 1000 links", what, "|")
	print "| milliseconds (ours / it) | ours | iproute2 | libbpf | bpftool |"
	print "|---|---|---|---|---|"
	for (i = 1; i <= n; i++) {
		split(what[i], word, " ")
		if (word[1] in rows)
			printf "| %s | %s | %s | %s | %s |\n", substr(what[i], length(word[1]) + 2),
				cell(word[1], "ours"), cell(word[1], "system"),
				cell(word[1], "libbpf"), cell(word[1], "bpftool")
	}
	for (i = 1; i <= abouts; i++) {
		split(about[i], word, "\t")
		is[word[1]] = word[2]
	}
	printf "\n%s, Linux %s; %s; libbpf %s; %s. Medians of %s pairs, a third of\n" \
		"that for what takes long; in parentheses the median of the pairs' ratios.\n",
		is["machine"], is["kernel"], is["system"], is["libbpf"], is["bpftool"], is["pairs"]
}

END {
	if (as == "json")
		json()
	else if (as == "markdown")
		markdown()
	else
		table()
}
